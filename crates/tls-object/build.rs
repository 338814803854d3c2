//! Refuses to link OpenSSL and BoringSSL together in a way that is known to end badly.
//!
//! Both libraries define the same symbols. What the linker then does depends on settings that
//! Cargo does not pass on to dependents, and one outcome is silent: the `openssl` crate
//! running on BoringSSL's code. native-tls is the `openssl` crate on most platforms. docs/linking.md has the whole story.

use std::env;

/// For those who link in a way that this script cannot see through.
const OVERRIDE: &str = "TLS_OBJECT_LINKED_BY_HAND";

fn main() {
    for name in [OVERRIDE, "BINDGEN_EXTRA_CLANG_ARGS", "OPENSSL_STATIC"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let on = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let native_tls = on("NATIVE_TLS") && target("OS") != "windows" && target("VENDOR") != "apple";
    let openssl = if on("OPENSSL") { "openssl" } else { "native-tls" };
    if !((on("OPENSSL") || native_tls) && on("BORING")) || env::var_os(OVERRIDE).is_some() {
        return;
    }
    let prefixed =
        env::var("BINDGEN_EXTRA_CLANG_ARGS").is_ok_and(|args| args.contains("-DBORINGSSL_PREFIX="));
    if !prefixed {
        println!(
            "cargo::error=the features `{openssl}` and `boring` together need BoringSSL with prefixed \
             symbols: copy the [env] lines of docs/linking.md into your .cargo/config.toml"
        );
    }
    let vendored = on("OPENSSL_VENDORED") || on("NATIVE_TLS_VENDORED");
    let linked_statically = vendored || env::var_os("OPENSSL_STATIC").is_some();
    if !linked_statically {
        println!(
            "cargo::error=the features `{openssl}` and `boring` together need the feature \
             `{openssl}-vendored`: a system libcrypto and BoringSSL's cannot be told apart by the \
             linker (docs/linking.md; set {OVERRIDE}=1 if you know better)"
        );
    }
}
