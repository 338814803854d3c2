//! Keys for session tickets, as both libraries ask for them.

use tls_object_core::{Config, TicketKey};

/// The keys of a configuration by the names that stand in tickets.
#[derive(Debug)]
pub struct TicketKeys(Vec<([u8; TicketKey::NAME_LEN], TicketKey)>);

/// What a callback for ticket keys answers.
#[allow(clippy::exhaustive_enums)] // the numbers are the libraries'
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TicketKeyUse {
    /// The callback failed.
    Failed = -1,
    /// A ticket under a key that is not known: it is ignored.
    Unknown = 0,
    /// The key is set.
    Ready = 1,
    /// The key is set, and the client is to get a new ticket.
    ReadyAndRenew = 2,
}

impl TicketKeys {
    /// The keys of a configuration that has some, for the backend `backend`.
    pub fn new(config: &Config, backend: &str) -> Self {
        Self(config.ticket_keys.iter().map(|key| (key.name(backend), key.clone())).collect())
    }

    /// The key that new tickets are sealed with, and its name.
    pub fn newest(&self) -> Option<&([u8; TicketKey::NAME_LEN], TicketKey)> {
        self.0.first()
    }

    /// The key of this name, and what is to be answered when it is set. Under TLS 1.3 a ticket is used once, so
    /// there is always a new one.
    pub fn named(&self, name: &[u8], is_tls13: bool) -> Option<(&TicketKey, TicketKeyUse)> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        let renew = is_tls13 || at > 0;
        let answer = if renew { TicketKeyUse::ReadyAndRenew } else { TicketKeyUse::Ready };
        Some((&self.0[at].1, answer))
    }
}
