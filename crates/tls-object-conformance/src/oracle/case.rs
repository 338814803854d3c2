//! The corpus as data: what is set up, which steps are taken, and what CPython made of each.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// What `cargo xtask oracle` has written.
const CORPUS: &str = include_str!("../../oracle/cases.jsonl");

/// The scripts that play the cases on CPython, in the order in which they are hashed.
pub(super) const SCRIPTS: [&str; 2] =
    [include_str!("../../oracle/play.py"), include_str!("../../oracle/cases.py")];

/// Who was asked, and by which scripts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    /// The version of CPython.
    pub(super) cpython: String,
    /// The version of the OpenSSL below it.
    pub(super) openssl: String,
    /// The SHA-256 hash of the scripts in hexadecimal digits.
    pub(super) script: String,
}

/// One case.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// Such as `s/peer-closed/read/1.3`: end, state, call, version.
    #[serde(rename = "case")]
    pub(super) name: String,
    pub(super) setup: Setup,
    pub(super) steps: Vec<Step>,
}

impl Case {
    /// Whether another case is set up in the same way and takes the same steps, whatever they come to.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let steps = |case: &Self| {
            let steps = case.steps.iter();
            steps.map(|step| (step.what().to_owned(), step.theirs().is_some())).collect::<Vec<_>>()
        };
        (&self.name, &self.setup) == (&other.name, &other.setup) && steps(self) == steps(other)
    }
}

/// How the two ends are configured, where that is not as usual.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Setup {
    /// The one version that is spoken.
    pub(super) tls: String,
    /// The one that the server speaks instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server_tls: Option<String>,
    /// The client's application protocols.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) alpn: Option<Vec<String>>,
    /// What the server shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) server: Option<String>,
    /// What the client shows when it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<String>,
    /// Whether the server asks for a certificate: `none`, `optional`, `required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ask: Option<String>,
    /// What both ends trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trust: Option<Vec<String>>,
    /// The name that the client talks to: a name, none, or as usual.
    #[serde(default, with = "explicit", skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Option<String>>,
    /// Whether the client verifies anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) verify: Option<bool>,
    /// Whether it verifies names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) check_name: Option<bool>,
    /// Whether a common name is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) common_name: Option<bool>,
    /// Of the end that judges, as all that follow: whether it is strict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) strict: Option<bool>,
    /// Whether any trusted certificate ends a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) partial: Option<bool>,
    /// Its revocation lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) crls: Option<Vec<String>>,
    /// What they are asked about: the `leaf` or the `chain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) crl_scope: Option<String>,
}

/// A name that may be null, which is not the same as no name.
mod explicit {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        Option::deserialize(from).map(Some)
    }

    #[allow(clippy::ref_option)] // the signature is serde's
    pub(super) fn serialize<S: Serializer>(
        name: &Option<Option<String>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        name.as_ref().and_then(Option::as_ref).serialize(to)
    }
}

/// One step.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Step {
    /// Leads to the next one; what comes of it is not compared.
    Way(String),
    /// With CPython's outcome, which is ours as well.
    Same(String, String),
    /// With CPython's outcome, the reason for which ours is another (a key of `divergences.toml`), and ours, or `again` for the
    /// error that ended the connection.
    Other(String, String, String, String),
}

impl Step {
    /// What is done.
    pub(super) fn what(&self) -> &str {
        match self {
            Self::Way(what) | Self::Same(what, _) | Self::Other(what, ..) => what,
        }
    }

    /// CPython's outcome.
    pub(super) fn theirs(&self) -> Option<&str> {
        match self {
            Self::Way(_) => None,
            Self::Same(_, theirs) | Self::Other(_, theirs, ..) => Some(theirs),
        }
    }

    /// The outcome that is expected of backends.
    pub(super) fn ours(&self) -> Option<&str> {
        match self {
            Self::Way(_) => None,
            Self::Same(_, ours) | Self::Other(.., ours) => Some(ours),
        }
    }
}

/// A corpus: the recorded one, or what a CPython has just said.
#[derive(Clone, Debug)]
pub(super) struct Corpus {
    pub(super) header: Header,
    pub(super) cases: Vec<Case>,
}

impl Corpus {
    /// Reads what `play.py` prints.
    ///
    /// # Errors
    /// If a line is not what it should be.
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut lines = text.lines();
        let header = serde_json::from_str(lines.next().unwrap_or_default())?;
        let cases = lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok(Self { header, cases })
    }

    /// The reverse of [`parse`](Self::parse).
    pub(super) fn print(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string(&self.header)? + "\n";
        for case in &self.cases {
            text += &serde_json::to_string(case)?;
            text.push('\n');
        }
        Ok(text)
    }
}

/// The recorded corpus.
///
/// # Panics
/// If the file is damaged, which a test would have found.
pub(super) fn corpus() -> &'static Corpus {
    static RECORDED: OnceLock<Corpus> = OnceLock::new();
    RECORDED.get_or_init(|| Corpus::parse(CORPUS).expect("the corpus is well formed"))
}
