//! The file that `--keylog` asks for.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tls_object::{Hook, KeyLog, KeyLogFile};

use crate::failure::Failure;

/// A key log that complains on standard error when it cannot write.
struct Complaining(KeyLogFile);

impl KeyLog for Complaining {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.0.log(label, client_random, secret);
        if let Some(error) = self.0.take_error() {
            eprintln!("tlsobj: key log: {error}");
        }
    }
}

/// Opens the file at `path`, or the one that the environment names.
pub(crate) fn open(path: Option<&Path>) -> Result<Hook<dyn KeyLog>, Failure> {
    let (shown, opened) = match path {
        Some(path) => (path.display().to_string(), KeyLogFile::append(path)),
        None => {
            let unset = || io::Error::other("not set, and --keylog names no file");
            let opened = KeyLogFile::from_environment();
            ("SSLKEYLOGFILE".to_owned(), opened.and_then(|file| file.ok_or_else(unset)))
        }
    };
    let file = opened.map_err(|error| Failure::Usage(format!("{shown}: {error}")))?;
    Ok(Hook::new(Arc::new(Complaining(file))))
}
