//! A client's public keys (RFC 7517, RFC 7591 §2; matrix DCR-06).

use serde_json::Value;

use super::RuleError;
use crate::model::{AuthMethod, Client};

/// Keys of one set, as many as the verifier reads.
const MAX_KEYS: usize = 32;
/// Bytes of one set.
const MAX_BYTES: usize = 64 * 1024;
/// Members that only the holder of a key may know (RFC 7518 §6.2.2, §6.3.2, §6.4, RFC 8037 §2).
const PRIVATE: [&str; 8] = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

pub(super) fn check(client: &Client) -> Result<(), RuleError> {
    let metadata = &client.metadata;
    match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(_), Some(_)) => Err(RuleError::new(
            "jwks",
            "cannot stand together with jwks_uri",
        )),
        (None, None) if client.auth_method == AuthMethod::PrivateKeyJwt => Err(RuleError::new(
            "jwks",
            "or jwks_uri must name the keys for private_key_jwt",
        )),
        (Some(jwks), None) => set(jwks).map_err(|what| RuleError::new("jwks", what)),
        _ => Ok(()),
    }
}

fn set(jwks: &Value) -> Result<(), &'static str> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or("must be an object with an array named keys (RFC 7517 section 5)")?;
    if keys.is_empty() || keys.len() > MAX_KEYS || jwks.to_string().len() > MAX_BYTES {
        return Err("must hold 1 to 32 keys in at most 64 KiB");
    }
    for key in keys {
        let members = key
            .as_object()
            .ok_or("holds something that is no JSON Web Key")?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err("holds a private or symmetric key; publish the public half only");
        }
        if !members.get("kty").is_some_and(Value::is_string) {
            return Err("holds a key without kty");
        }
    }
    Ok(())
}
