//! Code that is the same for both libraries but for the crate of bindings that it calls.
//!
//! The `openssl` and the `boring` crate have the same names with different types behind them, so
//! what goes through them can be shared as text only: each file here is a macro that a backend
//! expands once, in its own file of the same name. What differs between the libraries the
//! backend has in its `native` module.

mod alpn;
mod context;
mod facts;
mod hooks;
mod identity;
mod session;
mod settings;
mod signing;
