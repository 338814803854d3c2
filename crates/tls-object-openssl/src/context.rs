//! Configurations made ready for OpenSSL.

tls_object_libssl::shared_context!(
    openssl,
    OpenSsl,
    /// A configuration made ready for OpenSSL.
    OpenSslContext
);
