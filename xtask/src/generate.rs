//! Files that are written by the services themselves, so that they cannot disagree with them:
//! `cargo xtask generate` writes them, `cargo ci` proves them fresh.

use std::{fs, process::Stdio};

use crate::{
    environment,
    failure::{Failure, Outcome},
    terminal,
};

/// A file and the command that prints it.
struct Generated {
    /// From the root of the workspace.
    file: &'static str,
    /// The service that knows.
    binary: &'static str,
    /// Its arguments.
    arguments: &'static [&'static str],
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
];

const fn by_auth_server(file: &'static str, arguments: &'static [&'static str]) -> Generated {
    Generated {
        file,
        binary: "auth-server",
        arguments,
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

/// A file that is not what its service says now.
pub(crate) struct Stale {
    /// From the root of the workspace.
    pub(crate) file: &'static str,
    /// What it should be.
    content: Vec<u8>,
}

/// Compares every file with what the built services print.
pub(crate) fn find_stale() -> Outcome<Vec<Stale>> {
    let mut stale = Vec::new();
    for Generated {
        file,
        binary,
        arguments,
    } in GENERATED
    {
        let mut command = environment::command(environment::binary(binary));
        let output = command
            .args(*arguments)
            .stderr(Stdio::inherit())
            .output()
            .map_err(Failure::while_doing(format!("run {binary}")))?;
        if !output.status.success() {
            let words = arguments.join(" ");
            return Err(Failure::because(format!(
                "{binary} {words}: {}",
                output.status
            )));
        }
        let present = fs::read(environment::root().join(file)).unwrap_or_default();
        if present != output.stdout {
            stale.push(Stale {
                file,
                content: output.stdout,
            });
        }
    }
    Ok(stale)
}
