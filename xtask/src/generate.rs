//! Files that are written by those who know best, so that they cannot disagree with them: the services
//! themselves, and the tests. `cargo xtask generate` writes them, `cargo ci` proves them fresh.

use std::{fs, process::Stdio};

use crate::{
    environment,
    failure::{Failure, Outcome},
    spec, terminal,
};

/// A file and who knows what is in it.
struct Generated {
    /// From the root of the workspace.
    file: &'static str,
    author: Author,
}

enum Author {
    /// `auth-server` prints it when it gets these arguments.
    AuthServer(&'static [&'static str]),
    /// The rows of the specification and the tests that name them.
    Tests,
}

const GENERATED: &[Generated] = &[
    by_auth_server("docs/cli.md", &["reference"]),
    by_auth_server("docs/errors.md", &["reference", "--of", "errors"]),
    by_auth_server(
        "docs/configuration.md",
        &["config", "schema", "--as", "markdown"],
    ),
    by_auth_server(".env.example", &["config", "schema", "--as", "env"]),
    by_auth_server(
        "auth-server/src/settings/default.toml",
        &["config", "schema", "--as", "toml"],
    ),
    Generated {
        file: spec::FILE,
        author: Author::Tests,
    },
];

const fn by_auth_server(file: &'static str, arguments: &'static [&'static str]) -> Generated {
    Generated {
        file,
        author: Author::AuthServer(arguments),
    }
}

/// Writes every file that is not fresh.
pub(crate) fn write_all() -> Outcome<()> {
    for stale in find_stale()? {
        let path = environment::root().join(stale.file);
        fs::write(&path, stale.content)
            .map_err(Failure::while_doing(format!("write {}", stale.file)))?;
        terminal::say(format!("written: {}", stale.file));
    }
    Ok(())
}

/// A file that is not what its author says now.
pub(crate) struct Stale {
    /// From the root of the workspace.
    pub(crate) file: &'static str,
    /// What it should be.
    content: Vec<u8>,
}

/// Compares every file with what its author says now; the services must be built.
pub(crate) fn find_stale() -> Outcome<Vec<Stale>> {
    let mut stale = Vec::new();
    for Generated { file, author } in GENERATED {
        let content = match author {
            Author::AuthServer(arguments) => printed_by_auth_server(arguments)?,
            Author::Tests => spec::markdown()?.into_bytes(),
        };
        let present = fs::read(environment::root().join(file)).unwrap_or_default();
        if present != content {
            stale.push(Stale { file, content });
        }
    }
    Ok(stale)
}

fn printed_by_auth_server(arguments: &[&str]) -> Outcome<Vec<u8>> {
    const BINARY: &str = "auth-server";
    let mut command = environment::command(environment::binary(BINARY));
    let output = command
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::while_doing(format!("run {BINARY}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = arguments.join(" ");
    Err(Failure::because(format!(
        "{BINARY} {words}: {}",
        output.status
    )))
}
