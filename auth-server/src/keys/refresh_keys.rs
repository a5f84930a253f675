//! MAC keys of refresh tokens over the life of an installation: derived from the present
//! key-encryption key, and those of earlier ones, kept sealed under it (design §5).

use zeroize::Zeroizing;

use super::derive::Purpose;
use super::seal::Place;
use super::vault::Vault;
use crate::error::Fault;
use crate::random::Random;
use crate::secret::SecretKey;
use crate::store::{Store, server_state};

/// Name of the row in `server_state`.
pub(super) const ROW: &str = "refresh_token_keys";

const TABLE: &str = "server_state";
const DOING: &str = "reading the keys of refresh tokens";
/// Version and key.
const ENTRY_BYTES: usize = 4 + 32;

/// The key of the present version first, then the older ones.
///
/// # Errors
/// A damaged row; a database that is away.
pub(super) async fn all(vault: &Vault, store: &Store) -> Result<Vec<(u32, SecretKey)>, Fault> {
    let mut keys = vec![(vault.version(), vault.derive(Purpose::RefreshToken))];
    if let Some(sealed) = server_state::find(store.read(), ROW).await? {
        let opened = vault
            .open_row(place(vault), &sealed)
            .map_err(|e| Fault::broken(DOING, e))?;
        keys.extend(decode(&opened).ok_or_else(|| Fault::broken(DOING, "the row is damaged"))?);
    }
    Ok(keys)
}

/// Keys as they are stored under a vault.
///
/// # Errors
/// As sealing.
pub(super) fn seal(
    vault: &Vault,
    keys: &[(u32, SecretKey)],
    random: &Random,
) -> Result<Vec<u8>, Fault> {
    let mut text = Zeroizing::new(Vec::with_capacity(keys.len() * ENTRY_BYTES));
    for (version, key) in keys {
        text.extend(version.to_be_bytes());
        text.extend(key.expose());
    }
    vault
        .seal(TABLE, ROW, &text, random)
        .map_err(|error| Fault::broken(DOING, error))
}

fn decode(text: &[u8]) -> Option<Vec<(u32, SecretKey)>> {
    let (entries, rest) = text.as_chunks::<ENTRY_BYTES>();
    if !rest.is_empty() {
        return None;
    }
    entries
        .iter()
        .map(|entry| {
            let (version, key) = entry.split_first_chunk::<4>()?;
            Some((
                u32::from_be_bytes(*version),
                SecretKey::new(key.try_into().ok()?),
            ))
        })
        .collect()
}

fn place(vault: &Vault) -> Place<'static> {
    Place {
        table: TABLE,
        row: ROW,
        version: vault.version(),
    }
}
