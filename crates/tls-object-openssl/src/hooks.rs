//! Hooks that the library calls back.

tls_object_libssl::shared_hooks!(openssl);
