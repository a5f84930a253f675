//! Carrying out the plan. Several instances may try the same step: each is one transaction that only
//! one of them wins, and losing is no error.

use serde_json::json;
use zeroize::Zeroizing;

use super::generate::generate;
use super::plan::Step;
use super::ring::Ring;
use super::signing_key::SigningKey;
use super::snapshot::TABLE;
use super::vault::STATE;
use crate::audit::{self, Actor, Event};
use crate::clock::Instant;
use crate::error::Fault;
use crate::model::{Algorithm, KeyId, KeyState, SigningKeyRecord};
use crate::store::signing_keys::{self, KeyTransition};
use crate::store::{DatabaseTransaction, StoreError, server_state};

const DOING: &str = "rotating the signing keys";

/// One look at the keys, and the steps that follow from it.
pub(super) struct Rotation<'a> {
    ring: &'a Ring,
    actor: Actor,
    /// The newest announcement per algorithm, read *before* the records: when the records show no
    /// successor, nobody can have announced one since without changing this.
    announced: Vec<(Algorithm, Option<Vec<u8>>)>,
    pub(super) records: Vec<SigningKeyRecord>,
}

impl<'a> Rotation<'a> {
    pub(super) async fn begin(ring: &'a Ring, actor: Actor) -> Result<Self, Fault> {
        let mut announced = Vec::new();
        for algorithm in Algorithm::ALL {
            let name = announcement(algorithm);
            announced.push((
                algorithm,
                server_state::find(ring.store.read(), &name).await?,
            ));
        }
        let records = signing_keys::all(ring.store.read()).await?;
        Ok(Self {
            ring,
            actor,
            announced,
            records,
        })
    }

    /// Does one step. False when another instance was faster.
    ///
    /// # Errors
    /// When the database or the library refuses.
    pub(super) async fn apply(&self, step: Step) -> Result<bool, Fault> {
        let now = self.actor.now;
        match step {
            Step::Create(algorithm) => {
                let record = self.make(algorithm, KeyState::Active, now).await?;
                self.insert(record, None).await
            }
            Step::Announce {
                algorithm,
                activates_at,
            } => {
                let record = self.make(algorithm, KeyState::Next, activates_at).await?;
                let before = self.announced.iter().find(|(of, _)| *of == algorithm);
                let before = before.and_then(|(_, value)| value.clone());
                self.insert(record, before).await
            }
            Step::Activate { next, retire } => self.activate(next, retire).await,
            Step::Expire => {
                let deleted = self
                    .ring
                    .store
                    .write(async move |txn| signing_keys::delete_expired(txn, now).await);
                Ok(deleted.await? > 0)
            }
        }
    }

    /// A new key as a row.
    async fn make(
        &self,
        algorithm: Algorithm,
        state: KeyState,
        activates_at: Instant,
    ) -> Result<SigningKeyRecord, Fault> {
        let Ring {
            vault,
            policy,
            random,
            ..
        } = self.ring;
        let pkcs8: Zeroizing<Vec<u8>> = generate(algorithm, policy.rsa_bits, random).await?;
        let key = SigningKey::parse(algorithm, &pkcs8).map_err(|e| Fault::broken(DOING, e))?;
        let jwk = key.public_key().to_jwk(algorithm);
        let kid = key.kid().clone();
        Ok(SigningKeyRecord {
            algorithm,
            state,
            public_jwk: serde_json::to_string(&jwk).map_err(|e| Fault::broken(DOING, e))?,
            sealed_private: vault
                .seal(TABLE, kid.as_str(), &pkcs8, random)
                .map_err(|e| Fault::broken(DOING, e))?,
            seal_version: vault.version(),
            created_at: self.actor.now,
            activates_at,
            retired_at: None,
            expires_at: None,
            kid,
        })
    }

    /// Stores a new key. For a successor `before` is the newest announcement as it was read.
    async fn insert(
        &self,
        record: SigningKeyRecord,
        before: Option<Vec<u8>>,
    ) -> Result<bool, Fault> {
        let (now, vault_state) = (self.actor.now, self.ring.vault.state_value());
        let is_successor = record.state == KeyState::Next;
        let kind = if is_successor {
            "key.announce"
        } else {
            "key.create"
        };
        let event = self.event(kind, &record.kid, record.algorithm);
        let logged = event.clone();
        let work = async move |txn: &DatabaseTransaction| {
            signing_keys::insert(txn, &record).await?;
            if is_successor {
                let name = announcement(record.algorithm);
                let ours = record.kid.as_str().as_bytes();
                let is_first = if let Some(before) = &before {
                    server_state::replace(txn, &name, before, ours, now).await?
                } else {
                    server_state::insert_if_absent(txn, &name, ours, now).await? == ours
                };
                won(is_first)?;
            }
            // The key-encryption key may have been changed meanwhile: this row would never open.
            let stored = server_state::find(txn, STATE).await?;
            won(stored.as_deref() == Some(&*vault_state))?;
            audit::record(txn, &event).await
        };
        settle(self.ring.store.write(work).await, &logged)
    }

    async fn activate(&self, next: KeyId, retire: Option<KeyId>) -> Result<bool, Fault> {
        let now = self.actor.now;
        let retires = now.plus(self.ring.policy.retire_after);
        let algorithm = self
            .records
            .iter()
            .find(|r| r.kid == next)
            .map(|r| r.algorithm);
        let algorithm = algorithm.ok_or_else(|| Fault::broken(DOING, "no such key"))?;
        let event = self.event("key.activate", &next, algorithm);
        let logged = event.clone();
        let work = async move |txn: &DatabaseTransaction| {
            // First: it frees the slot that the successor takes.
            if let Some(kid) = retire.clone() {
                let step = KeyTransition {
                    kid,
                    from: KeyState::Active,
                    to: KeyState::Retiring,
                    at: now,
                    expires_at: Some(retires),
                };
                won(signing_keys::transition(txn, &step).await?)?;
            }
            let step = KeyTransition {
                kid: next.clone(),
                from: KeyState::Next,
                to: KeyState::Active,
                at: now,
                expires_at: None,
            };
            won(signing_keys::transition(txn, &step).await?)?;
            audit::record(txn, &event).await
        };
        settle(self.ring.store.write(work).await, &logged)
    }

    pub(super) fn event(&self, kind: &'static str, kid: &KeyId, algorithm: Algorithm) -> Event {
        let detail = json!({ "kid": kid.as_str(), "alg": algorithm.as_str() });
        self.actor.event(&self.ring.random, kind, detail)
    }
}

/// The outcome of a transaction that may lose against another instance.
pub(super) fn settle(done: Result<(), StoreError>, event: &Event) -> Result<bool, Fault> {
    match done {
        Ok(()) => {
            event.log();
            Ok(true)
        }
        Err(error) if error.is_conflict() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Turns a lost condition into the error that takes the transaction back.
pub(super) fn won(is_won: bool) -> Result<(), StoreError> {
    if is_won {
        Ok(())
    } else {
        Err(StoreError::Conflict(
            "another instance was faster".to_owned(),
        ))
    }
}

fn announcement(algorithm: Algorithm) -> String {
    format!("announced_key.{}", algorithm.as_str())
}
