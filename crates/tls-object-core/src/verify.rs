//! Why a certificate was not accepted.

use core::fmt;

use crate::Alert;

/// Defines [`VerifyCode`]: name, OpenSSL's number, OpenSSL's text, the alert that OpenSSL sends.
macro_rules! verify_codes {
    ($( $(#[$doc:meta])* $Name:ident = $code:literal, $text:literal, $alert:ident; )*) => {
        /// Why a certificate was not accepted, with the numbers and the texts of OpenSSL's
        /// `X509_V_ERR_*`.
        ///
        /// Python: `SSLCertVerificationError.verify_code` and `.verify_message`.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum VerifyCode {
            $( $(#[$doc])* $Name, )*
            /// A failure that has another OpenSSL number.
            Other(i32),
        }

        impl VerifyCode {
            /// The code with this OpenSSL number.
            pub const fn from_openssl(code: i32) -> Self {
                match code {
                    $( $code => Self::$Name, )*
                    other => Self::Other(other),
                }
            }

            /// For backends: this, as the reason why an application refuses a peer.
            /// [`ApplicationVerification`](Self::ApplicationVerification) in place of 0, OpenSSL's number for no fault at all.
            #[must_use]
            pub const fn as_refusal(self) -> Self {
                match self {
                    Self::Other(0) => Self::ApplicationVerification,
                    code => code,
                }
            }

            /// OpenSSL's number.
            pub const fn openssl_code(self) -> i32 {
                match self {
                    $( Self::$Name => $code, )*
                    Self::Other(code) => code,
                }
            }

            /// OpenSSL's text, without the name or address that it adds to a mismatch.
            pub const fn text(self) -> &'static str {
                match self {
                    $( Self::$Name => $text, )*
                    Self::Other(_) => "certificate verification failed",
                }
            }

            /// The alert that tells the peer.
            pub const fn alert(self) -> Alert {
                match self {
                    $( Self::$Name => Alert::$alert, )*
                    Self::Other(_) => Alert::CERTIFICATE_UNKNOWN,
                }
            }
        }
    };
}

verify_codes! {
    /// It was refused, and the library does not say why ([`Capability::VerifyCode`](crate::Capability::VerifyCode)).
    Unspecified = 1, "unspecified certificate verification error", CERTIFICATE_UNKNOWN;
    /// The application's own check said no.
    ApplicationVerification = 50, "application verification failure", HANDSHAKE_FAILURE;
    /// A signature in the chain does not hold.
    BadSignature = 7, "certificate signature failure", DECRYPT_ERROR;
    /// An authority's certificate is not one.
    InvalidCa = 79, "invalid CA certificate", UNKNOWN_CA;
    /// A critical extension is not understood.
    UnhandledCriticalExtension = 34, "unhandled critical extension", CERTIFICATE_UNKNOWN;
    /// More intermediate authorities than one of them allows below itself.
    PathLengthExceeded = 25, "path length constraint exceeded", UNKNOWN_CA;
    /// Marked as not to be trusted.
    Rejected = 28, "certificate rejected", BAD_CERTIFICATE;
    /// An authority's key is not for signing certificates.
    NoCertSign = 32, "key usage does not include certificate signing", CERTIFICATE_UNKNOWN;
    /// An extension cannot be read, or contradicts another.
    InvalidExtension = 41, "invalid or inconsistent certificate extension", CERTIFICATE_UNKNOWN;
    /// Neither signature algorithm nor key are of a kind that is known.
    UnsupportedSignatureAlgorithm = 76, "Cannot find certificate signature algorithm", CERTIFICATE_UNKNOWN;
    /// Two fields of a certificate name different signature algorithms.
    SignatureAlgorithmInconsistency = 78, "cert info signature and signature algorithm mismatch", CERTIFICATE_UNKNOWN;
    /// The signature is of another kind than the issuer's key.
    SignatureAlgorithmMismatch = 77, "subject signature algorithm and issuer public key algorithm mismatch", CERTIFICATE_UNKNOWN;
    /// An authority's certificate has no identifier of its key, which strict rules ask for.
    MissingSubjectKeyIdentifier = 86, "Missing Subject Key Identifier", CERTIFICATE_UNKNOWN;
    /// A certificate does not say which key it is signed by, which strict rules ask for.
    MissingAuthorityKeyIdentifier = 85, "Missing Authority Key Identifier", CERTIFICATE_UNKNOWN;
    /// Too weak a key.
    WeakKey = 66, "EE certificate key too weak", BAD_CERTIFICATE;
    /// An authority's key is too weak.
    WeakCaKey = 67, "CA certificate key too weak", BAD_CERTIFICATE;
    /// Too weak a signature algorithm.
    WeakSignature = 68, "CA signature digest algorithm too weak", BAD_CERTIFICATE;
    /// No certificate for the name asked for.
    NameMismatch = 62, "hostname mismatch", BAD_CERTIFICATE;
    /// No certificate for the IP address asked for.
    IpAddressMismatch = 64, "IP address mismatch", BAD_CERTIFICATE;
    /// The validity has not begun.
    NotYetValid = 9, "certificate is not yet valid", BAD_CERTIFICATE;
    /// The validity is over.
    Expired = 10, "certificate has expired", CERTIFICATE_EXPIRED;
    /// The authority has taken it back.
    Revoked = 23, "certificate revoked", CERTIFICATE_REVOKED;
    /// No revocation list says anything about it.
    MissingCrl = 3, "unable to get certificate CRL", UNKNOWN_CA;
    /// The revocation list is too old.
    CrlExpired = 12, "CRL has expired", CERTIFICATE_EXPIRED;
    /// The validity of the revocation list has not begun.
    CrlNotYetValid = 11, "CRL is not yet valid", BAD_CERTIFICATE;
    /// The signature of the revocation list does not hold.
    CrlBadSignature = 8, "CRL signature failure", DECRYPT_ERROR;
    /// The certificate that signed the revocation list is not there.
    UnknownCrlIssuer = 33, "unable to get CRL issuer certificate", UNKNOWN_CA;
    /// The key that signed the revocation list is not for that.
    NoCrlSign = 35, "key usage does not include CRL signing", CERTIFICATE_UNKNOWN;
    /// A critical extension of the revocation list is not understood.
    UnhandledCriticalCrlExtension = 36, "unhandled critical CRL extension", CERTIFICATE_UNKNOWN;
    /// The revocation list is about other certificates.
    CrlScope = 44, "different CRL scope", CERTIFICATE_UNKNOWN;
    /// It is its own issuer and is not trusted.
    SelfSigned = 18, "self-signed certificate", UNKNOWN_CA;
    /// The chain ends in an authority that is not trusted.
    SelfSignedInChain = 19, "self-signed certificate in certificate chain", UNKNOWN_CA;
    /// The issuer of an intermediate certificate is neither sent nor trusted.
    UnknownIntermediateIssuer = 2, "unable to get issuer certificate", UNKNOWN_CA;
    /// The issuer is neither sent nor trusted.
    UnknownIssuer = 20, "unable to get local issuer certificate", UNKNOWN_CA;
    /// The chain is one certificate long and not trusted.
    UnverifiedLeaf = 21, "unable to verify the first certificate", UNKNOWN_CA;
    /// The chain is too long.
    ChainTooLong = 22, "certificate chain too long", UNKNOWN_CA;
    /// A public key without a certificate is not among those that are trusted.
    UntrustedRawPublicKey = 95, "Raw public key untrusted, no trusted keys configured", CERTIFICATE_UNKNOWN;
    /// It was not issued for this use: a client's where a server's is needed, or the reverse.
    WrongPurpose = 26, "unsuitable certificate purpose", UNSUPPORTED_CERTIFICATE;
    /// An authority may not speak for its name: it is not among the permitted ones.
    NameConstraint = 47, "permitted subtree violation", CERTIFICATE_UNKNOWN;
    /// An authority may not speak for its name: it is among the excluded ones.
    NameExcluded = 48, "excluded subtree violation", CERTIFICATE_UNKNOWN;
}

impl fmt::Display for VerifyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self {
            Self::Other(code) => write!(f, " (code {code})"),
            _ => Ok(()),
        }
    }
}
