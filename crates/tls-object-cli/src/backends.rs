//! `tlsobj backends`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use tls_object::{Capability, DynBackend};

use crate::cli::BackendsArgs;
use crate::failure::Failure;

/// Lists what is compiled in.
pub(crate) fn run(args: &BackendsArgs) -> Result<ExitCode, Failure> {
    let backends = tls_object::backends();
    let mut out = io::stdout().lock();
    let written = if args.json {
        let described: Vec<_> = backends.iter().map(|&backend| Described::of(backend)).collect();
        serde_json::to_writer_pretty(&mut out, &described)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        table(&mut out, backends)
    };
    written.map_err(|error| Failure::transport("standard output", error))?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Described {
    name: &'static str,
    library: Library,
    capabilities: BTreeMap<&'static str, Support>,
}

#[derive(Serialize)]
struct Library {
    name: &'static str,
    version: String,
}

#[derive(Serialize)]
struct Support {
    support: &'static str,
    note: String,
}

impl Described {
    fn of(backend: &dyn DynBackend) -> Self {
        let library = backend.library();
        let capabilities = backend
            .capabilities()
            .iter()
            .map(|(capability, support)| {
                let support = Support { support: support.name(), note: support.note().to_owned() };
                (capability.name(), support)
            })
            .collect();
        Self {
            name: backend.name(),
            library: Library { name: library.name, version: library.version },
            capabilities,
        }
    }
}

/// One row for each capability, one column for each backend, the notes below.
fn table(out: &mut impl Write, backends: &[&dyn DynBackend]) -> io::Result<()> {
    for backend in backends {
        writeln!(out, "{:<12} {}", backend.name(), backend.library())?;
    }
    let columns: Vec<_> =
        backends.iter().map(|backend| (backend.name(), backend.capabilities())).collect();
    let width = Capability::ALL.iter().map(|capability| capability.name().len()).max().unwrap_or(0);

    let row = |first: &str, cells: &mut dyn Iterator<Item = &str>| {
        cells.fold(format!("{first:width$}"), |row, cell| format!("{row}  {cell:<11}"))
    };
    writeln!(out)?;
    writeln!(out, "{}", row("", &mut columns.iter().map(|(name, _)| *name)).trim_end())?;
    for &capability in Capability::ALL {
        let mut cells =
            columns.iter().map(|(_, capabilities)| capabilities.support(capability).name());
        writeln!(out, "{}", row(capability.name(), &mut cells).trim_end())?;
    }

    for (name, capabilities) in &columns {
        let noted: Vec<_> =
            capabilities.iter().filter(|(_, support)| !support.note().is_empty()).collect();
        if noted.is_empty() {
            continue;
        }
        writeln!(out, "\n{name}:")?;
        for (capability, support) in noted {
            writeln!(out, "  {} ({}): {}", capability, support.name(), support.note())?;
        }
    }
    Ok(())
}
