//! Says which OpenSSL the bindings were made for.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(raw_public_keys)");
    // Of `openssl-sys`, in hexadecimal; LibreSSL has another variable.
    let version = std::env::var("DEP_OPENSSL_VERSION_NUMBER").ok();
    let version = version.and_then(|digits| u64::from_str_radix(&digits, 16).ok());
    if version.is_some_and(|version| version >= 0x3020_0000) {
        println!("cargo::rustc-cfg=raw_public_keys");
    }
}
