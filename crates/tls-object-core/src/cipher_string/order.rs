//! The list that the commands of a cipher string work on.

use super::CipherRules;
use super::pattern::{Candidate, Pattern, alias};
use crate::CipherSuite;

/// What is done with the suites of a class.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Command {
    /// Those that are not selected are, behind the others.
    Add,
    /// Those that are selected no longer are; they may be added again.
    Delete,
    /// They are out for good.
    Kill,
    /// Those that are selected go behind the others.
    MoveToEnd,
}

/// All suites that can be chosen, in an order; some of them are selected.
///
/// Every command keeps the order within what it moves and within what it leaves.
#[derive(Debug)]
pub(super) struct Ordered(Vec<Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    candidate: Candidate,
    selected: bool,
}

impl Ordered {
    /// Those of `available` that have a name here and are not of TLS 1.3, in OpenSSL's order of preference. None
    /// is selected.
    pub(super) fn new(available: &[CipherSuite], rules: CipherRules) -> Self {
        let mut suites = available.to_vec();
        suites.sort_unstable_by_key(|suite| core::cmp::Reverse(suite.code()));
        suites.dedup();
        let candidates = suites.into_iter().filter_map(|suite| Candidate::new(suite, rules));
        let mut list =
            Self(candidates.map(|candidate| Entry { candidate, selected: false }).collect());
        // Ephemeral elliptic curves first, with ECDSA before RSA.
        list.apply(Command::Add, &Pattern::ECDHE_ECDSA);
        list.apply(Command::Add, &class("kECDHE"));
        list.apply(Command::Delete, &Pattern::ANY);
        // AES-GCM before ChaCha20 before what else there is of AES before the rest.
        for name in ["AESGCM", "CHACHA20", "AES"] {
            list.apply(Command::Add, &class(name));
        }
        list.apply(Command::Add, &Pattern::ANY);
        for name in ["MD5", "aNULL", "kRSA", "kPSK", "RC4"] {
            list.apply(Command::MoveToEnd, &class(name));
        }
        list.sort_by_strength();
        // TLS 1.2, then authenticated encryption and forward secrecy, whatever their strength.
        for pattern in
            [class("TLSv1.2"), Pattern::AEAD, Pattern::EPHEMERAL, Pattern::EPHEMERAL_AEAD]
        {
            let moved = list.take(|entry| entry.candidate.is(&pattern));
            list.0.splice(0..0, moved);
        }
        list.apply(Command::Delete, &Pattern::ANY);
        list
    }

    /// Does one command.
    pub(super) fn apply(&mut self, command: Command, class: &Pattern) {
        let is_meant = |entry: &Entry| entry.candidate.is(class);
        match command {
            Command::Add => {
                let added = self.take(|entry| is_meant(entry) && !entry.selected);
                self.0.extend(added.into_iter().map(|it| Entry { selected: true, ..it }));
            }
            Command::Delete => {
                // To the front: what was deleted last is the first to be added again.
                let mut deleted = self.take(|entry| is_meant(entry) && entry.selected);
                deleted.iter_mut().for_each(|entry| entry.selected = false);
                self.0.splice(0..0, deleted);
            }
            Command::Kill => self.0.retain(|entry| !is_meant(entry)),
            Command::MoveToEnd => {
                let moved = self.take(|entry| is_meant(entry) && entry.selected);
                self.0.extend(moved);
            }
        }
    }

    /// Sorts what is selected by the bits of security, most first, and puts it behind what is not.
    pub(super) fn sort_by_strength(&mut self) {
        let mut selected = self.take(|entry| entry.selected);
        selected.sort_by_key(|entry| core::cmp::Reverse(entry.candidate.strength_bits));
        self.0.extend(selected);
    }

    /// All that is in it, in its order.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        self.0.iter().map(|entry| entry.candidate).collect()
    }

    /// What is selected, the best first.
    pub(super) fn selected(&self) -> Vec<CipherSuite> {
        self.0.iter().filter(|entry| entry.selected).map(|entry| entry.candidate.suite).collect()
    }

    /// Takes out what is meant.
    fn take(&mut self, is_meant: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let (taken, rest) = core::mem::take(&mut self.0).into_iter().partition(is_meant);
        self.0 = rest;
        taken
    }
}

/// The class of a name of this project's own list.
fn class(name: &str) -> Pattern {
    alias(name).expect("the name of a class")
}
