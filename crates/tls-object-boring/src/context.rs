//! Configurations made ready for BoringSSL.

tls_object_libssl::shared_context!(
    boring,
    BoringSsl,
    /// A configuration made ready for BoringSSL.
    BoringContext
);
