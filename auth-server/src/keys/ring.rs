//! The keys of this instance: a snapshot that is swapped, never locked (design §5).
//!
//! Requests read the snapshot. It changes by [`KeyRing::reload`], when the change log says so, and by
//! [`KeyRing::tend`], which does what [`plan`] finds due.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::derive::Purpose;
use super::encryption_key::EncryptionKey;
use super::pairwise;
use super::plan::{KeyPolicy, plan};
use super::provider::install_provider;
use super::refresh_keys;
use super::rotate::Rotation;
use super::sign::Signer;
use super::snapshot::{Jwks, Snapshot};
use super::vault::Vault;
use crate::audit::Actor;
use crate::clock::{Clock, Instant};
use crate::error::Fault;
use crate::model::{Algorithm, SigningKeyRecord};
use crate::random::Random;
use crate::secret::SecretKey;
use crate::store::{Store, signing_keys};

/// Rounds of planning in one go; each but the last may find that another instance was faster.
const MAX_ROUNDS: usize = 3;

/// The signing keys. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

pub(super) struct Ring {
    pub(super) store: Store,
    pub(super) vault: Vault,
    pub(super) policy: KeyPolicy,
    pub(super) random: Random,
    refresh_token_keys: Vec<(u32, SecretKey)>,
    page_token_key: SecretKey,
    pairwise_key: SecretKey,
    snapshot: ArcSwap<Snapshot>,
    /// Looks at the rows that have begun.
    looks: AtomicU64,
    /// The look that the snapshot shows; held while it is replaced.
    shown: Mutex<Look>,
}

/// Which look at the rows. Several may be under way; a later one has seen what an earlier one may have
/// missed, so that no revoked key comes back because an answer of the database was slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Look(u64);

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyRing")
    }
}

impl KeyRing {
    /// Checks the key-encryption key, makes the first signing key where there is none, and loads.
    ///
    /// # Errors
    /// A wrong key-encryption key (the text says what to do); a database that is away. A damaged row
    /// is no error: it is left out.
    pub async fn open(
        store: Store,
        encryption: EncryptionKey,
        policy: KeyPolicy,
        clock: Clock,
        random: Random,
    ) -> Result<Self, Fault> {
        install_provider();
        let now = clock.now();
        let vault = Vault::open(&store, encryption, now).await?;
        let refresh_token_keys = refresh_keys::all(&vault, &store).await?;
        let pairwise_key = pairwise::open_or_make(&vault, &store, &random, now).await?;
        let page_token_key = vault.derive(Purpose::PageToken);
        let snapshot = ArcSwap::from_pointee(Snapshot::read(&[], &vault, None, now));
        let ring = Ring {
            store,
            vault,
            policy,
            random,
            refresh_token_keys,
            page_token_key,
            pairwise_key,
            snapshot,
            looks: AtomicU64::new(0),
            shown: Mutex::new(Look(0)),
        };
        let ring = Self(Arc::new(ring));
        ring.tend(now).await?;
        Ok(ring)
    }

    /// The published set.
    pub fn jwks(&self) -> Arc<Jwks> {
        Arc::clone(&self.0.snapshot.load().jwks)
    }

    /// Who signs with an algorithm, by default the first of the policy. Never another algorithm's key.
    ///
    /// # Errors
    /// There is no usable key: it is damaged (see the log), or the algorithm has none.
    pub fn signer(&self, algorithm: Option<Algorithm>) -> Result<Arc<Signer>, Fault> {
        let doing = "choosing a signing key";
        let algorithm = algorithm
            .or_else(|| self.0.policy.algorithms.first().copied())
            .ok_or_else(|| Fault::broken(doing, "no algorithm is configured"))?;
        self.0
            .snapshot
            .load()
            .signers
            .get(&algorithm)
            .cloned()
            .ok_or_else(|| {
                // 503: an operator has to bring a new key, and nothing is wrong with the request.
                Fault::unavailable(
                    doing,
                    format!("no usable {} key; see the log", algorithm.as_str()),
                )
            })
    }

    /// Algorithms that have a usable key, the default first: for the discovery documents.
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let default = self.0.policy.algorithms.first();
        let mut usable: Vec<Algorithm> = self.0.snapshot.load().signers.keys().copied().collect();
        usable.sort_by_key(|algorithm| (Some(algorithm) != default, *algorithm));
        usable
    }

    /// MAC keys of refresh tokens with their versions, the present one first. Older ones remain from
    /// earlier key-encryption keys, so that changing it logs nobody out.
    pub fn refresh_token_keys(&self) -> Vec<(u32, SecretKey)> {
        self.0.refresh_token_keys.clone()
    }

    /// MAC key of the tokens in the forms of pages; the same on every instance. A form that was open
    /// while the key-encryption key changed has to be loaded again.
    pub fn page_token_key(&self) -> &SecretKey {
        &self.0.page_token_key
    }

    /// The key that pairwise subjects are made with; the same for as long as the installation lives.
    pub fn pairwise_key(&self) -> &SecretKey {
        &self.0.pairwise_key
    }

    /// Reads the rows again; keys that are parsed already are kept.
    ///
    /// # Errors
    /// When the database does not answer. What is known stays in force.
    pub async fn reload(&self, now: Instant) -> Result<(), Fault> {
        let look = self.look();
        let records = signing_keys::all(self.0.store.read()).await?;
        self.swap(look, &records, now);
        Ok(())
    }

    /// Does what is due and reloads. True when this instance changed something.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tend(&self, now: Instant) -> Result<bool, Fault> {
        let mut did = false;
        for _ in 0..MAX_ROUNDS {
            let look = self.look();
            let rotation = Rotation::begin(&self.0, Actor::server(now)).await?;
            let steps = plan(&rotation.records, now, &self.0.policy);
            if steps.is_empty() {
                self.swap(look, &rotation.records, now);
                return Ok(did);
            }
            for step in steps {
                did |= rotation.apply(step).await?;
            }
        }
        self.reload(now).await?;
        Ok(did)
    }

    pub(super) fn ring(&self) -> &Ring {
        &self.0
    }

    /// Begins a look at the rows.
    fn look(&self) -> Look {
        Look(self.0.looks.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Shows what a look has found, unless a later one is shown already.
    fn swap(&self, look: Look, records: &[SigningKeyRecord], now: Instant) {
        let mut shown = self.0.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown > look {
            return;
        }
        *shown = look;
        let previous = self.0.snapshot.load();
        let next = Snapshot::read(records, &self.0.vault, Some(&previous), now);
        self.0.snapshot.store(Arc::new(next));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HandClock;
    use crate::keys::tests::open;
    use crate::store::testing::{NOW, fresh};

    /// JWK-08: two looks overlap, and the one that began before the change is answered last.
    #[tokio::test]
    async fn jwk_08_a_look_that_began_earlier_does_not_bring_a_revoked_key_back() {
        let (store, hand) = (fresh().await, HandClock::at(NOW));
        let ring = open(&store, &hand).await.unwrap();
        let now = Clock::Hand(hand).now();
        let (early, before) = (ring.look(), ring.list().await.unwrap());
        let kid = ring.signer(None).unwrap().kid().clone();
        ring.revoke(&kid, &Actor::console(now)).await.unwrap();
        let clean = ring.jwks();
        ring.swap(early, &before, now);
        assert_eq!(ring.jwks(), clean);
        assert_ne!(ring.signer(None).unwrap().kid(), &kid);
    }
}
