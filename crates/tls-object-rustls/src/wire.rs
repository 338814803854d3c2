//! How records get into rustls and out of it.

use std::io;

use rustls::Connection;
use tls_object_core::{Alert, Bios, RecordCursor};

/// The length of a record's header.
const HEADER: usize = 5;
/// How long rustls' input buffer is at least.
const SPARE: usize = 4096;
/// The content type of alerts (RFC 8446 section 5.1).
const ALERT: u8 = 21;
/// The content type of encrypted records under TLS 1.3, whatever is in them.
const APPLICATION_DATA: u8 = 23;
/// An alert in plain text: header, level, description.
const PLAIN_ALERT: usize = 7;
/// The length that an alert has in an encrypted record of TLS 1.3: level, description,
/// content type and the 16 bytes of tag that all suites have. No other message is as short.
const SEALED_ALERT: u16 = 2 + 1 + 16;

/// What was fed: some bytes of one record, to its end or not.
#[derive(Debug)]
pub(crate) struct Fed {
    /// Whether it completes a header or a record. From anything else rustls learns nothing new.
    pub(crate) is_news: bool,
    /// The alert, if this completes a record that holds one in plain text. Two bytes cannot be
    /// anything encrypted.
    pub(crate) plain_alert: Option<Alert>,
}

/// Feeds rustls from the incoming BIO, and takes nothing out of that beyond the record that rustls works on.
///
/// Left alone rustls reads on, puts records together, and throws away what follows a
/// `close_notify`.
///
/// Where application data follows application data, rustls is shown the first byte of the next record with
/// each long one, and it stays in the BIO: an input buffer that holds no part of a record is given back to 4 KiB and
/// grows anew for the next, 4 KiB at a time.
#[derive(Debug, Default)]
pub(crate) struct Feeder {
    cursor: RecordCursor,
    /// The first bytes of the current record, and how many of them have been seen.
    front: [u8; PLAIN_ALERT],
    seen: usize,
    /// rustls has the first byte that waits.
    is_ahead: bool,
}

impl Feeder {
    /// Feeds what there is of the current record; `None` if nothing is there.
    ///
    /// # Errors
    /// rustls takes no byte, although it found no fault in those it has: its buffer is full.
    pub(crate) fn feed(
        &mut self,
        bios: &mut Bios,
        mut read_tls: impl FnMut(&mut dyn io::Read) -> io::Result<usize>,
    ) -> io::Result<Option<Fed>> {
        let mut refusal = None;
        let mut plain_alert = None;
        let mut is_news = true;
        let taken = bios.incoming().lend(&mut |bytes| {
            let inside = self.cursor.is_inside();
            let whole = if inside { None } else { whole_record(bytes) };
            let mut cursor = self.cursor;
            let (len, complete) = whole.map_or_else(|| cursor.advance(bytes), |len| (len, true));
            let kind = || if inside { self.front[0] } else { bytes[0] };
            let show = complete
                && (inside || len > SPARE)
                && bytes.get(len) == Some(&APPLICATION_DATA)
                && kind() == APPLICATION_DATA;
            let end = len + usize::from(show);
            let mut rest = &bytes[usize::from(self.is_ahead)..end];
            while !rest.is_empty() {
                match read_tls(&mut rest) {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        refusal = Some(error);
                        break;
                    }
                }
            }
            let fed = end - rest.len();
            self.is_ahead = fed > len;
            let taken = &bytes[..fed.min(len)];
            plain_alert = match whole {
                // Most records are there from their first byte to their last.
                Some(len) if taken.len() == len => alert_in(taken),
                _ => {
                    let had = self.seen;
                    let alert = self.pass(taken);
                    let header = had < HEADER && self.seen >= HEADER;
                    is_news = header || !self.cursor.is_inside();
                    alert
                }
            };
            taken.len()
        });
        match refusal {
            Some(error) if taken == 0 => Err(error),
            _ if taken == 0 => Ok(None),
            _ => Ok(Some(Fed { is_news, plain_alert })),
        }
    }

    /// Whether part of a record was taken out of the incoming BIO, and not all of it.
    pub(crate) fn has_taken_part(&self) -> bool {
        self.cursor.is_inside()
    }

    /// Whether rustls has a part of a record.
    pub(crate) fn is_inside_record(&self) -> bool {
        self.is_ahead || self.cursor.is_inside()
    }

    /// Looks at bytes that rustls has taken, which are of one record.
    fn pass(&mut self, taken: &[u8]) -> Option<Alert> {
        let (_, complete) = self.cursor.advance(taken);
        let fresh = taken.len().min(PLAIN_ALERT - self.seen);
        self.front[self.seen..self.seen + fresh].copy_from_slice(&taken[..fresh]);
        self.seen += fresh;
        if !complete {
            return None;
        }
        alert_in(&self.front[..core::mem::take(&mut self.seen)])
    }
}

/// The length of the record that `bytes` begin with, if they hold all of it.
fn whole_record(bytes: &[u8]) -> Option<usize> {
    let &[_, _, _, high, low, ..] = bytes else { return None };
    let len = HEADER + usize::from(u16::from_be_bytes([high, low]));
    (len <= bytes.len()).then_some(len)
}

/// The alert in a record, or the beginning of one, that is an alert in plain text.
fn alert_in(record: &[u8]) -> Option<Alert> {
    match *record {
        [ALERT, _, _, 0, 2, _, description] => Some(Alert::new(description)),
        _ => None,
    }
}

/// A transport that has nothing now.
pub(crate) struct Nothing;

impl io::Read for Nothing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// The outgoing BIO as rustls writes to it. Takes everything.
pub(crate) struct Outgoing<'a>(pub(crate) &'a mut Bios);

impl io::Write for Outgoing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes);
        Ok(bytes.len())
    }

    fn write_vectored(&mut self, records: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let mut sent = 0;
        for record in records {
            sent += self.write(record)?;
        }
        Ok(sent)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes out all that rustls has to say, and returns how many bytes that were.
pub(crate) fn drain(connection: &mut Connection, out: &mut dyn io::Write) -> usize {
    let mut sent = 0;
    while connection.wants_write() {
        match connection.write_tls(out) {
            Ok(n @ 1..) => sent += n,
            _ => break,
        }
    }
    sent
}

/// A fatal alert in plain text, for a peer with whom nothing is agreed on yet.
pub(crate) fn plain_alert(alert: Alert) -> [u8; PLAIN_ALERT] {
    const FATAL: u8 = 2;
    [ALERT, 3, 3, 0, 2, FATAL, alert.code()]
}

/// The alert that a failed connection has sent, as far as it can be told from its last bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LastAlert {
    /// It sent none.
    Absent,
    /// In plain text.
    Plain(Alert),
    /// Encrypted.
    Sealed,
}

impl LastAlert {
    /// Looks at the last of `records`: rustls says nothing after a fatal alert.
    pub(crate) fn of(mut records: &[u8]) -> Self {
        let mut cursor = RecordCursor::new();
        let mut last = records;
        while !records.is_empty() {
            let (len, _) = cursor.advance(records);
            (last, records) = records.split_at(len);
        }
        match *last {
            [ALERT, _, _, 0, 2, _, description] => Self::Plain(Alert::new(description)),
            [ALERT, ..] => Self::Sealed,
            [APPLICATION_DATA, _, _, high, low, ..]
                if u16::from_be_bytes([high, low]) == SEALED_ALERT =>
            {
                Self::Sealed
            }
            _ => Self::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_alert_is_seen_however_it_arrives() {
        let stream = [22, 3, 3, 0, 1, 9, ALERT, 3, 3, 0, 2, 2, 40];
        let mut feeder = Feeder::default();
        let mut pass = |bytes: &[u8]| feeder.pass(bytes);
        let seen: Vec<_> = stream.iter().filter_map(|byte| pass(&[*byte])).collect();
        assert_eq!(seen, [Alert::HANDSHAKE_FAILURE]);
        assert_eq!(pass(&stream[..6]), None);
        assert_eq!(pass(&stream[6..]), Some(Alert::HANDSHAKE_FAILURE));
    }

    #[test]
    fn the_last_record_tells_whether_an_alert_was_sent() {
        let hello = [22, 3, 3, 0, 1, 0];
        let mut sealed = vec![APPLICATION_DATA, 3, 3, 0, 19];
        sealed.extend([0; 19]);
        assert_eq!(LastAlert::of(&[]), LastAlert::Absent);
        assert_eq!(LastAlert::of(&hello), LastAlert::Absent);
        assert_eq!(LastAlert::of(&sealed), LastAlert::Sealed);
        assert_eq!(LastAlert::of(&[&sealed[..], &hello].concat()), LastAlert::Absent);
        assert_eq!(
            LastAlert::of(&[&hello[..], &plain_alert(Alert::UNKNOWN_CA)].concat()),
            LastAlert::Plain(Alert::UNKNOWN_CA)
        );
        assert_eq!(LastAlert::of(&[ALERT, 3, 3, 0, 3, 0, 0, 0]), LastAlert::Sealed);
    }
}
