//! The running report: one line per step with its time, the output of what failed, and at the end
//! the line that people and machines look for.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use super::verdict::Verdict;
use crate::{
    failure::{Failure, Outcome},
    terminal,
};

/// The sum so far.
#[derive(Default)]
pub(super) struct Report {
    passed: u32,
    failed: u32,
    took: Duration,
    /// The names of the steps that failed, repeated at the end.
    failed_steps: Vec<String>,
}

impl Report {
    /// Runs one step and tells how it went: `true` when nothing failed. Only an interrupt is an
    /// error; any other failure is counted.
    pub(super) fn step(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Outcome<Verdict>,
    ) -> Outcome<bool> {
        terminal::say(format!("==> {name} …"));
        let begun = Instant::now();
        let verdict = match work() {
            Ok(verdict) => verdict,
            Err(Failure::Interrupted) => return Err(Failure::Interrupted),
            Err(Failure::Failed(text)) => Verdict::failed(text),
        };
        let took = begun.elapsed();
        self.took += took;
        self.passed += verdict.passed;
        self.failed += verdict.failed;
        let passed = verdict.failed == 0;
        if !passed {
            self.failed_steps.push(name.to_owned());
            terminal::say(&verdict.details);
        }
        let word = if passed { "ok" } else { "FAILED" };
        let counts = match (verdict.passed, verdict.failed) {
            (0 | 1, 0 | 1) => String::new(),
            (passed, failed) => format!(" ({passed} good, {failed} bad)"),
        };
        terminal::say(format!(
            "    {name}: {word}{counts} in {:.1} s",
            took.as_secs_f64()
        ));
        Ok(passed)
    }

    /// Writes the closing lines and turns them into the exit code.
    pub(super) fn close(self) -> ExitCode {
        let seconds = self.took.as_secs();
        terminal::say(format!("took {} min {} s", seconds / 60, seconds % 60));
        if !self.failed_steps.is_empty() {
            terminal::say(format!("failed steps: {}", self.failed_steps.join(", ")));
        }
        terminal::say(format!("{} passed, {} failed", self.passed, self.failed));
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_is_counted_and_the_next_one_still_runs() {
        let mut report = Report::default();
        assert!(
            !report
                .step("first", || Err(Failure::because("broken")))
                .unwrap()
        );
        assert!(report.step("second", || Ok(Verdict::passed())).unwrap());
        assert_eq!((report.passed, report.failed), (1, 1));
        assert_eq!(report.failed_steps, ["first"]);
    }

    #[test]
    fn an_interrupt_is_no_verdict() {
        let mut report = Report::default();
        assert!(report.step("first", || Err(Failure::Interrupted)).is_err());
        assert_eq!(report.failed, 0);
    }
}
