//! The dates between which a certificate is valid.
//!
//! webpki takes a trust anchor for a name and a key and does not look at its dates. OpenSSL and
//! BoringSSL do, so they are looked at here.

use core::time::Duration;

use rustls::pki_types::UnixTime;
use webpki::Error;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

/// The dates between which a certificate is valid, in seconds since 1970. As with OpenSSL, the second at which it ends is past it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    not_before: i64,
    not_after: i64,
}

impl Validity {
    /// The dates of a certificate.
    pub(crate) fn of(certificate: &X509Certificate<'_>) -> Self {
        let validity = certificate.validity();
        let [not_before, not_after] =
            [validity.not_before, validity.not_after].map(|time| time.timestamp());
        Self { not_before, not_after }
    }

    /// The dates in the DER of a certificate.
    pub(crate) fn parse(der: &[u8]) -> Result<Self, Error> {
        let (_, certificate) = X509Certificate::from_der(der).map_err(|_| Error::BadDer)?;
        Ok(Self::of(&certificate))
    }

    /// Whether `now` is between them, and on which side of them otherwise.
    pub(crate) fn check(self, now: UnixTime) -> Result<(), Error> {
        // A time that does not fit is later than any certificate's.
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if seconds < self.not_before {
            let not_before = unix_time(self.not_before);
            return Err(Error::CertNotValidYet { time: now, not_before });
        }
        if seconds >= self.not_after {
            return Err(Error::CertExpired { time: now, not_after: unix_time(self.not_after) });
        }
        Ok(())
    }
}

fn unix_time(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds.try_into().unwrap_or(0)))
}
