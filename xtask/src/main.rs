//! The commands of this workspace: `cargo dev`, `cargo ci` and `cargo xtask …` (aliases in
//! `.cargo/config.toml`). Plain `std` and two small crates, so that the first `cargo dev` on a fresh
//! machine spends its time on the services.

#[cfg(feature = "bench")]
mod bench;
#[cfg(not(feature = "bench"))]
#[path = "bench/relaunch.rs"]
mod bench;
mod ci;
mod dev;
mod environment;
mod failure;
mod generate;
mod group;
mod http;
mod interrupt;
mod semver;
mod spec;
mod terminal;

use std::process::ExitCode;

use failure::{Failure, Outcome};
use interrupt::Interrupt;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  dev                build and start both services with demo data (alias: cargo dev)
      --no-build     start what is already built
  ci                 every check and every test (alias: cargo ci)
      --fast         leave out what needs more than Rust
  transfer           copy a large database over all engines and back, and say how long it took
  generate           write the files that the services know best, docs/configuration.md for one
  spec               write docs/spec-coverage.md and say which rows no test names
  semver [COMMIT]    compare the public interface of shared-claims with a commit, or the last release
  bench              compare both services with what cannot be avoided
      --write FILE   write the figures to FILE as well
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(Failure::Interrupted) => ExitCode::from(130),
        Err(failure) => {
            terminal::complain(format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Outcome<ExitCode> {
    match arguments {
        ["dev"] => dev::run(true, &Interrupt::install()?).map(|()| ExitCode::SUCCESS),
        ["dev", "--no-build"] => {
            dev::run(false, &Interrupt::install()?).map(|()| ExitCode::SUCCESS)
        }
        ["ci"] => ci::run(ci::Scope::Everything, &Interrupt::install()?),
        ["ci", "--fast"] => ci::run(ci::Scope::Fast, &Interrupt::install()?),
        ["transfer"] => ci::run_journey(&Interrupt::install()?).map(|()| ExitCode::SUCCESS),
        ["generate"] => {
            dev::build(&Interrupt::install()?)?;
            generate::write_all().map(|()| ExitCode::SUCCESS)
        }
        ["spec"] => spec::report().map(|()| ExitCode::SUCCESS),
        ["semver"] => semver::run(None, &Interrupt::install()?).map(|()| ExitCode::SUCCESS),
        ["semver", commit] if !commit.starts_with('-') => {
            semver::run(Some(commit), &Interrupt::install()?).map(|()| ExitCode::SUCCESS)
        }
        ["bench", options @ ..] => bench::run(options, &Interrupt::install()?),
        [] | ["help" | "--help" | "-h", ..] => {
            terminal::say(USAGE);
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            terminal::complain(format!("error: unknown command {arguments:?}\n\n{USAGE}"));
            Ok(ExitCode::from(2))
        }
    }
}
