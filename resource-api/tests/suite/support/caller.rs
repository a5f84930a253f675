//! Who calls: subject, roles and scopes, and the token that says so.

use serde_json::{Value, json};

use super::issuer::KID;
use super::{Issuer, NOW};

/// Every scope of the API.
const ALL_SCOPES: &str = "jobs:read jobs:write applications:read applications:write";

/// A user or a service, with all scopes unless said otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    subject: String,
    client: String,
    roles: Vec<&'static str>,
    scope: String,
}

impl Caller {
    pub(crate) fn new(subject: &str, roles: &[&'static str]) -> Self {
        Self {
            subject: subject.to_owned(),
            client: "ats-web".to_owned(),
            roles: roles.to_vec(),
            scope: ALL_SCOPES.to_owned(),
        }
    }

    pub(crate) fn candidate(name: &str) -> Self {
        Self::new(name, &["candidate"])
    }

    pub(crate) fn recruiter(name: &str) -> Self {
        Self::new(name, &["recruiter"])
    }

    pub(crate) fn admin() -> Self {
        Self::new("ada", &["admin"])
    }

    /// A service with client credentials: its subject is its client id.
    pub(crate) fn service() -> Self {
        let client = "ats-service".to_owned();
        Self {
            client,
            ..Self::new("ats-service", &["recruiter"])
        }
    }

    pub(crate) fn with_scope(self, scope: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            ..self
        }
    }

    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    /// A genuine access token (RFC 9068), valid for 15 minutes from [`NOW`].
    pub(crate) fn token(&self, issuer: &Issuer) -> String {
        self.patched_token(issuer, json!({}), json!({}))
    }

    /// The same with members of header and claims replaced; `null` removes one.
    pub(crate) fn patched_token(&self, issuer: &Issuer, header: Value, claims: Value) -> String {
        let header = patched(json!({"typ": "at+jwt", "alg": "RS256", "kid": KID}), header);
        issuer.sign_text(
            &header.to_string(),
            &self.claims(issuer, claims).to_string(),
        )
    }

    pub(crate) fn claims(&self, issuer: &Issuer, patch: Value) -> Value {
        let claims = json!({
            "iss": issuer.url(), "aud": "http://localhost:8081", "sub": self.subject,
            "client_id": self.client, "iat": NOW, "exp": NOW + 900, "jti": "j-1",
            "scope": self.scope, "roles": self.roles,
        });
        patched(claims, patch)
    }
}

fn patched(mut value: Value, patch: Value) -> Value {
    for (name, member) in patch.as_object().unwrap() {
        if member.is_null() {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = member.clone();
        }
    }
    value
}
