//! What an operator does to the keys by hand (contract §2.1 `keys …`; matrix JWK-07, JWK-08).

use super::plan::{Step, find};
use super::ring::KeyRing;
use super::rotate::{Rotation, settle, won};
use crate::audit::{self, Actor};
use crate::error::Fault;
use crate::model::{Algorithm, KeyId, KeyState, SigningKeyRecord};
use crate::store::signing_keys::{self, KeyTransition};
use crate::store::{DatabaseTransaction, status};

/// How fast a rotation has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Announced first: no verifier refuses a token.
    Announced,
    /// At once: verifiers that have cached the set refuse new tokens until they fetch it again.
    AtOnce,
}

/// Why a key operation was not done. The texts are for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyOperationError {
    /// No such key.
    #[error("there is no key {0}")]
    Unknown(KeyId),
    /// The state does not allow it.
    #[error("key {kid} is {}; {hint}", state.as_str())]
    WrongState {
        /// The key.
        kid: KeyId,
        /// Its state.
        state: KeyState,
        /// What to do instead.
        hint: &'static str,
    },
    /// Somebody else changed the keys at the same time.
    #[error("another instance changed the keys meanwhile; look at them and try again")]
    Lost,
    /// The database or the library.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl KeyRing {
    /// Every key there is, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list(&self) -> Result<Vec<SigningKeyRecord>, Fault> {
        Ok(signing_keys::all(self.ring().store.read()).await?)
    }

    /// Brings a new key of an algorithm on its way, and says which. Announced: it signs after the
    /// announcement; one that is announced already is returned as it is.
    ///
    /// # Errors
    /// [`KeyOperationError`].
    pub async fn rotate(
        &self,
        algorithm: Algorithm,
        urgency: Urgency,
        by: &Actor,
    ) -> Result<SigningKeyRecord, KeyOperationError> {
        let successor = self.announce(algorithm, by).await?;
        if urgency == Urgency::Announced || successor.state == KeyState::Active {
            self.reload(by.now).await?;
            return Ok(successor);
        }
        let rotation = Rotation::begin(self.ring(), by.clone()).await?;
        let active = find(&rotation.records, algorithm, KeyState::Active);
        let retire = active.map(|active| active.kid.clone());
        let step = Step::Activate {
            next: successor.kid.clone(),
            retire,
        };
        if !rotation.apply(step).await? {
            return Err(KeyOperationError::Lost);
        }
        self.reload(by.now).await?;
        self.require(&successor.kid).await
    }

    /// The successor of an algorithm's key, made if need be; or its first key.
    async fn announce(
        &self,
        algorithm: Algorithm,
        by: &Actor,
    ) -> Result<SigningKeyRecord, KeyOperationError> {
        let rotation = Rotation::begin(self.ring(), by.clone()).await?;
        if let Some(next) = find(&rotation.records, algorithm, KeyState::Next) {
            return Ok(next.clone());
        }
        let signs = find(&rotation.records, algorithm, KeyState::Active).is_some();
        let activates_at = by.now.plus(self.ring().policy.announcement());
        let (step, state) = if signs {
            (
                Step::Announce {
                    algorithm,
                    activates_at,
                },
                KeyState::Next,
            )
        } else {
            (Step::Create(algorithm), KeyState::Active)
        };
        if !rotation.apply(step).await? {
            return Err(KeyOperationError::Lost);
        }
        let records = self.list().await?;
        find(&records, algorithm, state)
            .cloned()
            .ok_or(KeyOperationError::Lost)
    }

    /// Takes a successor, or the only key of an algorithm that is no longer wanted, out of use. It
    /// stays published until its last token has expired.
    ///
    /// # Errors
    /// [`KeyOperationError`]; the active key of a configured algorithm must be rotated instead.
    pub async fn retire(&self, kid: &KeyId, by: &Actor) -> Result<(), KeyOperationError> {
        let record = self.require(kid).await?;
        let is_needed = record.state == KeyState::Active
            && self.ring().policy.algorithms.contains(&record.algorithm);
        if is_needed || matches!(record.state, KeyState::Retiring | KeyState::Revoked) {
            let hint = if is_needed {
                "rotate it instead"
            } else {
                "there is nothing to retire"
            };
            return Err(KeyOperationError::WrongState {
                kid: record.kid,
                state: record.state,
                hint,
            });
        }
        self.end(&record, KeyState::Retiring, "key.retire", by)
            .await
    }

    /// Drops a key from the set at once and for good: its tokens fail everywhere within the time that
    /// verifiers cache the set (matrix JWK-08). Every access token there is, is revoked in the status
    /// lists as well, which verifiers keep for less long; sessions go on with their next refresh. A successor signs from now on.
    ///
    /// # Errors
    /// [`KeyOperationError`].
    pub async fn revoke(&self, kid: &KeyId, by: &Actor) -> Result<(), KeyOperationError> {
        let record = self.require(kid).await?;
        if record.state == KeyState::Revoked {
            let hint = "there is nothing to revoke";
            return Err(KeyOperationError::WrongState {
                kid: record.kid,
                state: record.state,
                hint,
            });
        }
        self.end(&record, KeyState::Revoked, "key.revoke", by).await
    }

    async fn require(&self, kid: &KeyId) -> Result<SigningKeyRecord, KeyOperationError> {
        signing_keys::find(self.ring().store.read(), kid)
            .await
            .map_err(Fault::from)?
            .ok_or_else(|| KeyOperationError::Unknown(kid.clone()))
    }

    async fn end(
        &self,
        record: &SigningKeyRecord,
        to: KeyState,
        kind: &'static str,
        by: &Actor,
    ) -> Result<(), KeyOperationError> {
        let rotation = Rotation::begin(self.ring(), by.clone()).await?;
        let event = rotation.event(kind, &record.kid, record.algorithm);
        let step = KeyTransition {
            kid: record.kid.clone(),
            from: record.state,
            to,
            at: by.now,
            expires_at: Some(by.now.plus(self.ring().policy.retire_after)),
        };
        let logged = event.clone();
        let work = async move |txn: &DatabaseTransaction| {
            won(signing_keys::transition(txn, &step).await?)?;
            if to == KeyState::Revoked {
                // Verifiers keep the old key set for minutes, the lists for seconds.
                status::revoke_all_lists(txn, step.at).await?;
            }
            audit::record(txn, &event).await
        };
        if !settle(self.ring().store.write(work).await, &logged)? {
            return Err(KeyOperationError::Lost);
        }
        // The successor, if one is needed, does not wait for the next round.
        self.tend(by.now).await?;
        Ok(())
    }
}
