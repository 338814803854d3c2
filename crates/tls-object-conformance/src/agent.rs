//! A private key on a thread of its own, which is asked to sign through a channel.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as algorithms;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RsaKeyPair};
use tls_object_core::{Identity, SignatureScheme, Signer, SignerError};

use crate::pki::key_of;

/// Who holds the key of an identity: this thread has a line to it and nothing more.
pub(crate) struct Agent {
    line: Sender<Request>,
    asked: Arc<Mutex<Vec<SignatureScheme>>>,
}

struct Request {
    scheme: SignatureScheme,
    message: Vec<u8>,
    answer: Sender<Result<Vec<u8>, String>>,
}

impl Agent {
    /// One that holds the key of `identity`, which is at hand. Ends when this is dropped.
    pub(crate) fn holding(identity: &Identity) -> Self {
        let key = key_of(identity).secret_der().to_vec();
        let (line, requests) = mpsc::channel();
        let asked = Arc::<Mutex<_>>::default();
        let noted = Arc::clone(&asked);
        thread::spawn(move || serve(&key, &requests, &noted));
        Self { line, asked }
    }

    /// By which schemes it was asked to sign.
    pub(crate) fn asked(&self) -> Vec<SignatureScheme> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Signer for Agent {
    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let (answer, answered) = mpsc::channel();
        self.line.send(Request { scheme, message: message.to_vec(), answer })?;
        Ok(answered.recv()??)
    }
}

fn serve(key: &[u8], requests: &Receiver<Request>, asked: &Mutex<Vec<SignatureScheme>>) {
    for request in requests {
        asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.scheme);
        let signature = sign(key, request.scheme, &request.message);
        // Who has asked may be gone.
        let _ = request.answer.send(signature.map_err(|error| error.to_string()));
    }
}

fn sign(key: &[u8], scheme: SignatureScheme, message: &[u8]) -> Result<Vec<u8>, SignerError> {
    use SignatureScheme as S;
    let rsa: &'static dyn algorithms::RsaEncoding = match scheme {
        S::ED25519 => {
            let key = Ed25519KeyPair::from_pkcs8(key)?;
            return Ok(key.sign(message).as_ref().to_vec());
        }
        S::ECDSA_SECP256R1_SHA256 => {
            return ecdsa(&algorithms::ECDSA_P256_SHA256_ASN1_SIGNING, key, message);
        }
        S::ECDSA_SECP384R1_SHA384 => {
            return ecdsa(&algorithms::ECDSA_P384_SHA384_ASN1_SIGNING, key, message);
        }
        S::RSA_PKCS1_SHA256 => &algorithms::RSA_PKCS1_SHA256,
        S::RSA_PKCS1_SHA384 => &algorithms::RSA_PKCS1_SHA384,
        S::RSA_PKCS1_SHA512 => &algorithms::RSA_PKCS1_SHA512,
        S::RSA_PSS_RSAE_SHA256 => &algorithms::RSA_PSS_SHA256,
        S::RSA_PSS_RSAE_SHA384 => &algorithms::RSA_PSS_SHA384,
        S::RSA_PSS_RSAE_SHA512 => &algorithms::RSA_PSS_SHA512,
        other => return Err(format!("no key for {other}").into()),
    };
    let key = RsaKeyPair::from_pkcs8(key)?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(rsa, &SystemRandom::new(), message, &mut signature)?;
    Ok(signature)
}

fn ecdsa(
    algorithm: &'static algorithms::EcdsaSigningAlgorithm,
    key: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, SignerError> {
    let key = EcdsaKeyPair::from_pkcs8(algorithm, key)?;
    Ok(key.sign(&SystemRandom::new(), message)?.as_ref().to_vec())
}
