//! Which of several issuers of one name a path goes by: the one that OpenSSL takes, which looks at their dates. BoringSSL would take
//! the first.

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

/// The subjects that several trusted certificates have, or seem to have: by their hashes.
pub(crate) struct SharedNames {
    names: HashSet<u32>,
    /// Whether a trusted certificate, which is not its own issuer, has such an issuer.
    within: bool,
}

impl SharedNames {
    /// Those that some of these certificates have.
    pub(crate) fn among(trusted: &[X509]) -> Self {
        let mut seen = HashSet::new();
        let subjects = trusted.iter().map(|it| it.subject_name_hash());
        let names: HashSet<_> = subjects.filter(|&name| !seen.insert(name)).collect();
        let is_under =
            |it: &X509| !ffi::is_self_signed(it) && names.contains(&ffi::issuer_name_hash(it));
        let within = trusted.iter().any(is_under);
        Self { names, within }
    }

    /// Whether a path from the leaf of the chain that was `sent` may come to several issuers of one name.
    fn may_meet(&self, sent: &StackRef<X509>) -> bool {
        self.within || self.has_issuer_of(sent) || share_names(sent)
    }

    /// Whether one of them is the issuer's of one of these.
    fn has_issuer_of(&self, sent: &StackRef<X509>) -> bool {
        let is_here = |it: &X509Ref| self.names.contains(&ffi::issuer_name_hash(it));
        !self.names.is_empty() && sent.iter().any(is_here)
    }
}

/// Whether some of what was sent behind the leaf has the same subject, or seems to.
fn share_names(sent: &StackRef<X509>) -> bool {
    let mut seen = HashSet::new();
    sent.len() > 2 && sent.iter().skip(1).any(|it| !seen.insert(it.subject_name_hash()))
}

/// What BoringSSL is to be left with for a path. `None` where it need not choose, and where there is no path, of which it will say
/// so.
pub(crate) fn chosen(
    config: &Config,
    shared_names: &SharedNames,
    judgement: &X509StoreContextRef,
) -> Option<Chosen> {
    let shown = judgement.untrusted()?;
    if !shared_names.may_meet(shown) {
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
