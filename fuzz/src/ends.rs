//! How connections end, and bytes between two ends.

use tls_object::{Alert, Closure, Error, ErrorKind, Origin, Read, SslObject};

/// Why a connection ended, as far as it does not depend on chance.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum End {
    /// By close_notify.
    Clean,
    /// The transport ended first.
    Truncated,
    /// By an error.
    Error { kind: ErrorKind, alert_sent: Option<Alert> },
}

impl End {
    /// The end that an error of `tls` is, which must be the peer's doing.
    pub fn of(tls: &dyn SslObject, error: &Error) -> Self {
        let backend = tls.context().backend();
        let is_ours = matches!(error.origin(), Origin::Misuse | Origin::Internal);
        assert!(
            !is_ours || is_short_record(backend, error),
            "{backend}: the peer's doing, told as {error:?}"
        );
        match error.kind() {
            ErrorKind::Truncated => Self::Truncated,
            kind => Self::Error { kind, alert_sent: error.alert_sent() },
        }
    }
}

/// Whether this is what OpenSSL says of a record that is too short for its cipher, which it takes for a fault of its own:
/// docs/deviations.toml, `record::too_short`. An end that has closed sends no alert any more.
fn is_short_record(backend: &str, error: &Error) -> bool {
    matches!(backend, "openssl" | "native-tls")
        && error.kind() == ErrorKind::Library
        && matches!(error.alert_sent(), None | Some(Alert::INTERNAL_ERROR))
        && format!("{error:?}").contains("tls1_cipher")
}

impl From<Closure> for End {
    fn from(closure: Closure) -> Self {
        match closure {
            Closure::Clean => Self::Clean,
            Closure::Truncated => Self::Truncated,
        }
    }
}

/// Whatever is called after an error, it answers with that error, and puts out nothing.
pub fn assert_stays(tls: &mut dyn SslObject, end: &End) {
    if *end == End::Clean {
        return;
    }
    let facts = tls.facts().clone();
    let mut errors = Vec::new();
    // What truncation ends after the handshake is the connection; the handshake stays what it was.
    if tls.version().is_none() {
        errors.push(tls.do_handshake().expect_err("sticky"));
    }
    errors.push(tls.write(b"late").expect_err("sticky"));
    errors.push(tls.unwrap().expect_err("sticky"));
    match tls.read(&mut [0; 16]) {
        Ok(Read::Closed(closure)) => assert_eq!(End::from(closure), *end),
        Ok(other) => panic!("{other:?} after {end:?}"),
        Err(error) => errors.push(error),
    }
    for error in errors {
        assert_eq!(End::of(tls, &error), *end);
    }
    assert_eq!(tls.outgoing().pending(), 0, "an alert is sent once");
    assert_eq!(*tls.facts(), facts, "facts stay");
}

/// Moves all that one end has put out to the other. Returns how many bytes that is.
pub fn carry(from: &mut dyn SslObject, to: &mut dyn SslObject) -> usize {
    let mut moved = 0;
    while from.outgoing().pending() > 0 {
        moved += from
            .outgoing()
            .lend(&mut |bytes| to.incoming().write(bytes).expect("an open BIO without a limit"));
    }
    moved
}
