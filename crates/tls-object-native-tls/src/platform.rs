//! What is known of the library below native-tls.

#[cfg(not(any(target_os = "windows", target_vendor = "apple")))]
#[path = "platform/openssl.rs"]
mod own;
#[cfg(any(target_os = "windows", target_vendor = "apple"))]
#[path = "platform/untried.rs"]
mod own;

pub(crate) use own::*;
