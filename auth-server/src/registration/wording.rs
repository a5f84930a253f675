//! The words of a registration: names of grants, methods, algorithms and scopes to values of ours.

use shared_claims::{Scope, ScopeSet};

use super::request::Request;
use crate::model::{Algorithm, ApplicationType, AuthMethod, GrantType};
use crate::protocol::client_rules::RuleError;

/// What would have to be encrypted, and is not (DCR-07).
pub(super) const ENCRYPTION: [&str; 10] = [
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
];

/// A word of a list that has a default.
pub(super) fn word<T: Default>(
    member: &'static str,
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, RuleError> {
    match text {
        None => Ok(T::default()),
        Some(text) => parse(text).ok_or(RuleError::new(member, "has a value that is not known")),
    }
}

/// How the client proves itself. Who runs on a user's device keeps no secret (RFC 8252 §8.4; CA-23).
pub(super) fn auth_method(
    request: &Request,
    application_type: ApplicationType,
) -> Result<AuthMethod, RuleError> {
    const MEMBER: &str = "token_endpoint_auth_method";
    let is_native = application_type == ApplicationType::Native;
    let method = match request.token_endpoint_auth_method.as_deref() {
        None if is_native => AuthMethod::None,
        None | Some("client_secret_basic") => AuthMethod::Basic,
        Some("client_secret_post") => AuthMethod::Post,
        Some("private_key_jwt") => AuthMethod::PrivateKeyJwt,
        Some("none") => AuthMethod::None,
        Some(_) => {
            return Err(RuleError::new(
                MEMBER,
                "must be client_secret_basic, client_secret_post, private_key_jwt or none",
            ));
        }
    };
    if is_native && method.uses_secret() {
        return Err(RuleError::new(
            MEMBER,
            "cannot be a shared secret for a native application (RFC 8252 section 8.5)",
        ));
    }
    Ok(method)
}

/// The grants, with a look at the response types, which must say the same (RFC 7591 §2.1; DCR-05).
/// `may` tells which of the grants this client may have.
pub(super) fn grants(
    request: &Request,
    may: impl Fn(GrantType) -> bool,
) -> Result<Vec<GrantType>, RuleError> {
    let code = [GrantType::AuthorizationCode.as_str().to_owned()];
    let named = request.grant_types.as_deref().unwrap_or(&code);
    let mut grants = Vec::new();
    for name in named {
        let grant = GrantType::parse(name).ok_or(RuleError::new(
            "grant_types",
            "must be of authorization_code, refresh_token and client_credentials",
        ))?;
        if !may(grant) {
            return Err(RuleError::new(
                "grant_types",
                "hold one that only an administrator gives to a client",
            ));
        }
        grants.push(grant);
    }
    grants.sort_unstable();
    grants.dedup();
    let has_code = grants.contains(&GrantType::AuthorizationCode);
    match request.response_types.as_deref() {
        None => Ok(grants),
        Some([]) if !has_code => Ok(grants),
        Some([only]) if only == "code" && has_code => Ok(grants),
        Some(_) => Err(RuleError::new(
            "response_types",
            "must be code together with the grant authorization_code, and none without it",
        )),
    }
}

/// A signature algorithm; `none` is not one (DCR-07). `supported` tells which there are.
pub(super) fn algorithm(
    member: &'static str,
    text: Option<&str>,
    supported: impl Fn(Algorithm) -> bool,
) -> Result<Option<Algorithm>, RuleError> {
    text.map(|text| {
        Algorithm::parse(text)
            .filter(|algorithm| supported(*algorithm))
            .ok_or(RuleError::new(member, "is not a supported algorithm"))
    })
    .transpose()
}

/// The scope, all of it of what the client may have; without one, everything (DCR-11).
pub(super) fn scope(text: Option<&str>, everything: &[String]) -> Result<ScopeSet, RuleError> {
    let text = text.map_or_else(|| everything.join(" "), str::to_owned);
    let error = |what| RuleError::new("scope", what);
    let scopes = ScopeSet::parse(&text).map_err(|_| error("is not a list of scopes"))?;
    let may_have = |scope: &Scope| everything.iter().any(|one| one == scope.as_str());
    if scopes.iter().all(may_have) {
        Ok(scopes)
    } else {
        Err(error("holds a word that registered clients cannot have"))
    }
}
