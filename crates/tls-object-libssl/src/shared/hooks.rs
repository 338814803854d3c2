/// Hooks that the library calls back with an `SSL`: `attach`, `judge`, `log_key`, `offer_psk` and `find_psk`, over the
/// crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_hooks {
    ($bindings:ident) => {
        use std::sync::{Arc, LazyLock};

        use tls_object_core::{
            Alert, CertificateType, ErrorKind, PublicKey, VerifierRole, VerifyCode,
        };
        use tls_object_libssl::{
            Hooks, Refused, Sent, Verdict, forget_refusal, leave_refusal, left_code,
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
            let Some(hooks) = hooks else {
                return Verdict::by_library(native::verify(judgement));
            };
            if let Some((key, is_weak)) = native::public_key_to_judge(judgement) {
                return judge_public_key(judgement, &hooks, key, is_weak);
            }
            if !hooks.accepts(CertificateType::X509) {
                leave_refusal(Refused::whole(ErrorKind::NoSharedCertificateType));
                native::refuse(judgement, stand_in(Alert::UNSUPPORTED_CERTIFICATE));
                return Verdict::Refused;
            }
            let Some(role) = hooks.verifier_role() else {
                return Verdict::by_library(native::verify(judgement));
            };
            let sent = Sent::Chain(native::sent(judgement));
            let library = (role != VerifierRole::Instead).then(|| {
                if native::verify(judgement) {
                    return Ok(());
                }
                Err(left_code().unwrap_or_else(|| native::judgement_code(judgement)))
            });
            if role == VerifierRole::Also && library != Some(Ok(())) {
                return Verdict::Refused;
            }
            let verdict = hooks.verify(sent, library);
            let Some(verdict) = verdict else {
                // What the library found it will find again.
                drop(ErrorStack::get());
                forget_refusal();
                return Verdict::Awaited;
            };
            match verdict {
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
                        leave_refusal(Refused::whole(ErrorKind::CertificateVerify(code)));
                        native::refuse(judgement, stand_in(code.alert()));
                    }
                    Verdict::Refused
                }
            }
        }

        /// The verdict on a raw public key.
        fn judge_public_key(
            judgement: &mut X509StoreContextRef,
            hooks: &Hooks,
            key: PublicKey,
            is_weak: bool,
        ) -> Verdict {
            match hooks.verify_public_key(key, is_weak) {
                None => Verdict::Awaited,
                Some(Ok(())) => {
                    native::overrule(judgement);
                    Verdict::Overruled
                }
                Some(Err(code)) => {
                    leave_refusal(Refused::whole(ErrorKind::CertificateVerify(code)));
                    native::refuse(judgement, stand_in(code.alert()));
                    Verdict::Refused
                }
            }
        }

        /// A code that both libraries send this alert for.
        pub(crate) fn stand_in(alert: Alert) -> VerifyCode {
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

        /// The hooks of a connection. An `SSL` that somebody else made of the same context has none.
        pub(crate) fn hooks_of(ssl: &SslRef) -> Option<&Arc<Hooks>> {
            ssl.ex_data(*INDEX.as_ref().ok()?)
        }

        /// Called by the library with each line of a key log.
        pub(crate) fn log_key(ssl: &SslRef, line: &str) {
            if let Some(hooks) = hooks_of(ssl) {
                hooks.log_key(line);
            }
        }

        /// Called by the library on a client for a pre-shared key. Puts its identity, which ends with the first of the
        /// zeros that stand there, into `identity` and the key into `key`; returns the length of the key, 0 for none.
        pub(crate) fn offer_psk(
            ssl: &mut SslRef,
            hint: Option<&[u8]>,
            identity: &mut [u8],
            key: &mut [u8],
        ) -> Result<usize, ErrorStack> {
            if !native::takes_psk(ssl) {
                return Ok(0);
            }
            let Some(offer) = hooks_of(ssl).and_then(|hooks| hooks.offer_psk(hint)) else {
                return Ok(0);
            };
            Ok(if put(offer.identity(), identity) > 0 {
                put(offer.key().as_bytes(), key)
            } else {
                0
            })
        }

        /// Called by the library on a server for the pre-shared key of an identity. Puts it into `key` and returns its
        /// length, 0 for none, and more than there is room for after a panic, which ends the handshake with `internal_error`.
        pub(crate) fn find_psk(
            ssl: &mut SslRef,
            identity: Option<&[u8]>,
            key: &mut [u8],
        ) -> Result<usize, ErrorStack> {
            let (Some(identity), Some(hooks)) = (identity, hooks_of(ssl)) else { return Ok(0) };
            let found = hooks.find_psk(identity);
            if hooks.has_panicked() {
                return Ok(key.len() + 1);
            }
            Ok(found.map_or(0, |found| put(found.as_bytes(), key)))
        }

        /// Copies all of `bytes` to the front of `room`; how many they are, 0 where there is less room.
        fn put(bytes: &[u8], room: &mut [u8]) -> usize {
            let Some(room) = room.get_mut(..bytes.len()) else { return 0 };
            room.copy_from_slice(bytes);
            bytes.len()
        }
    };
}
