//! A new key-encryption key: everything sealed with the old one is sealed again, in one transaction.
//! The server may stop before it and start with the new key after it; nobody is logged out.

use zeroize::Zeroizing;

use super::encryption_key::EncryptionKey;
use super::pairwise;
use super::refresh_keys;
use super::seal::Place;
use super::snapshot::TABLE;
use super::vault::{STATE, Vault};
use crate::audit::{self, Actor};
use crate::error::Fault;
use crate::model::{KeyId, SigningKeyRecord};
use crate::random::Random;
use crate::store::signing_keys::{self, Resealing};
use crate::store::{Store, StoreError, server_state};

/// What was done.
#[derive(Debug)]
pub struct Resealed {
    /// The version of the new key-encryption key.
    pub version: u32,
    /// Keys sealed again.
    pub keys: usize,
    /// Keys that did not open with the old one, left as they are: they were damaged before.
    pub skipped: Vec<KeyId>,
}

/// Seals everything again. Running instances keep signing with what they have in memory; they need the
/// new key at their next start.
///
/// # Errors
/// A wrong old key; keys that changed meanwhile (nothing was written, try again); a database that is
/// away.
pub async fn reseal(
    store: &Store,
    old: EncryptionKey,
    new: EncryptionKey,
    random: &Random,
    by: &Actor,
) -> Result<Resealed, Fault> {
    let doing = "sealing the keys again";
    let old = Vault::open(store, old, by.now).await?;
    let new = Vault::at(new, old.version().saturating_add(1));
    let older = refresh_keys::all(&old, store).await?;
    let stored = server_state::find(store.read(), refresh_keys::ROW).await?;
    let refresh = refresh_keys::seal(&new, &older, random)?;
    let pairwise_before = server_state::find(store.read(), pairwise::ROW).await?;
    let pairwise_after = pairwise_before
        .as_deref()
        .map(|sealed| pairwise::seal(&new, &pairwise::open(&old, sealed)?, random))
        .transpose()?;
    let records = signing_keys::all(store.read()).await?;
    let (mut seals, mut skipped) = (Vec::new(), Vec::new());
    for record in &records {
        match open(&old, record) {
            None => skipped.push(record.kid.clone()),
            Some(pkcs8) => seals.push(Resealing {
                kid: record.kid.clone(),
                from_version: record.seal_version,
                sealed_private: new
                    .seal(TABLE, record.kid.as_str(), &pkcs8, random)
                    .map_err(|error| Fault::broken(doing, error))?,
                to_version: new.version(),
            }),
        }
    }
    let done = Resealed {
        version: new.version(),
        keys: seals.len(),
        skipped,
    };
    let detail = serde_json::json!({ "version": done.version, "keys": done.keys });
    let event = by.event(random, "key.reseal", detail);
    let (logged, now, count) = (event.clone(), by.now, records.len());
    let work = async move |txn: &crate::store::DatabaseTransaction| {
        let (from, to) = (old.state_value(), new.state_value());
        unchanged(server_state::replace(txn, STATE, &from, &to, now).await?)?;
        for seal in &seals {
            unchanged(signing_keys::reseal(txn, seal, now).await?)?;
        }
        let is_kept = if let Some(stored) = &stored {
            server_state::replace(txn, refresh_keys::ROW, stored, &refresh, now).await?
        } else {
            let name = refresh_keys::ROW;
            server_state::insert_if_absent(txn, name, &refresh, now).await? == refresh
        };
        unchanged(is_kept)?;
        if let (Some(before), Some(after)) = (&pairwise_before, &pairwise_after) {
            unchanged(server_state::replace(txn, pairwise::ROW, before, after, now).await?)?;
        }
        // A key that another instance made since would be lost.
        unchanged(signing_keys::all(txn).await?.len() == count)?;
        audit::record(txn, &event).await
    };
    store
        .write(work)
        .await
        .map_err(|error| Fault::broken(doing, error))?;
    logged.log();
    Ok(done)
}

fn open(vault: &Vault, record: &SigningKeyRecord) -> Option<Zeroizing<Vec<u8>>> {
    let place = Place {
        table: TABLE,
        row: record.kid.as_str(),
        version: record.seal_version,
    };
    vault.open_row(place, &record.sealed_private).ok()
}

fn unchanged(is_unchanged: bool) -> Result<(), StoreError> {
    let text = "the keys were changed meanwhile; nothing was written, try again";
    if is_unchanged {
        Ok(())
    } else {
        Err(StoreError::Conflict(text.to_owned()))
    }
}
