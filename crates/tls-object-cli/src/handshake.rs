//! `tlsobj handshake`.

use core::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use tls_object::{Capability, Error, ProtocolVersion};
use tls_object_conformance::{HandshakeSummary, handshake_once};

use crate::cli::HandshakeArgs;
use crate::failure::Failure;

/// Connects two backends in memory.
pub(crate) fn run(args: &HandshakeArgs) -> Result<ExitCode, Failure> {
    if args.tls == Some(ProtocolVersion::TLS13) {
        let refused = |error: Error| error.with_backend(args.server.name());
        args.server.capabilities().require(Capability::Tls13Server).map_err(refused)?;
    }
    let summary = handshake_once(args.client, args.server, args.tls)?;
    let mut out = io::stdout().lock();
    let written = if args.json {
        serde_json::to_writer_pretty(&mut out, &summary)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        table(&mut out, &summary)
    };
    Failure::of_stdout(written)?;
    Ok(ExitCode::SUCCESS)
}

/// One column for each end.
fn table(out: &mut impl Write, summary: &HandshakeSummary) -> io::Result<()> {
    let HandshakeSummary { client, server, .. } = summary;
    let mut row = |what: &str, client: &dyn Display, server: &dyn Display| {
        writeln!(out, "{what:<21}{client:<46}{server}")
    };
    row("", &"client", &"server")?;
    row("backend", &client.backend, &server.backend)?;
    row("library", &client.library, &server.library)?;
    row("version", &known(&client.version), &known(&server.version))?;
    row("cipher suite", &known(&client.cipher_suite), &known(&server.cipher_suite))?;
    row("group", &known(&client.group), &known(&server.group))?;
    row("alpn", &known(&client.alpn), &known(&server.alpn))?;
    row("server name", &known(&client.server_name), &known(&server.server_name))?;
    row("resumed", &client.resumed, &server.resumed)?;
    row("peer certificates", &client.peer_certificates, &server.peer_certificates)?;
    row(
        "handshake bytes sent",
        &summary.handshake_bytes_sent_by_client,
        &summary.handshake_bytes_sent_by_server,
    )?;
    row("all bytes sent", &summary.bytes_sent_by_client, &summary.bytes_sent_by_server)?;
    let (flights, bytes) = (summary.flights, summary.application_bytes_each_way);
    writeln!(out, "{flights} flights, then {bytes} bytes of data each way and a clean close")
}

fn known(fact: &Option<String>) -> &str {
    fact.as_deref().unwrap_or("-")
}
