//! `cargo xtask bench`: what the services cost above what cannot be avoided. Every figure is a ratio
//! to a baseline of the same run, so that a slow or busy machine changes both sides. CPU time is the
//! server's own (`/proc`), so that the load generator on the same machine does not count.

mod bare;
mod bare_server;
mod client;
mod figures;
mod machine;
mod measure;
mod subject;
mod table;

use std::{fs, process::ExitCode};

use crate::{
    failure::{Failure, Outcome},
    interrupt::Interrupt,
    terminal,
};

/// Prints the figures; with `--write FILE` the file is written as well.
pub(crate) fn run(arguments: &[&str], interrupt: &Interrupt) -> Outcome<ExitCode> {
    let file = match arguments {
        ["bare-server"] => return bare_server::run().map(|()| ExitCode::SUCCESS),
        [] => None,
        ["--write", file] => Some(file),
        _ => return Err(Failure::because("usage: cargo xtask bench [--write FILE]")),
    };
    let figures = figures::take(interrupt)?;
    let text = table::text(&figures);
    terminal::say(&text);
    if let Some(file) = file {
        fs::write(file, table::document(&text))
            .map_err(Failure::while_doing(format!("write {file}")))?;
    }
    Ok(ExitCode::SUCCESS)
}
