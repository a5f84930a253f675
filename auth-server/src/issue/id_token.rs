//! Minting ID tokens: who logged in, when and how (OpenID Connect Core 1.0 §2; matrix OC-02 to OC-12,
//! RT-18). Claims of the profile are in them only when asked for by name; userinfo has the rest.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha512};

use super::{Approval, IdTokenFacts, Subject, claims, subject};
use crate::context::RequestContext;
use crate::error::{Fault, Reason, TokenError};
use crate::model::{Algorithm, Client, UserId};
use crate::secret::Secret;
use crate::store::users;

/// `typ` of an ID token. Never that of an access token (RFC 8725 §3.11; matrix JB-12).
const TYP: &str = "JWT";

/// The claims of an ID token. What has no value is left out (matrix OC-10); `azp` never has one,
/// because the client is the only audience (matrix OC-08).
#[derive(Serialize)]
struct IdTokenClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    amr: &'a [String],
    sid: &'a str,
    at_hash: String,
    #[serde(flatten)]
    requested: Map<String, Value>,
}

/// The signed ID token that an approval asks for. `None` when it asks for none, and for a client that
/// speaks for itself.
///
/// # Errors
/// A fault when no key can sign, or the claims asked for cannot be read.
pub(super) async fn mint(
    ctx: &RequestContext,
    approval: &Approval,
    access_token: &Secret,
) -> Result<Option<Secret>, TokenError> {
    let (
        Some(facts),
        Subject::User {
            id, authentication, ..
        },
    ) = (&approval.id_token, &approval.subject)
    else {
        return Ok(None);
    };
    let client = &approval.client;
    let (keys, settings) = (&ctx.state.keys, ctx.settings());
    let signer = keys.signer(client.metadata.id_token_alg)?;
    let ttl = client.metadata.id_ttl.unwrap_or(settings.tokens.id_ttl);
    let issued_at = ctx.now.as_seconds();
    let claims = IdTokenClaims {
        iss: settings.issuer.as_str(),
        sub: &subject::of(keys.pairwise_key(), client, id)?,
        aud: client.id.as_str(),
        exp: issued_at.saturating_add(seconds(ttl)),
        iat: issued_at,
        auth_time: authentication.at.as_seconds(),
        nonce: facts.nonce.as_deref(),
        acr: authentication.acr.as_deref(),
        amr: &authentication.amr,
        sid: authentication.sid.as_str(),
        at_hash: at_hash(signer.algorithm(), access_token),
        requested: requested(ctx, client, id, facts).await?,
    };
    Ok(Some(Secret::new(signer.sign(TYP, &claims)?)))
}

/// Claims of the profile, which few requests ask of an ID token: only these cost a query.
async fn requested(
    ctx: &RequestContext,
    client: &Client,
    id: &UserId,
    facts: &IdTokenFacts,
) -> Result<Map<String, Value>, TokenError> {
    if facts.claims.id_token.is_empty() {
        return Ok(Map::new());
    }
    let user = users::find_by_id(ctx.store().read(), id)
        .await
        .map_err(Fault::from)?
        .ok_or(Reason::DisabledUser)?;
    Ok(claims::for_id_token(&user, client, &facts.claims))
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

/// The left half of the hash of the access token's characters; the hash is the one that the algorithm
/// of the ID token uses (OpenID Connect Core §3.1.3.6; Ed25519 hashes with SHA-512, RFC 8032 §5.1).
fn at_hash(algorithm: Algorithm, access_token: &Secret) -> String {
    let token = access_token.expose().as_bytes();
    match algorithm {
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 => {
            URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16])
        }
        Algorithm::EdDSA => URL_SAFE_NO_PAD.encode(&Sha512::digest(token)[..32]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OC-05: the example of OpenID Connect Core Appendix A.4; for Ed25519 computed by another
    /// implementation.
    #[test]
    fn oc_05_the_hash_is_that_of_the_specification() {
        let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256] {
            assert_eq!(at_hash(algorithm, &token), "77QmUPtjPfzWtF2AnpK9RQ");
        }
        assert_eq!(
            at_hash(Algorithm::EdDSA, &token),
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM"
        );
    }
}
