//! The key-encryption key: from the settings, or a generated file beside the database (contract
//! §2.2). The file appears whole or not at all, also when several processes start at once.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::derive::{Purpose, derive};
use crate::random::Random;
use crate::secret::SecretKey;

/// Name of the generated file in the data directory.
pub const FILE_NAME: &str = "key-encryption-key";

/// 32 bytes in base64 are 44; a file much longer is something else.
const MAX_FILE_BYTES: u64 = 256;

/// The root of all keys of this installation, and where it came from.
#[derive(Debug, Clone)]
pub struct EncryptionKey {
    root: SecretKey,
    source: String,
}

/// What is wrong with the key file. The texts say what to do.
#[derive(Debug, thiserror::Error)]
pub enum EncryptionKeyError {
    /// The system refused to read or write.
    #[error("{doing} {}: {cause}", path.display())]
    Io {
        /// "cannot read", "cannot create".
        doing: &'static str,
        /// File or directory.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Other users may read or write it.
    #[error("{} may be read or changed by other users (mode {mode:o}); run: chmod 600 '{}'", path.display(), path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not 32 bytes in base64.
    #[error("{} does not hold 32 bytes in base64; put the right file back. Without it, the signing keys in the database cannot be opened", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

impl EncryptionKey {
    /// A key from the settings.
    pub fn new(root: SecretKey) -> Self {
        Self {
            root,
            source: "the setting keys.encryption_key".to_owned(),
        }
    }

    /// Reads the generated file; `None` when there is none.
    ///
    /// # Errors
    /// [`EncryptionKeyError`].
    pub fn find(data_dir: &Path) -> Result<Option<Self>, EncryptionKeyError> {
        let path = data_dir.join(FILE_NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("cannot read", &path)(error)),
        };
        let metadata = file.metadata().map_err(failed("cannot read", &path))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(EncryptionKeyError::TooOpen { path, mode });
        }
        let mut text = Zeroizing::new(String::new());
        let read = file.take(MAX_FILE_BYTES).read_to_string(&mut text);
        read.map_err(failed("cannot read", &path))?;
        let bytes = STANDARD.decode(text.trim()).map(Zeroizing::new);
        let root = bytes
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        let Some(root) = root else {
            return Err(EncryptionKeyError::Malformed { path });
        };
        Ok(Some(Self {
            root: SecretKey::new(root),
            source: path.display().to_string(),
        }))
    }

    /// Makes the file, or reads what another process made meanwhile.
    ///
    /// # Errors
    /// [`EncryptionKeyError`].
    pub fn create(data_dir: &Path, random: &Random) -> Result<Self, EncryptionKeyError> {
        let path = data_dir.join(FILE_NAME);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(data_dir)
            .map_err(failed("cannot create", data_dir))?;
        let draft = data_dir.join(format!(".{FILE_NAME}.{}", random.text::<12>()));
        let root = SecretKey::new(random.bytes());
        let created = write(&draft, &root).and_then(|()| fs::hard_link(&draft, &path));
        // Left behind it would be a second copy of the key.
        let removed = fs::remove_file(&draft);
        match created {
            Ok(()) => removed.map_err(failed("cannot remove", &draft))?,
            // Somebody was faster; theirs counts.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed("cannot create", &path)(error)),
        }
        // The name must survive a power cut as the content does.
        File::open(data_dir)
            .and_then(|dir| dir.sync_all())
            .map_err(failed("cannot sync", data_dir))?;
        Self::find(data_dir)?
            .ok_or_else(|| failed("cannot read", &path)(ErrorKind::NotFound.into()))
    }

    /// Where it came from, for messages: never the key itself.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The key for a purpose.
    pub fn derive(&self, purpose: Purpose, version: u32) -> SecretKey {
        derive(&self.root, purpose, version)
    }
}

fn write(path: &Path, root: &SecretKey) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let text = Zeroizing::new(STANDARD.encode(root.expose()) + "\n");
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> EncryptionKeyError {
    let path = path.to_owned();
    move |cause| EncryptionKeyError::Io { doing, path, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data directory itself is to be made.
    fn directory() -> (tempfile::TempDir, PathBuf) {
        let temporary = tempfile::tempdir().unwrap();
        let data_dir = temporary.path().join("data");
        (temporary, data_dir)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_file_is_made_once_for_its_owner_only_and_read_again() {
        let (_temporary, dir) = directory();
        assert!(EncryptionKey::find(&dir).unwrap().is_none());
        let made = EncryptionKey::create(&dir, &Random::system()).unwrap();
        assert_eq!((mode(&dir), mode(&dir.join(FILE_NAME))), (0o700, 0o600));
        let again = EncryptionKey::create(&dir, &Random::system()).unwrap();
        let found = EncryptionKey::find(&dir).unwrap().unwrap();
        assert_eq!(made.root.expose(), again.root.expose());
        assert_eq!(made.root.expose(), found.root.expose());
        assert_eq!(
            fs::read_dir(&dir).unwrap().count(),
            1,
            "no draft stays behind"
        );
    }

    #[test]
    fn many_that_start_at_once_end_with_one_key() {
        let (_temporary, dir) = directory();
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let one = || {
                *EncryptionKey::create(&dir, &Random::system())
                    .unwrap()
                    .root
                    .expose()
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(one)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| key == &keys[0]));
    }

    /// OP-09: names the file and what to do, not what is in it.
    #[test]
    fn op_09_a_file_that_others_may_read_or_that_is_damaged_is_refused() {
        let (_temporary, dir) = directory();
        EncryptionKey::create(&dir, &Random::system()).unwrap();
        let path = dir.join(FILE_NAME);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = EncryptionKey::find(&dir).unwrap_err().to_string();
        assert!(
            error.contains("chmod 600") && error.contains("640"),
            "{error}"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "c2hvcnQ=").unwrap();
        let error = EncryptionKey::find(&dir).unwrap_err().to_string();
        assert!(
            error.contains("32 bytes") && !error.contains("c2hvcnQ"),
            "{error}"
        );
    }
}
