//! The `sub` under which a client knows a user (OpenID Connect Core 1.0 §8; matrix OC-60).

use crate::model::{Client, UserId};

/// The subject of a user as this client sees it.
pub fn of(_client: &Client, user: &UserId) -> String {
    user.as_str().to_owned()
}
