//! Which of a client's keys an assertion is checked with (RFC 7517, OpenID Connect Core 1.0 §10.1;
//! matrix PKJ-06, PKJ-07): from its `jwks`, or from what its `jwks_uri` answered.

use serde_json::{Value, json};
use shared_claims::verify::KeySet;

use crate::context::RequestContext;
use crate::error::{Reason, TokenError};
use crate::model::{Algorithm, Client};

/// What the header of the assertion asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice<'a> {
    /// The key's id; without one the client must have only one key for the algorithm.
    pub(super) kid: Option<&'a str>,
    /// The algorithm of the signature.
    pub(super) algorithm: Algorithm,
}

/// The keys that may have made the signature.
///
/// # Errors
/// [`Reason::NoClientKey`] when the client has no such key, or nobody can tell.
pub(super) async fn find(
    ctx: &RequestContext,
    client: &Client,
    choice: Choice<'_>,
) -> Result<KeySet, TokenError> {
    let metadata = &client.metadata;
    let chosen = match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(jwks), _) => choose(jwks, choice),
        (None, Some(uri)) => {
            let keys = &ctx.state.client_keys;
            let has_it = |jwks: &Value| choose(jwks, choice).is_some();
            let found = keys.find(&ctx.state.outgoing, uri, ctx.now, has_it).await;
            found.and_then(|jwks| choose(&jwks, choice))
        }
        (None, None) => None,
    };
    chosen.ok_or_else(|| Reason::NoClientKey.into())
}

/// The entries that fit, each with the algorithm that the signature says: clients often leave `alg`
/// away, and an RSA key could be meant for two. What a registration fixes was checked before.
fn choose(jwks: &Value, choice: Choice<'_>) -> Option<KeySet> {
    let entries = jwks.get("keys")?.as_array()?;
    let fitting: Vec<Value> = entries
        .iter()
        .filter(|entry| fits(entry, choice))
        .map(|entry| complete(entry, choice))
        .collect();
    if choice.kid.is_none() && fitting.len() != 1 {
        return None;
    }
    KeySet::from_jwks_json(json!({ "keys": fitting }).to_string().as_bytes()).ok()
}

fn fits(entry: &Value, choice: Choice<'_>) -> bool {
    let text = |member| entry.get(member).and_then(Value::as_str);
    let is_named = choice.kid.is_none_or(|kid| text("kid") == Some(kid));
    let kty = match choice.algorithm {
        Algorithm::RS256 | Algorithm::PS256 => "RSA",
        Algorithm::ES256 => "EC",
        Algorithm::EdDSA => "OKP",
    };
    let is_for_it = text("alg").is_none_or(|alg| alg == choice.algorithm.as_str());
    is_named && is_for_it && text("kty") == Some(kty) && text("use") != Some("enc")
}

fn complete(entry: &Value, choice: Choice<'_>) -> Value {
    let mut entry = entry.clone();
    if let Some(members) = entry.as_object_mut() {
        members.insert("alg".to_owned(), choice.algorithm.as_str().into());
        // A key set wants an id for each; here it names nothing.
        members.entry("kid").or_insert_with(|| "unnamed".into());
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const Y: &str = "_w9nQmW5Ww4zFOkd3ckXrVbVPcWfLLuXLWH_zIcnVcE";

    fn key(kid: Option<&str>, x: &str) -> Value {
        let mut key = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
        if let Some(kid) = kid {
            key["kid"] = kid.into();
        }
        key
    }

    fn ids(jwks: &Value, kid: Option<&str>) -> Option<usize> {
        let choice = Choice {
            kid,
            algorithm: Algorithm::EdDSA,
        };
        choose(jwks, choice).map(|keys| keys.len())
    }

    /// PKJ-06, OpenID Connect Core 1.0 §10.1.
    #[test]
    fn pkj_06_a_key_is_chosen_by_its_id_or_because_it_is_the_only_one() {
        let two = json!({"keys": [key(Some("a"), X), key(Some("b"), Y)]});
        assert_eq!(ids(&two, Some("a")), Some(1));
        assert_eq!(ids(&two, Some("c")), None);
        assert_eq!(ids(&two, None), None, "two keys and no id");
        let lone = json!({"keys": [key(None, X), {"kty": "RSA", "n": "x", "e": "AQAB"}]});
        assert_eq!(ids(&lone, None), Some(1));
        assert_eq!(ids(&lone, Some("a")), None);
        for nonsense in [
            json!([]),
            json!({}),
            json!({"keys": 1}),
            json!({"keys": [1]}),
        ] {
            assert_eq!(ids(&nonsense, None), None);
        }
    }

    /// PKJ-06: a key says what it is for.
    #[test]
    fn pkj_06_a_key_for_something_else_is_not_chosen() {
        for (member, value) in [("use", "enc"), ("alg", "ES256"), ("d", "secret")] {
            let mut other = key(Some("a"), X);
            other[member] = value.into();
            assert_eq!(ids(&json!({"keys": [other]}), Some("a")), None, "{member}");
        }
    }
}
