//! Looking for a path from a leaf to a trust anchor.

use core::cell::Cell;
use std::borrow::Cow;

use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use tls_object_core::{Certificate, Side};
use tls_object_path::{Refusal, Rules, matches_common_name, matches_host_name};
use webpki::{
    EndEntityCert, ExtendedKeyUsageValidator, InvalidNameContext, KeyPurposeIdIter, KeyUsage,
    VerifiedPath,
};

use crate::signature;
use crate::verify::PeerVerifier;

/// Why there is no path.
pub(crate) enum Fault {
    /// webpki says so.
    Webpki(webpki::Error),
    /// webpki has found one, and it is not allowed.
    NotAllowed(Refusal),
}

/// A certificate between a leaf and an anchor.
#[derive(Clone, Copy, Debug)]
enum Link {
    /// Of those that the peer has sent behind the leaf.
    Sent(usize),
    /// Of those that are trusted.
    Trusted(usize),
}

/// The path from a leaf to what is trusted, as places in lists: the certificates themselves are held elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path {
    /// What stands between leaf and anchor, in the order of the path.
    between: Box<[Link]>,
    /// Which of the trust anchors; `None` where the leaf is one itself.
    anchor: Option<usize>,
}

impl Path {
    /// The certificates of the path, of those that the peer has sent and those that are trusted.
    pub(crate) fn of(
        &self,
        sent: &[CertificateDer<'_>],
        trusted: &[Certificate],
    ) -> Vec<Certificate> {
        let Some((leaf, behind)) = sent.split_first() else { return Vec::new() };
        let sent = |der: &CertificateDer<'_>| Certificate::from_der(der.as_ref());
        let between = self.between.iter().filter_map(|link| match *link {
            Link::Sent(place) => behind.get(place).map(sent),
            Link::Trusted(place) => trusted.get(place).cloned(),
        });
        core::iter::once(sent(leaf))
            .chain(between)
            .chain(self.anchor.and_then(|place| trusted.get(place)).cloned())
            .collect()
    }
}

impl From<webpki::Error> for Fault {
    fn from(error: webpki::Error) -> Self {
        Self::Webpki(error)
    }
}

impl PeerVerifier {
    /// Looks for a path from the leaf to a trust anchor, and for the name in the leaf.
    pub(crate) fn judge(
        &self,
        rules: &Rules<'_>,
        der: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<Path, Fault> {
        let leaf = EndEntityCert::try_from(der)?;
        // Whether a certificate was taken back is for its issuer to say: that needs a path.
        let is_trusted =
            || self.config.trust_store.certificates().iter().any(|it| it.der() == der.as_ref());
        let is_itself = self.config.trust_store.crls().is_empty()
            && is_trusted()
            && rules.allow(&[der], &|_, _| None).is_ok();
        let path = if is_itself {
            // webpki has no path that is one certificate long.
            Path::default()
        } else {
            self.find_path(rules, &leaf, intermediates, now)?
        };
        server_name.map_or(Ok(()), |name| self.check_name(&leaf, der, name))?;
        Ok(path)
    }

    /// Whether a leaf is for this name.
    fn check_name(
        &self,
        leaf: &EndEntityCert<'_>,
        der: &CertificateDer<'_>,
        name: &ServerName<'_>,
    ) -> Result<(), webpki::Error> {
        let verdict = leaf.verify_is_valid_for_subject_name(name);
        let ServerName::DnsName(host) = name else { return verdict };
        let host = host.as_ref();
        match verdict {
            // With webpki a wildcard stands for a label with an underscore too, with OpenSSL it does not.
            Ok(()) if host.contains('_') && !matches_host_name(der, host) => {
                let context =
                    InvalidNameContext { expected: name.to_owned(), presented: Vec::new() };
                Err(webpki::Error::CertNotValidForName(context))
            }
            Err(_) if self.config.check_common_name && matches_common_name(der, host) => Ok(()),
            verdict => verdict,
        }
    }

    /// Looks for a path to an anchor that is one now; if there is none, to one that is not.
    fn find_path(
        &self,
        rules: &Rules<'_>,
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<Path, Fault> {
        let all: Vec<usize> = (0..self.trusted.anchors.len())
            .filter(|&anchor| self.config.partial_chain || self.trusted.is_root[anchor])
            .collect();
        let is_current = |anchor: &usize| self.trusted.validity[*anchor].check(now).is_ok();
        let current: Vec<usize> = all.iter().copied().filter(is_current).collect();
        match self.find_path_to(rules, &current, leaf, intermediates, now) {
            Err(Fault::Webpki(webpki::Error::UnknownIssuer)) if current.len() < all.len() => {
                self.find_path_to(rules, &all, leaf, intermediates, now)
            }
            verdict => verdict,
        }
    }

    /// Looks for a path to one of the trusted certificates at these `places`. As with OpenSSL, one that is trusted and not
    /// its own issuer may be a link of it, and is preferred to those that were sent.
    fn find_path_to(
        &self,
        rules: &Rules<'_>,
        places: &[usize],
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<Path, Fault> {
        let all = &self.trusted.anchors;
        let anchors: Cow<'_, [TrustAnchor<'_>]> = match places.len() {
            some if some < all.len() => places.iter().map(|&it| all[it].clone()).collect(),
            _ => all.into(),
        };
        let links: Cow<'_, [CertificateDer<'_>]> = match self.trusted_links() {
            links if links.is_empty() => intermediates.into(),
            links => links.into_iter().chain(intermediates.iter().cloned()).collect(),
        };
        // Anchors of one name and key are alike, and not of one certificate.
        let place = |path: &VerifiedPath<'_>| {
            let anchor = anchors.iter().position(|it| core::ptr::eq(it, path.anchor()));
            anchor.map(|anchor| places[anchor])
        };
        let not_allowed = Cell::new(None);
        let is_signed_by = |der: &[u8], key: &[u8]| signature::holds(&self.algorithms, der, key);
        let allow = |path: &VerifiedPath<'_>| {
            rules.allow(&self.certificates(path, place(path)), &is_signed_by).map_err(|refusal| {
                not_allowed.set(Some(refusal));
                webpki::Error::UnknownIssuer
            })
        };
        let path = leaf
            .verify_for_usage(
                self.algorithms.all,
                &anchors,
                &links,
                now,
                Use(rules.config.purpose.side(rules.peer)),
                // webpki goes by the name of the issuer alone where it looks for a list: `allow` looks for it.
                None,
                Some(&allow),
            )
            .map_err(|error| match (error, not_allowed.take()) {
                (webpki::Error::UnknownIssuer, Some(refusal)) => Fault::NotAllowed(refusal),
                (error, _) => Fault::Webpki(error),
            })?;
        let anchor = place(&path).ok_or(webpki::Error::UnknownIssuer)?;
        let link = |der: CertificateDer<'_>| {
            let sent = intermediates.iter().position(|it| *it == der).map(Link::Sent);
            let trusted = self.config.trust_store.certificates();
            let is_it = |it: &Certificate| it.der() == der.as_ref();
            sent.or_else(|| trusted.iter().position(is_it).map(Link::Trusted))
        };
        Ok(Path {
            between: path.intermediate_certificates().filter_map(|it| link(it.der())).collect(),
            anchor: Some(anchor),
        })
    }

    /// The trusted certificates that are no anchors: none with partial chains.
    fn trusted_links(&self) -> Vec<CertificateDer<'_>> {
        if self.config.partial_chain {
            return Vec::new();
        }
        let trusted = self.config.trust_store.certificates().iter().zip(&self.trusted.is_root);
        trusted.filter(|(_, is_root)| !**is_root).map(|(it, _)| it.der().into()).collect()
    }

    /// The certificates of a path, that of the anchor included, which is the trusted one at this place.
    fn certificates<'p>(
        &'p self,
        path: &'p VerifiedPath<'_>,
        anchor: Option<usize>,
    ) -> Vec<CertificateDer<'p>> {
        let anchor =
            anchor.map(|anchor| self.config.trust_store.certificates()[anchor].der().into());
        core::iter::once(path.end_entity().der())
            .chain(path.intermediate_certificates().map(|certificate| certificate.der()))
            .chain(anchor)
            .collect()
    }
}

/// The side that certificates must be for, if it must be one.
struct Use(Option<Side>);

impl ExtendedKeyUsageValidator for Use {
    fn validate(&self, usages: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        match self.0 {
            Some(Side::Client) => KeyUsage::client_auth().validate(usages),
            Some(Side::Server) => KeyUsage::server_auth().validate(usages),
            None => Ok(()),
        }
    }
}
