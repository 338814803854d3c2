//! All the unsafe code: asking the allocator, and two functions that trust their caller.

mod heap;

pub use heap::heap_in_use;

/// For the `boring` crate.
#[cfg(feature = "boring")]
pub(crate) mod boring {
    use boring::ssl::{Ssl, SslSession};

    /// `SSL_set_session`.
    pub(crate) fn set_session(ssl: &mut Ssl, session: &SslSession) {
        // SAFETY: the only sessions here come from connections of the same context.
        unsafe { ssl.set_session(session) }.expect("a session of the same context");
    }
}

/// For the `openssl` crate.
#[cfg(feature = "openssl")]
pub(crate) mod openssl {
    use openssl::ssl::{Ssl, SslSession};

    /// `SSL_set_session`.
    pub(crate) fn set_session(ssl: &mut Ssl, session: &SslSession) {
        // SAFETY: the only sessions here come from connections of the same context.
        unsafe { ssl.set_session(session) }.expect("a session of the same context");
    }
}
