//! The certificates that the cases name: the suite's own, and as data for CPython.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tls_object_core::{Certificate, Crl, Identity};

use crate::pki::{Beside, KeyType, Pki, Purpose, SelfSigned, Shape, Signature, key_of, pki};

/// What begins the names of clients' identities and of what is trusted because of them.
const CLIENT: &str = "client:";

/// Identities, anchors and revocation lists by name.
pub(super) struct Certificates {
    identities: BTreeMap<String, Identity>,
    anchors: BTreeMap<String, Certificate>,
    crls: BTreeMap<String, Crl>,
}

/// Those of this process.
pub(super) fn certificates() -> &'static Certificates {
    static CERTIFICATES: OnceLock<Certificates> = OnceLock::new();
    CERTIFICATES.get_or_init(|| Certificates::of(pki()))
}

impl Certificates {
    fn of(pki: &Pki) -> Self {
        let family = pki.family(KeyType::P256);
        let (others, others_root) = pki.server_signed_with(Signature::EcdsaSha256);
        let (under_revoked, lists) = pki.under_revoked_intermediate();
        let mut all = Self {
            identities: BTreeMap::new(),
            anchors: BTreeMap::from([("others".to_owned(), others_root)]),
            crls: BTreeMap::new(),
        };
        for (prefix, purpose) in [("", Purpose::Server), (CLIENT, Purpose::Client)] {
            for (name, identity) in issued(pki, purpose) {
                all.identities.insert(format!("{prefix}{name}"), identity);
            }
            for (name, anchor) in [
                ("root", family.authority.root()),
                ("intermediate", family.authority.intermediate()),
                ("leaf", all.identity(&format!("{prefix}server")).chain()[0].clone()),
                ("self-signed", all.identity(&format!("{prefix}self-signed")).chain()[0].clone()),
            ] {
                all.anchors.insert(format!("{prefix}{name}"), anchor);
            }
        }
        for (name, identity) in [
            ("server-of-others", others),
            ("named", pki.server_named(&["localhost", "*.wild.example"])),
            ("common-name", pki.common_name_and(Beside::Nothing)),
            ("common-name-besides", pki.common_name_and(Beside::Host("other.example"))),
            ("expired-intermediate", pki.under_expired_intermediate()),
            ("outside-constraint", pki.outside_name_constraint()),
            ("revoked-intermediate", under_revoked),
        ] {
            all.identities.insert(name.to_owned(), identity);
        }
        let [revokes_intermediate, below_revoked] =
            <[Crl; 2]>::try_from(lists).expect("one list of each authority");
        for (name, crl) in [
            ("leaf", pki.crl()),
            ("root", pki.root_crl()),
            ("unrelated", pki.unrelated_crl()),
            ("expired", pki.expired_crl()),
            ("early", pki.early_crl()),
            ("bad-signature", pki.badly_signed_crl()),
            ("revokes-intermediate", revokes_intermediate),
            ("below-revoked", below_revoked),
        ] {
            all.crls.insert(name.to_owned(), crl);
        }
        all
    }

    /// An end's chain and key.
    ///
    /// # Panics
    /// If a case names what there is not; so do the next two.
    pub(super) fn identity(&self, name: &str) -> &Identity {
        self.identities.get(name).unwrap_or_else(|| panic!("no identity {name}"))
    }

    /// What is trusted.
    pub(super) fn anchor(&self, name: &str) -> &Certificate {
        self.anchors.get(name).unwrap_or_else(|| panic!("no anchor {name}"))
    }

    /// What an authority has taken back.
    pub(super) fn crl(&self, name: &str) -> &Crl {
        self.crls.get(name).unwrap_or_else(|| panic!("no revocation list {name}"))
    }

    /// All of them as `play.py` reads them.
    pub(super) fn described(&self) -> Value {
        let identities = self.identities.iter().map(|(name, identity)| {
            let chain: Vec<_> = identity.chain().iter().map(|it| digits(it.der())).collect();
            (name.clone(), json!({"chain": chain, "key": digits(key_of(identity).secret_der())}))
        });
        let anchors = self.anchors.iter().map(|(name, it)| (name.clone(), digits(it.der()).into()));
        let crls = self.crls.iter().map(|(name, it)| (name.clone(), digits(it.der()).into()));
        json!({
            "identities": identities.collect::<serde_json::Map<_, _>>(),
            "anchors": anchors.collect::<serde_json::Map<String, Value>>(),
            "crls": crls.collect::<serde_json::Map<String, Value>>(),
        })
    }
}

/// What both a server and a client can show.
fn issued(pki: &Pki, purpose: Purpose) -> Vec<(&'static str, Identity)> {
    let of = |family: &crate::pki::Family, purpose| match purpose {
        Purpose::Client => family.client.clone(),
        Purpose::Server => family.server.clone(),
    };
    let family = pki.family(KeyType::P256);
    let good = of(family, purpose);
    let other_purpose = match purpose {
        Purpose::Client => Purpose::Server,
        Purpose::Server => Purpose::Client,
    };
    let alone = Identity::new(vec![good.chain()[0].clone()], good.key().clone());
    let shapes = [
        ("expired-twice", Shape::ExpiredTwice),
        ("excluded", Shape::Excluded),
        ("too-deep", Shape::TooDeep),
        ("two-intermediates", Shape::TwoIntermediates),
        ("issuer-is-no-authority", Shape::IssuerIsNoAuthority),
        ("issuer-may-not-sign", Shape::IssuerMayNotSign),
        ("issuer-wrong-purpose", Shape::IssuerWrongPurpose),
        ("issuer-unknown-critical", Shape::IssuerUnknownCritical),
        ("unknown-critical", Shape::UnknownCritical),
        ("no-key-identifier", Shape::NoKeyIdentifier),
    ];
    let mut all = vec![
        ("server", good),
        ("no-intermediate", alone.expect("the chain has a leaf")),
        ("wrong-purpose", of(family, other_purpose)),
        ("stranger", of(pki.strangers(), purpose)),
        ("stranger-with-root", pki.stranger_with_root(purpose)),
        ("expired", pki.expired(purpose)),
        ("not-yet-valid", pki.not_yet_valid(purpose)),
        ("self-signed", pki.self_signed(purpose, SelfSigned::Plain)),
        ("self-signed-authority", pki.self_signed(purpose, SelfSigned::Authority)),
        ("bad-signature", pki.badly_signed(purpose)),
        ("revoked", pki.revoked(purpose)),
    ];
    all.extend(shapes.map(|(name, shape)| (name, pki.shaped(purpose, shape))));
    all
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
