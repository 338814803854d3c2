//! What a backend implements for one connection.

use core::any::Any;

use crate::{
    Alert, Awaited, Bios, Capability, Certificate, ChannelBinding, CipherSuite, Decision,
    EarlyData, Error, ErrorKind, HashAlgorithm, Negotiated, ProtocolVersion, PublicKey, Session,
    Status, TrafficSecrets, Wrap,
};

/// What reading came to.
#[allow(clippy::exhaustive_enums)] // control flow between the core and its backends
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Received {
    /// This many bytes of application data, at least one.
    Data(usize),
    /// No complete record with application data is left in the incoming BIO.
    WantRead,
    /// The peer's `close_notify`.
    CloseNotify,
}

/// One TLS connection of one library, without the rules that are the same for all.
///
/// For backends: an engine does what its library does best, and
/// [`Object`](crate::Object) around it keeps the contract of
/// [`SslObject`](crate::SslObject): order of calls, half-close, end of stream, sticky errors,
/// limits. So an engine may rely on this:
///
/// * Nothing but [`handshake`](Self::handshake) is called until that has returned
///   [`Status::Done`], and it is not called after.
/// * After an error nothing is called any more but the getters, nor after a panic of a BIO or a hook that unwound
///   through a call.
/// * [`write`](Self::write) is not called after [`close_notify`](Self::close_notify), which is called once.
/// * [`read`](Self::read) and [`ready`](Self::ready) are not called after [`Received::CloseNotify`].
/// * The first bytes of the incoming BIO look like TLS records.
///
/// And it must see to this: it takes from the incoming BIO whole records at most, never a
/// byte beyond the one it works on; an error that it returns has its alert, if the library sends
/// one, in the outgoing BIO already; the end of the incoming BIO is [`Status::WantRead`] or
/// [`Received::WantRead`] like any lack of bytes.
pub trait Engine: Send + 'static {
    /// The context that makes such engines.
    type Context: crate::Context;

    /// Whether decrypted data can be lent ([`Capability::LentRead`]).
    const LENDS: bool = false;

    /// Whether keys can be changed ([`Capability::KeyUpdate`]).
    const UPDATES_KEYS: bool = false;

    /// Whether clients can be asked for a certificate after the handshake ([`Capability::PostHandshakeAuth`]).
    const ASKS_LATER: bool = false;

    /// Whether the keys of both directions can be handed out ([`Capability::TrafficSecrets`]).
    const EXTRACTS_SECRETS: bool = false;

    /// A connection of `context`. `wrap` has passed [`Wrap::check`](crate::Wrap::check), and its pause is the core's.
    ///
    /// # Errors
    /// What the library says where it cannot make one.
    fn new(context: &Self::Context, wrap: &Wrap) -> Result<Self, Error>
    where
        Self: Sized;

    /// Goes on with the handshake. Never returns [`Status::WantWrite`]. After [`Status::Suspended`] it is not called until
    /// [`resume`](Self::resume) was.
    ///
    /// # Errors
    /// Fatal, with the alert queued.
    fn handshake(&mut self, bios: &mut Bios) -> Result<Status<()>, Error>;

    /// What a handshake that is suspended awaits, but for the peer's server name. `None` after [`resume`](Self::resume).
    fn awaited(&self) -> Option<Awaited<'_>> {
        None
    }

    /// Takes what was decided of that which is [`awaited`](Self::awaited), for [`handshake`](Self::handshake) to act on.
    fn resume(&mut self, _decision: Decision) {}

    /// Client: sends early data, at most as much as the session allows; how much that was, 0 where early data cannot be
    /// sent. Called before anything else only, and with nothing in the incoming BIO.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`] unless implemented.
    /// * Fatal.
    fn write_early_data(&mut self, _bios: &mut Bios, _src: &[u8]) -> Result<usize, Error> {
        Err(ErrorKind::Unsupported(Capability::EarlyDataClient).into())
    }

    /// Server: the early data that [`handshake`](Self::handshake) has met; `None` where it takes none.
    fn early_data(&mut self) -> Option<&mut EarlyData> {
        None
    }

    /// The fatal alert that the last call has sent before a panic of the application's code went on through it. Called
    /// after such a panic only.
    fn alert_before_panic(&self) -> Option<Alert> {
        None
    }

    /// What was agreed on. Called once, when the handshake is done.
    fn negotiated(&mut self) -> Negotiated;

    /// The certificates that the peer showed, its own first. Called when the handshake is done or any
    /// time after, and again only when the peer was asked for one since.
    fn peer_certificates(&self) -> Vec<Certificate>;

    /// The public key that the peer showed instead of certificates. Called as
    /// [`peer_certificates`](Self::peer_certificates) is.
    fn peer_public_key(&self) -> Option<PublicKey> {
        None
    }

    /// The chain by which the peer's certificate was accepted in this handshake, its own first, the trust anchor last.
    /// What it says where nothing was to be verified does not matter.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless implemented.
    fn verified_chain(&self) -> Result<Vec<Certificate>, Error> {
        Err(ErrorKind::Unsupported(Capability::VerifiedChain).into())
    }

    /// Client: the OCSP response that came with the server's certificate in this handshake, in DER. What it says where
    /// none was asked for does not matter.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless implemented.
    fn ocsp_response(&self) -> Result<Option<Vec<u8>>, Error> {
        Err(ErrorKind::Unsupported(Capability::OcspStapleClient).into())
    }

    /// Client: the signed certificate timestamps that came with the server's certificate in this handshake. What it says
    /// where none were asked for does not matter.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless implemented.
    fn sct_list(&self) -> Result<Option<Vec<u8>>, Error> {
        Err(ErrorKind::Unsupported(Capability::SctClient).into())
    }

    /// Server: its certificate, the one that was shown; on a resumed connection the one that would be. `None` where a
    /// pre-shared key stands for it. What a client says does not matter.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless implemented.
    fn own_certificate(&self) -> Result<Option<Certificate>, Error> {
        Err(ErrorKind::Unsupported(Capability::OwnCertificate).into())
    }

    /// The hash of `data`, by the library's own implementation: where that is validated, so is what comes of it.
    /// For [`ChannelBinding::TlsServerEndPoint`].
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`] unless implemented.
    /// * The library's own.
    fn digest(&self, _hash: HashAlgorithm, _data: &[u8]) -> Result<Vec<u8>, Error> {
        Err(ErrorKind::Unsupported(Capability::ChannelBindingEndPoint).into())
    }

    /// Decrypts from at most one record with application data, behind any number of others, into `dst`, which is not empty.
    ///
    /// # Errors
    /// Fatal, with the alert queued.
    fn read(&mut self, bios: &mut Bios, dst: &mut [u8]) -> Result<Received, Error>;

    /// Reads as [`read`](Self::read) would, but lends the data to `take`, once, and drops as much of it
    /// from the front as that returns. Called only where [`LENDS`](Self::LENDS) says so.
    ///
    /// # Errors
    /// Fatal, with the alert queued.
    fn read_with(
        &mut self,
        _bios: &mut Bios,
        _take: &mut dyn FnMut(&[u8]) -> usize,
    ) -> Result<Received, Error> {
        Err(ErrorKind::Unsupported(Capability::LentRead).into())
    }

    /// Reads as [`read`](Self::read) would, but leaves the data to be read.
    ///
    /// # Errors
    /// Fatal, with the alert queued.
    fn ready(&mut self, bios: &mut Bios) -> Result<Received, Error>;

    /// Encrypts all of `src`, 1 to [`MAX_PLAINTEXT`](crate::MAX_PLAINTEXT) bytes, as one record.
    ///
    /// # Errors
    /// Fatal.
    fn write(&mut self, bios: &mut Bios, src: &[u8]) -> Result<(), Error>;

    /// Queues `close_notify`.
    ///
    /// # Errors
    /// Fatal.
    fn close_notify(&mut self, bios: &mut Bios) -> Result<(), Error>;

    /// Plaintext that is decrypted and not yet read, in bytes.
    fn pending(&self) -> usize;

    /// Client: the newest session that can be resumed.
    fn session(&mut self) -> Option<Session>;

    /// Server: queues a request for the client's certificate. Called only under TLS 1.3, not after
    /// [`close_notify`](Self::close_notify), and where [`ASKS_LATER`](Self::ASKS_LATER) says so.
    ///
    /// # Errors
    /// Those whose origin is [`Misuse`](crate::Origin::Misuse) are not fatal, and nothing was done.
    fn verify_client_post_handshake(&mut self, _bios: &mut Bios) -> Result<(), Error> {
        Err(ErrorKind::Unsupported(Capability::PostHandshakeAuth).into())
    }

    /// Queues a change of this end's keys, and a request for the peer's if `request_peer` says so. Called only under
    /// TLS 1.3, not after [`close_notify`](Self::close_notify), and where [`UPDATES_KEYS`](Self::UPDATES_KEYS) says so.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`] where nothing was done; not fatal.
    /// * Others are fatal.
    fn key_update(&mut self, _bios: &mut Bios, _request_peer: bool) -> Result<(), Error> {
        Err(ErrorKind::Unsupported(Capability::KeyUpdate).into())
    }

    /// Whether part of a record was taken from the incoming BIO and waits for the rest.
    /// Called only where [`EXTRACTS_SECRETS`](Self::EXTRACTS_SECRETS) says so, with nothing decrypted left.
    fn is_inside_record(&self) -> bool {
        false
    }

    /// Queues what the library holds back for a better time. Called only where
    /// [`EXTRACTS_SECRETS`](Self::EXTRACTS_SECRETS) says so, and not after [`close_notify`](Self::close_notify).
    ///
    /// # Errors
    /// Fatal.
    fn release(&mut self, _bios: &mut Bios) -> Result<(), Error> {
        Ok(())
    }

    /// The keys of both directions. Called only where [`EXTRACTS_SECRETS`](Self::EXTRACTS_SECRETS) and the configuration
    /// say so, with nothing decrypted or held back; after it nothing is called any more but the getters.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`] where the suite has no such keys; not fatal, and nothing was done.
    /// * Others are fatal.
    fn traffic_secrets(&mut self) -> Result<TrafficSecrets, Error> {
        Err(ErrorKind::Unsupported(Capability::TrafficSecrets).into())
    }

    /// Fills `out`, which is not empty, with keying material.
    ///
    /// # Errors
    /// Not fatal.
    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error>;

    /// The cipher suites of the version that is spoken which both ends have, by this end's preference; empty on a client.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless implemented.
    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error> {
        Err(ErrorKind::Unsupported(Capability::SharedCiphers).into())
    }

    /// Channel binding data of a connection that speaks `version`; `tls-server-end-point` is made of
    /// [`digest`](Self::digest) and not asked for here.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`] unless implemented.
    /// * [`ErrorKind::InvalidArgument`] where it is undefined.
    fn channel_binding(
        &mut self,
        kind: ChannelBinding,
        version: ProtocolVersion,
    ) -> Result<Vec<u8>, Error> {
        Err(ErrorKind::Unsupported(kind.capability(version)).into())
    }

    /// Gives back memory that the library does not need while idle.
    fn trim(&mut self) {}

    /// The library's own connection, to be downcast.
    fn native(&mut self) -> &mut dyn Any;
}
