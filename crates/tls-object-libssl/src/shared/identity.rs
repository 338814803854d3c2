/// What this end shows of itself, made ready for the library by `load`, over the crate `$bindings`.
#[macro_export]
#[allow(clippy::crate_in_macro_def)] // what differs is the backend's to have
macro_rules! shared_identity {
    ($bindings:ident, $Backend:ident) => {
        use std::sync::Arc;

        use tls_object_core::{
            Error, ErrorKind, Identity, KeyKind, PrivateKey, ProtocolVersion, SignatureScheme,
        };
        use tls_object_libssl::without_public_key;
        use $bindings::error::ErrorStack;
        use $bindings::pkey::{PKey, Private};
        use $bindings::ssl::{SslRef, SslVersion};
        use $bindings::x509::X509;

        use crate::signing::External;
        use crate::{native, $Backend};

        /// An identity as the library has it. Cheap to clone.
        #[derive(Clone)]
        pub(crate) struct Loaded {
            /// `None` where the public key alone is shown.
            pub(crate) leaf: Option<X509>,
            pub(crate) issuers: Vec<X509>,
            pub(crate) key: native::Key,
            /// What is given to clients that ask.
            pub(crate) ocsp_response: Option<Arc<[u8]>>,
            /// The same of signed certificate timestamps.
            pub(crate) sct_list: Option<Arc<[u8]>>,
            /// `None` for a type of key that this project has no name for.
            pub(crate) kind: Option<KeyKind>,
            /// The schemes that it signs by, the best first, where those are not all of its kind.
            pub(crate) schemes: Option<Vec<SignatureScheme>>,
        }

        impl Loaded {
            /// Whether its key signs with one of the peer's `schemes`.
            pub(crate) fn fits(
                &self,
                schemes: &[SignatureScheme],
                version: ProtocolVersion,
            ) -> bool {
                let has = |scheme| self.schemes.as_ref().is_none_or(|own| own.contains(&scheme));
                self.kind.is_some_and(|kind| {
                    schemes.iter().any(|&scheme| has(scheme) && kind.signs_with(scheme, version))
                })
            }
        }

        /// Parses an identity, and sees that its key is the one that is shown. Where `wanted` says so, it signs by no other schemes.
        ///
        /// # Errors
        /// [`ErrorKind::InvalidCertificate`], [`ErrorKind::InvalidPrivateKey`], [`ErrorKind::KeyMismatch`].
        pub(crate) fn load(
            identity: &Identity,
            wanted: Option<&[SignatureScheme]>,
        ) -> Result<Loaded, Error> {
            // First, as long as it is not known whether the rest is sound: the key.
            let private = identity.key().private().map(private_key).transpose()?;
            let leaf = identity.leaf().map(|leaf| parse(leaf.der())).transpose()?;
            let issuers = identity.chain().iter().skip(1).map(|it| parse(it.der()));
            let issuers = issuers.collect::<Result<Vec<_>, _>>()?;
            let public = match (&leaf, identity.public_key()) {
                (Some(leaf), _) => leaf.public_key(),
                (None, Some(key)) => PKey::public_key_from_der(key.der()),
                (None, None) => return Err(ErrorKind::InvalidCertificate.into()),
            };
            let public = public.map_err(invalid_certificate)?;
            let encoded = public.public_key_to_der().map_err(invalid_certificate)?;
            let kind = KeyKind::of(&encoded);
            let bits = public.bits();
            let (key, schemes) = match (private, identity.key().external()) {
                (Some(private), _) if !public.public_eq(&private) => {
                    return Err(Error::new(ErrorKind::KeyMismatch).with_backend($Backend::NAME));
                }
                (Some(private), _) => (native::Key::from(private), None),
                (None, Some(key)) => {
                    let kind = key.kind(&encoded).map_err(|it| it.with_backend($Backend::NAME))?;
                    let external = External { key: key.clone(), kind, public };
                    let native = native::external_key(external)
                        .map_err(|error| refused(ErrorKind::InvalidPrivateKey, error))?;
                    (native, Some(key.schemes().to_vec()))
                }
                (None, None) => return Err(ErrorKind::InvalidPrivateKey.into()),
            };
            let too_short = |least| kind == Some(KeyKind::Rsa) && bits < least;
            if native::LEAST_RSA_BITS.is_some_and(too_short) {
                return Err(unusable(format!("an RSA key of {bits} bits is too short")));
            }
            let schemes = match (schemes, wanted) {
                (Some(can), Some(wanted)) => {
                    Some(wanted.iter().copied().filter(|scheme| can.contains(scheme)).collect())
                }
                (can, wanted) => can.or_else(|| wanted.map(<[_]>::to_vec)),
            };
            if schemes.as_ref().is_some_and(Vec::is_empty) {
                return Err(unusable("it signs by none of the schemes to sign by".into()));
            }
            if identity.ocsp_response().is_some_and(|it| !native::gives_ocsp_response(it)) {
                return Err(Error::new(ErrorKind::InvalidCertificate)
                    .with_backend($Backend::NAME)
                    .with_detail("an OCSP response that the library cannot read"));
            }
            let ocsp_response = identity.ocsp_response().map(Arc::from);
            let sct_list = identity.sct_list().map(Arc::from);
            Ok(Loaded { leaf, issuers, key, ocsp_response, sct_list, kind, schemes })
        }

        fn private_key(key: &PrivateKey) -> Result<PKey<Private>, Error> {
            PKey::private_key_from_der(&without_public_key(key))
                .map_err(|error| refused(ErrorKind::InvalidPrivateKey, error))
        }

        /// Loads several identities, the best first. Of more than one the type of each key must be known, since it
        /// decides which is shown.
        ///
        /// # Errors
        /// Those of [`load`]; [`ErrorKind::InvalidConfig`] where the library cannot keep to each key's schemes.
        pub(crate) fn load_all(
            identities: &[Identity],
            wanted: Option<&[SignatureScheme]>,
        ) -> Result<Vec<Loaded>, Error> {
            let load = |identity| load(identity, wanted);
            let loaded = identities.iter().map(load).collect::<Result<Vec<_>, _>>()?;
            if loaded.len() > 1 && loaded.iter().any(|it| it.kind.is_none()) {
                return Err(unusable(
                    "one of several, and neither RSA, P-256, P-384, P-521 nor Ed25519".into(),
                ));
            }
            let external = identities.iter().zip(&loaded);
            let mut external = external.filter(|(identity, _)| identity.key().external().is_some());
            if native::ONE_LIST_OF_SCHEMES && external.any(|(_, own)| is_overruled(own, &loaded)) {
                return Err(Error::new(ErrorKind::InvalidConfig)
                    .with_backend($Backend::NAME)
                    .with_detail(
                        "a key that is held elsewhere, and another of its algorithm with other schemes: \
                         the library has one list for both",
                    ));
            }
            Ok(loaded)
        }

        /// Whether another identity has schemes that this one's key would then be asked for.
        fn is_overruled(own: &Loaded, all: &[Loaded]) -> bool {
            let is_on_curve = |kind| {
                matches!(kind, Some(KeyKind::P256 | KeyKind::P384 | KeyKind::P521))
            };
            all.iter().any(|other| {
                let same = other.kind == own.kind || is_on_curve(other.kind) && is_on_curve(own.kind);
                same && other.schemes != own.schemes
            })
        }

        fn unusable(detail: String) -> Error {
            Error::new(ErrorKind::InvalidPrivateKey)
                .with_backend($Backend::NAME)
                .with_detail(detail)
        }

        /// The version that is spoken, known when a certificate is to be chosen.
        pub(crate) fn version(ssl: &SslRef) -> ProtocolVersion {
            match ssl.version2() {
                Some(SslVersion::TLS1_3) => ProtocolVersion::TLS13,
                _ => ProtocolVersion::TLS12,
            }
        }

        /// A certificate.
        pub(crate) fn parse(der: &[u8]) -> Result<X509, Error> {
            X509::from_der(der).map_err(invalid_certificate)
        }

        #[cold]
        pub(crate) fn invalid_certificate(error: ErrorStack) -> Error {
            refused(ErrorKind::InvalidCertificate, error)
        }

        #[cold]
        pub(crate) fn refused(kind: ErrorKind, error: ErrorStack) -> Error {
            Error::new(kind).with_backend($Backend::NAME).with_source(error)
        }
    };
}
