//! Which of several revocation lists counts, and what it says: the same on both sides.

use tls_object_core::{Capability, Config, Crl, CrlScope, ErrorKind, Identity, VerifyCode};

use super::{Pki, accepted_by, configs, judge, refused_by, shown_by};
use crate::failure::Failure;
use crate::lab::Lab;
use crate::pair::Progress;
use crate::pki::{List, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const SCENARIOS: &[Scenario] = judged! {
    "crl_newer", "Of two lists of an issuer the newer one counts, wherever it is in the store.", [Crl],
        |lab| newest_counts(lab, (2013, 2045), (2012, 2045));
    "crl_beside_expired", "A list that should have been replaced gives way to one that is in force, though it is newer.", [Crl],
        |lab| newest_counts(lab, (2010, 2045), (2012, 2013));
    "crl_beside_early", "A list that is not in force yet gives way to one that is.", [Crl],
        |lab| newest_counts(lab, (2012, 2045), (2099, 2100));
    "crl_early", "A list that is not in force yet says nothing.", [Crl],
        |lab| refused_of(lab, [pki().dated_crl(2099, 2100, false)], VerifyCode::CrlNotYetValid);
    "crl_end", "A list is in force from its first second to the last before its end.", [Crl],
        |lab| {
            refused_of(lab, [pki().peculiar_crl(List::EndsNow)], VerifyCode::CrlExpired)?;
            tells_of_revoked(lab, &[pki().peculiar_crl(List::StartsNow)])
        };
    "crl_endless", "A list that does not say when it ends is in force until then.", [Crl],
        |lab| tells_of_revoked(lab, &[pki().peculiar_crl(List::Endless)]);
    "crl_version_1", "A list of version 1 says all there is.", [Crl],
        |lab| tells_of_revoked(lab, &[pki().peculiar_crl(List::Version1)]);
    "crl_serial", "A serial number whose encoding begins with a zero is found in a list.", [Crl],
        |lab| {
            let (identity, list) = pki().revoked_with_high_serial(shown_by(lab));
            refused_by(lab, &identity, with_one(list), VerifyCode::Revoked, 0)
        };
    "crl_of_namesake", "A list that names no key counts as the issuer's, and is refused where another key has signed it.", [Crl],
        |lab| {
            let valid = pki().crl();
            refused_of(lab, [pki().anonymous_crl(2013)], VerifyCode::CrlBadSignature)?;
            let newer = [valid.clone(), pki().anonymous_crl(2013)];
            refused_of(lab, newer, VerifyCode::CrlBadSignature)?;
            tells_of_revoked(lab, &[pki().anonymous_crl(2011), valid])
        };
    "crl_of_root", "With the whole chain checked, a root that its own list names is refused.", [Crl CrlChain],
        |lab| {
            let configure = |config: &mut Config, _: &Identity| {
                config.trust_store.extend(pki().crls_revoking_root());
                config.crl_scope = CrlScope::Chain;
            };
            refused_for(lab, &Pki::Valid.identity(lab, shown_by(lab)), configure, Some(VerifyCode::Revoked))
        };
    "crl_point", "A list at one address counts for certificates that name it, and for no others (RFC 5280 section 6.3.3).", [Crl],
        |lab| {
            for uris in [&[HERE][..], &[THERE, HERE]] {
                let identity = pki().listed_at(shown_by(lab), uris, false);
                let list = |taken_back| with_one(pki().crl_at(HERE, taken_back));
                refused_by(lab, &identity, list(true), VerifyCode::Revoked, 0)?;
                accepted_by(lab, &identity, list(false))?;
            }
            let identity = pki().listed_at(shown_by(lab), &[THERE], false);
            let elsewhere = with_one(pki().crl_at(HERE, false));
            refused_by(lab, &identity, elsewhere, VerifyCode::CrlScope, 0)?;
            refused_of(lab, [pki().crl_at(HERE, false)], VerifyCode::CrlScope)
        };
    "crl_point_reasons", "A list that is about everything clears a certificate that names a list for some reasons only.", [Crl],
        |lab| {
            let identity = pki().listed_at(shown_by(lab), &[HERE], true);
            let revoked = pki().dated_crl(2012, 2045, true);
            refused_by(lab, &identity, with_one(revoked), VerifyCode::Revoked, 0)?;
            let clear = pki().dated_crl(2012, 2045, false);
            refused_for(lab, &identity, with_one(clear), None)
        };
    "crl_entry_issuer", "A list of one issuer with an entry for another's certificate is not used.", [Crl],
        |lab| {
            let list = pki().peculiar_crl(List::EntryOfOther);
            let code = VerifyCode::UnhandledCriticalCrlExtension;
            refused_for(lab, &pki().revoked(shown_by(lab)), with_one(list), Some(code))
        };
    "crl_removes", "A list that takes a certificate from an earlier list is no list that clears it.", [Crl],
        |lab| {
            let list = pki().peculiar_crl(List::Removes);
            refused_for(lab, &pki().revoked(shown_by(lab)), with_one(list), Some(VerifyCode::Revoked))
        };
    "crl_missing_below", "With partial chains and the whole chain checked, an authority under the trusted one needs a list.", [Crl CrlChain PartialChain],
        |lab| {
            let (identity, list) = pki().two_deep_with_crl(shown_by(lab));
            let configure = |config: &mut Config, identity: &Identity| {
                config.trust_store = vec![identity.chain()[2].clone()].into();
                config.trust_store.add_crl(list.clone());
                config.partial_chain = true;
                config.crl_scope = CrlScope::Chain;
            };
            refused_by(lab, &identity, configure, VerifyCode::MissingCrl, 1)
        };
};

const HERE: &str = "http://lists.example/1";
const THERE: &str = "http://lists.example/2";

/// A judge with these lists besides.
fn with(lists: &[Crl]) -> impl Fn(&mut Config, &Identity) {
    |config, _| config.trust_store.extend(lists.iter().cloned())
}

/// The same with one list.
fn with_one(list: Crl) -> impl Fn(&mut Config, &Identity) {
    move |config, _| _ = config.trust_store.add_crl(list.clone())
}

/// The valid chain is refused for its leaf with these lists.
#[track_caller]
fn refused_of<const N: usize>(lab: &Lab, lists: [Crl; N], code: VerifyCode) -> Result<(), Failure> {
    refused_by(lab, &Pki::Valid.identity(lab, shown_by(lab)), with(&lists), code, 0)
}

/// With these lists the leaf that is taken back is refused, and another is not.
#[track_caller]
fn tells_of_revoked(lab: &Lab, lists: &[Crl]) -> Result<(), Failure> {
    refused_by(lab, &pki().revoked(shown_by(lab)), with(lists), VerifyCode::Revoked, 0)?;
    accepted_by(lab, &Pki::Valid.identity(lab, shown_by(lab)), with(lists))
}

/// Of two lists with these dates the first counts, in both orders and whichever names the leaf.
#[track_caller]
fn newest_counts(lab: &Lab, counts: (i32, i32), other: (i32, i32)) -> Result<(), Failure> {
    let identity = pki().revoked(shown_by(lab));
    for taken_back in [true, false] {
        let counting = pki().dated_crl(counts.0, counts.1, taken_back);
        let other = pki().dated_crl(other.0, other.1, !taken_back);
        for lists in [[counting.clone(), other.clone()], [other, counting]] {
            if taken_back {
                refused_by(lab, &identity, with(&lists), VerifyCode::Revoked, 0)?;
            } else {
                accepted_by(lab, &identity, with(&lists))?;
            }
        }
    }
    Ok(())
}

/// The judge refuses a chain for `code`, or accepts it if that is `None`, unless its library has another view of it, which is a
/// fact that may deviate.
#[track_caller]
fn refused_for(
    lab: &Lab,
    identity: &Identity,
    configure: impl Fn(&mut Config, &Identity),
    code: Option<VerifyCode>,
) -> Result<(), Failure> {
    let (client, server) = configs(lab, identity, configure);
    let mut pair = lab.pair(&client, &server)?;
    let expected = code.map(ErrorKind::CertificateVerify);
    match pair.drive()?.of(judge(lab)) {
        Progress::Failed(error) => {
            lab.expect("refused for", expected, Some(error.kind()))?;
            lab.final_error(&mut pair, judge(lab), error)
        }
        _ => {
            lab.expect("refused for", expected, None)?;
            pair.exchange()
        }
    }
}
