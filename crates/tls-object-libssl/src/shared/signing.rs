/// A private key that is held elsewhere, as the type `External` with its `sign`, over the crate `$bindings`.
#[macro_export]
macro_rules! shared_signing {
    ($bindings:ident) => {
        use tls_object_core::{ExternalKey, KeyKind, SignatureScheme};
        use tls_object_libssl::Signed;
        use $bindings::error::ErrorStack;
        use $bindings::hash::MessageDigest;
        use $bindings::pkey::{PKey, Public};
        use $bindings::rsa::Padding;
        use $bindings::sign::{RsaPssSaltlen, Verifier};

        /// A private key that is held elsewhere. Cheap to clone.
        #[derive(Clone)]
        pub(crate) struct External {
            pub(crate) key: ExternalKey,
            pub(crate) kind: KeyKind,
            /// The certificate's.
            pub(crate) public: PKey<Public>,
        }

        impl External {
            /// A signature that the certificate's key verifies.
            pub(crate) fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Signed {
                tls_object_libssl::sign(&self.key, scheme, message, |signature| {
                    self.holds(scheme, message, signature)
                })
            }

            /// Whether the certificate's key verifies a signature.
            pub(crate) fn holds(
                &self,
                scheme: SignatureScheme,
                message: &[u8],
                signature: &[u8],
            ) -> bool {
                self.verify(scheme, message, signature).unwrap_or(false)
            }

            fn verify(
                &self,
                scheme: SignatureScheme,
                message: &[u8],
                signature: &[u8],
            ) -> Result<bool, ErrorStack> {
                use SignatureScheme as S;
                let digest = match scheme {
                    S::RSA_PKCS1_SHA256 | S::RSA_PSS_RSAE_SHA256 | S::ECDSA_SECP256R1_SHA256 => {
                        Some(MessageDigest::sha256())
                    }
                    S::RSA_PKCS1_SHA384 | S::RSA_PSS_RSAE_SHA384 | S::ECDSA_SECP384R1_SHA384 => {
                        Some(MessageDigest::sha384())
                    }
                    S::RSA_PKCS1_SHA512 | S::RSA_PSS_RSAE_SHA512 | S::ECDSA_SECP521R1_SHA512 => {
                        Some(MessageDigest::sha512())
                    }
                    _ => None,
                };
                let mut verifier = match digest {
                    Some(digest) => Verifier::new(digest, &self.public)?,
                    None => Verifier::new_without_digest(&self.public)?,
                };
                if let S::RSA_PSS_RSAE_SHA256 | S::RSA_PSS_RSAE_SHA384 | S::RSA_PSS_RSAE_SHA512 =
                    scheme
                {
                    verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                    verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
                }
                verifier.verify_oneshot(signature, message)
            }
        }
    };
}
