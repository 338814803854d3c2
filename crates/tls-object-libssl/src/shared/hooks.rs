/// Hooks that the library calls back with an `SSL`: `attach` and `log_key`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_hooks {
    ($bindings:ident) => {
        use std::sync::{Arc, LazyLock};

        use tls_object_libssl::Hooks;
        use $bindings::error::ErrorStack;
        use $bindings::ex_data::Index;
        use $bindings::ssl::{Ssl, SslRef};

        /// Where a connection keeps its hooks.
        static INDEX: LazyLock<Result<Index<Ssl, Arc<Hooks>>, ErrorStack>> =
            LazyLock::new(Ssl::new_ex_index);

        /// Makes a new connection find its hooks when the library calls back.
        pub(crate) fn attach(ssl: &mut SslRef, hooks: Arc<Hooks>) -> Result<(), ErrorStack> {
            ssl.set_ex_data(*INDEX.as_ref().map_err(Clone::clone)?, hooks);
            Ok(())
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
