//! Which test proves which requirement: the rows of `docs/spec` against the tests that name them.
//! `cargo xtask spec` says how it stands, `cargo ci` fails when a row that counts has no test, and
//! `docs/spec-coverage.md` is written with the other generated files.

mod built;
mod coverage;
mod id;
mod report;
mod source;
mod table;

use std::{fs, path::Path};

use coverage::Coverage;

use crate::{
    environment,
    failure::{Failure, Outcome},
    terminal,
};

/// What is written.
pub(crate) const FILE: &str = "docs/spec-coverage.md";
const MEMBERS: [&str; 5] = [
    "auth-server",
    "migrations",
    "resource-api",
    "shared-claims",
    "xtask",
];
/// The examples in this module name rows, and prove none.
const LEFT_OUT: [&str; 3] = ["node_modules", "target", "spec"];

/// Says how many rows of each built prefix are proven; the complaints, a sentence each.
pub(crate) fn check() -> Outcome<Vec<String>> {
    let coverage = read()?;
    for line in coverage.summary() {
        terminal::say(format!("    {line}"));
    }
    Ok(coverage.complaints())
}

/// For a person: writes the file, and names the rows without a test, those of P1 as well.
pub(crate) fn report() -> Outcome<()> {
    fs::write(environment::root().join(FILE), markdown()?)
        .map_err(Failure::while_doing(format!("write {FILE}")))?;
    let complaints = check()?;
    let later = read()?.missing_p1().join(" ");
    terminal::say(format!("P1 without a test: {later}"));
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Failure::because(complaints.join("\n")))
}

/// The content of `docs/spec-coverage.md`.
pub(crate) fn markdown() -> Outcome<String> {
    Ok(read()?.markdown())
}

/// Rows, exceptions and the tests of the whole workspace, files in alphabetical order.
fn read() -> Outcome<Coverage> {
    let mut coverage = Coverage::of(table::rows()?, table::exceptions()?);
    for member in MEMBERS {
        read_folder(&environment::root().join(member), &mut coverage)?;
    }
    Ok(coverage)
}

fn read_folder(folder: &Path, coverage: &mut Coverage) -> Outcome<()> {
    let look = |error| Failure::while_doing(format!("read {}", folder.display()))(error);
    let entries = fs::read_dir(folder).map_err(look)?;
    let paths: Result<Vec<_>, _> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = paths.map_err(look)?;
    paths.sort();
    for path in paths {
        let is_left_out = LEFT_OUT.iter().any(|name| path.ends_with(name));
        if path.is_dir() && !is_left_out {
            read_folder(&path, coverage)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).map_err(look)?;
            let name = path.strip_prefix(environment::root()).unwrap_or(&path);
            coverage.read(&name.to_string_lossy(), &text);
        }
    }
    Ok(())
}
