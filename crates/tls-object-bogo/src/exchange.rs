//! What is said on one connection.

use tls_object::{ChannelBinding, Closure, ErrorKind};

use crate::connection::Connection;
use crate::expect::{self, Stage};
use crate::failure::Failure;
use crate::settings::Settings;

/// How much is read at once, in bytes, so that a record takes several reads: as in BoringSSL's shim.
const READ_SIZE: usize = 512;

/// The sizes that `-write-different-record-sizes` writes.
const RECORD_SIZES: &[usize] = &[0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769];

/// What the flags of one connection are, and which it is.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) settings: &'a Settings,
    /// The flags once the server has rejected early data.
    pub(crate) retry: &'a Settings,
    pub(crate) stage: Stage<'a>,
}

impl Exchange<'_> {
    /// Does everything from the handshake to the end.
    pub(crate) fn run(mut self, connection: &mut Connection<'_>) -> Result<(), Failure> {
        if connection.tls().context().config().max_early_data > 0 {
            self.take_early_data(connection)?;
        }
        let early = self.send_early_data(connection)?;
        if !self.settings.implicit_handshake || early.is_some() {
            self.handshake(connection)?;
        }
        self.announce(connection)?;
        if self.settings.shim_writes_first {
            // What went as early data does not go again, unless it was rejected.
            let gone = early.filter(|_| !self.stage.is_retry).unwrap_or(0);
            let words = self.settings.initial_write();
            let words = words.repeat(self.settings.repeat_shim_initial_write.unwrap_or(1));
            connection.write(&words[gone..])?;
        }
        let closure = if self.settings.shim_shuts_down { None } else { self.echo(connection)? };
        self.end(connection, closure)?;
        expect::at_the_end(connection, self.settings, &self.stage)
    }

    /// Shakes hands; a rejection of early data goes on with the flags for that.
    fn handshake(&mut self, connection: &mut Connection<'_>) -> Result<(), Failure> {
        match connection.call(|tls| tls.do_handshake()) {
            Err(Failure::Tls(error)) if error.kind() == ErrorKind::EarlyDataRejected => {
                if !self.settings.expect.reject_early_data {
                    return Err(Failure::Tls(error));
                }
                self.settings = self.retry;
                self.stage.is_retry = true;
                connection.call(|tls| tls.do_handshake())?;
            }
            result => result?,
        }
        expect::after_the_handshake(connection, self.settings, &self.stage)?;
        if self.settings.handshake_twice {
            connection.call(|tls| tls.do_handshake())?;
        }
        Ok(())
    }

    /// Client: sends the first words as early data where the session allows it; how much went.
    fn send_early_data(&self, connection: &mut Connection<'_>) -> Result<Option<usize>, Failure> {
        let Settings { server, enable_early_data, shim_writes_first, .. } = *self.settings;
        if server || !self.stage.is_resume || !enable_early_data {
            return Ok(None);
        }
        if self.settings.expect.no_offer_early_data {
            return Ok(None);
        }
        if !shim_writes_first {
            return Err(Failure::unimplemented("early data offered and not sent"));
        }
        let words = self.settings.initial_write();
        let mut total = 0;
        for _ in 0..self.settings.repeat_shim_initial_write.unwrap_or(1) {
            let sent = connection.call(|tls| tls.write_early_data(words))?;
            total += sent;
            if sent < words.len() {
                break;
            }
        }
        let expect = &self.settings.expect;
        if total == 0 && (expect.accept_early_data || expect.ticket_supports_early_data) {
            return Err(Failure::unexpected("a session that takes no early data"));
        }
        Ok((total > 0).then_some(total))
    }

    /// Server: reads early data until there is no more.
    fn take_early_data(&self, connection: &mut Connection<'_>) -> Result<(), Failure> {
        if self.stage.is_resume && self.settings.expect.accept_early_data {
            // The runner waits for the answer before it ends its early data.
            return Err(Failure::unimplemented("data written before the handshake is done"));
        }
        let mut buffer = [0; READ_SIZE];
        match connection.call(|tls| tls.read_early_data(&mut buffer))? {
            0 => Ok(()),
            _ => Err(Failure::unexpected("early data")),
        }
    }

    /// Writes what the flags want to see of secrets.
    fn announce(&self, connection: &mut Connection<'_>) -> Result<(), Failure> {
        if let Some(len) = self.settings.export_keying_material.filter(|&len| len > 0) {
            let mut material = vec![0; len];
            let context = &self.settings.export_context;
            let context = self.settings.use_export_context.then_some(context.as_slice());
            let label = &self.settings.export_label;
            connection.tls().export_keying_material(&mut material, label, context)?;
            connection.write(&material)?;
        }
        if self.settings.tls_unique {
            let unique = connection.tls().get_channel_binding(ChannelBinding::TlsUnique)?;
            connection.write(&unique)?;
        }
        if self.settings.write_different_record_sizes {
            for &len in RECORD_SIZES {
                connection.write(&vec![0x42; len])?;
            }
        }
        Ok(())
    }

    /// Sends back each byte with its bits turned over, until the peer ends.
    fn echo(&self, connection: &mut Connection<'_>) -> Result<Option<Closure>, Failure> {
        if self.settings.write_different_record_sizes {
            return Ok(None);
        }
        let mut buffer = vec![0; self.settings.read_size.unwrap_or(READ_SIZE)];
        loop {
            if self.settings.key_update_before_read {
                connection.call(|tls| tls.key_update(false))?;
            }
            if self.settings.peek_then_read {
                connection.peek()?;
            }
            let n = match connection.read(&mut buffer)? {
                Ok(n) => n,
                Err(closure) => return Ok(Some(closure)),
            };
            if self.settings.key_update {
                connection.call(|tls| tls.key_update(false))?;
            }
            let words = &mut buffer[..n];
            words.iter_mut().for_each(|byte| *byte ^= 0xff);
            connection.write(words)?;
        }
    }

    /// Closes where that is asked for. BoringSSL's shim says nothing at the end unless it is to check what the runner
    /// says.
    fn end(
        &self,
        connection: &mut Connection<'_>,
        closure: Option<Closure>,
    ) -> Result<(), Failure> {
        if !self.settings.check_close_notify {
            return Ok(());
        }
        connection.close()?;
        match closure {
            Some(Closure::Clean) => Ok(()),
            Some(Closure::Truncated) => Err(Failure::unexpected("an end without close_notify")),
            None => connection.call(|tls| tls.unwrap()),
        }
    }
}
