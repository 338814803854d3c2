//! Certificates in files, made anew for each test and gone with it.

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevokedCertParams, SerialNumber, date_time_ymd,
};
use tempfile::TempDir;

/// Serial number of the server's certificate.
const SERVER: u64 = 1;

/// Serial number of the client's certificate.
const CLIENT: u64 = 2;

/// Serial number of the certificate that has a name in its subject only.
const SUBJECT: u64 = 3;

/// A folder of PEM files. Certificates are valid from 2020 to 2040.
#[derive(Debug)]
pub struct Pki {
    folder: TempDir,
}

impl Pki {
    /// An authority, a server and a client under it, and another authority that nobody trusts.
    pub fn new() -> Self {
        let pki = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let authority = pki.authority("ca");
        pki.authority("stranger");
        let names = ["localhost", "127.0.0.1", "::1"];
        pki.leaf("server", SERVER, &names, ExtendedKeyUsagePurpose::ServerAuth, &authority);
        pki.leaf(
            "client",
            CLIENT,
            &["client.example"],
            ExtendedKeyUsagePurpose::ClientAuth,
            &authority,
        );
        pki.leaf("localhost", SUBJECT, &[], ExtendedKeyUsagePurpose::ServerAuth, &authority);
        pki.revocation_list("none-revoked", &[], &authority);
        pki.revocation_list("server-revoked", &[SERVER], &authority);
        pki
    }

    /// The certificate of the authority.
    pub fn ca(&self) -> PathBuf {
        self.file("ca.pem")
    }

    /// The certificate of an authority that has issued nothing.
    pub fn stranger(&self) -> PathBuf {
        self.file("stranger.pem")
    }

    /// The server's certificate, for `localhost`, `127.0.0.1` and `::1`.
    pub fn server_cert(&self) -> PathBuf {
        self.file("server.pem")
    }

    /// The server's key.
    pub fn server_key(&self) -> PathBuf {
        self.file("server.key")
    }

    /// A server's certificate that says `localhost` in its subject, and nowhere else.
    pub fn common_name_cert(&self) -> PathBuf {
        self.file("localhost.pem")
    }

    /// The key of that certificate.
    pub fn common_name_key(&self) -> PathBuf {
        self.file("localhost.key")
    }

    /// The client's certificate.
    pub fn client_cert(&self) -> PathBuf {
        self.file("client.pem")
    }

    /// The client's key.
    pub fn client_key(&self) -> PathBuf {
        self.file("client.key")
    }

    /// A revocation list of the authority that names nobody.
    pub fn none_revoked(&self) -> PathBuf {
        self.file("none-revoked.crl")
    }

    /// A revocation list of the authority that names the server.
    pub fn server_revoked(&self) -> PathBuf {
        self.file("server-revoked.crl")
    }

    /// The folder, for other files that shall go with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    fn write(&self, name: &str, pem: String) {
        std::fs::write(self.file(name), pem).expect("the temporary folder takes files");
    }

    fn authority(&self, name: &str) -> Issuer<'static, KeyPair> {
        let mut params = params(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect(SOUND);
        self.write(&format!("{name}.pem"), params.self_signed(&key).expect(SOUND).pem());
        Issuer::new(params, key)
    }

    fn leaf(
        &self,
        name: &str,
        serial: u64,
        names: &[&str],
        purpose: ExtendedKeyUsagePurpose,
        issuer: &Issuer<'_, KeyPair>,
    ) {
        let mut params = params(name, names);
        params.serial_number = Some(SerialNumber::from(serial));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect(SOUND);
        self.write(&format!("{name}.pem"), params.signed_by(&key, issuer).expect(SOUND).pem());
        self.write(&format!("{name}.key"), key.serialize_pem());
    }

    fn revocation_list(&self, name: &str, revoked: &[u64], issuer: &Issuer<'_, KeyPair>) {
        let revoked = revoked.iter().map(|&serial| RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: date_time_ymd(2021, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2021, 1, 1),
            next_update: date_time_ymd(2040, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(issuer).expect(SOUND);
        self.write(&format!("{name}.crl"), list.pem().expect(SOUND));
    }
}

impl Default for Pki {
    fn default() -> Self {
        Self::new()
    }
}

fn params(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect(SOUND);
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2040, 1, 1);
    params
}

const SOUND: &str = "sound parameters";
