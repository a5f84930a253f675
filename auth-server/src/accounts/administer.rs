//! Making and changing accounts, for the command line and the administration: rules first, then one
//! transaction with its audit event; what must end with the change ends in it (matrix AT-*, NP-*).

use serde_json::json;
use shared_claims::Role;

use super::Accounts;
use super::authenticate::account_key;
use super::browser_sessions::end_logins;
use super::login_name::{LoginName, LoginNameError};
use super::password_rules::PasswordProblem;
use crate::audit::{self, Actor, Event};
use crate::error::Fault;
use crate::model::profile::check_person;
use crate::model::{Profile, ProfileError, User, UserId, UserStatus};
use crate::secret::Secret;
use crate::store::users::LoginKeys;
use crate::store::{DatabaseTransaction, StoreError, throttles, users};

/// What an account begins with.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// What the person types to log in.
    pub username: String,
    /// Display name.
    pub name: Option<String>,
    /// E-mail address, which logs in as well.
    pub email: Option<String>,
    /// The address was proven in another way.
    pub email_verified: bool,
    /// The other standard claims of OpenID Connect.
    pub profile: Profile,
    /// The password; `None` for an account that cannot log in by password.
    pub password: Option<Secret>,
    /// Roles; duplicates do not matter.
    pub roles: Vec<Role>,
    /// The first login must change the password (matrix NP-18).
    pub must_change_password: bool,
}

/// Why an account was not made or changed. The texts are for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The user name is none.
    #[error("user name: {0}")]
    Name(#[source] LoginNameError),
    /// The e-mail address is none.
    #[error("e-mail address: {0}")]
    Email(#[source] LoginNameError),
    /// Something about the person has not the form it must have (matrix OC-50).
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The password breaks a rule.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// More roles than an access token has room for (matrix AT-08).
    #[error("the roles have {found} bytes together; an access token has room for {MAX_ROLE_BYTES}")]
    TooManyRoles {
        /// Bytes found.
        found: usize,
    },
    /// Another account has the name or the address, perhaps spelled differently (attack CR-08).
    #[error("another account has this user name or e-mail address, perhaps spelled differently")]
    Taken,
    /// No such account.
    #[error("there is no such account")]
    UnknownUser,
    /// The database or the password threads.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Most bytes of the roles of one account: in a token they fit beside everything else.
const MAX_ROLE_BYTES: usize = 3072;

/// Each role once.
fn tidy(mut roles: Vec<Role>) -> Result<Vec<Role>, AccountError> {
    roles.sort();
    roles.dedup();
    // Quotation marks and a comma.
    let found: usize = roles.iter().map(|role| role.as_str().len() + 3).sum();
    if found > MAX_ROLE_BYTES {
        return Err(AccountError::TooManyRoles { found });
    }
    Ok(roles)
}

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn create(&self, new: NewAccount, by: &Actor) -> Result<User, AccountError> {
        let username = LoginName::parse(&new.username).map_err(AccountError::Name)?;
        let email = new.email.as_deref().map(LoginName::parse).transpose();
        let email = email.map_err(AccountError::Email)?;
        check_person(new.name.as_deref(), new.email.as_deref())?;
        let roles = tidy(new.roles)?;
        let password_hash = match &new.password {
            None => None,
            Some(password) => {
                let names = [
                    Some(new.username.as_str()),
                    new.email.as_deref(),
                    new.name.as_deref(),
                ];
                Some(self.hash_new(password, &names).await?)
            }
        };
        let mut profile = new.profile;
        profile.touch(by.now.as_seconds());
        let mut user = User {
            id: UserId::new(self.0.random.uuid()),
            username: username.spelled().to_owned(),
            name: new.name,
            email: email.as_ref().map(|email| email.spelled().to_owned()),
            email_verified: new.email_verified,
            profile,
            password_changed_at: password_hash.is_some().then_some(by.now),
            password_hash,
            must_change_password: new.must_change_password,
            mfa_required: false,
            status: UserStatus::Active,
            roles,
            created_at: by.now,
            updated_at: by.now,
        };
        user.email_verified &= user.address().is_some();
        let keys = LoginKeys {
            username: username.canonical().to_owned(),
            email: email.as_ref().map(|email| email.canonical().to_owned()),
        };
        let detail = json!({ "roles": user.roles });
        let event = self.event(by, "user.create", &user.id, detail);
        let (made, logged) = (user.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            users::create(txn, &made, &keys).await?;
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)?;
        Ok(user)
    }

    /// Locks the account and ends its logins.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn lock(&self, id: &UserId, by: &Actor) -> Result<(), AccountError> {
        self.set_status(id, UserStatus::Locked, "user.lock", by)
            .await
    }

    /// Unlocks the account and forgets its failed logins (matrix NP-13).
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn unlock(&self, id: &UserId, by: &Actor) -> Result<(), AccountError> {
        self.set_status(id, UserStatus::Active, "user.unlock", by)
            .await
    }

    /// Switches the account off and ends its logins.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn disable(&self, id: &UserId, by: &Actor) -> Result<(), AccountError> {
        self.set_status(id, UserStatus::Disabled, "user.disable", by)
            .await
    }

    /// Replaces the roles. They are in the tokens issued from now on.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn set_roles(
        &self,
        id: &UserId,
        roles: Vec<Role>,
        by: &Actor,
    ) -> Result<(), AccountError> {
        let roles = tidy(roles)?;
        let now = by.now;
        let event = self.event(by, "user.roles", id, json!({ "roles": roles }));
        let (id, logged) = (id.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            if !users::set_roles(txn, &id, &roles, now).await? {
                return Ok(false);
            }
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)
    }

    async fn set_status(
        &self,
        id: &UserId,
        status: UserStatus,
        kind: &'static str,
        by: &Actor,
    ) -> Result<(), AccountError> {
        let now = by.now;
        let event = self.event(by, kind, id, json!({}));
        let (id, logged) = (id.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            if !users::set_status(txn, &id, status, now).await? {
                return Ok(false);
            }
            match status {
                UserStatus::Active => drop(throttles::reset(txn, &account_key(&id)).await?),
                UserStatus::Locked | UserStatus::Disabled => {
                    end_logins(txn, &id, now, status.as_str()).await?;
                }
            }
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)
    }

    pub(super) fn event(
        &self,
        by: &Actor,
        kind: &'static str,
        id: &UserId,
        detail: serde_json::Value,
    ) -> Event {
        let event = by.event(&self.0.random, kind, detail);
        Event {
            user_id: Some(id.as_str().to_owned()),
            ..event
        }
    }
}

/// The outcome of a transaction that changes an account, if it is there.
pub(super) fn settle(done: Result<bool, StoreError>, event: &Event) -> Result<(), AccountError> {
    match done {
        Ok(true) => {
            event.log();
            Ok(())
        }
        Ok(false) => Err(AccountError::UnknownUser),
        Err(error) if error.is_conflict() => Err(AccountError::Taken),
        Err(error) => Err(AccountError::Fault(error.into())),
    }
}
