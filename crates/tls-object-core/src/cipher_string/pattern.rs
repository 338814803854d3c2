//! What a word of a cipher string stands for: a class of suites, or one suite.

use super::CipherRules;
use crate::CipherSuite;
use crate::cipher_suite::Traits;
use crate::cipher_suite::{
    Authentication as Auth, Encryption as Enc, KeyExchange as Kx, Mac, Since,
};

/// A class of suites: those that have one of the bits in each set that is not empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    /// This suite only.
    suite: Option<CipherSuite>,
    kx: u16,
    auth: u16,
    enc: u32,
    mac: u16,
    since: Option<Since>,
    /// Of [`strength`]'s bits.
    strength: u8,
}

/// The grades of OpenSSL, as sets.
mod strength {
    pub(super) const NONE: u8 = 1;
    pub(super) const LOW: u8 = 1 << 1;
    pub(super) const MEDIUM: u8 = 1 << 2;
    pub(super) const HIGH: u8 = 1 << 3;
    pub(super) const FIPS: u8 = 1 << 4;
    /// Left out of `DEFAULT`; not a grade, but kept with them.
    pub(super) const NOT_DEFAULT: u8 = 1 << 5;
    /// The grades proper.
    pub(super) const GRADES: u8 = NONE | LOW | MEDIUM | HIGH | FIPS;
}

impl Pattern {
    /// Every suite.
    pub(super) const ANY: Self =
        Self { suite: None, kx: 0, auth: 0, enc: 0, mac: 0, since: None, strength: 0 };

    /// ECDHE with ECDSA.
    pub(super) const ECDHE_ECDSA: Self = Self::kx_and_auth(Kx::Ecdhe as u16, Auth::Ecdsa as u16);

    /// Authenticated encryption.
    pub(super) const AEAD: Self = Self::mac(Mac::Aead as u16);

    /// Keys of the moment, without a secret shared beforehand.
    pub(super) const EPHEMERAL: Self = Self::kx(Kx::Dhe as u16 | Kx::Ecdhe as u16);

    /// Both.
    pub(super) const EPHEMERAL_AEAD: Self = Self { mac: Mac::Aead as u16, ..Self::EPHEMERAL };

    const fn kx(kx: u16) -> Self {
        Self { kx, ..Self::ANY }
    }

    const fn auth(auth: u16) -> Self {
        Self { auth, ..Self::ANY }
    }

    const fn kx_and_auth(kx: u16, auth: u16) -> Self {
        Self { kx, auth, ..Self::ANY }
    }

    const fn enc(enc: u32) -> Self {
        Self { enc, ..Self::ANY }
    }

    const fn mac(mac: u16) -> Self {
        Self { mac, ..Self::ANY }
    }

    const fn since(since: Since) -> Self {
        Self { since: Some(since), ..Self::ANY }
    }

    const fn strength(strength: u8) -> Self {
        Self { strength, ..Self::ANY }
    }

    /// The traits of a suite, without the suite itself and without its version.
    const fn of(traits: &Traits, rules: CipherRules) -> Self {
        Self {
            suite: None,
            kx: traits.kx as u16,
            auth: traits.auth as u16,
            enc: traits.enc as u32,
            mac: traits.mac as u16,
            since: None,
            strength: grades(traits, rules),
        }
    }

    /// Of this encryption only.
    const fn and_enc(self, enc: u32) -> Self {
        Self { enc, ..self }
    }

    /// Whether the library that has these suites has something of each kind that the class names.
    pub(super) fn is_of(&self, suites: &[Candidate]) -> bool {
        let has = |is_it: &dyn Fn(&Traits) -> bool| suites.iter().any(|it| is_it(it.traits));
        // OpenSSL has Triple DES also when it is built without the suites.
        let triple_des = self.enc & Enc::TripleDes as u32 != 0;
        (self.kx == 0 || has(&|it| self.kx & it.kx as u16 != 0))
            && (self.auth == 0 || has(&|it| self.auth & it.auth as u16 != 0))
            && (self.enc == 0 || triple_des || has(&|it| self.enc & it.enc as u32 != 0))
            && (self.mac == 0 || has(&|it| self.mac & it.mac as u16 != 0))
    }

    /// Narrowed by one more word of the same item; `None` when the two have nothing in common.
    pub(super) fn narrowed(self, by: Self) -> Option<Self> {
        Some(Self {
            // OpenSSL goes by the last word: `AES128-SHA+HIGH` is a class, `HIGH+AES128-SHA` one suite.
            suite: by.suite,
            kx: common(self.kx, by.kx)?,
            auth: common(self.auth, by.auth)?,
            enc: common(self.enc, by.enc)?,
            mac: common(self.mac, by.mac)?,
            since: match (self.since, by.since) {
                (Some(one), Some(other)) if one != other => return None,
                (one, other) => other.or(one),
            },
            strength: common_strength(self.strength, by.strength)?,
        })
    }
}

/// What two sets have in common, where an empty one is no restriction.
fn common<T>(one: T, other: T) -> Option<T>
where
    T: Copy + Default + PartialEq + core::ops::BitAnd<Output = T>,
{
    let none = T::default();
    match (one == none, other == none) {
        (true, _) => Some(other),
        (_, true) => Some(one),
        _ => Some(one & other).filter(|both| *both != none),
    }
}

/// The same for grades and what is left out of `DEFAULT`, which OpenSSL keeps in one number: the
/// first word that has a grade makes it forget `COMPLEMENTOFDEFAULT` before it.
fn common_strength(one: u8, other: u8) -> Option<u8> {
    use strength::{GRADES, NOT_DEFAULT};
    let grades = common(one & GRADES, other & GRADES)?;
    let forgets = one & GRADES == 0 && other & GRADES != 0;
    let kept = if forgets { 0 } else { one & NOT_DEFAULT };
    Some(grades | kept | (other & NOT_DEFAULT))
}

const fn grades(traits: &Traits, rules: CipherRules) -> u8 {
    let grade = match traits.enc {
        Enc::Null => strength::NONE,
        Enc::TripleDes | Enc::Rc4 | Enc::Idea | Enc::Seed => strength::MEDIUM,
        enc if enc.has_short_tag() => match rules {
            CipherRules::OpenSsl30 => strength::HIGH,
            CipherRules::OpenSsl32 => strength::MEDIUM,
        },
        _ => strength::HIGH,
    };
    let fips = if traits.is_fips() { strength::FIPS } else { 0 };
    let not_default = if traits.is_default() { 0 } else { strength::NOT_DEFAULT };
    grade | fips | not_default
}

/// A suite that can be chosen, with what it is sorted and found by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) suite: CipherSuite,
    pub(super) strength_bits: u16,
    traits: &'static Traits,
    as_word: Pattern,
}

impl Candidate {
    /// `None` for a suite without a name here, and for one of TLS 1.3.
    pub(super) fn new(suite: CipherSuite, rules: CipherRules) -> Option<Self> {
        let traits = suite.traits().filter(|traits| traits.since != Since::Tls13)?;
        let strength_bits = match rules {
            CipherRules::OpenSsl30 if traits.enc.has_short_tag() => traits.enc.key_bits(),
            _ => traits.enc.strength_bits(),
        };
        let as_word = Pattern { suite: Some(suite), ..Pattern::of(traits, rules) };
        Some(Self { suite, strength_bits, traits, as_word })
    }

    /// What its name stands for as a word.
    pub(super) const fn as_word(&self) -> Pattern {
        self.as_word
    }

    /// Whether it belongs to a class.
    pub(super) fn is(&self, pattern: &Pattern) -> bool {
        use strength::{GRADES, NOT_DEFAULT};
        let traits = self.traits;
        let grades = pattern.strength & GRADES;
        pattern.suite.is_none_or(|suite| suite == self.suite)
            && (pattern.kx == 0 || pattern.kx & traits.kx as u16 != 0)
            && (pattern.auth == 0 || pattern.auth & traits.auth as u16 != 0)
            && (pattern.enc == 0 || pattern.enc & traits.enc as u32 != 0)
            && (pattern.mac == 0 || pattern.mac & traits.mac as u16 != 0)
            && pattern.since.is_none_or(|since| since == traits.since)
            && (grades == 0 || grades & self.as_word.strength != 0)
            && (pattern.strength & NOT_DEFAULT == 0 || self.as_word.strength & NOT_DEFAULT != 0)
    }
}

/// What an alias stands for.
pub(super) fn alias(word: &str) -> Option<Pattern> {
    ALIASES.iter().find(|(name, _)| *name == word).map(|&(_, pattern)| pattern)
}

const AES: u32 = Enc::Aes128 as u32 | Enc::Aes256 as u32 | AES_GCM | AES_CCM;
const AES_GCM: u32 = Enc::Aes128Gcm as u32 | Enc::Aes256Gcm as u32;
const AES_CCM: u32 = Enc::Aes128Ccm as u32 | Enc::Aes256Ccm as u32 | AES_CCM8;
const AES_CCM8: u32 = Enc::Aes128Ccm8 as u32 | Enc::Aes256Ccm8 as u32;
const AES128: u32 =
    Enc::Aes128 as u32 | Enc::Aes128Gcm as u32 | Enc::Aes128Ccm as u32 | Enc::Aes128Ccm8 as u32;
const AES256: u32 =
    Enc::Aes256 as u32 | Enc::Aes256Gcm as u32 | Enc::Aes256Ccm as u32 | Enc::Aes256Ccm8 as u32;
const ARIA: u32 = Enc::Aria128Gcm as u32 | Enc::Aria256Gcm as u32;
const CAMELLIA: u32 = Enc::Camellia128 as u32 | Enc::Camellia256 as u32;
const CBC: u32 = Enc::TripleDes as u32
    | Enc::Idea as u32
    | Enc::Seed as u32
    | Enc::Aes128 as u32
    | Enc::Aes256 as u32
    | CAMELLIA;
const ENCRYPTED: u32 = !(Enc::Null as u32);
const AUTHENTICATED: u16 = !(Auth::Null as u16);
const PSK: u16 = Kx::Psk as u16 | Kx::RsaPsk as u16 | Kx::EcdhePsk as u16 | Kx::DhePsk as u16;

/// The classes by name, but for those of GOST.
const ALIASES: &[(&str, Pattern)] = &[
    ("ALL", Pattern::enc(ENCRYPTED)),
    ("COMPLEMENTOFALL", Pattern::enc(Enc::Null as u32)),
    ("COMPLEMENTOFDEFAULT", Pattern::strength(strength::NOT_DEFAULT)),
    // Key exchange.
    ("kRSA", Pattern::kx(Kx::Rsa as u16)),
    ("kEDH", Pattern::kx(Kx::Dhe as u16)),
    ("kDHE", Pattern::kx(Kx::Dhe as u16)),
    ("DH", Pattern::kx(Kx::Dhe as u16)),
    ("kEECDH", Pattern::kx(Kx::Ecdhe as u16)),
    ("kECDHE", Pattern::kx(Kx::Ecdhe as u16)),
    ("ECDH", Pattern::kx(Kx::Ecdhe as u16)),
    ("kPSK", Pattern::kx(Kx::Psk as u16)),
    ("kRSAPSK", Pattern::kx(Kx::RsaPsk as u16)),
    ("kECDHEPSK", Pattern::kx(Kx::EcdhePsk as u16)),
    ("kDHEPSK", Pattern::kx(Kx::DhePsk as u16)),
    ("kSRP", Pattern::kx(Kx::Srp as u16)),
    ("PSK", Pattern::kx(PSK)),
    ("SRP", Pattern::kx(Kx::Srp as u16)),
    // Authentication.
    ("aRSA", Pattern::auth(Auth::Rsa as u16)),
    ("aDSS", Pattern::auth(Auth::Dss as u16)),
    ("DSS", Pattern::auth(Auth::Dss as u16)),
    ("aNULL", Pattern::auth(Auth::Null as u16)),
    ("aECDSA", Pattern::auth(Auth::Ecdsa as u16)),
    ("ECDSA", Pattern::auth(Auth::Ecdsa as u16)),
    ("aPSK", Pattern::auth(Auth::Psk as u16)),
    ("aSRP", Pattern::auth(Auth::Srp as u16)),
    // Both.
    ("EDH", Pattern::kx_and_auth(Kx::Dhe as u16, AUTHENTICATED)),
    ("DHE", Pattern::kx_and_auth(Kx::Dhe as u16, AUTHENTICATED)),
    ("EECDH", Pattern::kx_and_auth(Kx::Ecdhe as u16, AUTHENTICATED)),
    ("ECDHE", Pattern::kx_and_auth(Kx::Ecdhe as u16, AUTHENTICATED)),
    ("RSA", Pattern::kx_and_auth(Kx::Rsa as u16, Auth::Rsa as u16)),
    ("ADH", Pattern::kx_and_auth(Kx::Dhe as u16, Auth::Null as u16)),
    ("AECDH", Pattern::kx_and_auth(Kx::Ecdhe as u16, Auth::Null as u16)),
    // Encryption.
    ("eNULL", Pattern::enc(Enc::Null as u32)),
    ("NULL", Pattern::enc(Enc::Null as u32)),
    ("3DES", Pattern::enc(Enc::TripleDes as u32)),
    ("RC4", Pattern::enc(Enc::Rc4 as u32)),
    ("IDEA", Pattern::enc(Enc::Idea as u32)),
    ("SEED", Pattern::enc(Enc::Seed as u32)),
    ("AES", Pattern::enc(AES)),
    ("AES128", Pattern::enc(AES128)),
    ("AES256", Pattern::enc(AES256)),
    ("AESGCM", Pattern::enc(AES_GCM)),
    ("AESCCM", Pattern::enc(AES_CCM)),
    ("AESCCM8", Pattern::enc(AES_CCM8)),
    ("CAMELLIA", Pattern::enc(CAMELLIA)),
    ("CAMELLIA128", Pattern::enc(Enc::Camellia128 as u32)),
    ("CAMELLIA256", Pattern::enc(Enc::Camellia256 as u32)),
    ("CHACHA20", Pattern::enc(Enc::ChaCha20 as u32)),
    ("ARIA", Pattern::enc(ARIA)),
    ("ARIAGCM", Pattern::enc(ARIA)),
    ("ARIA128", Pattern::enc(Enc::Aria128Gcm as u32)),
    ("ARIA256", Pattern::enc(Enc::Aria256Gcm as u32)),
    ("CBC", Pattern::enc(CBC)),
    // MAC.
    ("MD5", Pattern::mac(Mac::Md5 as u16)),
    ("SHA1", Pattern::mac(Mac::Sha1 as u16)),
    ("SHA", Pattern::mac(Mac::Sha1 as u16)),
    ("SHA256", Pattern::mac(Mac::Sha256 as u16)),
    ("SHA384", Pattern::mac(Mac::Sha384 as u16)),
    // The version that had it first.
    ("SSLv3", Pattern::since(Since::Ssl3)),
    ("TLSv1", Pattern::since(Since::Tls10)),
    ("TLSv1.0", Pattern::since(Since::Tls10)),
    ("TLSv1.2", Pattern::since(Since::Tls12)),
    // Grade.
    ("LOW", Pattern::strength(strength::LOW)),
    ("MEDIUM", Pattern::strength(strength::MEDIUM)),
    ("HIGH", Pattern::strength(strength::HIGH)),
    ("FIPS", Pattern::strength(strength::FIPS).and_enc(ENCRYPTED)),
    // What two suites were called once. OpenSSL still grades them as it did then.
    ("EDH-DSS-DES-CBC3-SHA", formerly(Auth::Dss)),
    ("EDH-RSA-DES-CBC3-SHA", formerly(Auth::Rsa)),
];

const fn formerly(auth: Auth) -> Pattern {
    Pattern {
        suite: None,
        kx: Kx::Dhe as u16,
        auth: auth as u16,
        enc: Enc::TripleDes as u32,
        mac: Mac::Sha1 as u16,
        since: None,
        strength: strength::HIGH | strength::FIPS,
    }
}
