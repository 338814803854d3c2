//! OpenSSL's cipher strings.

mod order;
mod pattern;

use crate::{CipherSuite, Error, ErrorKind};
use order::{Command, Ordered};
use pattern::{Candidate, Pattern, alias};

/// Which OpenSSL's rules a cipher string is read by.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CipherRules {
    /// OpenSSL 1.1.1 to 3.1. Suites with a tag of eight bytes (CCM8) are as strong as their key, and IANA names
    /// are not names.
    OpenSsl30,
    /// OpenSSL 3.2 and newer.
    #[default]
    OpenSsl32,
}

/// Suite B (RFC 6460), which a cipher string can ask for as a whole. It restricts the groups and the signature
/// schemes as well.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SuiteB {
    /// `SUITEB128`, `SUITEB128C2`: P-256 and P-384.
    Level128,
    /// `SUITEB128ONLY`: P-256.
    Level128Only,
    /// `SUITEB192`: P-384.
    Level192,
}

/// An OpenSSL cipher string, and what it selects.
///
/// The grammar is that of `openssl-ciphers(1)`: items between `:`, `,`, `;` or spaces; an item is the name of a suite
/// or of a class, or some joined by `+` for what they have in common, behind `!`, `-`, `+` or nothing;
/// `@STRENGTH` and `@SECLEVEL=n`. What comes of it is what OpenSSL selects from the same suites, in the same order.
///
/// It is about TLS 1.2: the suites of TLS 1.3 have lists of their own everywhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CipherString {
    suites: Vec<CipherSuite>,
    security_level: Option<u8>,
    suite_b: Option<SuiteB>,
    ignored: Vec<String>,
}

impl CipherString {
    /// Reads `text` as a selection from the suites that are `available`, in any order. Those without a
    /// constant in [`CipherSuite`] and those of TLS 1.3 are never selected.
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidCipherString`] for what is no cipher string, such as an item without a name or an
    ///   unknown `@` command.
    /// * [`ErrorKind::NoCipherSelected`] if it selects nothing.
    pub fn parse(text: &str, available: &[CipherSuite], rules: CipherRules) -> Result<Self, Error> {
        if text.contains('\0') {
            return Err(invalid("a NUL character"));
        }
        let list = Ordered::new(available, rules);
        let mut reader = Reader {
            named: list.candidates(),
            list,
            rules,
            security_level: None,
            ignored: Vec::new(),
        };
        let (suite_b, text) = suite_b(text, &mut reader.ignored);
        match text.strip_prefix("DEFAULT") {
            Some(rest) => {
                reader.read(DEFAULT)?;
                reader.read(rest.strip_prefix(':').unwrap_or(rest))?;
            }
            None => reader.read(text)?,
        }
        let suites = reader.list.selected();
        if suites.is_empty() {
            return Err(Error::new(ErrorKind::NoCipherSelected).with_detail(format!("{text:?}")));
        }
        let Reader { security_level, ignored, .. } = reader;
        Ok(Self { suites, security_level, suite_b, ignored })
    }

    /// What it selects, the best first; never empty.
    pub fn suites(&self) -> &[CipherSuite] {
        &self.suites
    }

    /// The security level of the last `@SECLEVEL=n`: 0 to 5.
    pub const fn security_level(&self) -> Option<u8> {
        self.security_level
    }

    /// Whether it asks for Suite B.
    pub const fn suite_b(&self) -> Option<SuiteB> {
        self.suite_b
    }

    /// The items without effect because a name in them is not that of a class, nor of an available suite, but for
    /// those that leave out what is not there anyway. OpenSSL passes over them too.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }
}

/// What `DEFAULT` at the front stands for.
const DEFAULT: &str = "ALL:!COMPLEMENTOFDEFAULT:!eNULL";

/// Takes Suite B from the front of `text`, and gives what stands for it. Nothing behind it counts.
fn suite_b<'a>(text: &'a str, ignored: &mut Vec<String>) -> (Option<SuiteB>, &'a str) {
    const AES_128: &str = "ECDHE-ECDSA-AES128-GCM-SHA256";
    const AES_256: &str = "ECDHE-ECDSA-AES256-GCM-SHA384";
    const BOTH: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384";
    for (prefix, level, suites) in [
        ("SUITEB128ONLY", SuiteB::Level128Only, AES_128),
        ("SUITEB128C2", SuiteB::Level128, AES_256),
        ("SUITEB128", SuiteB::Level128, BOTH),
        ("SUITEB192", SuiteB::Level192, AES_256),
    ] {
        if let Some(rest) = text.strip_prefix(prefix) {
            let items = rest.split(is_separator).filter(|item| !item.is_empty());
            ignored.extend(items.map(str::to_owned));
            return (Some(level), suites);
        }
    }
    (None, text)
}

/// A cipher string being read.
struct Reader {
    list: Ordered,
    /// What there was in the list at first: a suite has its name also when it is out.
    named: Vec<Candidate>,
    rules: CipherRules,
    security_level: Option<u8>,
    ignored: Vec<String>,
}

impl Reader {
    fn read(&mut self, mut text: &str) -> Result<(), Error> {
        loop {
            text = text.trim_start_matches(is_separator);
            let Some(first) = text.chars().next() else { return Ok(()) };
            let command = match first {
                '@' => {
                    text = self.special(&text[1..])?;
                    continue;
                }
                '!' => Some(Command::Kill),
                '-' => Some(Command::Delete),
                '+' => Some(Command::MoveToEnd),
                _ => None,
            };
            let words = if command.is_some() { &text[1..] } else { text };
            text = self.item(command.unwrap_or(Command::Add), text, words)?;
        }
    }

    /// Does what stands behind an `@`; the rest of the text.
    fn special<'a>(&mut self, text: &'a str) -> Result<&'a str, Error> {
        let (word, rest) = self.split_word(text)?;
        match word.strip_prefix("SECLEVEL=") {
            Some(level) => match level.as_bytes() {
                [digit @ b'0'..=b'5'] => self.security_level = Some(digit - b'0'),
                _ => return Err(invalid(format!("@{word}: a level is 0 to 5"))),
            },
            None if word == "STRENGTH" => self.list.sort_by_strength(),
            None => return Err(invalid(format!("@{word} is no command"))),
        }
        let (junk, rest) = split_item(rest);
        // OpenSSL passes over it.
        self.ignored.extend((!junk.is_empty()).then(|| junk.to_owned()));
        Ok(rest)
    }

    /// Does what an item says, of which `text` are the words behind the command; the rest of the text.
    fn item<'a>(
        &mut self,
        command: Command,
        item: &'a str,
        mut text: &'a str,
    ) -> Result<&'a str, Error> {
        let mut class: Option<Pattern> = None;
        loop {
            let (word, rest) = self.split_word(text)?;
            let more = rest.strip_prefix('+');
            let Some(pattern) = self.pattern(word) else {
                let (whole, rest) = split_item(item);
                // That what is not there shall be left out is no loss.
                if command == Command::Add || !is_known(word) {
                    self.ignored.push(whole.to_owned());
                }
                return Ok(rest);
            };
            let narrowed = match class {
                None => Some(pattern),
                Some(class) => class.narrowed(pattern),
            };
            if narrowed.is_none() {
                // Nothing is in all of these classes.
                return Ok(split_item(more.unwrap_or(rest)).1);
            }
            class = narrowed;
            match more {
                Some(rest) => text = rest,
                None => {
                    let class = class.unwrap_or(Pattern::ANY);
                    self.list.apply(command, &class);
                    return Ok(rest);
                }
            }
        }
    }

    /// The word that a text begins with, and the rest.
    fn split_word<'a>(&self, text: &'a str) -> Result<(&'a str, &'a str), Error> {
        let is_of_word = |c: char| {
            c.is_ascii_alphanumeric()
                || matches!(c, '-' | '.' | '=')
                || (c == '_' && self.has_iana_names())
        };
        let end = text.find(|c| !is_of_word(c)).unwrap_or(text.len());
        if end == 0 {
            return Err(invalid(match text.chars().next() {
                Some(found) => format!("{found:?} where a name is expected"),
                None => "a name is missing at the end".to_owned(),
            }));
        }
        Ok(text.split_at(end))
    }

    fn has_iana_names(&self) -> bool {
        self.rules != CipherRules::OpenSsl30
    }

    /// What a word stands for.
    fn pattern(&self, word: &str) -> Option<Pattern> {
        let named = self.named.iter().find(|it| {
            it.suite.openssl_name() == Some(word)
                || (self.has_iana_names() && it.suite.iana_name() == Some(word))
        });
        // A class is one by name only where there is something of each kind that it names.
        let class = || alias(word).filter(|class| class.is_of(&self.named));
        named.map(Candidate::as_word).or_else(class)
    }
}

/// Whether a word means something to some OpenSSL.
fn is_known(word: &str) -> bool {
    alias(word).is_some() || CipherSuite::from_name(word).is_some()
}

/// What there is up to the next separator, and the rest.
fn split_item(text: &str) -> (&str, &str) {
    let end = text.find(is_separator).unwrap_or(text.len());
    text.split_at(end)
}

const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | ',' | ':' | ';')
}

#[cold]
fn invalid(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidCipherString).with_detail(detail)
}
