//! The other stacks for tokio, each set up as its documentation says, on the terms of [`Setup`](crate::Setup).
//!
//! The terms are the usual [`Terms`](crate::Terms) of TLS 1.3, but for `native-tls`, which has terms of its own. s2n
//! chooses by policies, and BoringSSL its suite by itself.

pub mod boring;
pub mod native_tls;
pub mod openssl;
pub mod rustls;
pub mod s2n;

/// Certificates or keys in PEM, one after another.
fn pem<'a>(tag: &str, ders: impl IntoIterator<Item = &'a Vec<u8>>) -> String {
    ders.into_iter().map(|der| pem::encode(&pem::Pem::new(tag, der.as_slice()))).collect()
}
