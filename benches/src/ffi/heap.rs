//! How much memory is in use.

/// Bytes that the C library's allocator has given out and not taken back, Rust's included.
pub fn heap_in_use() -> usize {
    // SAFETY: has no preconditions.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}
