//! What is known about a person, changed as a whole (OpenID Connect Core 1.0 §5.1; matrix OC-50).

use serde_json::{Map, Value, json};

use super::administer::settle;
use super::{AccountError, Accounts, LoginName};
use crate::audit::{self, Actor};
use crate::error::Fault;
use crate::model::profile::check_person;
use crate::model::{Profile, ProfileError, User, UserId};
use crate::store::users::LoginKeys;
use crate::store::{DatabaseTransaction, users};

/// Everything about a person that applications may be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Display name.
    pub name: Option<String>,
    /// E-mail address, which logs in as well.
    pub email: Option<String>,
    /// The address was proven. Nothing that belongs to another address can be.
    pub email_verified: bool,
    /// The other standard claims.
    pub profile: Profile,
}

impl Person {
    /// As the account has it.
    pub fn of(user: &User) -> Self {
        Self {
            name: user.name.clone(),
            email: user.email.clone(),
            email_verified: user.email_verified,
            profile: user.profile.clone(),
        }
    }

    /// Sets the claims named, takes away those that are `null`, leaves the others (RFC 7396). Another
    /// address is not proven, unless the same change says so.
    ///
    /// # Errors
    /// [`ProfileError`] for the first claim that does not fit; the person is then half changed.
    pub fn patch(&mut self, claims: Map<String, Value>) -> Result<(), ProfileError> {
        if let Some(email) = claims.get("email") {
            let email = text("email", email)?;
            self.email_verified &= email == self.email;
            self.email = email;
        }
        for (claim, value) in claims {
            match (claim.as_str(), value) {
                ("email", _) => {}
                ("name", value) => self.name = text("name", &value)?,
                ("email_verified", Value::Bool(is_verified)) => self.email_verified = is_verified,
                ("email_verified", Value::Null) => self.email_verified = false,
                ("email_verified", _) => {
                    return Err(ProfileError {
                        claim,
                        problem: "true or false",
                    });
                }
                (_, value) => self.profile.set(&claim, value)?,
            }
        }
        check_person(self.name.as_deref(), self.email.as_deref())
    }
}

/// A text, or nothing for `null`.
fn text(claim: &str, value: &Value) -> Result<Option<String>, ProfileError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(ProfileError {
            claim: claim.to_owned(),
            problem: "a text",
        }),
    }
}

impl Accounts {
    /// Replaces what is known about a person. Sessions and tokens go on: what applications see at the
    /// userinfo endpoint is the present state (matrix UI-07).
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn describe(
        &self,
        id: &UserId,
        person: Person,
        by: &Actor,
    ) -> Result<User, AccountError> {
        check_person(person.name.as_deref(), person.email.as_deref())?;
        let email = person.email.as_deref().map(LoginName::parse).transpose();
        let email = email.map_err(AccountError::Email)?;
        let before = users::find_by_id(self.0.store.read(), id)
            .await
            .map_err(Fault::from)?
            .ok_or(AccountError::UnknownUser)?;
        let username = LoginName::parse(&before.username).map_err(AccountError::Name)?;
        let keys = LoginKeys {
            username: username.canonical().to_owned(),
            email: email.as_ref().map(|email| email.canonical().to_owned()),
        };
        let changed = changes(&Person::of(&before), &person);
        let mut user = User {
            name: person.name,
            email: email.map(|email| email.spelled().to_owned()),
            email_verified: person.email_verified,
            profile: person.profile,
            updated_at: by.now,
            ..before
        };
        user.email_verified &= user.address().is_some();
        user.profile.touch(by.now.as_seconds());
        // Which claims, never their values: the audit trail outlives the account.
        let event = self.event(by, "user.profile", id, json!({ "claims": changed }));
        let (row, logged) = (user.clone(), event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            if !users::update_profile(txn, &row, &keys).await? {
                return Ok(false);
            }
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)?;
        Ok(user)
    }
}

/// Names of the claims in which two descriptions differ.
fn changes(before: &Person, after: &Person) -> Vec<String> {
    let columns = [
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        (
            "email_verified",
            before.email_verified != after.email_verified,
        ),
    ];
    let (old, new) = (before.profile.claims(), after.profile.claims());
    let mut names: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
    names.retain(|name| old.get(name) != new.get(name));
    names.extend(
        columns
            .into_iter()
            .filter(|(_, is_changed)| *is_changed)
            .map(|(name, _)| name.to_owned()),
    );
    names.sort_unstable();
    names.dedup();
    names
}
