//! A file in the making, readable by its owner only, that appears under its name whole or not at all.
//! Whatever goes wrong before, it is removed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::random::Random;

/// An empty file of ours, removed when it is dropped.
#[derive(Debug)]
pub(super) struct Draft {
    path: PathBuf,
    is_kept: bool,
}

impl Draft {
    /// Takes this very name.
    ///
    /// # Errors
    /// `AlreadyExists` when it is taken.
    pub(super) fn reserve(path: &Path) -> io::Result<Self> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self {
            path: path.to_owned(),
            is_kept: false,
        })
    }

    /// Takes a name of its own in the same directory, which a rename does not leave.
    pub(super) fn beside(path: &Path, random: &Random) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!(".{name}.{}", random.text::<9>());
        Self::reserve(&path.with_file_name(name))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it where it belongs, in place of what is there; its content and its name survive a power
    /// cut.
    pub(super) fn put_at(mut self, path: &Path) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, path)?;
        self.is_kept = true;
        File::open(directory_of(path))?.sync_all()
    }

    /// Leaves the name to what was put there.
    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing more can be done about a file that cannot be removed.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Makes the directory of a database file, for its owner only.
pub(super) fn make_directory_of(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory_of(path))
}

fn directory_of(path: &Path) -> &Path {
    path.parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_draft_is_private_and_gone_unless_it_is_put_somewhere() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("backup");
        let draft = Draft::beside(&place, &Random::system()).unwrap();
        let mode = fs::metadata(draft.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(draft);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        let draft = Draft::beside(&place, &Random::system()).unwrap();
        fs::write(draft.path(), "whole").unwrap();
        draft.put_at(&place).unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_is_taken_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("backup");
        fs::write(&place, "theirs").unwrap();
        let error = Draft::reserve(&place).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&place).unwrap(), "theirs");
    }
}
