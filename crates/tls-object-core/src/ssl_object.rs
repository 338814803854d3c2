//! The object: one connection between two memory BIOs.

use core::{any::Any, fmt};
use std::io::IoSlice;

use crate::{
    Answer, Awaited, Capability, Certificate, CipherSuite, ClientHello, DynContext, Error,
    MemoryBio, Negotiated, ProtocolVersion, PublicKey, Read, ServerName, Session, Side, Status,
    TrafficSecrets, VerifyMode,
};

/// A kind of channel binding. Python: the argument of `get_channel_binding`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ChannelBinding {
    /// RFC 9266.
    TlsExporter,
    /// RFC 5929 section 4.
    TlsServerEndPoint,
    /// RFC 5929 section 3; undefined under TLS 1.3.
    TlsUnique,
}

impl ChannelBinding {
    /// The label of [`TlsExporter`](Self::TlsExporter) (RFC 9266 section 4). For backends.
    pub const EXPORTER_LABEL: &str = "EXPORTER-Channel-Binding";

    /// The length of [`TlsExporter`](Self::TlsExporter) in bytes. For backends.
    pub const EXPORTER_LENGTH: usize = 32;

    /// The capability of giving it on a connection that speaks `version`.
    pub fn capability(self, version: ProtocolVersion) -> Capability {
        match self {
            Self::TlsExporter if version == ProtocolVersion::TLS12 => {
                Capability::ChannelBindingExporter12
            }
            Self::TlsExporter => Capability::ChannelBindingExporter,
            Self::TlsServerEndPoint => Capability::ChannelBindingEndPoint,
            Self::TlsUnique => Capability::ChannelBindingUnique,
        }
    }
}

/// A cipher as Python's `cipher()` describes it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Cipher {
    /// The suite.
    pub suite: CipherSuite,
    /// OpenSSL's name of the suite.
    pub name: &'static str,
    /// The version of the protocol that had the suite first, by OpenSSL's name: a suite with a CBC mode and
    /// SHA-1 is of `SSLv3` or `TLSv1.0`, whatever is spoken.
    pub protocol: &'static str,
    /// The strength of the symmetric key in bits.
    pub secret_bits: u16,
}

/// One TLS connection between two memory BIOs.
///
/// Made by a context ([`Context::wrap_bio`](crate::Context::wrap_bio)) and by nothing else.
/// Moves no bytes but from and to its BIOs, and only while one of its methods runs. See [the
/// crate's page](crate#the-pump) for the loop around it.
///
/// An error of a connection is final: each later call returns it again (but for truncation after
/// the handshake, which [`read`](Self::read) tells as [`Closed`](Read::Closed)). The alert that tells the peer
/// waits in the outgoing BIO, if the library has sent one: [`Error::alert_sent`] says which. Errors whose
/// [`origin`](Error::origin) is [`Misuse`](crate::Origin::Misuse) concern one call only and leave the connection as it was, and so does
/// [`EarlyDataRejected`](crate::ErrorKind::EarlyDataRejected).
///
/// Python: `ssl.SSLObject`.
pub trait SslObject: Send + fmt::Debug {
    /// The BIO that takes what the transport delivered.
    fn incoming(&mut self) -> &mut dyn MemoryBio;

    /// The BIO that holds what the transport shall deliver.
    fn outgoing(&mut self) -> &mut dyn MemoryBio;

    /// The context that the object goes by: the one that made it, until a ClientHello was answered with
    /// [another](Answer::with_context).
    fn context(&self) -> &dyn DynContext;

    /// The end that the object plays. Python: `server_side`.
    fn side(&self) -> Side;

    /// Client: whom it talks to. Python: `server_hostname`.
    fn server_name(&self) -> Option<&ServerName>;

    /// Goes on with the handshake.
    ///
    /// Takes records from the incoming BIO and puts records into the outgoing one.
    /// A client's first call puts the ClientHello there.
    ///
    /// # Returns
    /// * [`Status::Done`]: the handshake is done on this end; [`facts`](Self::facts) are known.
    ///   Bytes may wait in the outgoing BIO all the same. Under TLS 1.3 a client is done before the
    ///   server has judged the client's certificate; a refusal arrives with a later
    ///   [`read`](Self::read).
    /// * [`Status::WantRead`]: write out `outgoing`, put more bytes into `incoming`, call again.
    /// * [`Status::WantWrite`]: write out `outgoing`, call again.
    /// * [`Status::Suspended`]: a decision is [`awaited`](Self::awaited); `resume` with it, then call again.
    ///
    /// # Errors
    /// Why there will be no connection. The alert that tells the peer waits in `outgoing`.
    ///
    /// Python: `do_handshake`.
    fn do_handshake(&mut self) -> Result<Status<()>, Error>;

    /// What the client says, while the handshake is [suspended](Status::Suspended) on a server that pauses there
    /// ([`Wrap::pausing_at_client_hello`](crate::Wrap::pausing_at_client_hello)); otherwise `None`.
    fn client_hello(&self) -> Option<&ClientHello>;

    /// What a [suspended](Status::Suspended) handshake awaits; otherwise `None`. A handshake is suspended where somebody
    /// has asked for that: by [`Wrap::pausing_at_client_hello`](crate::Wrap::pausing_at_client_hello),
    /// [`ExternalKey::suspending`](crate::ExternalKey::suspending) or
    /// [`Config::pause_for_verdict`](crate::Config::pause_for_verdict). Until [`resume`](Self::resume), each call that would
    /// go on with it says `Suspended` again.
    fn awaited(&self) -> Option<Awaited<'_>>;

    /// Tells a suspended handshake what was decided; [`do_handshake`](Self::do_handshake) then goes on. After
    /// [`Answer::refuse`] the alert waits in the outgoing BIO and each later call returns
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused).
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): no decision is awaited, or another than this,
    ///   or a hook is being asked for it ([`OnClientHello`](crate::OnClientHello)), or the context is another backend's. The
    ///   handshake stays as it is.
    /// * [`ErrorKind::WrongSide`](crate::ErrorKind::WrongSide): the context is a client's.
    /// * What the backend says where it cannot make the connection, or what ended it.
    fn resume(&mut self, answer: Answer) -> Result<(), Error>;

    /// Client: encrypts from `src` into the outgoing BIO before the handshake, behind the ClientHello (0-RTT, RFC 8446
    /// section 2.3). Only before any other call that reads, writes or shakes hands, and where the
    /// [`Wrap`](crate::Wrap) says so and brings a session whose server takes early data.
    ///
    /// Early data can be read by whoever gets at the server's keys later, and can be sent to the server again by whoever
    /// copies it off the wire: send nothing that would do harm twice.
    ///
    /// # Returns
    /// * [`Status::Done`]: that many bytes from the front of `src` were taken; less than all at the server's limit, 0
    ///   where no early data can be sent. Send the rest when the handshake is done.
    /// * [`Status::WantWrite`]: write out `outgoing`, call again.
    ///
    /// Whether the server took it stands in [`facts`](Self::facts) when the handshake is done. If it did not, the call that
    /// finishes the handshake says so once: [`ErrorKind::EarlyDataRejected`](crate::ErrorKind::EarlyDataRejected). Nothing of
    /// it has reached the server's application then. Write it again, on this connection, which goes on.
    ///
    /// # Errors
    /// * [`ErrorKind::WrongSide`](crate::ErrorKind::WrongSide) on a server.
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    /// * What ended the connection.
    fn write_early_data(&mut self, src: &[u8]) -> Result<Status<usize>, Error>;

    /// Server: decrypts early data into `dst`, and goes on with the handshake as long as none is there. Where
    /// [`Config::max_early_data`](crate::Config::max_early_data) is not 0, call it until it says `Done(0)`, before
    /// [`read`](Self::read), which refuses to go past early data that was not read
    /// ([`UnreadData`](crate::ErrorKind::UnreadData)).
    ///
    /// Early data may be a copy of what was sent before: see there.
    ///
    /// # Returns
    /// * [`Status::Done`]: that many bytes stand at the front of `dst`; 0 when there is none, or no more.
    /// * [`Status::WantRead`], [`Status::WantWrite`], [`Status::Suspended`]: as for [`do_handshake`](Self::do_handshake).
    ///
    /// # Errors
    /// * [`ErrorKind::WrongSide`](crate::ErrorKind::WrongSide) on a client.
    /// * Those of [`do_handshake`](Self::do_handshake).
    fn read_early_data(&mut self, dst: &mut [u8]) -> Result<Status<usize>, Error>;

    /// Decrypts into `dst`.
    ///
    /// Takes whole records from the incoming BIO, one with application data at most, and
    /// may put answers into the outgoing one. Begins or continues the handshake where it is not
    /// done. An empty `dst` touches nothing and returns `Data(0)`.
    ///
    /// # Returns
    /// * [`Read::Data`]: that many bytes stand at the front of `dst`.
    /// * [`Read::WantRead`]: put more bytes into `incoming`, call again.
    /// * [`Read::WantWrite`]: write out `outgoing`, call again.
    /// * [`Read::Closed`]: nothing will follow. After a clean end writing goes on, and bytes behind
    ///   the peer's `close_notify` are left in `incoming`. A truncated stream ends both directions.
    ///
    /// # Errors
    /// What ended the connection. The alert that tells the peer waits in `outgoing`.
    ///
    /// Python: `read`.
    fn read(&mut self, dst: &mut [u8]) -> Result<Read, Error>;

    /// Encrypts from `src` into the outgoing BIO.
    ///
    /// Begins or continues the handshake where it is not done; then nothing of `src` is taken. An
    /// empty `src` makes no record of its own.
    ///
    /// # Returns
    /// * [`Status::Done`]: that many bytes from the front of `src` were taken; less than all when
    ///   the outgoing BIO reached its limit.
    /// * [`Status::WantRead`]: the handshake needs bytes.
    /// * [`Status::WantWrite`]: nothing was taken; write out `outgoing`, call again.
    ///
    /// # Errors
    /// * [`ErrorKind::ProtocolIsShutdown`](crate::ErrorKind::ProtocolIsShutdown) after [`close`](Self::close) or
    ///   [`unwrap`](Self::unwrap); reading goes on.
    /// * What ended the connection.
    ///
    /// Python: `write`.
    fn write(&mut self, src: &[u8]) -> Result<Status<usize>, Error>;

    /// Decrypts as [`read`](Self::read) does, and lends the plaintext to `take` where the library keeps it
    /// instead of copying it out. As much as `take` returns is dropped from the front; the rest is
    /// [`pending`](Self::pending) and lent again, or read.
    ///
    /// `take` is called once if there is data, with at least one byte of one record, and not at all
    /// otherwise.
    ///
    /// # Returns
    /// As `read` does; the number in [`Read::Data`] is what `take` returned, which may be 0.
    ///
    /// # Errors
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): the library decrypts into buffers that it does not
    ///   show ([`Capability::LentRead`]). Nothing was touched; call `read`.
    /// * What ended the connection.
    ///
    /// # Panics
    /// Where `take` returns more than it was lent; the connection is over then.
    fn read_with(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> Result<Read, Error>;

    /// Encrypts the bytes of `parts` one after another, as if they were one slice: parts that are smaller
    /// than a record share one. Each record costs the same however little is in it, so a header and
    /// its body go out cheaper this way than by two calls of [`write`](Self::write).
    ///
    /// Bytes are copied together only where a record has to hold more than one part; for that a buffer of
    /// one record is allocated, at most once in a call.
    ///
    /// # Returns
    /// As `write` does; the number counts bytes over all parts.
    ///
    /// # Errors
    /// Those of `write`.
    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> Result<Status<usize>, Error>;

    /// Sends `close_notify` if that was not done, then waits for the peer's.
    ///
    /// Never throws data away: where application data arrives first, it is left to be read.
    ///
    /// # Returns
    /// * [`Status::Done`]: both ends have closed. What follows in `incoming` is not TLS any more and
    ///   is left there, byte for byte.
    /// * [`Status::WantRead`]: the peer's `close_notify` is not there yet.
    /// * [`Status::WantWrite`]: write out `outgoing`, call again.
    ///
    /// # Errors
    /// * [`ErrorKind::ShutdownWhileInInit`](crate::ErrorKind::ShutdownWhileInInit) before the handshake is done.
    /// * [`ErrorKind::UnreadData`](crate::ErrorKind::UnreadData): [`read`](Self::read) until it says `Closed` or `WantRead`,
    ///   then call again.
    /// * [`ErrorKind::Truncated`](crate::ErrorKind::Truncated): the transport ended first.
    /// * What ended the connection.
    ///
    /// Python: `unwrap`.
    fn unwrap(&mut self) -> Result<Status<()>, Error>;

    /// Sends `close_notify` if that was not done, and waits for nothing. Reading goes on.
    ///
    /// # Errors
    /// * [`ErrorKind::ShutdownWhileInInit`](crate::ErrorKind::ShutdownWhileInInit) before the handshake is done.
    /// * What ended the connection.
    fn close(&mut self) -> Result<(), Error>;

    /// Offers the outgoing BIO what it did not take before. Needed only where that BIO is over fixed
    /// memory: any other takes all that an object puts out, and this is always `Done`.
    ///
    /// Never fails, also after an error: the alert that tells the peer may be what waits.
    ///
    /// # Returns
    /// * [`Status::Done`]: nothing is left behind.
    /// * [`Status::WantWrite`]: write out `outgoing`, call again.
    fn flush(&mut self) -> Status<()>;

    /// Plaintext of the current record that is decrypted and not yet read, in bytes. Says nothing
    /// about what waits in the incoming BIO. Python: `pending`.
    fn pending(&self) -> usize;

    /// What was agreed on; everything in it is empty until the handshake is done, and stays
    /// as it is from then on.
    fn facts(&self) -> &Negotiated;

    /// The certificates that the peer showed, its own first, as they came; empty until the handshake is
    /// done, or if it showed none. On a resumed connection those of the first one, as far as the
    /// library remembers them; the peer's own alone where the library tells no more
    /// ([`Capability::PeerChain`](crate::Capability::PeerChain)). They are copied out of the library when they are first asked for.
    /// Python: `get_unverified_chain`.
    fn peer_certificates(&self) -> &[Certificate];

    /// The raw public key that the peer showed instead of certificates (RFC 7250), of which there are none then; `None`
    /// until the handshake is done, or if it showed none. On a resumed connection that of the first one.
    fn peer_public_key(&self) -> Option<PublicKey>;

    /// The certificates by which the peer was accepted: its own first, then each one's issuer, and last the trust anchor
    /// as the configuration has it. What the peer sent beyond that is not in it. Empty where nothing was verified in this
    /// handshake: with [`VerifyMode::None`](crate::VerifyMode::None), of a client that showed no certificate, and on a
    /// resumed connection unless its chain is [judged anew](crate::Config::reverify_on_resume). Python:
    /// `get_verified_chain`, which then gives what it can make of the peer's certificates.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported),
    /// [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    fn verified_chain(&self) -> Result<Vec<Certificate>, Error>;

    /// The OCSP response on its certificate that the server gave in this handshake, in DER (RFC 6960), as it came and not
    /// judged. `None` where it was not [asked for](crate::Config::request_ocsp), where the server has none, on a resumed
    /// connection, and on a server.
    ///
    /// # Errors
    /// [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    fn ocsp_response(&self) -> Result<Option<Vec<u8>>, Error>;

    /// The signed certificate timestamps that the server gave beside its certificate in this handshake: a
    /// `SignedCertificateTimestampList` (RFC 6962 section 3.3), as it came and not judged. `None` where it was not
    /// [asked for](crate::Config::request_sct), where the server has none, on a resumed connection, and on a server.
    ///
    /// # Errors
    /// [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    fn sct_list(&self) -> Result<Option<Vec<u8>>, Error>;

    /// The certificate that this end, a server, has shown; on a resumed connection the one it would show. `None` where a
    /// pre-shared key stands for it, and on a client: whether a server asked it for one, not every library tells.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported),
    /// [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    fn own_certificate(&self) -> Result<Option<Certificate>, Error>;

    /// The newest session that this client can offer to the same server again; `None` before there
    /// is one, for a server, and where [`Config::resumption`](crate::Config::resumption) is off.
    /// Under TLS 1.3 there is none until a `read` has met the server's ticket.
    /// Python: `session`.
    fn session(&mut self) -> Option<Session>;

    /// Hands out what the records of both directions are sealed with, so that others go on with the connection: a kernel
    /// that does TLS on a socket, or a card. The object ends with it: what moves bytes or derives from the secrets returns
    /// [`ErrorKind::HandedOver`](crate::ErrorKind::HandedOver) from then on, and nothing else is sent, no `close_notify`
    /// either. Facts and certificates stay.
    ///
    /// What stands in [`incoming`](Self::incoming) was not touched and is the first that these keys open. Whoever wants to
    /// leave it to a kernel puts nothing there that this object does not read: whole records, one at a time, and
    /// those of the handshake only. Later messages of the handshake (tickets, key updates) are for whoever goes on, and so are
    /// the limits of the keys (RFC 8446 section 5.5).
    ///
    /// # Returns
    /// * [`Status::Done`]: the secrets.
    /// * [`Status::WantWrite`]: write out [`outgoing`](Self::outgoing), all of it, then call again.
    /// * [`Status::WantRead`]: this end has taken part of a record. Put the rest into [`incoming`](Self::incoming), call
    ///   again.
    ///
    /// # Errors
    /// * [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone),
    ///   [`ErrorKind::ProtocolIsShutdown`](crate::ErrorKind::ProtocolIsShutdown).
    /// * [`ErrorKind::UnreadData`](crate::ErrorKind::UnreadData): data was decrypted and not read.
    /// * [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): the configuration does not
    ///   [say so](crate::Config::extract_secrets).
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): by the library, or the suite is neither of AES-GCM nor of
    ///   ChaCha20-Poly1305.
    /// * What ended the connection.
    fn extract_traffic_secrets(&mut self) -> Result<Status<TrafficSecrets>, Error>;

    /// Fills `out` with keying material that both ends can derive and nobody else (RFC 5705;
    /// RFC 8446 section 7.5). Under TLS 1.3 no context and an empty one are the same.
    ///
    /// # Errors
    /// * [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    /// * [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): an empty `out`, more than the protocol gives, or,
    ///   under TLS 1.2, a label that is TLS's own or begins like one, such as `master secret`.
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    /// * What ended the connection.
    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error>;

    /// Server: asks the client for a certificate now (RFC 8446 section 4.6.2), by a message in the outgoing BIO. The
    /// answer is judged, and then told by [`peer_certificates`](Self::peer_certificates), when a later [`read`](Self::read)
    /// meets it; a refusal is that call's error. [`Config::post_handshake_auth`](crate::Config::post_handshake_auth)
    /// must be on at both ends.
    ///
    /// # Returns
    /// * [`Status::Done`]: the client is asked.
    /// * [`Status::WantWrite`]: it is not; write out `outgoing`, call again.
    ///
    /// # Errors
    /// * [`ErrorKind::WrongSide`](crate::ErrorKind::WrongSide) on a client.
    /// * [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone),
    ///   [`ErrorKind::ProtocolIsShutdown`](crate::ErrorKind::ProtocolIsShutdown).
    /// * [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): under TLS 1.2, or where this end's
    ///   configuration does not say so.
    /// * [`ErrorKind::ExtensionNotReceived`](crate::ErrorKind::ExtensionNotReceived): the client has not offered it.
    /// * [`ErrorKind::StillInInit`](crate::ErrorKind::StillInInit): the client has not yet answered the last time.
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    /// * What ended the connection.
    ///
    /// Python: `verify_client_post_handshake`.
    fn verify_client_post_handshake(&mut self) -> Result<Status<()>, Error>;

    /// Begins to use new keys for what this end sends (RFC 8446 section 4.6.3), and asks the peer for the same if
    /// `request_peer` says so: it will see to that before its next data. Puts a record into the outgoing BIO.
    ///
    /// On a connection on which more than 32 changes of keys follow one another without data between them, BoringSSL and
    /// rustls end with [`ErrorKind::UnexpectedMessage`](crate::ErrorKind::UnexpectedMessage), rustls without an alert for the
    /// peer; OpenSSL takes any number.
    ///
    /// # Returns
    /// * [`Status::Done`]: what is written from now on has the new keys.
    /// * [`Status::WantWrite`]: nothing has changed; write out `outgoing`, call again.
    ///
    /// # Errors
    /// * [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    /// * [`ErrorKind::ProtocolIsShutdown`](crate::ErrorKind::ProtocolIsShutdown) after [`close`](Self::close) or
    ///   [`unwrap`](Self::unwrap).
    /// * [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) under TLS 1.2, which has no such thing.
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): [`Capability::KeyUpdate`], or
    ///   [`Capability::KeyUpdateOwn`] where the peer is always asked.
    /// * What ended the connection.
    fn key_update(&mut self, request_peer: bool) -> Result<Status<()>, Error>;

    /// The cipher suites of the version that is spoken which both ends have, by a server's preference. Empty on a
    /// client, which is not told what the server has. Python: `shared_ciphers`.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported),
    /// [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error>;

    /// Channel binding data: 32 bytes of the exporter, the hash of the server's certificate, or the first
    /// Finished. Python: `get_channel_binding`.
    ///
    /// The hash is that of the certificate's signature, and SHA-256 where that is MD5 or SHA-1.
    ///
    /// # Errors
    /// * [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument): `tls-server-end-point` where RFC 5929 section
    ///   4.1 does not define it, because the signature has no hash function of its own (Ed25519): implementations differ
    ///   in what they take instead, and two ends that differ cannot tell that from an attack. `tls-unique` under TLS 1.3, where it is undefined,
    ///   and `tls-exporter` under TLS 1.2 without the extended master secret, where it binds nothing (RFC 9266
    ///   section 4.2).
    /// * [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported),
    ///   [`ErrorKind::HandshakeNotDone`](crate::ErrorKind::HandshakeNotDone).
    /// * What ended the connection.
    fn get_channel_binding(&mut self, kind: ChannelBinding) -> Result<Vec<u8>, Error>;

    /// Bytes of memory that the BIOs hold on to. What the library holds is its own affair.
    fn memory_in_use(&self) -> usize;

    /// Gives back memory that an idle connection does not need.
    fn trim(&mut self);

    /// The library's own connection, to be downcast; the backend's page says to what. What is
    /// done to it behind the object's back is not covered by any promise made here.
    fn native(&mut self) -> &mut dyn Any;

    /// The version of the protocol; `None` until the handshake is done. Python: `version`.
    fn version(&self) -> Option<ProtocolVersion> {
        self.facts().version
    }

    /// The cipher in use; `None` until the handshake is done. Python: `cipher`.
    fn cipher(&self) -> Option<Cipher> {
        let suite = self.facts().cipher_suite?;
        Some(Cipher {
            suite,
            name: suite.openssl_name()?,
            protocol: suite.protocol()?,
            secret_bits: suite.secret_bits()?,
        })
    }

    /// The peer's own certificate; `None` until the handshake is done, or if it showed none.
    /// Python: `getpeercert(binary_form=True)`.
    fn getpeercert(&self) -> Option<&Certificate> {
        self.peer_certificates().first()
    }

    /// Whether [`getpeercert`](Self::getpeercert) or [`peer_public_key`](Self::peer_public_key) is one that this end has
    /// verified, in this handshake or in the one whose session was resumed. Python's `getpeercert()` tells nothing but `{}` of one that was not.
    fn peer_is_verified(&self) -> bool {
        let shown = self.getpeercert().is_some() || self.peer_public_key().is_some();
        self.context().config().verify_mode != VerifyMode::None && shown
    }

    /// The application protocol, if one was agreed on. Python: `selected_alpn_protocol`.
    fn selected_alpn_protocol(&self) -> Option<&[u8]> {
        self.facts().alpn.as_ref().map(crate::AlpnProtocol::as_bytes)
    }

    /// Always `None`: Next Protocol Negotiation was never standardised and no backend speaks
    /// it. Python: `selected_npn_protocol`.
    fn selected_npn_protocol(&self) -> Option<&[u8]> {
        None
    }

    /// Always `None`: no backend compresses (RFC 7457 section 2.6 says why not). Python: `compression`.
    fn compression(&self) -> Option<&'static str> {
        None
    }

    /// Whether an earlier session was resumed, or under TLS 1.3 a pre-shared key was used, which is the same to the
    /// protocol. Python: `session_reused`.
    fn session_reused(&self) -> bool {
        self.facts().resumed
    }
}
