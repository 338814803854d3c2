//! Each member, in the order of the trait.

use core::any::Any;
use std::io::IoSlice;

use super::Object;
use super::data::written;
use super::greeting::another_question;
use crate::answer::Verdict;
use crate::end_point::hash_of;
use crate::parts::Parts;
use crate::{
    Answer, Awaited, Capability, Certificate, ChannelBinding, CipherSuite, ClientHello, DynContext,
    Engine, Error, ErrorKind, MemoryBio, Negotiated, Origin, ProtocolVersion, PublicKey, Read,
    Received, ServerName, Session, Side, SslObject, Status, TrafficSecrets,
};

/// The labels that TLS 1.2 derives its own secrets by (RFC 5705 section 4, RFC 7627 section 4). What begins like one is none
/// either: nothing parts a label from what follows it.
const RESERVED_LABELS: [&str; 5] = [
    "client finished",
    "server finished",
    "master secret",
    "extended master secret",
    "key expansion",
];

impl<E: Engine> SslObject for Object<E> {
    fn incoming(&mut self) -> &mut dyn MemoryBio {
        self.bios.transport()
    }

    fn outgoing(&mut self) -> &mut dyn MemoryBio {
        self.bios.outgoing()
    }

    fn context(&self) -> &dyn DynContext {
        &self.context
    }

    fn side(&self) -> Side {
        self.side
    }

    fn server_name(&self) -> Option<&ServerName> {
        self.server_name.as_ref()
    }

    fn do_handshake(&mut self) -> Result<Status<()>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        self.handshake()
    }

    fn client_hello(&self) -> Option<&ClientHello> {
        self.waiting_hello()
    }

    fn resume(&mut self, answer: Answer) -> Result<(), Error> {
        self.begin()?;
        let Some(awaited) = self.awaited() else {
            return Err(
                Error::new(ErrorKind::InvalidArgument).with_detail("no decision is awaited")
            );
        };
        if self.asks_hook() {
            return Err(Error::new(ErrorKind::InvalidArgument)
                .with_detail("the hook answers by what it returns"));
        }
        match (answer.0, awaited) {
            (Verdict::Decided(decision), awaited) if decision.answers(&awaited) => {
                self.call(|engine, _| engine.resume(decision));
                Ok(())
            }
            (verdict, Awaited::ClientHello(_)) => self.answer(Answer(verdict)),
            _ => Err(another_question()),
        }
    }

    fn awaited(&self) -> Option<Awaited<'_>> {
        if self.failure.is_some() {
            return None;
        }
        if let Some(hello) = self.waiting_hello() {
            return Some(Awaited::ClientHello(hello));
        }
        let mut awaited = self.engine.awaited()?;
        if let Awaited::Verdict(peer) = &mut awaited {
            peer.server_name = self.server_name.as_ref();
        }
        Some(awaited)
    }

    fn write_early_data(&mut self, src: &[u8]) -> Result<Status<usize>, Error> {
        self.send_early_data(src)
    }

    fn read_early_data(&mut self, dst: &mut [u8]) -> Result<Status<usize>, Error> {
        self.receive_early_data(dst)
    }

    fn read(&mut self, dst: &mut [u8]) -> Result<Read, Error> {
        if dst.is_empty() {
            return Ok(Read::Data(0));
        }
        self.receive(|engine, bios| engine.read(bios, dst))
    }

    fn read_with(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> Result<Read, Error> {
        if !E::LENDS {
            return Err(ErrorKind::Unsupported(Capability::LentRead).into());
        }
        self.receive(|engine, bios| engine.read_with(bios, take))
    }

    fn write(&mut self, src: &[u8]) -> Result<Status<usize>, Error> {
        if let Some(blocked) = self.before_write()? {
            return Ok(blocked);
        }
        let mut taken = 0;
        while taken < src.len() {
            let n = (src.len() - taken).min(self.record_room());
            if n == 0 {
                break;
            }
            self.send(&src[taken..taken + n])?;
            taken += n;
        }
        Ok(written(taken, src.is_empty()))
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> Result<Status<usize>, Error> {
        if let Some(blocked) = self.before_write()? {
            return Ok(blocked);
        }
        let mut parts = Parts::new(parts);
        let nothing = parts.is_empty();
        let mut gathered = Vec::new();
        let mut taken = 0;
        while !parts.is_empty() {
            let room = self.record_room();
            if room == 0 {
                break;
            }
            let record = parts.next_record(room, &mut gathered);
            self.send(record)?;
            taken += record.len();
        }
        Ok(written(taken, nothing))
    }

    fn unwrap(&mut self) -> Result<Status<()>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        self.send_close()?;
        if self.received_close {
            return Ok(Status::Done(()));
        }
        if self.answers_pile_up() {
            return Ok(Status::WantWrite);
        }
        match self.call(|engine, bios| engine.ready(bios)) {
            Ok(Received::CloseNotify) => {
                self.received_close = true;
                Ok(Status::Done(()))
            }
            Ok(Received::Data(_)) => Err(ErrorKind::UnreadData.into()),
            Ok(Received::WantRead) => self.want_read(),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        self.begin()?;
        self.send_close()
    }

    fn flush(&mut self) -> Status<()> {
        if self.call(|_, bios| bios.flush()) { Status::Done(()) } else { Status::WantWrite }
    }

    fn pending(&self) -> usize {
        if self.done { self.engine.pending() } else { 0 }
    }

    fn facts(&self) -> &Negotiated {
        &self.facts
    }

    fn peer_certificates(&self) -> &[Certificate] {
        if !self.done {
            return &[];
        }
        self.peer_certificates.get_or_init(|| self.engine.peer_certificates())
    }

    fn peer_public_key(&self) -> Option<PublicKey> {
        if self.done { self.engine.peer_public_key() } else { None }
    }

    fn session(&mut self) -> Option<Session> {
        if self.is_at_hand().is_ok() { self.engine.session() } else { None }
    }

    fn extract_traffic_secrets(&mut self) -> Result<Status<TrafficSecrets>, Error> {
        self.hand_over()
    }

    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error> {
        self.secrets_left()?;
        if out.is_empty() {
            return Err(Error::new(ErrorKind::InvalidArgument).with_detail("no bytes to export"));
        }
        // RFC 8446 section 7.1 and RFC 5705 section 4: what the length fields can say.
        const LABEL: usize = 255 - "tls13 ".len();
        const CONTEXT: usize = 0xffff;
        if label.len() > LABEL || context.is_some_and(|context| context.len() > CONTEXT) {
            return Err(
                Error::new(ErrorKind::InvalidArgument).with_detail("label or context too long")
            );
        }
        let reserved = RESERVED_LABELS.iter().any(|reserved| label.starts_with(reserved));
        if reserved && self.facts.version == Some(ProtocolVersion::TLS12) {
            return Err(Error::new(ErrorKind::InvalidArgument).with_detail("a label of TLS itself"));
        }
        self.engine.export_keying_material(out, label, context)
    }

    fn verify_client_post_handshake(&mut self) -> Result<Status<()>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        if !E::ASKS_LATER {
            return Err(ErrorKind::Unsupported(Capability::PostHandshakeAuth).into());
        }
        if self.side == Side::Client {
            return Err(ErrorKind::WrongSide.into());
        }
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        if self.sent_close {
            return Err(ErrorKind::ProtocolIsShutdown.into());
        }
        let invalid = |why| Err(Error::new(ErrorKind::InvalidArgument).with_detail(why));
        if self.facts.version != Some(ProtocolVersion::TLS13) {
            return invalid("clients are asked after the handshake under TLS 1.3 only");
        }
        if !crate::Context::config(&self.context).post_handshake_auth {
            return invalid("the configuration does not ask clients after the handshake");
        }
        match self.call(|engine, bios| engine.verify_client_post_handshake(bios)) {
            Ok(()) => {
                self.asked_later = true;
                Ok(Status::Done(()))
            }
            Err(error) if error.origin() == Origin::Misuse => Err(error),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn key_update(&mut self, request_peer: bool) -> Result<Status<()>, Error> {
        if !self.begin()? {
            return Ok(Status::WantWrite);
        }
        if !E::UPDATES_KEYS {
            let lacking =
                if request_peer { Capability::KeyUpdate } else { Capability::KeyUpdateOwn };
            return Err(ErrorKind::Unsupported(lacking).into());
        }
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        if self.sent_close {
            return Err(ErrorKind::ProtocolIsShutdown.into());
        }
        if self.facts.version != Some(ProtocolVersion::TLS13) {
            return Err(Error::new(ErrorKind::InvalidArgument)
                .with_detail("keys are changed under TLS 1.3 only"));
        }
        match self.call(|engine, bios| engine.key_update(bios, request_peer)) {
            Ok(()) => Ok(Status::Done(())),
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported(_)) => Err(error),
            Err(error) => Err(self.fail(error)),
        }
    }

    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error> {
        self.is_at_hand()?;
        self.engine.shared_ciphers()
    }

    fn verified_chain(&self) -> Result<Vec<Certificate>, Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        let chain = self.engine.verified_chain()?;
        // Some libraries keep what they found of a chain that nobody wanted to be judged.
        let judged = !self.facts.resumed || self.context.config().reverify_on_resume;
        let verified = self.peer_is_verified() && judged;
        Ok(if verified { chain } else { Vec::new() })
    }

    fn ocsp_response(&self) -> Result<Option<Vec<u8>>, Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        let asked = self.context.config().request_ocsp;
        if !asked || self.side == Side::Server || self.facts.resumed {
            return Ok(None);
        }
        // RFC 6066 section 8: a response is not empty.
        self.engine.ocsp_response().map(|response| response.filter(|der| !der.is_empty()))
    }

    fn sct_list(&self) -> Result<Option<Vec<u8>>, Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        let asked = self.context.config().request_sct;
        if !asked || self.side == Side::Server || self.facts.resumed {
            return Ok(None);
        }
        self.engine.sct_list()
    }

    fn own_certificate(&self) -> Result<Option<Certificate>, Error> {
        if !self.done {
            return Err(ErrorKind::HandshakeNotDone.into());
        }
        let own = self.engine.own_certificate()?;
        Ok(if self.side == Side::Server { own } else { None })
    }

    fn get_channel_binding(&mut self, kind: ChannelBinding) -> Result<Vec<u8>, Error> {
        self.secrets_left()?;
        if kind == ChannelBinding::TlsServerEndPoint {
            let leaf = match self.side {
                Side::Client => self.getpeercert().cloned(),
                Side::Server => self.engine.own_certificate()?,
            };
            let leaf = leaf.ok_or_else(|| {
                Error::new(ErrorKind::InvalidArgument).with_detail("the server has no certificate")
            })?;
            return self.engine.digest(hash_of(leaf.der())?, leaf.der());
        }
        // Known since the handshake is done.
        let version = self.facts.version.unwrap_or(ProtocolVersion::TLS13);
        self.engine.channel_binding(kind, version)
    }

    fn memory_in_use(&self) -> usize {
        let greeting = self.greeting.as_ref().map_or(0, |greeting| greeting.memory_in_use());
        self.bios.memory_in_use() + greeting
    }

    fn trim(&mut self) {
        self.bios.trim();
        self.engine.trim();
    }

    fn native(&mut self) -> &mut dyn Any {
        self.engine.native()
    }
}
