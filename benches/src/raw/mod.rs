//! Each library driven by hand, with a `Vec` where this project has a BIO.

pub mod boring;
mod memory;
pub mod openssl;
pub mod rustls;
