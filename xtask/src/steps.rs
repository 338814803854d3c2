//! Several checks in a row, each with a headline, and how they went.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The steps done so far. A step that fails does not keep the next ones from being run.
pub(crate) struct Steps {
    begun: Instant,
    done: Vec<Step>,
}

struct Step {
    name: String,
    took: Duration,
    failed: bool,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { begun: Instant::now(), done: Vec::new() }
    }

    /// Does one step.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        println!("\n==> {name}");
        let begun = Instant::now();
        let result = work();
        if let Err(error) = &result {
            println!("{name}: {error:#}");
        }
        let (took, failed) = (begun.elapsed(), result.is_err());
        self.done.push(Step { name: name.to_owned(), took, failed });
    }

    /// Lists the steps with their times.
    ///
    /// # Errors
    /// If one of them failed.
    pub(crate) fn finish(self) -> Result<()> {
        println!();
        for step in &self.done {
            let outcome = if step.failed { "FAILED" } else { "ok" };
            println!("{outcome:>6} {:>7.1} s  {}", step.took.as_secs_f64(), step.name);
        }
        println!("{:>6} {:>7.1} s", "total", self.begun.elapsed().as_secs_f64());
        match self.done.iter().filter(|step| step.failed).count() {
            0 => Ok(()),
            failed => bail!("{failed} of {} steps failed", self.done.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_remembered_and_the_next_ones_run() {
        let mut steps = Steps::new();
        let mut ran = false;
        steps.step("bad", || bail!("no"));
        steps.step("good", || {
            ran = true;
            Ok(())
        });
        assert!(ran);
        assert_eq!(steps.finish().unwrap_err().to_string(), "1 of 2 steps failed");
    }
}
