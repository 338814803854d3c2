//! Leaves with a name in their subject.

use rcgen::{DnType, SanType};
use tls_object_core::Identity;

use super::{
    KeyType, Pki, Purpose, SERVER_NAME, SOUND, constrained_params, leaf_params, subordinate,
};

/// The name beside the common name, where names belong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Beside {
    Nothing,
    Host(&'static str),
    Address,
    Mail,
    Uri,
}

impl Beside {
    fn names(self) -> Vec<SanType> {
        let text = |text: &str| text.try_into().expect(SOUND);
        match self {
            Self::Nothing => Vec::new(),
            Self::Host(name) => vec![SanType::DnsName(text(name))],
            Self::Address => vec![SanType::IpAddress([192, 0, 2, 1].into())],
            Self::Mail => vec![SanType::Rfc822Name(text("somebody@example"))],
            Self::Uri => vec![SanType::URI(text("https://example/"))],
        }
    }
}

impl Pki {
    /// A server with its name in the subject.
    pub(crate) fn common_name_and(&self, beside: Beside) -> Identity {
        let mut params = leaf_params(Purpose::Server, &[], 18);
        params.distinguished_name.push(DnType::CommonName, SERVER_NAME);
        params.subject_alt_names = beside.names();
        self.authority().leaf(params)
    }

    /// A leaf with this `name` in the subject, whose authority may speak for `permitted.example` only.
    pub(crate) fn common_name_under_constraint(
        &self,
        purpose: Purpose,
        name: &str,
        beside: Beside,
    ) -> Identity {
        let (certificate, issuer) = subordinate(
            constrained_params(),
            &self.authority().root_issuer,
            KeyType::P256.generate(),
        );
        let mut params = leaf_params(purpose, &[], 17);
        params.distinguished_name.push(DnType::CommonName, name);
        params.subject_alt_names = beside.names();
        self.signed_under(params, &certificate, &issuer)
    }
}
