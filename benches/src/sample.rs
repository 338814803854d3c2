//! What a program of this package prints: one figure a line.

use serde::{Deserialize, Serialize};

/// One figure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// What was measured, by a name that stays, such as `bulk/send/16k/aes256`.
    pub id: String,
    /// The TLS library.
    pub library: String,
    /// How it was driven: `raw`, `obj`, `dyn`, `floor`, or the name of a rival.
    pub driver: String,
    /// The unit of the value.
    pub unit: String,
    /// The figure.
    pub value: f64,
}

impl Sample {
    /// Prints it as a line of JSON.
    ///
    /// # Panics
    /// If standard output is gone.
    pub fn print(&self) {
        println!("{}", serde_json::to_string(self).expect("a sample is plain data"));
    }
}
