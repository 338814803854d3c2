/// What was agreed on, read off an `SSL` by `negotiated`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_facts {
    ($bindings:ident) => {
        use tls_object_core::{AlpnProtocol, Certificate, Negotiated, ProtocolVersion};
        use $bindings::ssl::{NameType, SslRef, SslVersion};
        use $bindings::x509::X509Ref;

        use crate::native;

        /// What was agreed on.
        pub(crate) fn negotiated(ssl: &SslRef) -> Negotiated {
            let mut facts = Negotiated::default();
            facts.version = match ssl.version2() {
                Some(SslVersion::TLS1_2) => Some(ProtocolVersion::TLS12),
                Some(SslVersion::TLS1_3) => Some(ProtocolVersion::TLS13),
                _ => None,
            };
            facts.cipher_suite = ssl.current_cipher().map(native::suite_of);
            facts.resumed = ssl.session_reused();
            // RFC 5246 section 7.3: an abbreviated handshake exchanges no keys.
            let no_key_exchange = facts.resumed && facts.version == Some(ProtocolVersion::TLS12);
            facts.group = if no_key_exchange { None } else { native::group_of(ssl) };
            facts.alpn = ssl.selected_alpn_protocol().and_then(|it| AlpnProtocol::new(it).ok());
            facts.server_name = ssl
                .servername_raw(NameType::HOST_NAME)
                .and_then(|name| String::from_utf8(name.to_ascii_lowercase()).ok());
            facts.peer_certificates = peer_certificates(ssl);
            facts
        }

        /// The chain as it came. On a server, and where a session remembers the leaf only, the library
        /// leaves the leaf out of it.
        fn peer_certificates(ssl: &SslRef) -> Vec<Certificate> {
            let der = |it: &X509Ref| it.to_der().ok().map(Certificate::from_der);
            let chain = ssl.peer_cert_chain().into_iter().flatten().filter_map(der);
            if !ssl.is_server() {
                let chain: Vec<_> = chain.collect();
                if !chain.is_empty() {
                    return chain;
                }
                return ssl.peer_certificate().and_then(|leaf| der(&leaf)).into_iter().collect();
            }
            let leaf = ssl.peer_certificate().and_then(|leaf| der(&leaf));
            leaf.into_iter().chain(chain).collect()
        }
    };
}
