//! Private keys at rest: XChaCha20-Poly1305 under the key-encryption key (matrix JWK-10).
//!
//! The place of a value (table, row, version) is authenticated with it: a sealed value copied into
//! another row does not open. Format: 24 bytes of random nonce, then the ciphertext with its tag.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::random::Random;
use crate::secret::SecretKey;

const NONCE_BYTES: usize = 24;

/// Where a sealed value lives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Primary key of the row.
    pub row: &'a str,
    /// Version of the key-encryption key.
    pub version: u32,
}

/// It does not open: other key, other place, or changed bytes. Which of them cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open: it was changed, moved, or sealed with another key")]
pub(super) struct SealBroken;

/// Seals a value for its place.
///
/// # Errors
/// Only for values beyond the limits of the cipher, which none of ours is.
pub(super) fn seal(
    key: &SecretKey,
    place: Place<'_>,
    value: &[u8],
    random: &Random,
) -> Result<Vec<u8>, SealBroken> {
    let nonce: [u8; NONCE_BYTES] = random.bytes();
    let aad = place.associated_data();
    let sealed = cipher(key)
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: value,
                aad: &aad,
            },
        )
        .map_err(|_| SealBroken)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens a value of this place.
///
/// # Errors
/// [`SealBroken`].
pub(super) fn open(
    key: &SecretKey,
    place: Place<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
    let (nonce, sealed) = sealed
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(SealBroken)?;
    let aad = place.associated_data();
    cipher(key)
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: sealed,
                aad: &aad,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| SealBroken)
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

impl Place<'_> {
    /// Length before text, so that no two places have the same bytes.
    fn associated_data(self) -> Vec<u8> {
        let mut data = b"chancery seal 1".to_vec();
        for part in [
            self.table.as_bytes(),
            self.row.as_bytes(),
            &self.version.to_be_bytes(),
        ] {
            data.extend((part.len() as u64).to_be_bytes());
            data.extend(part);
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'static> = Place {
        table: "signing_keys",
        row: "kid",
        version: 1,
    };

    fn key(byte: u8) -> SecretKey {
        SecretKey::new([byte; 32])
    }

    /// JWK-10, OP-09: another key, row, table or version does not open it.
    #[test]
    fn jwk_10_a_value_opens_in_its_place_only() {
        let sealed = seal(&key(1), PLACE, b"private", &Random::system()).unwrap();
        assert_eq!(
            open(&key(1), PLACE, &sealed).unwrap().as_slice(),
            b"private"
        );
        assert_eq!(open(&key(2), PLACE, &sealed), Err(SealBroken));
        for place in [
            Place {
                row: "other",
                ..PLACE
            },
            Place {
                table: "server_state",
                ..PLACE
            },
            Place {
                version: 2,
                ..PLACE
            },
            Place {
                table: "signing_keysk",
                row: "id",
                ..PLACE
            },
        ] {
            assert_eq!(open(&key(1), place, &sealed), Err(SealBroken), "{place:?}");
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same_twice() {
        let one = seal(&key(1), PLACE, b"private", &Random::system()).unwrap();
        assert_ne!(
            one,
            seal(&key(1), PLACE, b"private", &Random::system()).unwrap()
        );
    }

    proptest! {
        /// OP-09: a flipped bit anywhere is noticed, short inputs too.
        #[test]
        fn op_09_any_change_is_noticed(value in prop::collection::vec(any::<u8>(), 0..100), at: prop::sample::Index, bit in 0..8_u8) {
            let mut sealed = seal(&key(1), PLACE, &value, &Random::system()).unwrap();
            let index = at.index(sealed.len());
            sealed[index] ^= 1 << bit;
            prop_assert_eq!(open(&key(1), PLACE, &sealed), Err(SealBroken));
            prop_assert_eq!(open(&key(1), PLACE, &sealed[..index]), Err(SealBroken));
        }
    }
}
