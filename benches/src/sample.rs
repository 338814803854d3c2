//! One figure, as programs hand it on to each other.

use std::fmt::Display;

use serde::{Deserialize, Serialize};

/// One figure. Programs print one on a line, as a JSON object.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Sample {
    /// What was done, by a name that stays, such as `tcp/bulk/1`.
    pub id: String,
    /// Which library did it, such as `rustls`.
    pub library: String,
    /// How that library was driven, such as `obj` or `tokio-rustls`.
    pub driver: String,
    /// What the value counts, such as `MiB/s`.
    pub unit: String,
    /// How many of these.
    pub value: f64,
}

impl Sample {
    /// A figure of this unit.
    pub fn new(id: impl Display, library: &str, driver: &str, unit: &str, value: f64) -> Self {
        let [library, driver, unit] = [library, driver, unit].map(str::to_owned);
        Self { id: id.to_string(), library, driver, unit, value }
    }

    /// Prints it on a line of the standard output.
    ///
    /// # Panics
    /// If the value is not a finite number.
    pub fn print(&self) {
        assert!(self.value.is_finite(), "{self:?}");
        println!("{}", serde_json::to_string(self).expect("a name and a number"));
    }
}
