//! What this end shows of itself.

tls_object_libssl::shared_identity!(openssl, OpenSsl);
