/// Hooks that the library calls back with an `SSL`: `attach` and `log_key`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_hooks {
    ($bindings:ident) => {
        use std::sync::{Arc, LazyLock};

        use tls_object_core::{Alert, VerifierRole, VerifyCode};
        use tls_object_libssl::{
            Hooks, Refused, Verdict, forget_refusal, leave_refusal, left_code,
        };
        use $bindings::error::ErrorStack;
        use $bindings::ex_data::Index;
        use $bindings::ssl::{Ssl, SslRef};
        use $bindings::x509::{X509StoreContext, X509StoreContextRef};

        use crate::native;

        /// Where a connection keeps its hooks.
        static INDEX: LazyLock<Result<Index<Ssl, Arc<Hooks>>, ErrorStack>> =
            LazyLock::new(Ssl::new_ex_index);

        /// Makes a new connection find its hooks when the library calls back.
        pub(crate) fn attach(ssl: &mut SslRef, hooks: Arc<Hooks>) -> Result<(), ErrorStack> {
            ssl.set_ex_data(*INDEX.as_ref().map_err(Clone::clone)?, hooks);
            Ok(())
        }

        /// Called by the library for its verdict on a chain, of which the application may have one as well.
        pub(crate) fn judge(judgement: &mut X509StoreContextRef) -> Verdict {
            let ssl = X509StoreContext::ssl_idx().ok().and_then(|index| judgement.ex_data(index));
            let index = INDEX.as_ref().ok();
            let hooks = index.and_then(|&index| ssl?.ex_data(index)).cloned();
            let Some((hooks, role)) =
                hooks.and_then(|it| it.verifier_role().map(|role| (it, role)))
            else {
                return Verdict::by_library(native::verify(judgement));
            };
            let sent = native::sent(judgement);
            let library = (role != VerifierRole::Instead).then(|| {
                if native::verify(judgement) {
                    return Ok(());
                }
                Err(left_code().unwrap_or_else(|| native::judgement_code(judgement)))
            });
            if role == VerifierRole::Also && library != Some(Ok(())) {
                return Verdict::Refused;
            }
            match hooks.verify(&sent, library) {
                Ok(()) if library == Some(Ok(())) => Verdict::Accepted,
                Ok(()) => {
                    // What the library found must not be found later.
                    drop(ErrorStack::get());
                    forget_refusal();
                    native::overrule(judgement);
                    Verdict::Overruled
                }
                Err(code) => {
                    if library != Some(Err(code)) {
                        leave_refusal(Refused { code: Some(code), depth: 0, certificate: None });
                        native::refuse(judgement, stand_in(code.alert()));
                    }
                    Verdict::Refused
                }
            }
        }

        /// A code that both libraries send this alert for.
        fn stand_in(alert: Alert) -> VerifyCode {
            match alert {
                Alert::BAD_CERTIFICATE => VerifyCode::Rejected,
                Alert::CERTIFICATE_EXPIRED => VerifyCode::Expired,
                Alert::CERTIFICATE_REVOKED => VerifyCode::Revoked,
                Alert::DECRYPT_ERROR => VerifyCode::BadSignature,
                Alert::HANDSHAKE_FAILURE => VerifyCode::ApplicationVerification,
                Alert::UNKNOWN_CA => VerifyCode::UnknownIssuer,
                Alert::UNSUPPORTED_CERTIFICATE => VerifyCode::WrongPurpose,
                _ => VerifyCode::InvalidExtension,
            }
        }

        /// Called by the library with each line of a key log. An `SSL` that somebody else made of the same
        /// context has no hooks.
        pub(crate) fn log_key(ssl: &SslRef, line: &str) {
            let index = INDEX.as_ref().ok();
            if let Some(hooks) = index.and_then(|&index| ssl.ex_data(index)) {
                hooks.log_key(line);
            }
        }
    };
}
