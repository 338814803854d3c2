//! Common names that nobody asks for, and authorities that may speak for some names only: what looks like the name of a host
//! is held to them, unless the judge looks for the host's name elsewhere.

use tls_object_core::{Capability, Config, Identity, VerifyCode};

use super::{accepted_by, refused_by, shown_by};
use crate::lab::Lab;
use crate::pki::{Beside, pki};
use crate::scenario::{Dims, Scenario};

pub(in crate::scenarios) const REFUSED: &[Scenario] = judged! {
    "common_name_constraint", "A common name like a host's is refused if the authority may not speak for it.", [],
        |lab| {
            for beside in [Beside::Nothing, Beside::Uri] {
                let identity = identity(lab, "host.other.example", beside);
                refused_by(lab, &identity, unnamed, VerifyCode::NameConstraint, 0)?;
            }
            Ok(())
        };
};

pub(in crate::scenarios) const ACCEPTED: &[Scenario] = each_side! {
    "common_name_permitted", "A common name like a host's is accepted if the authority may speak for it.", [],
        |lab| {
            for beside in [Beside::Nothing, Beside::Uri] {
                accepted_by(lab, &identity(lab, "permitted.example", beside), unnamed)?;
            }
            Ok(())
        };
    "common_name_of_nobody", "A common name that is no host's is held to no constraint, nor one beside a host's name.", [],
        |lab| {
            for name in ["Some Body", "single"] {
                accepted_by(lab, &identity(lab, name, Beside::Nothing), unnamed)?;
            }
            let beside = Beside::Host("permitted.example");
            accepted_by(lab, &identity(lab, "host.other.example", beside), unnamed)
        };
};

fn identity(lab: &Lab, name: &str, beside: Beside) -> Identity {
    pki().common_name_under_constraint(shown_by(lab), name, beside)
}

/// The judge asks for no name.
fn unnamed(config: &mut Config, _: &Identity) {
    config.check_server_name = false;
}
