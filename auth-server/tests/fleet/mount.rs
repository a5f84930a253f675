//! A small file system of its own, which can be full or read-only without harm to the machine.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted tmpfs. Gone when dropped.
pub(crate) struct Mount {
    directory: tempfile::TempDir,
}

impl Mount {
    /// `None`, said aloud, where mounting is not permitted.
    pub(crate) fn of_size(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={size},mode=0700");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(directory.path());
        let output = mount.output().unwrap();
        if output.status.success() {
            return Some(Self { directory });
        }
        let why = String::from_utf8_lossy(&output.stderr);
        println!(
            "left out: no file system may be mounted here: {}",
            why.trim()
        );
        None
    }

    /// Its root.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Nobody may have a file open to write.
    pub(crate) fn set_read_only(&mut self, is_read_only: bool) {
        let options = if is_read_only {
            "remount,ro"
        } else {
            "remount,rw"
        };
        let done = Command::new("mount")
            .args(["-o", options])
            .arg(self.path())
            .status();
        assert!(done.unwrap().success());
    }

    /// Takes all the space that is left; give it back by removing the file.
    pub(crate) fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let path = self.path().join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        let block = [0_u8; 4096];
        while file.write_all(&block).is_ok() {}
        path
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        drop(
            Command::new("umount")
                .arg("--lazy")
                .arg(self.path())
                .status(),
        );
    }
}
