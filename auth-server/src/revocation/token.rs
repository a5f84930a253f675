//! Status list tokens (draft-ietf-oauth-status-list-21 §5.1; matrix TSL-02, TSL-07): signed when
//! something has changed, and every few minutes; in between the same bytes are served to everybody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant as Monotonic;

use super::encode;
use super::view::Bits;
use crate::context::RequestContext;
use crate::error::Fault;

/// `typ` of a status list token.
const TYP: &str = "statuslist+jwt";
/// A list that nothing has happened to is signed anew this often.
const RENEW_EVERY: i64 = 5 * 60;
/// A verifier that has decided to bear with our absence may do so for as long as with old keys, a day
/// (`stale-if-error` of the key set): it counts from when it asked, this from when the list was made.
const VALID_FOR: Duration = Duration::from_hours(25);

/// A signed list, ready to send.
#[derive(Debug)]
pub struct StatusListToken {
    /// Compact JWS.
    pub body: String,
    /// Weak entity tag, with its quotes: two instances sign different bytes that say the same.
    pub etag: String,
}

/// What a token was made from; the same again needs no new one.
#[derive(Debug, PartialEq, Eq, Clone)]
struct Source {
    number: i64,
    version: i64,
    kid: String,
    issued_at: i64,
}

/// The newest token of each list.
#[derive(Default)]
pub(super) struct Tokens {
    newest: Mutex<HashMap<i64, (Source, Arc<StatusListToken>)>>,
    packing: tokio::sync::Mutex<()>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    iat: i64,
    exp: i64,
    ttl: u64,
    status_list: StatusList,
}

#[derive(Serialize)]
struct StatusList {
    bits: u8,
    lst: String,
}

/// The token of a list. `None` when there is no such list, or its last token has expired.
///
/// # Errors
/// When no key can sign, or the list is unknown and the database does not answer.
pub async fn status_list_token(
    ctx: &RequestContext,
    number: i64,
) -> Result<Option<Arc<StatusListToken>>, Fault> {
    let revocation = &ctx.state.revocation;
    let Some(bits) = revocation.find(number, ctx.now).await? else {
        return Ok(None);
    };
    let signer = ctx.state.keys.signer(None)?;
    // Out of sight of the database nothing is dated later than what was seen.
    let as_of = revocation.0.sight.as_of((Monotonic::now(), ctx.now));
    let source = Source {
        number,
        version: bits.version,
        kid: signer.kid().as_str().to_owned(),
        issued_at: issued_at(&bits, as_of.as_seconds()),
    };
    let tokens = &revocation.0.tokens;
    if let Some(known) = tokens.find(&source) {
        return Ok(Some(known));
    }
    // Of all who ask when a bit has just been set, one packs the list.
    let _turn = tokens.packing.lock().await;
    if let Some(known) = tokens.find(&source) {
        return Ok(Some(known));
    }
    let valid_for = i64::try_from(VALID_FOR.as_secs()).unwrap_or(i64::MAX);
    let claims = Claims {
        iss: ctx.settings().issuer.as_str(),
        sub: &revocation.uri(number),
        iat: source.issued_at,
        exp: source.issued_at.saturating_add(valid_for),
        ttl: ctx.settings().revocation.status_ttl.as_secs(),
        status_list: StatusList {
            bits: 1,
            lst: pack(&bits).await?,
        },
    };
    let token = Arc::new(StatusListToken {
        body: signer.sign(TYP, &claims)?,
        etag: source.etag(),
    });
    metrics::counter!("status_lists_signed_total").increment(1);
    tokens.keep(source, Arc::clone(&token));
    Ok(Some(token))
}

/// Milliseconds for a list with many set bits: not on the threads that answer.
async fn pack(bits: &Arc<Bits>) -> Result<String, Fault> {
    const DOING: &str = "packing a status list";
    let bits = Arc::clone(bits);
    tokio::task::spawn_blocking(move || encode::lst(&bits.runs))
        .await
        .map_err(|error| Fault::broken(DOING, error))?
        .map_err(|error| Fault::broken(DOING, error))
}

/// The same on every instance that knows the same: the beginning of the present interval, or the
/// newest bit.
fn issued_at(bits: &Bits, now: i64) -> i64 {
    let interval = now.div_euclid(RENEW_EVERY).saturating_mul(RENEW_EVERY);
    interval.max(bits.changed_at.as_seconds()).min(now)
}

impl Source {
    fn etag(&self) -> String {
        let Self {
            number,
            version,
            kid,
            issued_at,
        } = self;
        let digest = Sha256::digest(format!("{number} {version} {kid} {issued_at}"));
        format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]))
    }
}

impl Tokens {
    fn find(&self, source: &Source) -> Option<Arc<StatusListToken>> {
        let tokens = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let (made_from, token) = tokens.get(&source.number)?;
        (made_from == source).then(|| Arc::clone(token))
    }

    fn keep(&self, source: Source, token: Arc<StatusListToken>) {
        let mut tokens = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(source.number, (source, token));
    }

    /// Forgets the lists that are gone.
    pub(super) fn retain(&self, is_there: impl Fn(i64) -> bool) {
        let mut tokens = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|number, _| is_there(*number));
    }
}
