//! `cargo xtask semver`: whether `shared-claims` still offers its users what it did at an earlier commit.
//! A program of its own compares the two interfaces (cargo-semver-checks); here is only which two.

use std::{process::Command, time::Duration};

use crate::{
    environment,
    failure::{Failure, Outcome},
    group::Group,
    interrupt::Interrupt,
};

/// The documentation of the crate and its dependencies is built twice.
pub(crate) const LIMIT: Duration = Duration::from_mins(30);
const PROGRAM: &str = "cargo-semver-checks";

/// What keeps the two from being compared, in words for "left out: …".
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Obstacle(pub(crate) &'static str);

/// The comparison with `revision`, or with the last release.
pub(crate) fn find_comparison(revision: Option<&str>) -> Result<Command, Obstacle> {
    if environment::find_program(PROGRAM).is_none() {
        return Err(Obstacle(
            "cargo-semver-checks would have to be installed (cargo install cargo-semver-checks --locked)",
        ));
    }
    let baseline = revision
        .map(str::to_owned)
        .or_else(find_release)
        .ok_or(Obstacle(
            "there would have to be a release (a tag v…) to compare with; `cargo xtask semver COMMIT` compares with any commit",
        ))?;
    let mut command = environment::cargo();
    command.args(["semver-checks", "--package", "shared-claims"]);
    command.args(["--all-features", "--baseline-rev", &baseline]);
    Ok(command)
}

/// Compares and shows what the program says; an error when something was taken away.
pub(crate) fn run(revision: Option<&str>, interrupt: &Interrupt) -> Outcome<()> {
    let mut command = find_comparison(revision)
        .map_err(|Obstacle(what)| Failure::because(format!("cannot compare: {what}")))?;
    let status = Group::start(&mut command, Duration::from_secs(20))
        .map_err(Failure::while_doing("start cargo"))?
        .wait(LIMIT, interrupt)?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::because(
            "users of shared-claims would have to change something: see above, and raise its version",
        ))
    }
}

/// The newest tag of a release that this commit comes after.
fn find_release() -> Option<String> {
    let described = environment::command("git")
        .args(["describe", "--tags", "--abbrev=0", "--match", "v*"])
        .output()
        .ok()?;
    let tag = String::from_utf8(described.stdout).ok()?;
    let tag = tag.trim();
    (described.status.success() && !tag.is_empty()).then(|| tag.to_owned())
}
