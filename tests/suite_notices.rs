//! The conformance suite notices: a real backend that breaks one promise at a time fails
//! the scenarios about that promise.

use std::any::Any;
use std::io::IoSlice;

use tls_object::{
    Alert, Answer, Awaited, Capabilities, Capability, Certificate, ChannelBinding, CipherSuite,
    ClientHello, Closure, Config, DynBackend, DynContext, Error, ErrorKind, Library, MemoryBio,
    Negotiated, PublicKey, Read, Report, ServerName, Session, SessionStats, Side, SslObject,
    Status, Support, TrafficSecrets, VerifyMode, VerifyTime, Wrap,
};
use tls_object_conformance::{Outcome, Selection, oracle, plan, run};
use tls_object_tests::faults::{self, Parties};

/// One broken promise.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    AlertNotTold,
    CheckSaysYes,
    ClockInsteadOfTime,
    ContextOfExporterIgnored,
    CrlsIgnored,
    DataMergedIntoOneRead,
    EmptyReadTakesData,
    ErrorForgotten,
    GroupForgotten,
    KeysNotChanged,
    KeysNotLogged,
    LentDataKept,
    MissingCapabilityWorks,
    MoreThanCloseTaken,
    NamesUnchecked,
    NoSession,
    NothingVerified,
    PartsApart,
    PresentCapabilityFails,
    SentTakenForVerified,
    SpeaksFirst,
    TruncationTakenForClean,
    UnreadDataThrownAway,
    WriteAfterCloseTaken,
}

/// Each fault with a scenario that must fail for it.
const FAULTS: &[(Fault, &str)] = &[
    (Fault::AlertNotTold, "verify::expired"),
    (Fault::CheckSaysYes, "config::required_unknown"),
    (Fault::ClockInsteadOfTime, "client_auth::given_time"),
    (Fault::ClockInsteadOfTime, "verify::given_time"),
    (Fault::ContextOfExporterIgnored, "exporter::separated"),
    (Fault::CrlsIgnored, "verify::revoked"),
    (Fault::DataMergedIntoOneRead, "data::one_record_each"),
    (Fault::EmptyReadTakesData, "data::empty"),
    (Fault::ErrorForgotten, "verify::expired"),
    (Fault::ErrorForgotten, "record::bad_mac"),
    (Fault::GroupForgotten, "handshake::full"),
    (Fault::KeysNotChanged, "key_update::again_and_again"),
    (Fault::KeysNotLogged, "key_log::same_at_both_ends"),
    (Fault::LentDataKept, "lent::in_pieces"),
    (Fault::MissingCapabilityWorks, "exporter::same_at_both_ends"),
    (Fault::MoreThanCloseTaken, "shutdown::plaintext_after"),
    (Fault::NamesUnchecked, "verify::wrong_name"),
    (Fault::NoSession, "resume::same_name"),
    (Fault::NothingVerified, "verify::unknown_issuer"),
    (Fault::NothingVerified, "client_auth::required_without"),
    (Fault::PartsApart, "data::vectored"),
    (Fault::PresentCapabilityFails, "capability::tls_unique"),
    (Fault::SentTakenForVerified, "certificates::verified_chain"),
    (Fault::SpeaksFirst, "handshake::silent_start"),
    (Fault::TruncationTakenForClean, "truncation::idle"),
    (Fault::TruncationTakenForClean, "truncation::after_data"),
    (Fault::UnreadDataThrownAway, "shutdown::unread_data"),
    (Fault::WriteAfterCloseTaken, "shutdown::write_after_close"),
];

#[test]
fn each_broken_promise_is_noticed() {
    let sound = tls_object::backend("rustls").unwrap();
    for &(fault, scenario) in FAULTS {
        // One of each: what is broken meets what is not, and itself.
        let broken: &'static Broken = Box::leak(Box::new(Broken { sound, fault }));
        let filter = Some(scenario.to_owned());
        let cases = plan(&[broken, sound], &Selection { filter, ..Selection::default() });
        let report = run(&cases, &mut |_| {});
        let failed = |client: &str, server: &str| {
            report.results.iter().any(|result| {
                result.scenario == scenario
                    && result.outcome == Outcome::Fail
                    && result.client == client
                    && result.server == server
            })
        };
        assert!(failed("broken", "broken"), "{scenario} does not notice {fault:?}: {report:#?}");
        assert!(!failed("rustls", "rustls"), "{scenario} fails without {fault:?}: {report:#?}");
    }
}

/// Faults that CPython does not have either.
const NOT_OF_CPYTHON: &[Fault] = &[
    Fault::AlertNotTold,
    Fault::DataMergedIntoOneRead,
    Fault::EmptyReadTakesData,
    Fault::ErrorForgotten,
    Fault::MoreThanCloseTaken,
    Fault::NamesUnchecked,
    Fault::NothingVerified,
    Fault::TruncationTakenForClean,
    Fault::UnreadDataThrownAway,
    Fault::WriteAfterCloseTaken,
];

#[test]
fn the_oracle_notices() {
    let sound = tls_object::backend("rustls").unwrap();
    // The deviations of rustls are listed by its name.
    let listed = oracle::tally(sound).deviating;
    for &fault in NOT_OF_CPYTHON {
        let failed = oracle::tally(&Broken { sound, fault }).wrong;
        assert!(failed > listed, "{fault:?}: {failed} fail, {listed} do without it");
    }
}

#[test]
fn schedules_of_faults_notice() {
    let sound = tls_object::backend("rustls").unwrap();
    for fault in [Fault::TruncationTakenForClean, Fault::ErrorForgotten, Fault::GroupForgotten] {
        let parties = Parties::new(&Broken { sound, fault }, sound).unwrap();
        let result = faults::run(&parties, &faults::several_faults(), 100, 1, &|| {});
        assert_eq!(result.is_err(), fault != Fault::GroupForgotten, "{fault:?}: {result:?}");
    }
}

/// A sound backend with a fault in front of it.
#[derive(Debug)]
struct Broken {
    sound: &'static dyn DynBackend,
    fault: Fault,
}

impl DynBackend for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn library(&self) -> Library {
        self.sound.library()
    }

    fn capabilities(&self) -> Capabilities {
        let sound = self.sound.capabilities();
        let support = |capability| match (self.fault, capability) {
            (Fault::MissingCapabilityWorks, Capability::Exporter) => Support::No("a lie".into()),
            (Fault::PresentCapabilityFails, Capability::ChannelBindingUnique) => Support::Native,
            _ => sound.support(capability).clone(),
        };
        Capabilities::new(
            support,
            sound.cipher_suites.clone(),
            sound.groups.clone(),
            sound.signature_schemes.clone(),
        )
    }

    fn check(&self, config: &Config) -> Report {
        if self.fault == Fault::CheckSaysYes { Report::default() } else { self.sound.check(config) }
    }

    fn context(&self, config: &Config) -> Result<Box<dyn DynContext>, Error> {
        let mut altered = config.clone();
        match self.fault {
            Fault::ClockInsteadOfTime => altered.verify_time = VerifyTime::System,
            Fault::CrlsIgnored => {
                altered.trust_store = altered.trust_store.certificates().to_vec().into()
            }
            Fault::KeysNotLogged => altered.key_log = None,
            Fault::NamesUnchecked => altered.check_server_name = false,
            Fault::NothingVerified => {
                altered.verify_mode = VerifyMode::None;
                altered.trust_store = altered.trust_store.certificates().to_vec().into();
            }
            _ => {}
        }
        let sound = self.sound.context(&altered)?;
        Ok(Box::new(BrokenContext { sound, config: config.clone(), fault: self.fault }))
    }
}

#[derive(Clone, Debug)]
struct BrokenContext {
    sound: Box<dyn DynContext>,
    config: Config,
    fault: Fault,
}

impl DynContext for BrokenContext {
    fn backend(&self) -> &'static str {
        "broken"
    }

    fn config(&self) -> &Config {
        &self.config
    }

    fn ciphers(&self) -> Vec<CipherSuite> {
        self.sound.ciphers()
    }

    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<Box<dyn SslObject>, Error> {
        let mut sound = self.sound.wrap_bio(incoming, outgoing, wrap)?;
        if self.fault == Fault::SpeaksFirst {
            let _ = sound.do_handshake()?;
        }
        let fault = self.fault;
        Ok(Box::new(BrokenObject { sound, fault, facts: Negotiated::default(), failed: false }))
    }

    fn session_stats(&self) -> Result<SessionStats, Error> {
        self.sound.session_stats()
    }

    fn save_session(&self, session: &Session) -> Result<Vec<u8>, Error> {
        self.sound.save_session(session)
    }

    fn load_session(&self, saved: &[u8]) -> Result<Session, Error> {
        self.sound.load_session(saved)
    }

    fn clone_dyn(&self) -> Box<dyn DynContext> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self.sound.as_any()
    }
}

#[derive(Debug)]
struct BrokenObject {
    sound: Box<dyn SslObject>,
    fault: Fault,
    facts: Negotiated,
    failed: bool,
}

impl BrokenObject {
    /// What the fault makes of a result, and the facts as they then are.
    fn altered<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.facts = self.sound.facts().clone();
        if self.fault == Fault::GroupForgotten {
            self.facts.group = None;
        }
        self.failed |= result.is_err();
        result.map_err(|error| match self.fault {
            Fault::AlertNotTold => error.with_alert_sent(None::<Alert>),
            _ => error,
        })
    }

    /// Whether an error is to be met with a shrug.
    fn forgets(&self) -> bool {
        self.failed && self.fault == Fault::ErrorForgotten
    }
}

impl SslObject for BrokenObject {
    fn incoming(&mut self) -> &mut dyn MemoryBio {
        self.sound.incoming()
    }

    fn outgoing(&mut self) -> &mut dyn MemoryBio {
        self.sound.outgoing()
    }

    fn context(&self) -> &dyn DynContext {
        self.sound.context()
    }

    fn side(&self) -> Side {
        self.sound.side()
    }

    fn server_name(&self) -> Option<&ServerName> {
        self.sound.server_name()
    }

    fn do_handshake(&mut self) -> Result<Status<()>, Error> {
        if self.forgets() {
            return Ok(Status::WantRead);
        }
        let result = self.sound.do_handshake();
        self.altered(result)
    }

    fn client_hello(&self) -> Option<&ClientHello> {
        self.sound.client_hello()
    }

    fn awaited(&self) -> Option<Awaited<'_>> {
        self.sound.awaited()
    }

    fn resume(&mut self, answer: Answer) -> Result<(), Error> {
        self.sound.resume(answer)
    }

    fn read(&mut self, dst: &mut [u8]) -> Result<Read, Error> {
        if self.forgets() {
            return Ok(Read::WantRead);
        }
        if dst.is_empty() && self.fault == Fault::EmptyReadTakesData {
            let _ = self.sound.read(&mut [0]);
        }
        let mut result = self.sound.read(dst);
        match (self.fault, &result) {
            (Fault::TruncationTakenForClean, Ok(Read::Closed(Closure::Truncated))) => {
                result = Ok(Read::Closed(Closure::Clean));
            }
            (Fault::DataMergedIntoOneRead, &Ok(Read::Data(n))) if n < dst.len() => {
                if let Ok(Read::Data(more)) = self.sound.read(&mut dst[n..]) {
                    result = Ok(Read::Data(n + more));
                }
            }
            (Fault::MoreThanCloseTaken, Ok(Read::Closed(Closure::Clean))) => {
                self.sound.incoming().lend(&mut |bytes| bytes.len());
            }
            _ => {}
        }
        self.altered(result)
    }

    fn read_with(&mut self, take: &mut dyn FnMut(&[u8]) -> usize) -> Result<Read, Error> {
        let result = if self.fault == Fault::LentDataKept {
            let mut taken = 0;
            let result = self.sound.read_with(&mut |data| {
                taken = take(data);
                0
            });
            result.map(|read| if read == Read::Data(0) { Read::Data(taken) } else { read })
        } else {
            self.sound.read_with(take)
        };
        self.altered(result)
    }

    fn write_early_data(&mut self, src: &[u8]) -> Result<Status<usize>, Error> {
        let result = self.sound.write_early_data(src);
        self.altered(result)
    }

    fn read_early_data(&mut self, dst: &mut [u8]) -> Result<Status<usize>, Error> {
        let result = self.sound.read_early_data(dst);
        self.altered(result)
    }

    fn write(&mut self, src: &[u8]) -> Result<Status<usize>, Error> {
        let result = match self.sound.write(src) {
            Err(error)
                if self.fault == Fault::WriteAfterCloseTaken
                    && error.kind() == ErrorKind::ProtocolIsShutdown =>
            {
                Ok(Status::Done(src.len()))
            }
            result => result,
        };
        self.altered(result)
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> Result<Status<usize>, Error> {
        let first = parts.iter().position(|part| !part.is_empty());
        let result = match first {
            Some(first) if self.fault == Fault::PartsApart => self.sound.write(&parts[first]),
            _ => self.sound.write_vectored(parts),
        };
        self.altered(result)
    }

    fn unwrap(&mut self) -> Result<Status<()>, Error> {
        let mut result = self.sound.unwrap();
        if self.fault == Fault::UnreadDataThrownAway {
            while matches!(&result, Err(error) if error.kind() == ErrorKind::UnreadData) {
                let _ = self.sound.read(&mut [0; 1024])?;
                result = self.sound.unwrap();
            }
        }
        self.altered(result)
    }

    fn close(&mut self) -> Result<(), Error> {
        let result = self.sound.close();
        self.altered(result)
    }

    fn flush(&mut self) -> Status<()> {
        self.sound.flush()
    }

    fn pending(&self) -> usize {
        self.sound.pending()
    }

    fn facts(&self) -> &Negotiated {
        &self.facts
    }

    fn peer_certificates(&self) -> &[Certificate] {
        self.sound.peer_certificates()
    }

    fn peer_public_key(&self) -> Option<PublicKey> {
        self.sound.peer_public_key()
    }

    fn verified_chain(&self) -> Result<Vec<Certificate>, Error> {
        match self.fault {
            Fault::SentTakenForVerified => Ok(self.sound.peer_certificates().to_vec()),
            _ => self.sound.verified_chain(),
        }
    }

    fn ocsp_response(&self) -> Result<Option<Vec<u8>>, Error> {
        self.sound.ocsp_response()
    }

    fn sct_list(&self) -> Result<Option<Vec<u8>>, Error> {
        self.sound.sct_list()
    }

    fn own_certificate(&self) -> Result<Option<Certificate>, Error> {
        self.sound.own_certificate()
    }

    fn session(&mut self) -> Option<Session> {
        if self.fault == Fault::NoSession { None } else { self.sound.session() }
    }

    fn extract_traffic_secrets(&mut self) -> Result<Status<TrafficSecrets>, Error> {
        let result = self.sound.extract_traffic_secrets();
        self.altered(result)
    }

    fn export_keying_material(
        &mut self,
        out: &mut [u8],
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<(), Error> {
        let context = context.filter(|_| self.fault != Fault::ContextOfExporterIgnored);
        self.sound.export_keying_material(out, label, context)
    }

    fn verify_client_post_handshake(&mut self) -> Result<Status<()>, Error> {
        self.sound.verify_client_post_handshake()
    }

    fn key_update(&mut self, request_peer: bool) -> Result<Status<()>, Error> {
        if self.fault == Fault::KeysNotChanged {
            return self.sound.write(b"").map(|_| Status::Done(()));
        }
        self.sound.key_update(request_peer)
    }

    fn shared_ciphers(&mut self) -> Result<Vec<CipherSuite>, Error> {
        self.sound.shared_ciphers()
    }

    fn get_channel_binding(&mut self, kind: ChannelBinding) -> Result<Vec<u8>, Error> {
        self.sound.get_channel_binding(kind)
    }

    fn memory_in_use(&self) -> usize {
        self.sound.memory_in_use()
    }

    fn trim(&mut self) {
        self.sound.trim();
    }

    fn native(&mut self) -> &mut dyn Any {
        self.sound.native()
    }
}
