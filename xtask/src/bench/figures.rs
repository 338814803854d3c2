//! What was timed, driver beside driver.

use super::programs::Sample;
use super::rows::{amount, columns};

/// One figure of a library, by everyone who was measured.
#[derive(Default)]
struct Figure<'a> {
    id: &'a str,
    library: &'a str,
    unit: &'a str,
    raw: Option<f64>,
    obj: Option<f64>,
    named: Option<f64>,
    floor: Option<f64>,
    rivals: Vec<(&'a str, f64)>,
}

const HEAD: [&str; 10] =
    ["case", "library", "unit", "raw", "obj", "obj / raw", "dyn", "obj / floor", "rivals", "again"];

/// The samples as a table in Markdown, in the order in which they were taken. `again` is the program that takes
/// them again.
pub(super) fn table(samples: &[Sample], again: &str) -> String {
    let mut figures: Vec<Figure<'_>> = Vec::new();
    for sample in samples {
        let is_it = |it: &Figure<'_>| it.id == sample.id && it.library == sample.library;
        let index = figures.iter().position(is_it).unwrap_or_else(|| {
            let Sample { id, library, unit, .. } = sample;
            figures.push(Figure { id, library, unit, ..Figure::default() });
            figures.len() - 1
        });
        let figure = &mut figures[index];
        match &*sample.driver {
            "raw" => figure.raw = Some(sample.value),
            "obj" => figure.obj = Some(sample.value),
            "dyn" => figure.named = Some(sample.value),
            "floor" => figure.floor = Some(sample.value),
            rival => figure.rivals.push((rival, sample.value)),
        }
    }
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(figures.iter().map(|figure| figure.cells(again)));
    columns(&lines, 3..=7)
}

impl Figure<'_> {
    fn cells(&self, again: &str) -> [String; 10] {
        let ours = self.obj;
        let value = |value: Option<f64>| value.map(amount).unwrap_or_default();
        let ratio = |to: Option<f64>| match (ours, to) {
            (Some(ours), Some(to)) => format!("{:.2}", ours / to),
            _ => String::new(),
        };
        let rivals: Vec<_> =
            self.rivals.iter().map(|(name, value)| format!("{name} {}", amount(*value))).collect();
        [
            self.id.to_owned(),
            self.library.to_owned(),
            self.unit.to_owned(),
            value(self.raw),
            value(ours),
            ratio(self.raw),
            value(self.named),
            ratio(self.floor),
            rivals.join(", "),
            again.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_of_one_figure_stand_in_one_line() {
        let sample = |driver: &str, value| Sample {
            id: "tcp/bulk/1".to_owned(),
            library: "rustls".to_owned(),
            driver: driver.to_owned(),
            unit: "MiB/s".to_owned(),
            value,
        };
        let table =
            table(&[sample("obj", 30.0), sample("raw", 20.0), sample("tokio-rustls", 10.0)], "tcp");
        let line = table.lines().nth(2).unwrap();
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[4..8], ["20.0", "30.0", "1.50", ""]);
        assert_eq!(cells[9..11], ["tokio-rustls 10.0", "tcp"]);
        assert_eq!(table.lines().count(), 3);
    }
}
