//! The `sub` under which a client knows a user (OpenID Connect Core 1.0 §8; matrix OC-60): the id of
//! the account, or for `subject_type=pairwise` a keyed hash of the client's sector and that id.
//!
//! Clients of different sectors cannot find out that two subjects are the same person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::error::Fault;
use crate::model::{Client, SubjectType, UserId};
use crate::secret::SecretKey;

/// The subject of a user as this client sees it in ID tokens, at userinfo, and in requests that name a
/// user (matrix OC-40). `key` is [`crate::keys::KeyRing::pairwise_key`].
///
/// # Errors
/// Never in practice: HMAC takes keys of any length.
pub fn of(key: &SecretKey, client: &Client, user: &UserId) -> Result<String, Fault> {
    match client.metadata.subject_type {
        SubjectType::Public => Ok(user.as_str().to_owned()),
        SubjectType::Pairwise => pairwise(key, sector(client), user),
    }
}

/// The subject in access tokens for these resources. Services know a user by one subject, whatever the
/// client; a token for nobody but us tells a pairwise client nothing that its ID tokens do not
/// (docs/decisions/0012).
///
/// # Errors
/// As [`of`].
pub fn in_access_token(
    key: &SecretKey,
    issuer: &str,
    client: &Client,
    audiences: &[String],
    user: &UserId,
) -> Result<String, Fault> {
    if audiences.iter().all(|named| named == issuer) {
        of(key, client, user)
    } else {
        Ok(user.as_str().to_owned())
    }
}

/// The host at registration; a client without redirect URIs is a sector of its own.
fn sector(client: &Client) -> &str {
    client
        .metadata
        .sector
        .as_deref()
        .unwrap_or_else(|| client.id.as_str())
}

/// 43 characters. The length of the sector goes in front, so that no two pairs hash the same bytes.
fn pairwise(key: &SecretKey, sector: &str, user: &UserId) -> Result<String, Fault> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose())
        .map_err(|error| Fault::broken("making a pairwise subject", error))?;
    mac.update(b"chancery pairwise subject 1");
    mac.update(&(sector.len() as u64).to_be_bytes());
    mac.update(sector.as_bytes());
    mac.update(user.as_str().as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::client;

    fn subject(sector: Option<&str>, id: &str, user: &str) -> String {
        let mut client = client(id);
        client.metadata.subject_type = SubjectType::Pairwise;
        client.metadata.sector = sector.map(str::to_owned);
        of(&SecretKey::new([7; 32]), &client, &UserId::new(user)).unwrap()
    }

    /// OC-60: two sectors, two subjects; one sector, one subject.
    #[test]
    fn oc_60_a_sector_knows_a_user_by_a_subject_of_its_own() {
        let one = subject(Some("a.example"), "web", "u-1");
        assert_eq!(one, subject(Some("a.example"), "app", "u-1"));
        assert_ne!(one, subject(Some("b.example"), "web", "u-1"));
        assert_ne!(one, subject(Some("a.example"), "web", "u-2"));
        assert_ne!(subject(None, "web", "u-1"), subject(None, "app", "u-1"));
        // Where the sector ends and the user begins matters.
        assert_ne!(
            subject(Some("ab"), "web", "c"),
            subject(Some("a"), "web", "bc")
        );
        let key = SecretKey::new([7; 32]);
        let public = of(&key, &client("web"), &UserId::new("u-1")).unwrap();
        assert_eq!(public, "u-1");
    }

    /// OC-02, OC-60: at most 255 ASCII characters, and the same forever.
    #[test]
    fn oc_60_the_hash_is_pinned() {
        let subject = subject(Some("a.example"), "web", "u-1");
        assert_eq!(subject.len(), 43);
        assert_eq!(subject, "ApHA7USs5_4WRxmmYGLDseIVV3nPmbPUlN85VO2uaHM");
    }
}
