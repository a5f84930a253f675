//! The one door for passwords (matrix PW-03, PW-05, PW-09, NP-13; attacks CR-01 to CR-06).
//!
//! Every way through costs the same and is refused alike: whoever has no account, the wrong password
//! or a locked account learns nothing. The status of an account is looked at after the hash.

use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::login_name::LoginName;
use super::password::{Prepared, Verdict};
use super::throttle::{Standing, blocked_until, standing};
use super::{Accounts, Inner};
use crate::clock::Instant;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::model::{User, UserId, UserStatus};
use crate::secret::Secret;
use crate::store::{DatabaseTransaction, throttles, users};

impl Accounts {
    /// Proves a user by password. The refusal names the reason for the log; what the caller is told
    /// follows from its code and is the same for all of them.
    ///
    /// # Errors
    /// A refusal (`retry_after` is set for throttles, `subject` where the account is known); a fault
    /// when the database is away or more logins wait than we accept.
    pub async fn authenticate(
        &self,
        login: &str,
        password: &Secret,
        peer: IpAddr,
        now: Instant,
    ) -> Result<User, TokenError> {
        let password = Prepared::new(password).map_err(|_| Reason::OversizedPassword)?;
        let attempt = self
            .0
            .addresses
            .begin(peer)
            .map_err(|after| Refusal::from(Reason::AddressThrottled).with_retry_after(after))?;
        // What is no name can be nobody's name: nothing to hide, nothing to hash.
        let name = LoginName::parse(login).map_err(|_| Reason::UnknownUser)?;
        let done = self.0.prove(&name, password, now).await;
        let is_failure = matches!(&done, Err(TokenError::Refused(refusal)) if !is_proven(refusal));
        if !is_failure {
            attempt.forgive();
        }
        done
    }
}

/// True when the password was right and the account needs more than that.
fn is_proven(refusal: &Refusal) -> bool {
    matches!(
        refusal.reason,
        Reason::InteractionRequired | Reason::PasswordChangeDue
    )
}

impl Inner {
    async fn prove(
        &self,
        name: &LoginName,
        password: Prepared,
        now: Instant,
    ) -> Result<User, TokenError> {
        let found = users::find_by_login_key(self.store.read(), name.canonical()).await?;
        let key = throttle_key(found.as_ref().map(|user| &user.id), name);
        let refusal = |reason: Reason| match &found {
            Some(user) => Refusal::from(reason).about(user.id.clone()),
            None => Refusal::from(reason),
        };
        let slowed = |after| refusal(Reason::AccountThrottled).with_retry_after(after);
        // Held until the outcome is written: the next in line finds the counter as we leave it.
        let pass = self.gate.enter(&key).await;
        let _pass = pass.ok_or_else(|| slowed(self.account_limits.first_delay))?;
        let record = throttles::find(self.store.read(), &key).await?;
        if let Standing::Closed(after) = standing(record.as_ref(), &self.account_limits, now) {
            return Err(slowed(after).into());
        }
        // A turn first: who is sent away because of load has not failed.
        let turn = self.passwords.admit().await?;
        if let Some(after) = self.count(&key, now).await? {
            return Err(slowed(after).into());
        }
        let again = password.clone();
        let stored = found
            .as_ref()
            .and_then(|user| user.password_hash.as_deref());
        let verdict = turn.verify(stored, password).await?;
        let Some(user) = found.clone() else {
            return Err(refusal(Reason::UnknownUser).into());
        };
        if verdict == Verdict::Mismatch {
            return Err(refusal(Reason::WrongPassword).into());
        }
        match user.status {
            UserStatus::Active => {}
            UserStatus::Locked => return Err(refusal(Reason::LockedUser).into()),
            UserStatus::Disabled => return Err(refusal(Reason::DisabledUser).into()),
        }
        self.store
            .write(async move |txn: &DatabaseTransaction| throttles::reset(txn, &key).await)
            .await?;
        if verdict == Verdict::NeedsUpgrade {
            self.upgrade(&user, again, now).await;
        }
        // Only who knows the password learns this (matrix PW-09).
        if user.must_change_password {
            return Err(refusal(Reason::PasswordChangeDue).into());
        }
        if user.mfa_required {
            return Err(refusal(Reason::InteractionRequired).into());
        }
        Ok(user)
    }

    /// Counts a try before it is judged. `Some` when others closed the account meanwhile.
    async fn count(&self, key: &str, now: Instant) -> Result<Option<Duration>, Fault> {
        let (key, limits) = (key.to_owned(), self.account_limits);
        let count = async move |txn: &DatabaseTransaction| {
            let record = throttles::count_failure(txn, &key, now, limits.memory).await?;
            if let Standing::Closed(after) = standing(Some(&record), &limits, now) {
                return Ok(Some(after));
            }
            if let Some(until) = blocked_until(record.failures, &limits, now) {
                throttles::block(txn, &key, until, now).await?;
            }
            Ok(None)
        };
        Ok(self.store.write(count).await?)
    }

    /// Replaces a hash of other parameters, if it is still the stored one (matrix OW-05). A failure
    /// costs nothing but another try at the next login.
    async fn upgrade(&self, user: &User, password: Prepared, now: Instant) {
        let done: Result<bool, Fault> = async {
            let turn = self.passwords.admit().await?;
            let new = turn.hash(password, &self.random).await?;
            let Some(old) = user.password_hash.clone() else {
                return Ok(false);
            };
            let id = user.id.clone();
            let swap = async move |txn: &DatabaseTransaction| {
                users::upgrade_hash(txn, &id, &old, &new, now).await
            };
            Ok(self.store.write(swap).await?)
        }
        .await;
        match done {
            Ok(true) => tracing::info!(user.id = %user.id, "password hash upgraded"),
            Ok(false) => {}
            Err(fault) => {
                tracing::warn!(user.id = %user.id, cause = fault.chain(), "password hash not upgraded");
            }
        }
    }
}

/// One counter per account, whatever spelling or address led to it (attack CR-08). Names that nobody
/// has are counted as well, or their absence would show; hashed, as people type passwords there.
pub(super) fn throttle_key(user: Option<&UserId>, name: &LoginName) -> String {
    match user {
        Some(id) => account_key(id),
        None => format!(
            "name:{}",
            URL_SAFE_NO_PAD.encode(Sha256::digest(name.canonical()))
        ),
    }
}

/// The counter of an account.
pub(super) fn account_key(id: &UserId) -> String {
    format!("account:{id}")
}
