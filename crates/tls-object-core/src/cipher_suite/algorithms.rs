//! What a cipher suite is made of, in the classes that OpenSSL sorts suites by.

/// What a cipher suite is made of.
#[derive(Debug)]
pub(crate) struct Traits {
    pub(crate) kx: KeyExchange,
    pub(crate) auth: Authentication,
    pub(crate) enc: Encryption,
    pub(crate) mac: Mac,
    pub(crate) since: Since,
    /// Of [`DEFAULT`](Self::DEFAULT) and [`FIPS`](Self::FIPS).
    pub(crate) flags: u8,
}

impl Traits {
    /// OpenSSL has it in `DEFAULT`.
    pub(crate) const DEFAULT: u8 = 1;
    /// OpenSSL has it in `FIPS`.
    pub(crate) const FIPS: u8 = 2;

    /// Whether OpenSSL has it in `DEFAULT`, as far as that does not leave it out for want of encryption.
    pub(crate) const fn is_default(&self) -> bool {
        self.flags & Self::DEFAULT != 0
    }

    /// Whether OpenSSL has it in `FIPS`.
    pub(crate) const fn is_fips(&self) -> bool {
        self.flags & Self::FIPS != 0
    }
}

/// How the ends come to a secret. Each is a bit, so that a word of a cipher string can stand for several.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u16)]
pub(crate) enum KeyExchange {
    /// TLS 1.3: whatever group or pre-shared key is agreed on.
    Any = 0,
    Rsa = 1,
    Dhe = 1 << 1,
    Ecdhe = 1 << 2,
    Psk = 1 << 3,
    RsaPsk = 1 << 4,
    EcdhePsk = 1 << 5,
    DhePsk = 1 << 6,
    Srp = 1 << 7,
}

impl KeyExchange {
    /// OpenSSL's long name of it, as in Python's `kea`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Any => "kx-any",
            Self::Rsa => "kx-rsa",
            Self::Dhe => "kx-dhe",
            Self::Ecdhe => "kx-ecdhe",
            Self::Psk => "kx-psk",
            Self::RsaPsk => "kx-rsa-psk",
            Self::EcdhePsk => "kx-ecdhe-psk",
            Self::DhePsk => "kx-dhe-psk",
            Self::Srp => "kx-srp",
        }
    }

    /// The word for it in a description.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Rsa => "RSA",
            Self::Dhe => "DH",
            Self::Ecdhe => "ECDH",
            Self::Psk => "PSK",
            Self::RsaPsk => "RSAPSK",
            Self::EcdhePsk => "ECDHEPSK",
            Self::DhePsk => "DHEPSK",
            Self::Srp => "SRP",
        }
    }
}

/// How the server proves who it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u16)]
pub(crate) enum Authentication {
    /// TLS 1.3: by whatever signature scheme or pre-shared key is agreed on.
    Any = 0,
    Rsa = 1,
    Dss = 1 << 1,
    /// Not at all.
    Null = 1 << 2,
    Ecdsa = 1 << 3,
    Psk = 1 << 4,
    Srp = 1 << 5,
}

impl Authentication {
    /// OpenSSL's long name of it, as in Python's `auth`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Any => "auth-any",
            Self::Rsa => "auth-rsa",
            Self::Dss => "auth-dss",
            Self::Null => "auth-null",
            Self::Ecdsa => "auth-ecdsa",
            Self::Psk => "auth-psk",
            Self::Srp => "auth-srp",
        }
    }

    /// The word for it in a description.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Rsa => "RSA",
            Self::Dss => "DSS",
            Self::Null => "None",
            Self::Ecdsa => "ECDSA",
            Self::Psk => "PSK",
            Self::Srp => "SRP",
        }
    }
}

/// How records are encrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub(crate) enum Encryption {
    /// Not at all.
    Null = 1,
    TripleDes = 1 << 1,
    Rc4 = 1 << 2,
    Idea = 1 << 3,
    Seed = 1 << 4,
    Aes128 = 1 << 5,
    Aes256 = 1 << 6,
    Camellia128 = 1 << 7,
    Camellia256 = 1 << 8,
    Aes128Gcm = 1 << 9,
    Aes256Gcm = 1 << 10,
    Aes128Ccm = 1 << 11,
    Aes256Ccm = 1 << 12,
    Aes128Ccm8 = 1 << 13,
    Aes256Ccm8 = 1 << 14,
    ChaCha20 = 1 << 15,
    Aria128Gcm = 1 << 16,
    Aria256Gcm = 1 << 17,
}

impl Encryption {
    /// OpenSSL's long name of it, as in Python's `symmetric`.
    pub(crate) const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Null => return None,
            Self::TripleDes => "des-ede3-cbc",
            Self::Rc4 => "rc4",
            Self::Idea => "idea-cbc",
            Self::Seed => "seed-cbc",
            Self::Aes128 => "aes-128-cbc",
            Self::Aes256 => "aes-256-cbc",
            Self::Camellia128 => "camellia-128-cbc",
            Self::Camellia256 => "camellia-256-cbc",
            Self::Aes128Gcm => "aes-128-gcm",
            Self::Aes256Gcm => "aes-256-gcm",
            Self::Aes128Ccm | Self::Aes128Ccm8 => "aes-128-ccm",
            Self::Aes256Ccm | Self::Aes256Ccm8 => "aes-256-ccm",
            Self::ChaCha20 => "chacha20-poly1305",
            Self::Aria128Gcm => "aria-128-gcm",
            Self::Aria256Gcm => "aria-256-gcm",
        })
    }

    /// The word for it in a description.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Null => "None",
            Self::TripleDes => "3DES(168)",
            Self::Rc4 => "RC4(128)",
            Self::Idea => "IDEA(128)",
            Self::Seed => "SEED(128)",
            Self::Aes128 => "AES(128)",
            Self::Aes256 => "AES(256)",
            Self::Camellia128 => "Camellia(128)",
            Self::Camellia256 => "Camellia(256)",
            Self::Aes128Gcm => "AESGCM(128)",
            Self::Aes256Gcm => "AESGCM(256)",
            Self::Aes128Ccm => "AESCCM(128)",
            Self::Aes256Ccm => "AESCCM(256)",
            Self::Aes128Ccm8 => "AESCCM8(128)",
            Self::Aes256Ccm8 => "AESCCM8(256)",
            Self::ChaCha20 => "CHACHA20/POLY1305(256)",
            Self::Aria128Gcm => "ARIAGCM(128)",
            Self::Aria256Gcm => "ARIAGCM(256)",
        }
    }

    /// The length of its key in bits.
    pub(crate) const fn key_bits(self) -> u16 {
        match self {
            Self::Null => 0,
            Self::TripleDes => 168,
            Self::Rc4
            | Self::Idea
            | Self::Seed
            | Self::Aes128
            | Self::Camellia128
            | Self::Aes128Gcm
            | Self::Aes128Ccm
            | Self::Aes128Ccm8
            | Self::Aria128Gcm => 128,
            Self::Aes256
            | Self::Camellia256
            | Self::Aes256Gcm
            | Self::Aes256Ccm
            | Self::Aes256Ccm8
            | Self::ChaCha20
            | Self::Aria256Gcm => 256,
        }
    }

    /// How many bits of security it gives, as OpenSSL has counted since 3.2.
    pub(crate) const fn strength_bits(self) -> u16 {
        match self {
            Self::TripleDes => 112,
            Self::Rc4 => 80,
            // The tag has as many.
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => 64,
            _ => self.key_bits(),
        }
    }

    /// Whether it authenticates what it encrypts with a tag of eight bytes.
    pub(crate) const fn has_short_tag(self) -> bool {
        matches!(self, Self::Aes128Ccm8 | Self::Aes256Ccm8)
    }
}

/// How records are authenticated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u16)]
pub(crate) enum Mac {
    Md5 = 1,
    Sha1 = 1 << 1,
    Sha256 = 1 << 2,
    Sha384 = 1 << 3,
    /// By the encryption itself.
    Aead = 1 << 4,
}

impl Mac {
    /// OpenSSL's long name of its digest, as in Python's `digest`.
    pub(crate) const fn digest(self) -> Option<&'static str> {
        Some(match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Aead => return None,
        })
    }

    /// The word for it in a description.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Aead => "AEAD",
        }
    }
}

/// The version of the protocol that had a suite first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Since {
    Ssl3,
    Tls10,
    Tls12,
    Tls13,
}

impl Since {
    /// OpenSSL's name of it, as in Python's `protocol`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ssl3 => "SSLv3",
            Self::Tls10 => "TLSv1.0",
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }
}
