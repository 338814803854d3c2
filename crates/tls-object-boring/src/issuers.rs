//! Which issuers a path goes by: of several of one name that which OpenSSL takes, which looks at their dates, and with partial chains
//! none above one that is trusted. BoringSSL would take the first, and go on.

use std::collections::HashSet;

use boring::stack::{Stack, StackRef};
use boring::x509::{X509, X509Ref, X509StoreContextRef};
use tls_object_core::Config;

use crate::ffi;
use crate::judgement::rules;

/// The certificates of a path, of those that the peer has sent and those that are trusted.
pub(crate) struct Chosen {
    pub(crate) sent: Stack<X509>,
    pub(crate) trusted: Stack<X509>,
}

/// Where BoringSSL would go another way than OpenSSL among trusted issuers. Names are told by their hashes.
pub(crate) struct TrustedIssuers {
    /// The subjects that several trusted certificates have, or seem to have.
    shared_names: HashSet<u32>,
    /// Whether a trusted certificate, which is not its own issuer, has one of these; or with partial chains any that is
    /// trusted, before which OpenSSL's path ends.
    above_trusted: bool,
}

impl TrustedIssuers {
    pub(crate) fn of(trusted: &[X509], config: &Config) -> Self {
        let mut names = HashSet::new();
        let subjects = trusted.iter().map(|it| it.subject_name_hash());
        let shared_names: HashSet<_> = subjects.filter(|&name| !names.insert(name)).collect();
        let issuers = if config.partial_chain { &names } else { &shared_names };
        let is_under =
            |it: &X509| !ffi::is_self_signed(it) && issuers.contains(&ffi::issuer_name_hash(it));
        let above_trusted = trusted.iter().any(is_under);
        Self { shared_names, above_trusted }
    }

    /// Whether the way from the leaf of the chain that was `sent` may be another.
    fn may_differ(&self, sent: &StackRef<X509>) -> bool {
        self.above_trusted || self.share_issuer_of(sent) || share_names(sent)
    }

    /// Whether several of them may be the issuer of one of these.
    fn share_issuer_of(&self, sent: &StackRef<X509>) -> bool {
        let is_here = |it: &X509Ref| self.shared_names.contains(&ffi::issuer_name_hash(it));
        !self.shared_names.is_empty() && sent.iter().any(is_here)
    }
}

/// Whether some of what was sent behind the leaf has the same subject, or seems to.
fn share_names(sent: &StackRef<X509>) -> bool {
    let mut seen = HashSet::new();
    sent.len() > 2 && sent.iter().skip(1).any(|it| !seen.insert(it.subject_name_hash()))
}

/// What BoringSSL is to be left with for a path. `None` where it goes by that anyway, and where there is no path, of which it will
/// say so.
pub(crate) fn chosen(
    config: &Config,
    issuers: &TrustedIssuers,
    judgement: &X509StoreContextRef,
) -> Option<Chosen> {
    let shown = judgement.untrusted()?;
    if !issuers.may_differ(shown) {
        return None;
    }
    let ders: Vec<_> = shown.iter().map(X509Ref::to_der).collect::<Result<_, _>>().ok()?;
    let ders: Vec<&[u8]> = ders.iter().map(Vec::as_slice).collect();
    let path = rules(config).path(&ders)?;
    let mut sent = Stack::new().ok()?;
    for (certificate, der) in shown.iter().zip(&ders) {
        if path.contains(der) {
            sent.push(certificate.to_owned()).ok()?;
        }
    }
    let mut trusted = Stack::new().ok()?;
    for der in config.trust_store.certificates().iter().map(|it| it.der()) {
        if path.contains(&der) {
            trusted.push(X509::from_der(der).ok()?).ok()?;
        }
    }
    Some(Chosen { sent, trusted })
}
