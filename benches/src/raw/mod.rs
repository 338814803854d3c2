//! Each library driven by hand, with a `Vec` where this project has a BIO.

#[cfg(feature = "boring")]
pub mod boring;
#[cfg(any(feature = "boring", feature = "openssl"))]
mod libssl;
#[cfg(any(feature = "boring", feature = "native-tls", feature = "openssl", feature = "rustls"))]
mod memory;
#[cfg(feature = "native-tls")]
pub mod native_tls;
#[cfg(feature = "openssl")]
pub mod openssl;
#[cfg(feature = "rustls")]
pub mod rustls;
