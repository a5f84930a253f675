//! What a client says about itself (RFC 7591 §2, OpenID Connect Registration 1.0 §2), as it arrived.
//! Members that nobody knows are ignored; those that are `null` count as absent (RFC 7592 §2.2).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::wording::ENCRYPTION;
use crate::model::strict_json::{self, Bounds};
use crate::protocol::client_rules::{LOCALIZED, RuleError};

/// A registration is a page of text, with a key set at most.
const BOUNDS: Bounds = Bounds {
    bytes: 64 * 1024,
    depth: 6,
    entries: 128,
};

/// The members that we understand.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Request {
    pub(super) application_type: Option<String>,
    pub(super) backchannel_logout_session_required: Option<bool>,
    pub(super) backchannel_logout_uri: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_name: Option<String>,
    pub(super) client_secret: Option<crate::secret::Secret>,
    pub(super) client_uri: Option<String>,
    pub(super) contacts: Option<Vec<String>>,
    pub(super) default_acr_values: Option<Vec<String>>,
    pub(super) default_max_age: Option<u64>,
    pub(super) frontchannel_logout_session_required: Option<bool>,
    pub(super) frontchannel_logout_uri: Option<String>,
    pub(super) grant_types: Option<Vec<String>>,
    pub(super) id_token_signed_response_alg: Option<String>,
    pub(super) initiate_login_uri: Option<String>,
    pub(super) introspection_signed_response_alg: Option<String>,
    pub(super) jwks: Option<Value>,
    pub(super) jwks_uri: Option<String>,
    pub(super) logo_uri: Option<String>,
    pub(super) policy_uri: Option<String>,
    pub(super) post_logout_redirect_uris: Option<Vec<String>>,
    pub(super) redirect_uris: Option<Vec<String>>,
    pub(super) require_auth_time: Option<bool>,
    pub(super) require_pushed_authorization_requests: Option<bool>,
    pub(super) response_types: Option<Vec<String>>,
    pub(super) scope: Option<String>,
    pub(super) sector_identifier_uri: Option<String>,
    pub(super) software_id: Option<String>,
    pub(super) software_version: Option<String>,
    pub(super) subject_type: Option<String>,
    pub(super) token_endpoint_auth_method: Option<String>,
    pub(super) token_endpoint_auth_signing_alg: Option<String>,
    pub(super) tos_uri: Option<String>,
    pub(super) userinfo_signed_response_alg: Option<String>,
    /// Texts with a language tag (RFC 7591 §2.2).
    #[serde(skip)]
    pub(super) localized: BTreeMap<String, String>,
}

/// Members of the answer that a client must not send back (RFC 7592 §2.2).
const OURS: [&str; 4] = [
    "client_id_issued_at",
    "client_secret_expires_at",
    "registration_access_token",
    "registration_client_uri",
];

/// A body that is not one JSON object with members of the right types.
const MALFORMED: RuleError = RuleError::new(
    "body",
    "must be one JSON object whose members have the types of RFC 7591 section 2",
);

impl Request {
    /// Reads the body of a registration.
    pub(super) fn parse(body: &[u8]) -> Result<Self, RuleError> {
        Self::read(members(body)?)
    }

    /// Reads the body of an update, which has no members of ours.
    pub(super) fn parse_update(body: &[u8]) -> Result<Self, RuleError> {
        let members = members(body)?;
        match OURS.into_iter().find(|ours| members.contains_key(*ours)) {
            Some(ours) => Err(RuleError::new(ours, "must not be part of an update")),
            None => Self::read(members),
        }
    }

    fn read(members: Map<String, Value>) -> Result<Self, RuleError> {
        let asks_for = |name: &str| members.get(name).is_some_and(|value| !value.is_null());
        if let Some(member) = ENCRYPTION.into_iter().find(|member| asks_for(member)) {
            return Err(RuleError::new(
                member,
                "is not supported: nothing is encrypted",
            ));
        }
        let localized = members
            .iter()
            .filter(|(name, _)| {
                let member = name.split_once('#').map(|(member, _)| member);
                member.is_some_and(|member| LOCALIZED.contains(&member))
            })
            .filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())))
            .collect();
        let request: Self =
            serde_json::from_value(Value::Object(members)).map_err(|_| MALFORMED)?;
        Ok(Self {
            localized,
            ..request
        })
    }
}

fn members(body: &[u8]) -> Result<Map<String, Value>, RuleError> {
    let text = str::from_utf8(body).map_err(|_| MALFORMED)?;
    strict_json::parse(text, BOUNDS).map_err(|_| MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// DCR-03.
    #[test]
    fn dcr_03_members_that_nobody_knows_are_ignored() {
        let body = br#"{"client_name": "A", "client_name#de": "B", "invented": [1], "x#de": "C",
            "tos_uri": null}"#;
        let request = Request::parse(body).unwrap();
        assert_eq!(request.client_name.as_deref(), Some("A"));
        assert_eq!(request.localized.len(), 1);
        assert_eq!(request.localized["client_name#de"], "B");
        assert_eq!(request.tos_uri, None);
    }

    #[test]
    fn what_is_not_one_object_of_the_right_types_is_refused() {
        for body in [
            "",
            "[]",
            "null",
            "{} {}",
            r#"{"client_name": 1}"#,
            r#"{"redirect_uris": "https://app.example.com/cb"}"#,
            r#"{"redirect_uris": [1]}"#,
            r#"{"default_max_age": -1}"#,
            r#"{"client_name": "a", "client_name": "b"}"#,
            r#"{"client_name": "a", "client_n\u0061me": "b"}"#,
        ] {
            assert_eq!(
                Request::parse(body.as_bytes()).unwrap_err(),
                MALFORMED,
                "{body}"
            );
        }
        assert_eq!(
            Request::parse(b"{\"client_name\": \"\xff\"}").unwrap_err(),
            MALFORMED
        );
        let large = format!(r#"{{"client_name": "{}"}}"#, "x".repeat(70_000));
        assert_eq!(Request::parse(large.as_bytes()).unwrap_err(), MALFORMED);
    }

    /// DCM-02.
    #[test]
    fn dcm_02_an_update_does_not_repeat_what_is_ours() {
        for ours in OURS {
            let body = format!(r#"{{"{ours}": 0}}"#);
            assert!(Request::parse(body.as_bytes()).is_ok());
            let error = Request::parse_update(body.as_bytes()).unwrap_err();
            assert_eq!(error.member, ours);
        }
    }

    /// DCR-07.
    #[test]
    fn dcr_07_encryption_is_refused_and_not_left_out_quietly() {
        let body = br#"{"id_token_encrypted_response_alg": "RSA-OAEP"}"#;
        assert_eq!(
            Request::parse(body).unwrap_err().member,
            "id_token_encrypted_response_alg"
        );
    }
}
