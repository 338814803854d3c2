//! Each setting of a configuration, told to an `SSL_CTX`.

tls_object_libssl::shared_settings!(boring, BoringSsl);
