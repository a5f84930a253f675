//! Signing keys: made, sealed at rest, published, rotated (design §5 "Key rotation"; RFC 7517,
//! RFC 7638; matrix JWK-01 to JWK-11). The only room that knows `rsa`; private keys never leave it.

mod derive;
mod encryption_key;
mod generate;
mod jwk;
mod locate;
mod operate;
mod pairwise;
mod plan;
mod provider;
mod refresh_keys;
mod reseal;
mod ring;
mod rotate;
mod seal;
mod sign;
mod signing_key;
mod snapshot;
mod vault;

#[cfg(test)]
mod tests;

pub use derive::Purpose;
pub use encryption_key::{EncryptionKey, EncryptionKeyError, FILE_NAME as ENCRYPTION_KEY_FILE};
pub use locate::{KeyPlaces, MissingEncryptionKey};
pub use operate::{KeyOperationError, Urgency};
pub use plan::KeyPolicy;
pub use provider::install_provider;
pub use reseal::{Resealed, reseal};
pub use ring::KeyRing;
pub use sign::Signer;
pub use snapshot::Jwks;
pub use vault::STATE as CHECK_VALUE;
