//! A `BIO` over the core's BIOs: reads straight from the incoming one, writes straight to the
//! outgoing one. `BIO_s_mem` would copy everything once more, and moves its whole content on
//! each read in BoringSSL.

use core::any::Any;
use core::ffi::{c_char, c_int, c_long, c_void};
use core::{ptr, slice};
use std::panic::{self, AssertUnwindSafe};

use tls_object_core::Bios;

use crate::messages::Told;
use crate::{Calls, Hooks};

/// `BIO_TYPE_SOURCE_SINK`, the kind of a `BIO` that has none below it.
const SOURCE_SINK: c_int = 0x0400;
/// `BIO_CTRL_FLUSH`, the one request that must be granted.
const CTRL_FLUSH: c_int = 11;

/// What the callbacks of one connection reach: the BIOs for as long as a call runs, and what the
/// library said in passing.
pub(super) struct Slot {
    /// Null unless a call is running.
    bios: *mut Bios,
    /// A panic in a BIO of the user's, on its way around the C frames.
    panic: Option<Box<dyn Any + Send>>,
    /// What else the callbacks reach, if there is something: the connection's own, which outlives the `SSL`.
    pub(super) hooks: *const Hooks,
    /// The last alert that was sent, with its level.
    pub(super) alert_sent: Option<(u8, u8)>,
    /// The last alert that was received, with its level.
    pub(super) alert_received: Option<(u8, u8)>,
    /// What the messages of the handshake have told.
    pub(super) told: Told,
}

impl Slot {
    pub(super) const fn new() -> Self {
        Self {
            bios: ptr::null_mut(),
            panic: None,
            hooks: ptr::null(),
            alert_sent: None,
            alert_received: None,
            told: Told::NOTHING,
        }
    }

    /// Before another call.
    pub(super) fn forget_alerts(&mut self) {
        self.alert_sent = None;
        self.alert_received = None;
    }

    /// Runs `call` with `bios` within reach of the callbacks.
    ///
    /// # Safety
    /// `slot` is valid and nobody holds a reference into it; no other call runs on it.
    pub(super) unsafe fn lend<R>(slot: *mut Self, bios: &mut Bios, call: impl FnOnce() -> R) -> R {
        // SAFETY: `slot` is valid and not aliased by a reference.
        unsafe { (*slot).bios = bios };
        let result = call();
        // SAFETY: as above; the callbacks hold nothing beyond their own return.
        unsafe { (*slot).bios = ptr::null_mut() };
        // SAFETY: as above.
        if let Some(payload) = unsafe { (*slot).panic.take() } {
            panic::resume_unwind(payload);
        }
        result
    }

    /// Runs `f` on the BIOs of the running call. `None` outside a call, and after a panic.
    ///
    /// # Safety
    /// `slot` is null or valid, with nobody holding a reference into it.
    unsafe fn with_bios<R>(slot: *mut Self, f: impl FnOnce(&mut Bios) -> R) -> Option<R> {
        // SAFETY: null or valid, by contract; the reference ends before `f` runs.
        let bios = unsafe { slot.as_ref() }?.bios;
        // SAFETY: null, or the exclusive reference that `lend` holds for as long as the call runs.
        let bios = unsafe { bios.as_mut() }?;
        match panic::catch_unwind(AssertUnwindSafe(|| f(bios))) {
            Ok(result) => Some(result),
            Err(payload) => {
                // SAFETY: valid, since it was not null.
                unsafe { (*slot).bios = ptr::null_mut() };
                // SAFETY: as above.
                unsafe { (*slot).panic = Some(payload) };
                None
            }
        }
    }
}

/// The slot that a `BIO` of ours carries.
///
/// # Safety
/// `bio` was made by [`new`].
pub(super) unsafe fn slot_of<C: Calls>(bio: *mut C::Bio) -> *mut Slot {
    // SAFETY: `bio` is valid.
    unsafe { C::bio_get_data(bio) }.cast()
}

/// A new `BIO` that carries `slot`. `None` when the library is out of memory. The caller owns it.
///
/// # Safety
/// `slot` outlives the `BIO`, and nobody holds a reference into it while the `BIO` is used.
pub(super) unsafe fn new<C: Calls>(slot: *mut Slot) -> Option<*mut C::Bio> {
    let method = method::<C>()?;
    // SAFETY: `method` is complete and never freed.
    let bio = unsafe { C::bio_new(method) };
    if bio.is_null() {
        return None;
    }
    // SAFETY: `bio` is valid and new.
    unsafe { C::bio_set_data(bio, slot.cast::<c_void>()) };
    // SAFETY: as above.
    unsafe { C::bio_set_init(bio, 1) };
    Some(bio)
}

/// The one `BIO_METHOD` of a library; made at the first use and never freed.
fn method<C: Calls>() -> Option<*const C::BioMethod> {
    if let Some(&address) = C::bio_method().get() {
        return Some(ptr::with_exposed_provenance(address));
    }
    let made = new_method::<C>()?.expose_provenance();
    // Two threads may make one each at first: then one of them is left over.
    let address = *C::bio_method().get_or_init(|| made);
    Some(ptr::with_exposed_provenance(address))
}

fn new_method<C: Calls>() -> Option<*mut C::BioMethod> {
    // SAFETY: the name is a string that lives for ever.
    let method = unsafe { C::bio_meth_new(SOURCE_SINK, c"tls-object".as_ptr()) };
    if method.is_null() {
        return None;
    }
    // SAFETY: `method` is valid and new; the callback keeps the contract of its kind.
    let read = unsafe { C::bio_meth_set_read(method, read::<C>) };
    // SAFETY: as above.
    let write = unsafe { C::bio_meth_set_write(method, write::<C>) };
    // SAFETY: as above.
    let ctrl = unsafe { C::bio_meth_set_ctrl(method, ctrl::<C>) };
    if read != 1 || write != 1 || ctrl != 1 {
        return None;
    }
    Some(method)
}

unsafe extern "C" fn read<C: Calls>(bio: *mut C::Bio, buf: *mut c_char, len: c_int) -> c_int {
    // SAFETY: the library passes a `BIO` of ours.
    unsafe { C::bio_clear_retry_flags(bio) };
    let len = usize::try_from(len).unwrap_or(0);
    if buf.is_null() || len == 0 {
        return 0;
    }
    // The library need not have set its buffer to anything, so no BIO of the user's gets to see it.
    let mut take = |bytes: &[u8]| {
        let n = bytes.len().min(len);
        // SAFETY: `bytes` has `n` readable bytes, the library lends `len` writable ones, and these are no BIO's.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), buf.cast::<u8>(), n) };
        n
    };
    // SAFETY: the library passes a `BIO` of ours.
    let slot = unsafe { slot_of::<C>(bio) };
    // SAFETY: what a `BIO` of ours carries is null or valid.
    match unsafe { Slot::with_bios(slot, |bios| bios.incoming().lend(&mut take)) } {
        Some(0) => {
            // The end of the stream is the core's affair: here it is a lack of bytes like any other.
            // SAFETY: the library passes a `BIO` of ours.
            unsafe { C::bio_set_retry_read(bio) };
            -1
        }
        // At most `len`, which was a `c_int`.
        Some(n) => n as c_int,
        None => -1,
    }
}

unsafe extern "C" fn write<C: Calls>(bio: *mut C::Bio, buf: *const c_char, len: c_int) -> c_int {
    // SAFETY: the library passes a `BIO` of ours.
    unsafe { C::bio_clear_retry_flags(bio) };
    let size = usize::try_from(len).unwrap_or(0);
    if buf.is_null() || size == 0 {
        return 0;
    }
    // SAFETY: the library lends `size` readable bytes.
    let src = unsafe { slice::from_raw_parts(buf.cast::<u8>(), size) };
    // SAFETY: the library passes a `BIO` of ours.
    let slot = unsafe { slot_of::<C>(bio) };
    // SAFETY: what a `BIO` of ours carries is null or valid.
    match unsafe { Slot::with_bios(slot, |bios| bios.send(src)) } {
        Some(()) => len,
        None => -1,
    }
}

unsafe extern "C" fn ctrl<C: Calls>(
    _bio: *mut C::Bio,
    command: c_int,
    _num: c_long,
    _ptr: *mut c_void,
) -> c_long {
    c_long::from(command == CTRL_FLUSH)
}
