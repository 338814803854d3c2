//! How a connection that is refused ends, at both ends.

use tls_object_core::{Alert, Capability, Error, ErrorKind, Origin, Side, Status};

use super::Lab;
use crate::failure::{Failure, ensure, name};
use crate::pair::{Handshake, Pair, Progress};

/// What an end makes of the alert that tells it of its peer's error.
#[derive(Debug, PartialEq)]
enum Word {
    /// It says which alert that was.
    Understood,
    /// It finds an error of its own in the record.
    Garbled,
}

impl Lab {
    /// The handshake ends because `by` refuses it with an error of this kind and tells the other end so with
    /// this alert; both then stand by it.
    #[track_caller]
    pub(crate) fn refused(
        &self,
        pair: &mut Pair,
        by: Side,
        kind: ErrorKind,
        alert: Alert,
    ) -> Result<(), Failure> {
        let handshake = pair.drive()?;
        let Progress::Failed(error) = handshake.of(by) else {
            return Err(Failure::new(format!("not refused by the {}: {handshake:?}", name(by))));
        };
        if let ErrorKind::CertificateVerify(_) = kind
            && !self.has(by, Capability::VerifyCode)
        {
            self.refused_for_reasons_untold(pair, by, &handshake)?;
            return Err(Failure::absent(by, Capability::VerifyCode));
        }
        self.expect("error", kind, error.kind())?;
        let sent = self.fact(by, Capability::AlertSent, error.alert_sent())?;
        self.expect("alert", alert, sent)?;
        self.final_error(pair, by, error)?;
        self.told(pair, by.peer(), handshake.of(by.peer()), sent)
    }

    /// `by` refuses its peer's certificate without telling why, and stands by it.
    #[track_caller]
    fn refused_for_reasons_untold(
        &self,
        pair: &mut Pair,
        by: Side,
        handshake: &Handshake,
    ) -> Result<(), Failure> {
        let Progress::Failed(error) = handshake.of(by) else {
            return Err(Failure::new("not refused"));
        };
        ensure!(matches!(error.kind(), ErrorKind::CertificateVerify(_)), "{error:?}");
        self.final_error(pair, by, error)?;
        match error.alert_sent() {
            Some(alert) => self.told(pair, by.peer(), handshake.of(by.peer()), alert),
            None => Ok(()),
        }
    }

    /// `side` learns from its peer's `alert` that the connection is over.
    #[track_caller]
    pub(crate) fn told(
        &self,
        pair: &mut Pair,
        side: Side,
        progress: &Progress,
        alert: Alert,
    ) -> Result<(), Failure> {
        let error = match progress {
            Progress::Failed(error) => error.clone(),
            Progress::Done => pair.expect_error(side)?,
            Progress::Waiting => {
                return Err(Failure::new(format!("the {} was told nothing", name(side))));
            }
        };
        self.final_error(pair, side, &error)?;
        match error.alert_received() {
            Some(received) => {
                ensure!(received == alert, "the alert {alert} was reported, {received} arrived");
                ensure!(error.alert_sent().is_none(), "an alert was answered with one");
                self.expect("word of it", Word::Understood, Word::Understood)
            }
            None => {
                ensure!(error.origin() == Origin::PeerMisbehaved, "{error:?}");
                self.expect("word of it", Word::Understood, Word::Garbled)
            }
        }
    }

    /// Every later call on `side` returns `error` again and sends nothing, and the facts stay.
    #[track_caller]
    pub(crate) fn final_error(
        &self,
        pair: &mut Pair,
        side: Side,
        error: &Error,
    ) -> Result<(), Failure> {
        self.ended(side, error);
        let before = pair.tls(side).facts().clone();
        let shown = pair.tls(side).peer_certificates().to_vec();
        let sent = pair.wire_to(side.peer()).sent();
        let mut buffer = [0; 16];
        let later = [
            ("do_handshake", pair.call(side, |tls| tls.do_handshake()).map(|_| ())),
            ("read", pair.call(side, |tls| tls.read(&mut buffer)).map(|_| ())),
            ("write", pair.call(side, |tls| tls.write(b"more")).map(|_| ())),
            ("an empty write", pair.call(side, |tls| tls.write(b"")).map(|_| ())),
            ("unwrap", pair.call(side, |tls| tls.unwrap()).map(|_| ())),
            ("close", pair.call(side, |tls| tls.close())),
        ];
        for (what, result) in later {
            match result {
                Err(later)
                    if later.kind() == error.kind() && later.alert_sent() == error.alert_sent() => {
                }
                // To a reader a truncated stream is an end, not an error.
                Ok(())
                    if what == "read"
                        && error.kind() == ErrorKind::Truncated
                        && before.version.is_some() => {}
                other => {
                    return Err(Failure::new(format!(
                        "{what} on the {} after {error}: {other:?}",
                        name(side)
                    )));
                }
            }
        }
        ensure!(
            pair.wire_to(side.peer()).sent() == sent,
            "the {} sends after its error",
            name(side)
        );
        ensure!(*pair.tls(side).facts() == before, "facts change after an error");
        ensure!(
            pair.tls(side).peer_certificates() == shown,
            "the peer's chain changes after an error"
        );
        ensure!(pair.tls(side).flush() == Status::Done(()), "the {} holds back", name(side));
        Ok(())
    }
}
