//! The key that pairwise subjects are made with (OpenID Connect Core 1.0 §8.1; matrix OC-60).
//!
//! It is random and never changes: a subject must stay the same for as long as the account lives. So
//! it is not derived from the key-encryption key, which may change, but sealed under it.

use super::seal::Place;
use super::vault::Vault;
use crate::clock::Instant;
use crate::error::Fault;
use crate::random::Random;
use crate::secret::SecretKey;
use crate::store::{DatabaseTransaction, Store, server_state};

/// Name of the row in `server_state`.
pub(super) const ROW: &str = "pairwise_key";

const TABLE: &str = "server_state";
const DOING: &str = "reading the key of pairwise subjects";

/// The key, made where there is none: of several instances that start at once, all get the same.
///
/// # Errors
/// A damaged row; a database that is away.
pub(super) async fn open_or_make(
    vault: &Vault,
    store: &Store,
    random: &Random,
    now: Instant,
) -> Result<SecretKey, Fault> {
    if let Some(sealed) = server_state::find(store.read(), ROW).await? {
        return open(vault, &sealed);
    }
    let ours = seal(vault, &SecretKey::new(random.bytes()), random)?;
    let insert = async move |txn: &DatabaseTransaction| {
        server_state::insert_if_absent(txn, ROW, &ours, now).await
    };
    open(vault, &store.write(insert).await?)
}

/// The key as it is stored under a vault.
///
/// # Errors
/// As sealing.
pub(super) fn seal(vault: &Vault, key: &SecretKey, random: &Random) -> Result<Vec<u8>, Fault> {
    vault
        .seal(TABLE, ROW, key.expose(), random)
        .map_err(|error| Fault::broken(DOING, error))
}

/// The key from its stored form.
///
/// # Errors
/// A row that was changed, or sealed by another vault.
pub(super) fn open(vault: &Vault, sealed: &[u8]) -> Result<SecretKey, Fault> {
    let place = Place {
        table: TABLE,
        row: ROW,
        version: vault.version(),
    };
    let opened = vault
        .open_row(place, sealed)
        .map_err(|error| Fault::broken(DOING, error))?;
    <[u8; 32]>::try_from(opened.as_slice())
        .map(SecretKey::new)
        .map_err(|error| Fault::broken(DOING, error))
}
