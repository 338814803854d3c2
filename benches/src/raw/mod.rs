//! Each library driven by hand, with a `Vec` where this project has a BIO.

pub mod boring;
mod libssl;
mod memory;
pub mod native_tls;
pub mod openssl;
pub mod rustls;
