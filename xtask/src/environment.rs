//! Where the workspace is, which cargo runs us, and the variables of the person's environment. The
//! only file of this crate that reads the environment.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root directory of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The directory cargo builds into (`CARGO_TARGET_DIR`, or `target` at the root).
pub(crate) fn target_dir() -> PathBuf {
    root().join(find_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Where a debug build of the workspace leaves the binary `name`.
pub(crate) fn binary(name: &str) -> PathBuf {
    target_dir().join("debug").join(name)
}

/// `cargo`, the same one that runs us, at the root of the workspace and without a terminal to read.
pub(crate) fn cargo() -> Command {
    command(find_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Any program, at the root of the workspace and without a terminal to read.
pub(crate) fn command(program: impl Into<OsString>) -> Command {
    let mut command = Command::new(program.into());
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// A variable of the environment, when it is set, not empty and text.
pub(crate) fn find(name: &str) -> Option<String> {
    find_os(name)?.into_string().ok()
}

/// The directory for temporary files (`TMPDIR`, or `/tmp`).
pub(crate) fn temp_dir() -> PathBuf {
    env::temp_dir()
}

/// Finds an executable the way a shell does.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = find_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[expect(
    clippy::disallowed_methods,
    reason = "xtask has no settings module: this is its one door"
)]
fn find_os(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
