//! Sessions that a client takes along.

tls_object_libssl::shared_session!(openssl, OpenSsl);
