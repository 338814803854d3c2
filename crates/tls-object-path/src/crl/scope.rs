//! Which certificates a revocation list is about.

use tls_object_core::split_der;

use crate::certificate::Cert;

const SEQUENCE: u8 = 0x30;
/// The fields of `IssuingDistributionPoint` (RFC 5280 section 5.2.5).
const POINT: u8 = 0xa0;
const USERS: u8 = 0x81;
const AUTHORITIES: u8 = 0x82;
const REASONS: u8 = 0x83;
const INDIRECT: u8 = 0x84;
const ATTRIBUTES: u8 = 0x85;
/// `fullName` of `DistributionPointName` (RFC 5280 section 4.2.1.13).
const FULL_NAME: u8 = 0xa0;

/// What a list says that it is about.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// A `DistributionPointName`.
    point: Option<Box<[u8]>>,
    users: bool,
    authorities: bool,
    attributes: bool,
    /// For some reasons only.
    has_reasons: bool,
    /// Of other issuers too.
    is_indirect: bool,
}

impl Scope {
    /// The content of the extension. `None` where not all of it is understood.
    pub(super) fn parse(extension: &[u8]) -> Option<Self> {
        let Some((SEQUENCE, mut fields, [])) = split_der(extension) else { return None };
        let mut scope = Self::default();
        while !fields.is_empty() {
            let (tag, content, rest) = split_der(fields)?;
            let flag = || match content {
                [value] => Some(*value != 0),
                _ => None,
            };
            match tag {
                POINT => scope.point = Some(content.into()),
                USERS => scope.users = flag()?,
                AUTHORITIES => scope.authorities = flag()?,
                REASONS => scope.has_reasons = true,
                INDIRECT => scope.is_indirect = flag()?,
                ATTRIBUTES => scope.attributes = flag()?,
                _ => return None,
            }
            fields = rest;
        }
        Some(scope)
    }

    /// Whether OpenSSL makes use of such a list: not of one that is indirect or for some reasons only, nor of one that does
    /// not say what it is about, or says two things.
    pub(super) fn is_usable(&self) -> bool {
        let kinds = [self.users, self.authorities, self.attributes];
        let kinds = kinds.into_iter().filter(|it| *it).count();
        let says_something = kinds == 1 || self.point.is_some();
        kinds <= 1 && says_something && !self.is_indirect && !self.has_reasons
    }

    /// Whether a list is about certificates like this one (RFC 5280 section 6.3.3 (b) (2)).
    pub(super) fn includes(&self, cert: &Cert<'_>) -> bool {
        let is_authority = cert.basic_constraints().is_some_and(|it| it.ca);
        let is_other_kind = if is_authority { self.users } else { self.authorities };
        if self.attributes || is_other_kind {
            return false;
        }
        let Some(point) = &self.point else { return true };
        let points = cert.distribution_points().map_or([].as_slice(), |it| it);
        values(points).any(|(_, other)| is_at(other, point))
    }
}

/// Whether a certificate's `DistributionPoint` is about all reasons and its own issuer, and at this point or at none.
fn is_at(point: &[u8], name: &[u8]) -> bool {
    let mut fields = values(point);
    match (fields.next(), fields.next()) {
        (None, _) => true,
        (Some((POINT, other)), None) => names(other).any(|it| names(name).any(|one| one == it)),
        _ => false,
    }
}

/// The names of a `DistributionPointName`, with their tags: those in full, or the relative one, whose tag no other has.
fn names(point: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    match split_der(point) {
        Some((FULL_NAME, names, [])) => values(names),
        _ => values(point),
    }
}

/// Each value with its tag, as far as they can be read.
fn values(mut der: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    core::iter::from_fn(move || {
        let (tag, content, rest) = split_der(der)?;
        der = rest;
        Some((tag, content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_to_the_last() {
        let users = Scope::parse(&[0x30, 3, 0x81, 1, 0xff]).expect("this is one");
        assert!(users.is_usable() && users.users && !users.authorities);
        // TRUE as BER may have it.
        assert!(Scope::parse(&[0x30, 3, 0x82, 1, 1]).is_some_and(|it| it.authorities));
        assert!(Scope::parse(&[0x30, 0]).is_some_and(|it| !it.is_usable()));
        assert!(Scope::parse(&[0x30, 3, 0x81, 1, 0]).is_some_and(|it| !it.is_usable()));
        for unreadable in [&[5, 0][..], &[0x30, 2, 0x86, 0], &[0x30, 2, 0x81, 0], &[0x30, 0, 0]] {
            assert!(Scope::parse(unreadable).is_none(), "{unreadable:?}");
        }
    }

    #[test]
    fn points_meet_in_one_name() {
        let point = |names: &[&[u8]]| [&[FULL_NAME, 6][..], &names.concat()].concat();
        let (one, two): (&[u8], &[u8]) = (&[0x86, 1, b'1'], &[0x86, 1, b'2']);
        let ours = point(&[one, two]);
        let theirs = point(&[two, two]);
        let strange = point(&[&[0x86, 1, b'3'], &[0x82, 1, b'1']]);
        let as_field = |point: &[u8]| [&[POINT, 8][..], point].concat();
        assert!(is_at(&as_field(&theirs), &ours));
        assert!(!is_at(&as_field(&strange), &ours));
        assert!(is_at(&[], &ours));
        // For some reasons only.
        assert!(!is_at(&[&as_field(&ours)[..], &[0x81, 1, 0]].concat(), &ours));
    }
}
