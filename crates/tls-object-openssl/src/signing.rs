//! Signatures by keys that are held elsewhere.

tls_object_libssl::shared_signing!(openssl);
