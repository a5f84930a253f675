//! A person with an account.

use shared_claims::Role;

use super::{Profile, UserId, profile};
use crate::clock::Instant;

/// Whether the account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserStatus {
    /// It may.
    Active,
    /// Switched off for good.
    Disabled,
    /// Locked by an administrator until unlocked.
    Locked,
}

impl UserStatus {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Locked => "locked",
        }
    }

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Disabled, Self::Locked]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// An account as issuing and administration see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// `sub`.
    pub id: UserId,
    /// What the person types to log in, as first spelled. Usually an e-mail address.
    pub username: String,
    /// Display name (`name` claim of OpenID Connect), never in access tokens.
    pub name: Option<String>,
    /// E-mail address, where the user name is none or another.
    pub email: Option<String>,
    /// True once the address was proven.
    pub email_verified: bool,
    /// The other standard claims of OpenID Connect.
    pub profile: Profile,
    /// Argon2id PHC string; `None` when the account has no password.
    pub password_hash: Option<String>,
    /// When the password was set.
    pub password_changed_at: Option<Instant>,
    /// The next login must change the password (matrix NP-08, PW-09).
    pub must_change_password: bool,
    /// A second factor is demanded: no password grant (matrix PW-09).
    pub mfa_required: bool,
    /// Whether the account may be used.
    pub status: UserStatus,
    /// Roles, sorted.
    pub roles: Vec<Role>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl User {
    /// The e-mail address of the person: of its own, or the user name where that is one.
    pub fn address(&self) -> Option<&str> {
        let name = Some(self.username.as_str()).filter(|name| profile::is_email(name));
        self.email.as_deref().or(name)
    }
}
