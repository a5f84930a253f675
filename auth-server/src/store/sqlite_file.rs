//! The SQLite file belongs to the server's user alone: it holds password hashes and sealed keys.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::str::FromStr as _;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

use crate::error::Fault;

/// Creates the file of the URL with mode 0600 in a directory with mode 0700, unless they are there.
/// SQLite gives its companions (`-wal`, `-shm`) the mode of the file. It does not say why a file
/// cannot be written; the system does.
pub(super) fn create_privately(url: &str) -> Result<(), Fault> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| Fault::broken("reading the database URL", error))?;
    let file = options.get_filename();
    create(file).map_err(|error| {
        let text = format!("{}: {error}", file.display());
        Fault::unavailable("opening the database file", text)
    })
}

fn create(file: &Path) -> io::Result<()> {
    if let Some(directory) = file.parent().filter(|path| !path.as_os_str().is_empty()) {
        private_directory().recursive(true).create(directory)?;
    }
    match private_file().write(true).create_new(true).open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            private_file().write(true).open(file).map(drop)
        }
        created => created.map(drop),
    }
}

fn private_directory() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
