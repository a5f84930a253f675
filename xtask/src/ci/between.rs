//! Tests between databases: a copy from one engine to the next needs all servers at once. `cargo ci`
//! takes a fifth of the size that `cargo xtask transfer` takes, so that nobody waits for minutes.

use std::time::Duration;

use super::{
    engines::{ENGINES, start_all},
    packages,
    scratch::Scratch,
    tests::{self, Variables},
    verdict::Verdict,
};
use crate::{environment, failure::Outcome, interrupt::Interrupt, terminal};

/// As nextest filters.
const TESTS: &str = "package(auth-server) & binary(transfer) & test(/^(copy|journey)::/)";
const JOURNEY: &str = "package(auth-server) & binary(transfer) & test(/^journey::/)";
/// Three families for each.
const FULL_SIZE: (&str, &str) = ("CHANCERY_TEST_TRANSFER_USERS", "100000");
const FULL_SIZE_LIMIT: Duration = Duration::from_hours(1);

/// Runs them with every server there is.
pub(super) fn run(scratch: &Scratch) -> Outcome<Verdict> {
    let servers = start_all(scratch)?;
    let variables: Variables<'_> = servers
        .iter()
        .map(|(variable, server)| (*variable, server.url.as_ref()))
        .collect();
    tests::run_filtered("tests between databases", TESTS, &variables, scratch)
}

/// The journey of a large database in full size; says how long each leg took and how much memory.
pub(crate) fn run_journey(interrupt: &Interrupt) -> Outcome<()> {
    let scratch = Scratch::create(interrupt.clone())?;
    let of_engines = ENGINES.iter().flat_map(|engine| engine.packages);
    packages::install(of_engines, &scratch)?;
    let servers = start_all(&scratch)?;
    let mut command = environment::cargo();
    command.args(["nextest", "run", "--locked", "--package", "auth-server"]);
    command.args(["--no-capture", "--filterset", JOURNEY]);
    for (variable, server) in &servers {
        command.env(variable, &server.url);
    }
    command.env(FULL_SIZE.0, FULL_SIZE.1);
    let output = scratch.require("transfer", &mut command, FULL_SIZE_LIMIT)?;
    for line in output.lines().filter(|line| line.contains(" -> ")) {
        terminal::say(line);
    }
    Ok(())
}
