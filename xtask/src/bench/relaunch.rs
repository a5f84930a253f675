//! `cargo xtask bench` from the quick build of xtask: builds the services and xtask itself again,
//! optimized and with the baselines compiled in, and runs that.

use std::{process::ExitCode, time::Duration};

use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
    interrupt::Interrupt,
};

const BUILD_LIMIT: Duration = Duration::from_hours(1);
const RUN_LIMIT: Duration = Duration::from_mins(30);

/// Builds with the profile `release-quick` and hands over.
pub(crate) fn run(arguments: &[&str], interrupt: &Interrupt) -> Outcome<ExitCode> {
    let mut build = environment::cargo();
    build.args([
        "build",
        "--profile",
        "release-quick",
        "--features",
        "xtask/bench",
    ]);
    build.args([
        "--package",
        "auth-server",
        "--package",
        "resource-api",
        "--package",
        "xtask",
    ]);
    let run = |command: &mut std::process::Command, limit| {
        Group::start(command, Duration::from_secs(20))
            .map_err(Failure::while_doing("start a program"))?
            .wait(limit, interrupt)
    };
    if !run(&mut build, BUILD_LIMIT)?.success() {
        return Err(Failure::because("the build failed; cargo says why above"));
    }
    let mut bench = environment::command(environment::target_dir().join("release-quick/xtask"));
    let status = run(bench.arg("bench").args(arguments), RUN_LIMIT)?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
