//! The checks that read the sources: format, lints and documentation.

use std::{process::Command, time::Duration};

use super::{scratch::Scratch, verdict::Verdict};
use crate::{environment, failure::Outcome, generate, semver, spec};

/// A clean build of all dependencies on two slow cores, with room to spare.
const LIMIT: Duration = Duration::from_mins(30);

/// rustfmt leaves every file as it is.
pub(super) fn format(scratch: &Scratch) -> Outcome<Verdict> {
    cargo("format", &["fmt", "--all", "--", "--check", "-l"], scratch)
}

/// Clippy has nothing to say, in tests neither.
pub(super) fn lints(scratch: &Scratch) -> Outcome<Verdict> {
    let words = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ];
    cargo("lints", &words, scratch)
}

/// Each feature of `shared-claims` does without the others, as nobody in this workspace uses it.
pub(super) fn features(scratch: &Scratch) -> Outcome<Verdict> {
    for feature in ["", "verify", "remote", "actix", "tower"] {
        let name = format!("feature-{feature}");
        let words = [
            "clippy",
            "--package",
            "shared-claims",
            "--no-default-features",
            "--features",
            feature,
            "--locked",
            "--",
            "--deny",
            "warnings",
        ];
        cargo(&name, &words, scratch)?;
    }
    Ok(Verdict::passed())
}

/// Every link in the documentation leads somewhere.
pub(super) fn documentation(scratch: &Scratch) -> Outcome<Verdict> {
    let mut command = environment::cargo();
    command.args([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ]);
    command.env("RUSTDOCFLAGS", "--deny warnings");
    scratch.require("documentation", &mut command, LIMIT)?;
    Ok(Verdict::passed())
}

/// Every row of the specification that counts has a test, or a reason why not.
pub(super) fn specification() -> Outcome<Verdict> {
    let complaints = spec::check()?;
    if complaints.is_empty() {
        return Ok(Verdict::passed());
    }
    Ok(Verdict::failed(complaints.join("\n")))
}

/// Every generated file is what its author says now.
pub(super) fn generated() -> Outcome<Verdict> {
    let stale: Vec<_> = generate::find_stale()?
        .iter()
        .map(|stale| stale.file)
        .collect();
    if stale.is_empty() {
        return Ok(Verdict::passed());
    }
    let files = stale.join(", ");
    Ok(Verdict::failed(format!(
        "stale: {files}; `cargo xtask generate` writes them"
    )))
}

/// Licences, sources and duplicates are those that `.deny.toml` allows; the advisory database is
/// not asked, because a test must not depend on the day.
pub(super) fn dependencies(scratch: &Scratch) -> Outcome<Verdict> {
    let words = ["deny", "--offline", "check", "licenses", "bans", "sources"];
    cargo("dependencies", &words, scratch)
}

/// Users of `shared-claims` need not change anything since the last release, unless its version says so.
pub(super) fn interface(mut comparison: Command, scratch: &Scratch) -> Outcome<Verdict> {
    scratch.require("interface", &mut comparison, semver::LIMIT)?;
    Ok(Verdict::passed())
}

fn cargo(name: &str, words: &[&str], scratch: &Scratch) -> Outcome<Verdict> {
    scratch.require(name, environment::cargo().args(words), LIMIT)?;
    Ok(Verdict::passed())
}
