//! Configurations made ready for OpenSSL.

use core::fmt;
use std::sync::Arc;

use openssl::ssl::{Ssl, SslContext, SslRef};
use openssl::x509::verify::X509CheckFlags;
use tls_object_core::{
    Config, Context, ContextId, Error, MemoryBio, ServerName, Side, VerifyMode, Wrap,
};

use crate::error::library_error;
use crate::{OpenSsl, OpenSslEngine, OpenSslObject, session, settings};

/// A configuration made ready for OpenSSL.
#[derive(Clone)]
pub struct OpenSslContext(Arc<Inner>);

struct Inner {
    id: ContextId,
    config: Config,
    native: SslContext,
}

impl OpenSslContext {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let native = settings::build(config)?;
        Ok(Self(Arc::new(Inner { id: ContextId::new(), config: config.clone(), native })))
    }

    fn connection(&self, wrap: &Wrap) -> Result<Ssl, Error> {
        let mut ssl = Ssl::new(&self.0.native).map_err(library_error)?;
        if wrap.side == Side::Client {
            if let Some(name) = &wrap.server_name {
                name_server(&mut ssl, name, &self.0.config).map_err(library_error)?;
            }
            if self.0.config.resumption {
                session::begin(&mut ssl, self.0.id, wrap).map_err(library_error)?;
            }
        }
        Ok(ssl)
    }
}

/// Asks for the server by name, and has its certificate checked for it.
fn name_server(
    ssl: &mut SslRef,
    name: &ServerName,
    config: &Config,
) -> Result<(), openssl::error::ErrorStack> {
    if let Some(dns) = name.dns() {
        // RFC 6066 section 3: host names only.
        ssl.set_hostname(dns.as_str())?;
    }
    if !config.check_server_name || config.verify_mode == VerifyMode::None {
        return Ok(());
    }
    let param = ssl.param_mut();
    // RFC 9525: a wildcard is a whole label, and the subject's common name is no host name.
    param.set_hostflags(X509CheckFlags::NO_PARTIAL_WILDCARDS | X509CheckFlags::NEVER_CHECK_SUBJECT);
    match name {
        ServerName::Ip(ip) => param.set_ip(*ip),
        name => param.set_host(&name.to_string()),
    }
}

impl Context for OpenSslContext {
    type Object = OpenSslObject;

    fn backend(&self) -> &'static str {
        OpenSsl::NAME
    }

    fn config(&self) -> &Config {
        &self.0.config
    }

    fn wrap_bio(
        &self,
        incoming: Box<dyn MemoryBio>,
        outgoing: Box<dyn MemoryBio>,
        wrap: Wrap,
    ) -> Result<OpenSslObject, Error> {
        wrap.check(&self.0.config, self.0.id)?;
        let engine = OpenSslEngine::new(self.connection(&wrap)?, wrap.side)?;
        Ok(OpenSslObject::new(engine, self.clone(), wrap, incoming, outgoing))
    }
}

impl fmt::Debug for OpenSslContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSslContext").field("config", &self.0.config).finish_non_exhaustive()
    }
}
