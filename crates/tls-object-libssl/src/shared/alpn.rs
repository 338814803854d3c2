/// Application protocols: `offer` and `select` for a context, `override_for` for one connection, over the crate
/// `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_alpn {
    ($bindings:ident) => {
        use std::sync::LazyLock;

        use tls_object_core::{AlpnMismatch, AlpnProtocol, Config, Side, Wrap};
        use $bindings::error::ErrorStack;
        use $bindings::ex_data::Index;
        use $bindings::ssl::{AlpnError, Ssl, SslContextBuilder, SslRef};

        /// Where a server's connection keeps protocols of its own.
        static INDEX: LazyLock<Result<Index<Ssl, Vec<AlpnProtocol>>, ErrorStack>> =
            LazyLock::new(Ssl::new_ex_index);

        /// What each connection of a context offers, or chooses from.
        pub(crate) fn set(
            builder: &mut SslContextBuilder,
            config: &Config,
        ) -> Result<(), ErrorStack> {
            if config.side == Side::Client {
                if config.alpn.is_empty() {
                    return Ok(());
                }
                return builder.set_alpn_protos(&AlpnProtocol::encode(&config.alpn));
            }
            let ours = config.alpn.clone();
            let mismatch = match config.alpn_mismatch {
                AlpnMismatch::Alert => AlpnError::ALERT_FATAL,
                AlpnMismatch::Continue => AlpnError::NOACK,
            };
            builder.set_alpn_select_callback(move |ssl, offered| {
                let own = INDEX.as_ref().ok().and_then(|&index| ssl.ex_data(index));
                match own.unwrap_or(&ours) {
                    none if none.is_empty() => Err(AlpnError::NOACK),
                    own => AlpnProtocol::select(own, offered).ok_or(mismatch),
                }
            });
            Ok(())
        }

        /// What one connection offers, or chooses from, instead.
        pub(crate) fn override_for(ssl: &mut SslRef, wrap: &Wrap) -> Result<(), ErrorStack> {
            match (&wrap.alpn, wrap.side) {
                (None, _) => Ok(()),
                (Some(protocols), Side::Client) => {
                    ssl.set_alpn_protos(&AlpnProtocol::encode(protocols))
                }
                (Some(protocols), Side::Server) => {
                    let index = INDEX.as_ref().map_err(Clone::clone)?;
                    ssl.set_ex_data(*index, protocols.clone());
                    Ok(())
                }
            }
        }
    };
}
