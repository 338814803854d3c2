//! One `SSL` with its `BIO`, safe to use.

use core::ffi::{c_int, c_void};
use core::ptr::{self, NonNull};
use core::slice;
use std::panic;
use std::sync::Arc;

use tls_object_core::{Alert, Bios, Direction, Side};

use super::bio::{self, Slot};
use crate::messages::Told;
use crate::{Calls, Hooks, Library, aside};

const SSL_ERROR_WANT_READ: c_int = 2;
const SSL_ERROR_SYSCALL: c_int = 5;
const SSL_ERROR_ZERO_RETURN: c_int = 6;
/// `SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN`.
const SSL_SHUTDOWN: c_int = 3;
const SSL_CB_READ: c_int = 0x04;
const SSL_CB_WRITE: c_int = 0x08;
const SSL_CB_ALERT: c_int = 0x4000;
const FATAL: u8 = 2;

/// What a call came to.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It is done; the number is what the function returned, at least 0.
    Done(usize),
    /// It needs more bytes.
    WantRead,
    /// The peer has sent `close_notify`.
    CloseNotify,
    /// It waits for what the application is to decide.
    Suspended,
    /// It failed; the number is what `SSL_get_error` says. The error queue says more.
    Failed(c_int),
}

/// The slot of one connection, at an address that stays.
struct OwnedSlot(NonNull<Slot>);

impl OwnedSlot {
    fn new() -> Self {
        Self(NonNull::from(Box::leak(Box::new(Slot::new()))))
    }
}

impl Drop for OwnedSlot {
    fn drop(&mut self) {
        // SAFETY: leaked by `new` and freed here only.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// One `SSL` with its `BIO`.
///
/// The BIOs of the core are lent to each call; between calls the library reaches none.
pub struct Connection<L: Library> {
    // Before the slot: the library frees its `BIO`s, which point to the slot, with the `SSL`.
    ssl: L::Handle,
    slot: OwnedSlot,
    /// What the library calls back besides, if there is something.
    hooks: Option<Arc<Hooks>>,
}

// SAFETY: the handle is `Send`; the slot is reached through this owner only, and holds nothing but
// plain data between calls.
unsafe impl<L: Library> Send for Connection<L> {}

/// A client may go on to offer the session of a connection that was dropped without
/// `close_notify`: who was at the other end was settled by the handshake. OpenSSL would mark
/// the session as not to be resumed.
impl<L: Library> Drop for Connection<L> {
    fn drop(&mut self) {
        // SAFETY: the handle is valid until its own drop, which comes next.
        unsafe { L::ssl_set_shutdown(L::as_ptr(&self.ssl), SSL_SHUTDOWN) };
    }
}

impl<L: Library> core::fmt::Debug for Connection<L> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl<L: Library> Connection<L> {
    /// Gives `ssl` its `BIO` and its side. `None` when the library is out of memory.
    pub fn new(ssl: L::Handle, side: Side, hooks: Option<Arc<Hooks>>) -> Option<Self> {
        let connection = Self { ssl, slot: OwnedSlot::new(), hooks };
        // SAFETY: the slot is freed after the `SSL`, and so after the `BIO`.
        let bio = unsafe { bio::new::<L>(connection.slot.0.as_ptr()) }?;
        let raw = L::as_ptr(&connection.ssl);
        // SAFETY: both are valid. One `BIO` for both directions: the `SSL` takes the one reference.
        unsafe { L::ssl_set_bio(raw, bio, bio) };
        // SAFETY: `raw` is valid, and reads from a `BIO` of ours for as long as it lives.
        unsafe { L::ssl_set_info_callback(raw, on_info::<L>) };
        if let Some(hooks) = connection.hooks.as_deref().filter(|hooks| hooks.wants_messages()) {
            // SAFETY: the slot is valid, and no call runs.
            unsafe { (*connection.slot.0.as_ptr()).hooks = hooks };
        }
        // SAFETY: `raw` is valid, and reads from a `BIO` of ours for as long as it lives.
        unsafe { L::ssl_set_msg_callback(raw, Some(on_message::<L>)) };
        match side {
            // SAFETY: `raw` is valid.
            Side::Client => unsafe { L::ssl_set_connect_state(raw) },
            // SAFETY: `raw` is valid.
            Side::Server => unsafe { L::ssl_set_accept_state(raw) },
        }
        Some(connection)
    }

    /// What the library calls back, if there is something.
    pub(crate) fn hooks(&self) -> Option<&Hooks> {
        self.hooks.as_deref()
    }

    /// The library's own handle.
    pub(crate) fn handle(&self) -> &L::Handle {
        &self.ssl
    }

    /// The library's own handle. Whoever put another one in its place would part an `SSL` from its slot, so it
    /// stays within this crate.
    pub(crate) fn handle_mut(&mut self) -> &mut L::Handle {
        &mut self.ssl
    }

    /// `SSL_do_handshake`.
    pub fn do_handshake(&mut self, bios: &mut Bios) -> Outcome {
        // SAFETY: `ssl` is valid.
        let outcome = self.call(bios, |ssl| unsafe { L::ssl_do_handshake(ssl) });
        let wanted = self.hooks.as_deref().is_some_and(Hooks::wants_messages);
        if matches!(outcome, Outcome::Done(_)) && !wanted {
            // What follows is data, of which nothing is to be told.
            // SAFETY: the handle is valid.
            unsafe { L::ssl_set_msg_callback(L::as_ptr(&self.ssl), None) };
        }
        outcome
    }

    /// What the messages of the handshake have told.
    pub(crate) fn told(&self) -> Told {
        // SAFETY: valid, and no call runs.
        unsafe { (*self.slot.0.as_ptr()).told }
    }

    /// `SSL_write_early_data` from `src`: that many bytes were taken.
    pub fn write_early_data(&mut self, bios: &mut Bios, src: &[u8]) -> Outcome {
        let mut written = 0;
        let (buf, len) = (src.as_ptr().cast::<c_void>(), src.len());
        // SAFETY: `ssl` is valid, `buf` has `len` readable bytes and `written` is writable.
        let outcome = self
            .call(bios, |ssl| unsafe { L::ssl_write_early_data(ssl, buf, len, &raw mut written) });
        if let Outcome::Done(_) = outcome { Outcome::Done(written) } else { outcome }
    }

    /// `SSL_read_early_data` into `dst`, which is not empty: that many bytes have come, none if there are no more.
    pub fn read_early_data(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Outcome {
        const SSL_READ_EARLY_DATA_SUCCESS: usize = 1;
        let mut read = 0;
        let (buf, len) = (dst.as_mut_ptr().cast::<c_void>(), dst.len());
        // SAFETY: `ssl` is valid, `buf` has `len` writable bytes and `read` is writable.
        let outcome =
            self.call(bios, |ssl| unsafe { L::ssl_read_early_data(ssl, buf, len, &raw mut read) });
        match outcome {
            Outcome::Done(SSL_READ_EARLY_DATA_SUCCESS) => Outcome::Done(read),
            Outcome::Done(_) => Outcome::Done(0),
            outcome => outcome,
        }
    }

    /// `SSL_read` into `dst`.
    pub fn read(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Outcome {
        let len = clamp(dst.len());
        let buf = dst.as_mut_ptr().cast::<c_void>();
        // SAFETY: `ssl` is valid and `buf` has `len` writable bytes.
        self.call(bios, |ssl| unsafe { L::ssl_read(ssl, buf, len) })
    }

    /// `SSL_peek` at one byte.
    pub fn peek(&mut self, bios: &mut Bios) -> Outcome {
        let mut byte = 0_u8;
        let buf = (&raw mut byte).cast::<c_void>();
        // SAFETY: `ssl` is valid and `buf` has one writable byte.
        self.call(bios, |ssl| unsafe { L::ssl_peek(ssl, buf, 1) })
    }

    /// `SSL_write` from `src`.
    pub fn write(&mut self, bios: &mut Bios, src: &[u8]) -> Outcome {
        let len = clamp(src.len());
        let buf = src.as_ptr().cast::<c_void>();
        // SAFETY: `ssl` is valid and `buf` has `len` readable bytes.
        self.call(bios, |ssl| unsafe { L::ssl_write(ssl, buf, len) })
    }

    /// `SSL_write` of nothing: makes no record, but lets go of messages that the library holds back.
    pub fn flush(&mut self, bios: &mut Bios) -> Outcome {
        // SAFETY: `ssl` is valid, and of no bytes none is read.
        self.call(bios, |ssl| match unsafe { L::ssl_write(ssl, ptr::null(), 0) } {
            // As many bytes as were given.
            0 => 1,
            ret => ret,
        })
    }

    /// `SSL_key_update`, and out with it: either library would hold the message back until it writes data.
    pub fn key_update(&mut self, bios: &mut Bios, request_peer: bool) -> Outcome {
        // `SSL_KEY_UPDATE_REQUESTED` or `SSL_KEY_UPDATE_NOT_REQUESTED`.
        let kind = c_int::from(request_peer);
        // SAFETY: `ssl` is valid.
        match self.call(bios, |ssl| unsafe { L::ssl_key_update(ssl, kind) }) {
            Outcome::Done(_) => self.flush(bios),
            other => other,
        }
    }

    /// `SSL_shutdown`, once: it queues `close_notify`.
    pub fn shutdown(&mut self, bios: &mut Bios) -> Outcome {
        // SAFETY: `ssl` is valid.
        self.call(bios, |ssl| match unsafe { L::ssl_shutdown(ssl) } {
            // Sent, the peer's not yet received: all that was asked.
            0 => 1,
            ret => ret,
        })
    }

    /// `SSL_pending`.
    pub fn pending(&self) -> usize {
        // SAFETY: the handle is valid.
        let pending = unsafe { L::ssl_pending(L::as_ptr(&self.ssl)) };
        usize::try_from(pending).unwrap_or(0)
    }

    /// The fatal alert that the library sent during the last call, if it sent one.
    pub fn alert_sent(&self) -> Option<Alert> {
        // SAFETY: valid, and no call runs.
        let sent = unsafe { (*self.slot.0.as_ptr()).alert_sent };
        sent.filter(|&(level, _)| level == FATAL).map(|(_, alert)| Alert::new(alert))
    }

    /// The last alert that arrived during the last call and was not `close_notify`, if one did.
    pub fn alert_received(&self) -> Option<Alert> {
        self.last_received().filter(|&alert| alert != Alert::CLOSE_NOTIFY)
    }

    /// The last alert that arrived during the last call, whichever it was.
    fn last_received(&self) -> Option<Alert> {
        // SAFETY: valid, and no call runs.
        let received = unsafe { (*self.slot.0.as_ptr()).alert_received };
        received.map(|(_, alert)| Alert::new(alert))
    }

    /// Runs one call with `bios` within reach and an empty error queue.
    fn call(
        &mut self,
        bios: &mut Bios,
        call: impl FnOnce(*mut <L as Calls>::Ssl) -> c_int,
    ) -> Outcome {
        let ssl = L::as_ptr(&self.ssl);
        // SAFETY: the slot is valid, and no call runs.
        unsafe { (*self.slot.0.as_ptr()).forget_alerts() };
        // `SSL_get_error` judges by the queue of the thread: what others left there must go first.
        // Looking costs OpenSSL a fraction of clearing.
        // SAFETY: has no preconditions.
        if !unsafe { L::err_is_empty() } {
            // SAFETY: has no preconditions.
            unsafe { L::err_clear_error() };
        }
        // SAFETY: the slot is valid, no reference into it is held, and `&mut self` runs one call at a time.
        let ret = unsafe { Slot::lend(self.slot.0.as_ptr(), bios, || call(ssl)) };
        if let Some(payload) = self.hooks.as_ref().and_then(|hooks| hooks.take_panic()) {
            aside::forget();
            panic::resume_unwind(payload);
        }
        if ret > 0 {
            // Not negative.
            return Outcome::Done(ret as usize);
        }
        // SAFETY: `ssl` is valid and `ret` is of the call just made.
        match unsafe { L::ssl_get_error(ssl, ret) } {
            SSL_ERROR_WANT_READ => Outcome::WantRead,
            SSL_ERROR_ZERO_RETURN => Outcome::CloseNotify,
            // OpenSSL: a close_notify behind a user_canceled of TLS 1.3, which it remembers in place of the former.
            SSL_ERROR_SYSCALL if self.last_received() == Some(Alert::CLOSE_NOTIFY) => {
                Outcome::CloseNotify
            }
            0 => Outcome::Done(0),
            error if L::PAUSES.contains(&error) => Outcome::Suspended,
            error => Outcome::Failed(error),
        }
    }
}

/// A length that a `c_int` holds; more is left for the next call.
fn clamp(len: usize) -> c_int {
    c_int::try_from(len).unwrap_or(c_int::MAX)
}

/// Notes the alerts that go by.
unsafe extern "C" fn on_info<L: Library>(
    ssl: *const <L as Calls>::Ssl,
    event: c_int,
    value: c_int,
) {
    if event & SSL_CB_ALERT == 0 {
        return;
    }
    // SAFETY: the library passes the `SSL` that the callback was set on.
    let bio = unsafe { L::ssl_get_rbio(ssl) };
    // SAFETY: that `SSL` reads from a `BIO` of ours.
    let slot = unsafe { bio::slot_of::<L>(bio) };
    // The level in the high byte, the description in the low one.
    let alert = ((value >> 8) as u8, value as u8);
    if event & SSL_CB_WRITE != 0 {
        // SAFETY: the slot lives as long as the `SSL`, and nobody holds a reference into it.
        unsafe { (*slot).alert_sent = Some(alert) };
    } else if event & SSL_CB_READ != 0 {
        // SAFETY: as above.
        unsafe { (*slot).alert_received = Some(alert) };
    }
}

/// The content type of handshake messages, which come whole and decrypted.
const HANDSHAKE: c_int = 22;

/// Takes in a message that goes by, and shows it where somebody wants to see.
unsafe extern "C" fn on_message<L: Library>(
    sent: c_int,
    version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    len: usize,
    ssl: *mut <L as Calls>::Ssl,
    _arg: *mut c_void,
) {
    if bytes.is_null() {
        return;
    }
    // SAFETY: the library passes the `SSL` that the callback was set on.
    let bio = unsafe { L::ssl_get_rbio(ssl) };
    // SAFETY: that `SSL` reads from a `BIO` of ours.
    let slot = unsafe { bio::slot_of::<L>(bio) };
    // SAFETY: the library lends `len` readable bytes.
    let bytes = unsafe { slice::from_raw_parts(bytes.cast::<u8>(), len) };
    let direction = if sent == 0 { Direction::Received } else { Direction::Sent };
    if content_type == HANDSHAKE {
        // SAFETY: the slot lives as long as the `SSL`, and nobody holds a reference into it.
        unsafe { (*slot).told.message(direction, bytes) };
    }
    // SAFETY: as above.
    let hooks = unsafe { (*slot).hooks };
    // SAFETY: null, or the hooks that the connection holds for as long as the `SSL` lives.
    let Some(hooks) = (unsafe { hooks.as_ref() }) else { return };
    // A version has 16 bits.
    hooks.show(direction, version as u16, content_type, bytes);
}
