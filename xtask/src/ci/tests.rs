//! The test runs: cargo-nextest with the profile `ci` of `.config/nextest.toml`, whose JUnit report
//! is counted, and the examples in the documentation.

use std::{ffi::OsStr, fs, time::Duration};

use super::{
    Scope,
    engines::Engine,
    parts::Parts,
    scratch::{Ended, Scratch},
    verdict::{Verdict, find_junit_counts, find_libtest_counts},
};
use crate::{environment, failure::Outcome};

/// A clean build of everything on two slow cores, with room to spare.
const BUILD_LIMIT: Duration = Duration::from_mins(40);
/// nextest ends each single test long before this.
const RUN_LIMIT: Duration = Duration::from_mins(30);

/// Variables by which tests find their parts.
pub(super) type Variables<'a> = Vec<(&'a str, &'a OsStr)>;

const NEXTEST: [&str; 6] = [
    "nextest",
    "run",
    "--workspace",
    "--locked",
    "--profile",
    "ci",
];

/// Builds every test and, because tests start them, both services.
pub(super) fn build(scratch: &Scratch) -> Outcome<Verdict> {
    scratch.require(
        "build",
        environment::cargo().args(NEXTEST).arg("--no-run"),
        BUILD_LIMIT,
    )?;
    Ok(Verdict::passed())
}

/// Runs the tests that concern `engine`.
pub(super) fn run(
    engine: &Engine,
    scope: Scope,
    parts: &Parts,
    scratch: &Scratch,
) -> Outcome<Verdict> {
    let server = engine.start(scratch)?;
    let of_parts = parts.variables().iter();
    let mut variables: Variables<'_> = of_parts
        .map(|(name, value)| (*name, value.as_os_str()))
        .collect();
    if let Some(server) = &server {
        variables.push(("CHANCERY_TEST_DATABASE_URL", server.url.as_ref()));
    }
    let name = format!("tests on {}", engine.name);
    run_filtered(&name, &engine.filter(scope), &variables, scratch)
}

/// Runs the tests of a nextest filter with these variables.
pub(super) fn run_filtered(
    name: &str,
    filter: &str,
    variables: &Variables<'_>,
    scratch: &Scratch,
) -> Outcome<Verdict> {
    let counts = environment::target_dir().join("nextest/ci/junit.xml");
    // A report of an earlier run must never be counted for this one.
    drop(fs::remove_file(&counts));
    let mut command = environment::cargo();
    command.args(NEXTEST).args(["--filterset", filter]);
    command.envs(variables.iter().copied());
    let Ended { status, output } = scratch.run(name, &mut command, RUN_LIMIT)?;
    let counts = fs::read_to_string(&counts)
        .ok()
        .and_then(|xml| find_junit_counts(&xml));
    Ok(Verdict::of_tests(counts, status.success(), output))
}

/// Runs the examples in documentation comments.
pub(super) fn run_documentation(scratch: &Scratch) -> Outcome<Verdict> {
    let mut command = environment::cargo();
    command.args(["test", "--doc", "--workspace", "--locked", "--no-fail-fast"]);
    let Ended { status, output } = scratch.run("documentation tests", &mut command, BUILD_LIMIT)?;
    Ok(Verdict::of_tests(
        find_libtest_counts(&output),
        status.success(),
        output,
    ))
}
