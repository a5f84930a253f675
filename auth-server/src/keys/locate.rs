//! Which key-encryption key is it? From the settings, from the file, or a new one, and a new one only
//! for a database that was never sealed (attack OP-09).

use std::path::Path;

use super::encryption_key::{EncryptionKey, EncryptionKeyError, FILE_NAME};
use super::vault::STATE;
use crate::error::Fault;
use crate::random::Random;
use crate::secret::SecretKey;
use crate::store::{Store, server_state};

const DOING: &str = "looking for the key-encryption key";

/// Where the key may be.
#[derive(Debug, Clone, Copy)]
pub struct KeyPlaces<'a> {
    /// The setting `keys.encryption_key`.
    pub configured: Option<&'a SecretKey>,
    /// The directory of the generated file.
    pub data_dir: &'a Path,
    /// Whether a missing file may be made: on SQLite and in `dev`.
    pub may_generate: bool,
}

/// No key was found. The texts say what to do.
#[derive(Debug, thiserror::Error)]
pub enum MissingEncryptionKey {
    /// The database was sealed, and the file that belongs to it is gone.
    #[error(
        "the signing keys in this database are sealed, and the key is not there: put the file {0} back \
         that belongs to this database, or set keys.encryption_key"
    )]
    Gone(String),
    /// Nothing was ever made, and here nothing may be.
    #[error("set keys.encryption_key to 32 random bytes in base64: openssl rand -base64 32")]
    Unset,
}

impl EncryptionKey {
    /// Finds the key, or makes it where that is allowed and nothing was sealed yet.
    ///
    /// # Errors
    /// [`MissingEncryptionKey`] or [`EncryptionKeyError`] inside a fault; a database that is away.
    pub async fn locate(
        places: KeyPlaces<'_>,
        store: &Store,
        random: &Random,
    ) -> Result<Self, Fault> {
        let broken = |error: EncryptionKeyError| Fault::broken(DOING, error);
        if let Some(root) = places.configured {
            return Ok(Self::new(root.clone()));
        }
        if !places.may_generate {
            return Err(Fault::broken(DOING, MissingEncryptionKey::Unset));
        }
        if let Some(key) = Self::find(places.data_dir).map_err(broken)? {
            return Ok(key);
        }
        if server_state::find(store.read(), STATE).await?.is_none() {
            return Self::create(places.data_dir, random).map_err(broken);
        }
        // Another process that starts at the same time may have made both since we looked.
        let gone = || places.data_dir.join(FILE_NAME).display().to_string();
        Self::find(places.data_dir)
            .map_err(broken)?
            .ok_or_else(|| Fault::broken(DOING, MissingEncryptionKey::Gone(gone())))
    }
}
