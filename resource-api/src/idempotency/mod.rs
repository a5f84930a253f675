//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again because
//! its answer was lost finds what the first one made.
//!
//! A key belongs to its caller and its route. With the same body it leads back to the first result, with
//! another one it is refused (422). Keys are kept for a day. A request that failed keeps nothing.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::clock::Instant;
use crate::http::parameters::find_header;
use crate::id::Id;
use crate::problem::{Problem, Reason};
use crate::store::{DatabaseConnection, StoreError};

pub mod store;

/// How long a key is remembered.
pub const KEPT_FOR: Duration = Duration::from_hours(24);

/// Longest key in characters.
const MAX_KEY: usize = 255;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// A keyed request: what it is, and a fingerprint of what it asks for.
#[derive(Debug, Clone)]
pub struct Ticket {
    id: String,
    fingerprint: String,
}

impl Ticket {
    /// Of a request by `caller` for `body`; `None` without a key.
    ///
    /// # Errors
    /// 400 when the key is empty, too long, given twice or not visible ASCII.
    pub fn of(
        request: &HttpRequest,
        caller: &str,
        body: &impl Serialize,
    ) -> Result<Option<Self>, Problem> {
        let Some(key) = find_header(request, HEADER)? else {
            return Ok(None);
        };
        if key.is_empty() || key.len() > MAX_KEY {
            let detail = format!("must have 1 to {MAX_KEY} characters");
            return Err(Problem::parameter(HEADER.as_str(), detail));
        }
        let route = format!("{} {}", request.method(), request.path());
        let body = serde_json::to_vec(body).unwrap_or_default();
        Ok(Some(Self {
            id: digest(&[caller.as_bytes(), route.as_bytes(), key.as_bytes()]),
            fingerprint: digest(&[&body]),
        }))
    }

    /// What an earlier request with this key made.
    ///
    /// # Errors
    /// 422 when that request had another body.
    pub async fn find_earlier(
        &self,
        db: &DatabaseConnection,
        now: Instant,
    ) -> Result<Option<Id>, Problem> {
        match store::find(db, &self.id, now).await? {
            Some(earlier) if earlier.fingerprint != self.fingerprint => {
                Err(Reason::IdempotencyKeyReused.into())
            }
            earlier => Ok(earlier.map(|earlier| earlier.resource_id)),
        }
    }

    /// Claims the key for `resource_id`, as the first write of the transaction that makes it.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when another request with this key was faster.
    pub async fn claim(
        &self,
        conn: &impl sea_orm::ConnectionTrait,
        resource_id: &Id,
        now: Instant,
    ) -> Result<(), StoreError> {
        let row = store::Earlier {
            fingerprint: self.fingerprint.clone(),
            resource_id: resource_id.clone(),
        };
        store::replace_expired(conn, &self.id, row, now).await
    }
}

/// SHA-256 over parts that cannot run into each other, as 43 characters of text.
fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
        assert_eq!(digest(&[b"a"]).len(), 43);
    }
}
