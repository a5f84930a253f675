//! The checks that read the sources: format, lints and documentation.

use std::time::Duration;

use super::{scratch::Scratch, verdict::Verdict};
use crate::{environment, failure::Outcome};

/// A clean build of all dependencies on two slow cores, with room to spare.
const LIMIT: Duration = Duration::from_mins(30);

/// rustfmt leaves every file as it is.
pub(super) fn format(scratch: &Scratch) -> Outcome<Verdict> {
    cargo(
        "format",
        &["fmt", "--all", "--", "--check", "--color=never"],
        scratch,
    )
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

fn cargo(name: &str, words: &[&str], scratch: &Scratch) -> Outcome<Verdict> {
    scratch.require(name, environment::cargo().args(words), LIMIT)?;
    Ok(Verdict::passed())
}
