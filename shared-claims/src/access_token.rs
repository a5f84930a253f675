//! The claims of an access token (RFC 9068 §2.2), as they are signed and as they are read.
//!
//! One type for both directions, so that issuer and verifiers cannot drift apart. The order of the
//! fields is the order on the wire. No claim names a person: no e-mail address, no display name.

use serde::{Deserialize, Serialize};

use crate::{Audience, NumericDate, Roles, ScopeSet, Status, present::present};

/// Media type in the `typ` header of an access token, short form (RFC 9068 §2.1).
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// What an access token says (RFC 9068 §2.2). Absent optional claims are left out on the wire.
///
/// Reading ignores members it does not know and refuses wrong types; it proves nothing about where
/// the claims come from. That is the work of the feature `verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Issuer: the one public URL of the authorization server, compared exactly.
    pub iss: String,
    /// Subject: an opaque, stable user id; for client credentials the client id (RFC 9068 §2.2).
    pub sub: String,
    /// Resource identifiers of the services the token is meant for.
    pub aud: Audience,
    /// The client the token was issued to.
    pub client_id: String,
    /// When the token was issued.
    pub iat: NumericDate,
    /// When the token ends to be good.
    pub exp: NumericDate,
    /// Unique id of this token.
    pub jti: String,
    /// What the client may do for the subject. Left out when nothing was granted.
    #[serde(default, skip_serializing_if = "ScopeSet::is_empty")]
    pub scope: ScopeSet,
    /// What the subject is (RFC 9068 §2.2.3.1). Always written, also when empty.
    #[serde(default)]
    pub roles: Roles,
    /// When the user last proved who they are. Users only.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub auth_time: Option<NumericDate>,
    /// The session the token belongs to. Users only.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub sid: Option<String>,
    /// Authentication methods used (RFC 8176), such as `pwd`. Users only.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub amr: Option<Vec<String>>,
    /// Authentication context class reached. Users only.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub acr: Option<String>,
    /// Where the token's revocation bit is found (draft-ietf-oauth-status-list).
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub status: Option<Status>,
}

impl AccessTokenClaims {
    /// Whether the client acts for itself rather than for a user: `sub` equals `client_id`.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.sub == self.client_id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Role, StatusListEntry};
    use serde_json::json;

    fn user() -> AccessTokenClaims {
        AccessTokenClaims {
            iss: "https://auth.example.com".into(),
            sub: "7d0e6a52".into(),
            aud: Audience::one("https://api.example.com"),
            client_id: "ats-web".into(),
            iat: NumericDate::from_seconds(1_700_000_000),
            exp: NumericDate::from_seconds(1_700_000_900),
            jti: "j-1".into(),
            scope: "jobs:write jobs:read".parse().unwrap(),
            roles: Roles::from_iter([Role::RECRUITER]),
            auth_time: Some(NumericDate::from_seconds(1_699_999_990)),
            sid: Some("s-1".into()),
            amr: Some(vec!["pwd".into()]),
            acr: Some("1".into()),
            status: Some(Status {
                status_list: StatusListEntry {
                    idx: 7,
                    uri: "https://auth.example.com/oauth2/status/1".into(),
                },
            }),
        }
    }

    /// AT-03, AT-04, AT-06, AT-07
    #[test]
    fn the_wire_form_of_a_user_token_is_fixed() {
        assert_eq!(
            serde_json::to_string(&user()).unwrap(),
            concat!(
                r#"{"iss":"https://auth.example.com","sub":"7d0e6a52","aud":"https://api.example.com","#,
                r#""client_id":"ats-web","iat":1700000000,"exp":1700000900,"jti":"j-1","#,
                r#""scope":"jobs:read jobs:write","roles":["recruiter"],"auth_time":1699999990,"#,
                r#""sid":"s-1","amr":["pwd"],"acr":"1","#,
                r#""status":{"status_list":{"idx":7,"uri":"https://auth.example.com/oauth2/status/1"}}}"#,
            )
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = serde_json::to_string(&user()).unwrap();
        assert_eq!(
            serde_json::from_str::<AccessTokenClaims>(&text).unwrap(),
            user()
        );
    }

    /// AT-05
    #[test]
    fn a_client_token_leaves_the_user_claims_out() {
        let claims = AccessTokenClaims {
            sub: "ats-service".into(),
            client_id: "ats-service".into(),
            scope: ScopeSet::default(),
            roles: Roles::default(),
            auth_time: None,
            sid: None,
            amr: None,
            acr: None,
            status: None,
            ..user()
        };
        assert!(claims.is_client());
        assert_eq!(
            serde_json::to_value(&claims).unwrap(),
            json!({
                "iss": "https://auth.example.com", "sub": "ats-service",
                "aud": "https://api.example.com", "client_id": "ats-service",
                "iat": 1_700_000_000, "exp": 1_700_000_900, "jti": "j-1", "roles": [],
            })
        );
    }

    /// JV-10
    #[test]
    fn null_is_not_the_same_as_absent() {
        for name in ["auth_time", "sid", "amr", "acr", "status", "scope", "roles"] {
            let mut value = serde_json::to_value(user()).unwrap();
            value[name] = serde_json::Value::Null;
            assert!(
                serde_json::from_value::<AccessTokenClaims>(value).is_err(),
                "{name}"
            );
        }
    }

    /// AT-19
    #[test]
    fn each_mandatory_claim_is_missed() {
        for name in ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"] {
            let mut value = serde_json::to_value(user()).unwrap();
            value.as_object_mut().unwrap().remove(name);
            assert!(
                serde_json::from_value::<AccessTokenClaims>(value).is_err(),
                "{name}"
            );
        }
    }
}
