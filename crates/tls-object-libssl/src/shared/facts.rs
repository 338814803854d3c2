/// What is read off an `SSL`, over the crate `$bindings`: what was agreed on, by `negotiated`, the own certificate, and
/// the hash of one.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_facts {
    ($bindings:ident) => {
        use tls_object_core::{
            AlpnProtocol, Certificate, HashAlgorithm, Negotiated, ProtocolVersion,
        };
        use $bindings::error::ErrorStack;
        use $bindings::hash::{MessageDigest, hash};
        use $bindings::ssl::{NameType, SslRef, SslVersion};

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
            facts.early_data_accepted = native::early_data_accepted(ssl);
            // RFC 5246 section 7.3: an abbreviated handshake exchanges no keys.
            let no_key_exchange = facts.resumed && facts.version == Some(ProtocolVersion::TLS12);
            facts.group = if no_key_exchange { None } else { native::group_of(ssl) };
            facts.alpn = ssl.selected_alpn_protocol().and_then(|it| AlpnProtocol::new(it).ok());
            facts.server_name = ssl
                .servername_raw(NameType::HOST_NAME)
                .and_then(|name| String::from_utf8(name.to_ascii_lowercase()).ok());
            facts
        }

        /// The certificate that this end shows.
        pub(crate) fn own_certificate(ssl: &SslRef) -> Option<Certificate> {
            ssl.certificate()?.to_der().ok().map(Certificate::from_der)
        }

        /// The hash of `data`.
        pub(crate) fn digest(algorithm: HashAlgorithm, data: &[u8]) -> Result<Vec<u8>, ErrorStack> {
            let algorithm = match algorithm {
                HashAlgorithm::Sha256 => MessageDigest::sha256(),
                HashAlgorithm::Sha384 => MessageDigest::sha384(),
                _ => MessageDigest::sha512(),
            };
            Ok(hash(algorithm, data)?.to_vec())
        }
    };
}
