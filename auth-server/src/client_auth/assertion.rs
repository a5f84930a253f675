//! `private_key_jwt`: a client proves itself by a JWT that it signed (RFC 7521 §4.2, RFC 7523 §2.2, §3,
//! OpenID Connect Core 1.0 §9; matrix PKJ-01 to PKJ-09, DEC-05; attack TE-08).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use shared_claims::verify::{Policy, TokenKind, Typ, Verifier};
use shared_claims::{Audience, NumericDate};

use super::key_choice::{self, Choice};
use crate::clock::Instant;
use crate::context::RequestContext;
use crate::error::{Fault, Reason, TokenError};
use crate::model::{Algorithm, Client, ClientId};
use crate::secret::Secret;
use crate::store::spent_assertions;

/// `client_assertion_type` (RFC 7523 §2.2).
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far clocks may differ (matrix GEN-27).
const LEEWAY: Duration = Duration::from_secs(30);
/// `iss` and `sub` are compared with the client; the rest must be there (RFC 7523 §3).
const REQUIRED: &[&str] = &["iss", "sub", "aud", "exp", "jti"];

/// What an assertion says before anything of it is proven: enough to know whose keys to ask.
#[derive(Deserialize)]
struct Claimed {
    iss: String,
    #[serde(default)]
    aud: Option<Audience>,
}

#[derive(Deserialize)]
struct ClaimedHeader {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
}

/// What a verified assertion says.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    exp: NumericDate,
    jti: String,
}

/// The client that an assertion claims to be from. `None` when it cannot be read.
pub(super) fn find_issuer(assertion: &Secret) -> Option<ClientId> {
    let claimed: Claimed = read_part(assertion, 1)?;
    Some(ClientId::new(claimed.iss))
}

/// Proves that the client signed the assertion for this server and for this one time.
///
/// # Errors
/// 401 `invalid_client` reasons (matrix PKJ-09), or a fault of ours.
pub(super) async fn prove(
    ctx: &RequestContext,
    client: &Client,
    assertion: &Secret,
) -> Result<(), TokenError> {
    let header: ClaimedHeader = read_part(assertion, 0).ok_or(Reason::WrongAssertion)?;
    let algorithm = Algorithm::parse(&header.alg).ok_or(Reason::WrongAssertion)?;
    let registered = client.metadata.auth_signing_alg;
    if registered.is_some_and(|registered| registered != algorithm) {
        return Err(Reason::WrongAssertion.into());
    }
    let choice = Choice {
        kid: header.kid.as_deref(),
        algorithm,
    };
    let keys = key_choice::find(ctx, client, choice).await?;
    let kind = TokenKind {
        typ: kind_of(header.typ.as_deref()),
        required: REQUIRED,
        refused: &[],
    };
    let claims: Claims = verifier(ctx, client, assertion)?
        .verify_as(&kind, &keys, assertion.expose(), now(ctx))
        .map_err(|rejection| {
            tracing::debug!(%rejection, "client assertion refused");
            Reason::WrongAssertion
        })?;
    let ends_at = Instant::from_seconds(claims.exp.seconds());
    let longest = ctx.settings().client_auth.max_assertion_ttl + LEEWAY;
    let is_ours = claims.sub == client.id.as_str() && claims.aud.iter().len() == 1;
    if !is_ours || claims.jti.is_empty() || ends_at > ctx.now.plus(longest) {
        return Err(Reason::WrongAssertion.into());
    }
    spend(ctx, &client.id, &claims.jti, ends_at).await
}

/// Rules for this assertion: from the client, to the issuer, or, with the switch of DEC-05, to one of
/// the endpoints.
fn verifier(
    ctx: &RequestContext,
    client: &Client,
    assertion: &Secret,
) -> Result<Verifier, TokenError> {
    let issuer = ctx.settings().issuer.as_str();
    let mut accepted = vec![issuer.to_owned()];
    if ctx.settings().client_auth.legacy_assertion_audience {
        let base = issuer.trim_end_matches('/');
        accepted.extend(["/oauth2/token", "/oauth2/par"].map(|path| format!("{base}{path}")));
    }
    let claimed: Option<Claimed> = read_part(assertion, 1);
    let audience = claimed
        .and_then(|claimed| claimed.aud)
        .and_then(|aud| accepted.iter().find(|one| aud.contains(one)).cloned());
    let policy = Policy::new(
        client.id.as_str(),
        audience.unwrap_or_else(|| issuer.to_owned()),
    );
    Verifier::new(policy.leeway(LEEWAY).accept_lone_key())
        .map_err(|error| Fault::broken("judging a client assertion", error).into())
}

/// `client-authentication+jwt` where it says so (rfc7523bis), else `JWT` or nothing (matrix PKJ-08).
fn kind_of(typ: Option<&str>) -> Typ {
    match typ {
        None => Typ::JwtOrAbsent,
        Some(typ) if typ.eq_ignore_ascii_case("jwt") => Typ::JwtOrAbsent,
        Some(_) => Typ::Exactly("client-authentication+jwt"),
    }
}

/// One winner among all who present the same assertion, on whatever instance.
async fn spend(
    ctx: &RequestContext,
    client: &ClientId,
    jti: &str,
    ends_at: Instant,
) -> Result<(), TokenError> {
    let digest = Sha256::new()
        .chain_update(client.as_str())
        .chain_update([0])
        .chain_update(jti)
        .finalize();
    let id = URL_SAFE_NO_PAD.encode(digest);
    let forgotten_at = ends_at.plus(LEEWAY);
    let spent = ctx
        .store()
        .write(async move |txn| spent_assertions::spend(txn, &id, forgotten_at).await)
        .await;
    match spent {
        Err(error) if error.is_conflict() => Err(Reason::ReplayedAssertion.into()),
        other => other.map_err(TokenError::from),
    }
}

fn now(ctx: &RequestContext) -> NumericDate {
    NumericDate::from_seconds(ctx.now.as_seconds())
}

fn read_part<T: serde::de::DeserializeOwned>(assertion: &Secret, index: usize) -> Option<T> {
    let part = assertion.expose().split('.').nth(index)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
