//! Files of keys, certificates, revocation lists and PKCS#12, in PEM and DER, with a passphrase and without.
//!
//! Anything is an error or a value; a key that was read is one that every backend takes or refuses by itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_object::keys::{Passphrase, identity_from_pkcs12, private_key_from_pem};
use tls_object::{Certificate, Config, Crl, Identity, Origin, PrivateKey, TrustStore, backends};
use tls_object_fuzz::input::Input;
use tls_object_fuzz::labs::PKI;

/// A context of each backend with this identity: made, or refused as a configuration.
fn serve(identity: &Identity) {
    for backend in backends() {
        if let Err(error) = backend.context(&Config::server(identity.clone())) {
            assert_eq!(error.origin(), Origin::Config, "{}: {error:?}", backend.name());
        }
    }
}

/// A context of each backend with this store: made, or refused as a configuration.
fn trust(store: TrustStore) {
    let mut config = Config::client();
    config.trust_store = store;
    for backend in backends() {
        if let Err(error) = backend.context(&config) {
            assert_eq!(error.origin(), Origin::Config, "{}: {error:?}", backend.name());
        }
    }
}

fuzz_target!(|input: &[u8]| {
    let mut input = Input::new(input);
    let what = input.u8() % 7;
    let passphrase = input.slice();
    let file = input.rest();
    let own_chain = || PKI.identity.chain().to_vec();
    let identity = match what {
        0 => PrivateKey::from_pem(file).and_then(|key| Identity::new(own_chain(), key)),
        1 => PrivateKey::from_der(file.to_vec()).and_then(|key| Identity::new(own_chain(), key)),
        2 => Identity::from_pem(file, file),
        3 => private_key_from_pem(file, Passphrase::of(passphrase))
            .and_then(|key| Identity::new(own_chain(), key)),
        4 => identity_from_pkcs12(file, Passphrase::of(passphrase)),
        5 => {
            let mut store = TrustStore::new();
            let added = store.add_pem(file).or_else(|_| store.add_der(file));
            if added.is_ok() {
                trust(store);
            }
            return;
        }
        _ => {
            let mut store = TrustStore::new();
            store.add(Certificate::from_der(file));
            store.add_crl(Crl::from_der(file));
            trust(store);
            return;
        }
    };
    if let Ok(identity) = identity {
        serve(&identity);
    }
});
