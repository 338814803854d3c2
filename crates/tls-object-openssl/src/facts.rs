//! What was agreed on.

tls_object_libssl::shared_facts!(openssl);
