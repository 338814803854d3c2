//! Application protocols.

tls_object_libssl::shared_alpn!(openssl);
