//! The only unsafe code that the two backends share.

pub(crate) mod bio;
pub(crate) mod connection;
