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
    Failure::of_stdout(written)?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Described {
    name: &'static str,
    library: Library,
    /// Other backends that run on the same library.
    same_library_as: Vec<&'static str>,
    capabilities: BTreeMap<&'static str, Support>,
}

#[derive(Serialize)]
struct Library {
    name: &'static str,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    over: Option<Box<Self>>,
}

impl Library {
    fn of(library: tls_object::Library) -> Self {
        let over = library.over.map(|over| Box::new(Self::of(*over)));
        Self { name: library.name, version: library.version, over }
    }
}

/// The other backends that are compiled in and run on the same library.
fn same_library_as(backend: &dyn DynBackend) -> Vec<&'static str> {
    let library = backend.library();
    let others = tls_object::backends().iter().filter(|other| other.name() != backend.name());
    others.filter(|other| other.library().is_same_as(&library)).map(|other| other.name()).collect()
}

#[derive(Serialize)]
struct Support {
    support: &'static str,
    note: String,
}

impl Described {
    fn of(backend: &dyn DynBackend) -> Self {
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
            library: Library::of(backend.library()),
            same_library_as: same_library_as(backend),
            capabilities,
        }
    }
}

/// One row for each capability, one column for each backend, the notes below.
fn table(out: &mut impl Write, backends: &[&dyn DynBackend]) -> io::Result<()> {
    for backend in backends {
        write!(out, "{:<12} {}", backend.name(), backend.library())?;
        match same_library_as(*backend)[..] {
            [] => writeln!(out)?,
            ref same => writeln!(out, ", the same library as {}", same.join(", "))?,
        }
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
