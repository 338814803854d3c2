//! Sessions: who keeps them, and what is resumed.

use super::Report;
use crate::{Capabilities, Capability, Config, ProtocolVersion, Side};

/// BoringSSL's limit; nobody needs more.
const MAX_TICKETS: usize = 16;

pub(super) fn sessions(report: &mut Report, config: &Config, capabilities: &Capabilities) {
    let keys = &config.ticket_keys;
    report.require(capabilities, Capability::SessionEvents, config.on_session.is_some());
    if config.on_session.is_some() && (config.side == Side::Server || !config.resumption) {
        report.invalid("sessions are handed out by clients, and where they are to be resumed");
    }
    report.require(capabilities, Capability::TicketKeys, !keys.is_empty());
    report.require(capabilities, Capability::TicketCount, config.num_tickets.is_some());
    if config.side == Side::Client && (!keys.is_empty() || config.num_tickets.is_some()) {
        report.invalid("ticket keys and a number of tickets are for servers");
    }
    if !config.resumption && !keys.is_empty() {
        report.invalid("ticket keys where no session is to be resumed");
    }
    if !config.resumption && config.num_tickets.is_some_and(|number| number > 0) {
        report.invalid("a number of tickets where no session is to be resumed");
    }
    if config.num_tickets.is_some_and(|number| number > MAX_TICKETS) {
        report.invalid(format!("more than {MAX_TICKETS} tickets"));
    }
    let (oldest, newest) = config.version_range();
    if config.num_tickets.is_some() && newest < ProtocolVersion::TLS13 && config.resumption {
        report.invalid("a number of tickets without TLS 1.3, the only version with more than one");
    }
    let store = config.session_store.is_some();
    report.require(capabilities, Capability::SessionStore, store);
    if store && config.session_cache > 0 {
        report.invalid("sessions kept in memory, and in a store");
    }
    let cache = config.session_cache > 0 || store;
    let speaks = |version| (oldest..=newest).contains(&version);
    let (tls12, tls13) = (speaks(ProtocolVersion::TLS12), speaks(ProtocolVersion::TLS13));
    report.require(capabilities, Capability::SessionCache12, cache && tls12);
    report.require(capabilities, Capability::SessionCache13, cache && tls13);
    if cache && (config.side == Side::Client || !config.resumption || !keys.is_empty()) {
        report.invalid("sessions are kept by servers that resume them and send no tickets");
    }
    if cache && config.max_early_data > 0 {
        report.invalid("a server that takes early data keeps sessions as it needs to");
    }
    let early = config.max_early_data;
    report.require(capabilities, Capability::EarlyDataServer, early > 0);
    let chosen = early > 0 && early != Config::EARLY_DATA;
    report.require(capabilities, Capability::EarlyDataLimit, chosen);
    let resumes = config.resumption && newest >= ProtocolVersion::TLS13;
    if early > 0 && (config.side == Side::Client || !resumes) {
        report.invalid("early data is taken by servers that resume sessions of TLS 1.3");
    }
    if early > 0 && config.num_tickets == Some(0) {
        report.invalid("early data, and no ticket for a client to send it under");
    }
    if early > 0 && !keys.is_empty() {
        // RFC 8446 section 8.
        report.invalid("early data under tickets that another server would take again");
    }
    let names: Vec<_> = keys.iter().map(|key| key.name("")).collect();
    if (1..names.len()).any(|at| names[..at].contains(&names[at])) {
        report.invalid("two ticket keys of one name");
    }
}
