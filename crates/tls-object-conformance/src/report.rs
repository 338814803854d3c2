//! Results as data.

use std::fmt::Write as _;

use serde::Serialize;
use tls_object_core::{Alert, ErrorKind, Side};

use crate::matrix::Case;

/// What a case came to.
#[allow(clippy::exhaustive_enums)] // all the cases there are
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The promise was kept.
    Pass,
    /// A backend lacks what the case needs, and said exactly that.
    Unsupported,
    /// The libraries differ in the way that `docs/deviations.toml` lists; all else was kept.
    Deviation,
    /// The promise was broken.
    Fail,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Pass, Self::Unsupported, Self::Deviation, Self::Fail];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unsupported => "unsupported",
            Self::Deviation => "deviation",
            Self::Fail => "fail",
        }
    }
}

/// One line of the report.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct CaseResult {
    /// The scenario's name.
    pub scenario: String,
    /// The parameters, such as `tls1.3,p256`.
    pub params: String,
    /// The backend that played the client.
    pub client: String,
    /// The backend that played the server.
    pub server: String,
    /// What it came to.
    pub outcome: Outcome,
    /// Why, unless it passed.
    pub detail: String,
    /// The errors that ended connections on the way, each once.
    #[serde(skip)]
    pub errors: Vec<ConnectionError>,
}

/// An error that ended a connection, and stayed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ConnectionError {
    /// Whose error it is.
    pub side: Side,
    /// What went wrong.
    pub kind: ErrorKind,
    /// The alert that told the peer.
    pub alert_sent: Option<Alert>,
}

impl CaseResult {
    pub(crate) fn new(case: &Case, outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            scenario: case.scenario.name.to_owned(),
            params: case.params.to_string(),
            client: case.client.name().to_owned(),
            server: case.server.name().to_owned(),
            outcome,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }
}

/// How many cases came to what.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Summary {
    /// Kept.
    pub pass: usize,
    /// Refused in the way it must be.
    pub unsupported: usize,
    /// Different in a listed way.
    pub deviation: usize,
    /// Broken.
    pub fail: usize,
}

impl Summary {
    fn of(results: &[CaseResult]) -> Self {
        let count = |outcome| results.iter().filter(|result| result.outcome == outcome).count();
        Self {
            pass: count(Outcome::Pass),
            unsupported: count(Outcome::Unsupported),
            deviation: count(Outcome::Deviation),
            fail: count(Outcome::Fail),
        }
    }
}

/// What a run came to.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// The names of the backends.
    pub backends: Vec<String>,
    /// Pairs of backends that run on the same library: each is no independent peer to the other.
    pub same_library: Vec<[String; 2]>,
    /// One for each case, in the order of the plan; then one for each listed deviation that
    /// should be struck from the list.
    pub results: Vec<CaseResult>,
    /// How many came to what.
    pub summary: Summary,
}

impl Report {
    pub(crate) fn new(
        backends: Vec<String>,
        same_library: Vec<[String; 2]>,
        results: Vec<CaseResult>,
    ) -> Self {
        let summary = Summary::of(&results);
        Self { backends, same_library, results, summary }
    }

    /// What is to be known about the pairs, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let note = |[one, other]: &[String; 2]| {
            format!(
                "{one} and {other} run on the same library: neither is an independent peer to the other"
            )
        };
        self.same_library.iter().map(note).collect()
    }

    /// A page without scripts or other files: a table of pairs, then whatever did not just pass.
    pub fn to_html(&self) -> String {
        let mut page = String::from(HEAD);
        let Summary { pass, unsupported, deviation, fail } = self.summary;
        page += &format!(
            "<p><b class=pass>{pass}</b> pass, <b class=unsupported>{unsupported}</b> unsupported, \
             <b class=deviation>{deviation}</b> deviation, <b class=fail>{fail}</b> fail</p>\n"
        );
        for note in self.notes() {
            page += &format!("<p>{note}</p>\n");
        }
        self.pairs(&mut page);
        for outcome in Outcome::ALL {
            if outcome != Outcome::Pass {
                self.list(&mut page, outcome);
            }
        }
        page
    }

    /// Rows are clients, columns are servers.
    fn pairs(&self, page: &mut String) {
        *page += "<table><tr><th>client \\ server";
        for server in &self.backends {
            *page += &format!("<th>{}", escaped(server));
        }
        for client in &self.backends {
            *page += &format!("\n<tr><th>{}", escaped(client));
            for server in &self.backends {
                *page += "<td>";
                for outcome in Outcome::ALL {
                    let count = self
                        .results
                        .iter()
                        .filter(|result| {
                            result.client == *client
                                && result.server == *server
                                && result.outcome == outcome
                        })
                        .count();
                    if count > 0 {
                        let name = outcome.name();
                        *page += &format!("<span class={name} title={name}>{count}</span> ");
                    }
                }
            }
        }
        *page += "\n</table>\n";
    }

    fn list(&self, page: &mut String, outcome: Outcome) {
        let name = outcome.name();
        let mut results = self.results.iter().filter(|result| result.outcome == outcome).peekable();
        if results.peek().is_none() {
            return;
        }
        *page += &format!("<h2 class={name}>{name}</h2>\n<table>");
        *page += "<tr><th>scenario<th>parameters<th>client<th>server<th>detail";
        for result in results {
            let CaseResult { scenario, params, client, server, detail, .. } = result;
            for (tag, text) in
                [("\n<tr><td>", scenario), ("<td>", params), ("<td>", client), ("<td>", server)]
            {
                *page += tag;
                *page += &escaped(text);
            }
            *page += &format!("<td>{}", escaped(detail));
        }
        *page += "\n</table>\n";
    }
}

/// The report as JSON.
#[allow(clippy::missing_panics_doc)] // it does not: strings and numbers can always be written
pub fn report_json(report: &Report) -> String {
    serde_json::to_string_pretty(report).expect("strings and numbers")
}

const HEAD: &str = "<!doctype html>
<meta charset=utf-8>
<title>tls-object conformance</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em }
table { border-collapse: collapse; margin: 1em 0 }
th, td { border: 1px solid #bbb; padding: .2em .6em; text-align: left; vertical-align: top }
.pass { color: #176617 } .unsupported { color: #666 } .deviation { color: #8a5a00 }
.fail { color: #b00000; font-weight: bold }
</style>
<h1>tls-object conformance</h1>
";

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => {
                let _ = write!(out, "&#x{:x};", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(server: &str, outcome: Outcome, detail: &str) -> CaseResult {
        CaseResult {
            scenario: "topic::promise".to_owned(),
            params: "tls1.3".to_owned(),
            client: "one".to_owned(),
            server: server.to_owned(),
            outcome,
            detail: detail.to_owned(),
            errors: Vec::new(),
        }
    }

    fn report() -> Report {
        let results = vec![
            result("one", Outcome::Pass, ""),
            result("two", Outcome::Fail, "expected <1> & got \u{1}"),
        ];
        Report::new(vec!["one".to_owned(), "two".to_owned()], Vec::new(), results)
    }

    #[test]
    fn the_json_has_these_names() {
        let expected = serde_json::json!({
            "backends": ["one", "two"],
            "same_library": [],
            "results": [
                {
                    "scenario": "topic::promise", "params": "tls1.3",
                    "client": "one", "server": "one",
                    "outcome": "pass", "detail": "",
                },
                {
                    "scenario": "topic::promise", "params": "tls1.3",
                    "client": "one", "server": "two",
                    "outcome": "fail", "detail": "expected <1> & got \u{1}",
                },
            ],
            "summary": { "pass": 1, "unsupported": 0, "deviation": 0, "fail": 1 },
        });
        let json: serde_json::Value = serde_json::from_str(&report_json(&report())).unwrap();
        assert_eq!(json, expected);
    }

    #[test]
    fn the_page_lists_failures_and_cannot_be_written_into() {
        let page = report().to_html();
        assert!(page.contains("<td>expected &lt;1&gt; &amp; got &#x1;"), "{page}");
        assert!(page.contains("<h2 class=fail>fail</h2>"));
        assert!(!page.contains("<h2 class=deviation>"));
    }
}
