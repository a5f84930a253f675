//! `cargo ci`: everything that must hold before a change may land, on a machine that has Rust and
//! perhaps nothing else. Steps go on after a failure where that tells more; whatever was started is
//! stopped and removed on every way out. The last line is `N passed, M failed`.

mod between;
mod checks;
mod engines;
mod leftovers;
mod packages;
mod parts;
mod report;
mod scratch;
mod servers;
mod tests;
mod verdict;

use std::process::ExitCode;

use crate::{
    environment,
    failure::Outcome,
    interrupt::Interrupt,
    semver::{self, Obstacle},
    terminal,
};
pub(crate) use between::run_journey;
use engines::ENGINES;
use parts::Parts;
use report::Report;
use scratch::Scratch;

/// How much is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Every database, the browser and the foreign verifiers.
    Everything,
    /// The inner loop: SQLite, and nothing that would have to be installed besides Rust.
    Fast,
}

/// Runs the steps and says how it went; an error only when interrupted or unable to begin.
pub(crate) fn run(scope: Scope, interrupt: &Interrupt) -> Outcome<ExitCode> {
    let mut report = Report::default();
    let scratch = Scratch::create(interrupt.clone())?;
    let steps = all_steps(scope, &scratch, &mut report);
    // Looked at on every way out, also after Ctrl-C: what our tests forgot must not stay behind.
    report.step("nothing left behind", || leftovers::end(scratch.mark()))?;
    steps?;
    Ok(report.close())
}

fn all_steps(scope: Scope, scratch: &Scratch, report: &mut Report) -> Outcome<()> {
    let mut parts = Parts::default();
    let has_parts = report.step("parts", || parts.prepare(scope, scratch))?;
    if !has_parts {
        return Ok(());
    }
    report.step("format", || checks::format(scratch))?;
    if environment::find_program("cargo-deny").is_some() {
        report.step("dependencies", || checks::dependencies(scratch))?;
    } else {
        terminal::say(
            "    left out: dependencies, for which cargo-deny would have to be installed",
        );
    }
    report.step("specification", checks::specification)?;
    report.step("lints", || checks::lints(scratch))?;
    report.step("documentation", || checks::documentation(scratch))?;
    if scope == Scope::Everything {
        report.step("features one by one", || checks::features(scratch))?;
        match semver::find_comparison(None) {
            Ok(command) => {
                report.step("public interface", || checks::interface(command, scratch))?;
            }
            Err(Obstacle(what)) => {
                terminal::say(format!("    left out: public interface, for which {what}"));
            }
        }
    }
    if report.step("build", || tests::build(scratch))? {
        report.step("generated files", checks::generated)?;
        for engine in ENGINES.iter().filter(|engine| engine.belongs_to(scope)) {
            let name = format!("tests on {}", engine.name);
            report.step(&name, || tests::run(engine, scope, &parts, scratch))?;
        }
        if scope == Scope::Everything {
            report.step("tests between databases", || between::run(scratch))?;
        }
        report.step("documentation tests", || tests::run_documentation(scratch))?;
    }
    Ok(())
}
