//! Raw public keys of peers.

use std::path::PathBuf;

use clap::Args;
use tls_object::{CertificateType, Config};

use crate::failure::Failure;
use crate::material;

/// Whom to accept without a certificate.
#[derive(Args, Debug)]
pub(crate) struct PeerKeyArgs {
    /// Accept a peer that shows the public key in this file, PEM or DER, instead of a certificate (RFC 7250), whatever its
    /// name. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) peer_key: Vec<PathBuf>,
}

impl PeerKeyArgs {
    /// Writes what was given into `config`: certificates are accepted besides if `certificates` says so.
    pub(crate) fn apply(&self, config: &mut Config, certificates: bool) -> Result<(), Failure> {
        if self.peer_key.is_empty() {
            return Ok(());
        }
        config.peer_certificate_types = vec![CertificateType::RawPublicKey];
        if certificates {
            config.peer_certificate_types.push(CertificateType::X509);
        }
        for path in &self.peer_key {
            config.trusted_public_keys.push(material::public_key(path)?);
        }
        Ok(())
    }
}
