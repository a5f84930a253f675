//! New passwords: rules first, then one transaction that ends what the old one began (matrix NP-*).
//!
//! One that an administrator sets may be good for one login only (NP-18), and any may be called in on
//! suspicion (NP-08): whoever logs in with it chooses another first.

use serde_json::json;

use super::Accounts;
use super::administer::{AccountError, settle};
use super::authenticate::account_key;
use super::browser_sessions::end_logins;
use super::password::{Prepared, Verdict};
use super::password_rules::PasswordProblem;
use crate::audit::{self, Actor};
use crate::error::Fault;
use crate::model::{User, UserId};
use crate::secret::Secret;
use crate::store::{DatabaseTransaction, throttles, users};

impl Accounts {
    /// Sets a password. Ends every login of the account, its tokens and its throttle.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_password(
        &self,
        id: &UserId,
        password: &Secret,
        by: &Actor,
    ) -> Result<(), AccountError> {
        self.put_password(id, password, false, by).await
    }

    /// The same for a password that its owner must change at the next login (matrix NP-18).
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_one_time_password(
        &self,
        id: &UserId,
        password: &Secret,
        by: &Actor,
    ) -> Result<(), AccountError> {
        self.put_password(id, password, true, by).await
    }

    async fn put_password(
        &self,
        id: &UserId,
        password: &Secret,
        must_change: bool,
        by: &Actor,
    ) -> Result<(), AccountError> {
        let user = users::find_by_id(self.0.store.read(), id)
            .await
            .map_err(Fault::from)?;
        let user = user.ok_or(AccountError::UnknownUser)?;
        let hash = self.hash_for(&user, password).await?;
        let now = by.now;
        let event = self.event(by, "user.password", id, json!({}));
        let (id, logged) = (id.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            if !users::set_password(txn, &id, Some(&hash), must_change, now).await? {
                return Ok(false);
            }
            throttles::reset(txn, &account_key(&id)).await?;
            end_logins(txn, &id, now, "password_changed").await?;
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)
    }

    /// Puts the password that a person chose in the place of one that has to be changed, after
    /// [`Accounts::authenticate`] said [`Reason::PasswordChangeDue`]. Ends every login of the account.
    ///
    /// # Errors
    /// [`AccountError`]; unknown when the password or the account was changed by somebody else meanwhile.
    ///
    /// [`Reason::PasswordChangeDue`]: crate::error::Reason::PasswordChangeDue
    pub async fn choose_password(
        &self,
        id: &UserId,
        (old, new): (&Secret, &Secret),
        by: &Actor,
    ) -> Result<(), AccountError> {
        let user = users::find_by_id(self.0.store.read(), id)
            .await
            .map_err(Fault::from)?;
        let user = user.ok_or(AccountError::UnknownUser)?;
        let Some(stored) = user.password_hash.clone() else {
            return Err(AccountError::UnknownUser);
        };
        if is_same(old, new) {
            return Err(PasswordProblem::Unchanged.into());
        }
        // Proven against the very hash that is replaced: an administrator may have set another one since.
        let proven = Prepared::new(old).map_err(|_| PasswordProblem::TooLong)?;
        let turn = self.0.passwords.admit().await?;
        if turn.verify(Some(&stored), proven).await? == Verdict::Mismatch {
            return Err(AccountError::UnknownUser);
        }
        let hash = self.hash_for(&user, new).await?;
        let now = by.now;
        let event = self.event(by, "user.password", id, json!({}));
        let (id, logged) = (id.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            if !users::replace_due_password(txn, &id, (&stored, &hash), now).await? {
                return Ok(false);
            }
            throttles::reset(txn, &account_key(&id)).await?;
            end_logins(txn, &id, now, "password_changed").await?;
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)
    }

    /// Demands another password at the next login, and ends every login of the account.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn expire_password(&self, id: &UserId, by: &Actor) -> Result<(), AccountError> {
        let now = by.now;
        let event = self.event(by, "user.expire_password", id, json!({}));
        let (id, logged) = (id.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            if !users::expire_password(txn, &id, now).await? {
                return Ok(false);
            }
            end_logins(txn, &id, now, "password_expired").await?;
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)
    }

    /// The hash of a new password of this person, if the rules allow it.
    async fn hash_for(&self, user: &User, password: &Secret) -> Result<String, AccountError> {
        let names = [
            Some(user.username.as_str()),
            user.email.as_deref(),
            user.name.as_deref(),
        ];
        self.hash_new(password, &names).await
    }

    pub(super) async fn hash_new(
        &self,
        password: &Secret,
        names: &[Option<&str>],
    ) -> Result<String, AccountError> {
        let names: Vec<&str> = names.iter().copied().flatten().collect();
        self.0.rules.check(password, &names)?;
        let prepared = Prepared::new(password).map_err(|_| PasswordProblem::TooLong)?;
        let turn = self.0.passwords.admit().await?;
        Ok(turn.hash(prepared, &self.0.random).await?)
    }
}

/// Both as they are hashed. One that is too long is not the old one, and the rules say what is wrong.
fn is_same(old: &Secret, new: &Secret) -> bool {
    match (Prepared::new(old), Prepared::new(new)) {
        (Ok(old), Ok(new)) => old.text() == new.text(),
        _ => false,
    }
}
