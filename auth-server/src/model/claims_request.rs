//! The `claims` parameter: which claims a client wants beside those of its scope, and where
//! (OpenID Connect Core 1.0 §5.5; matrix OC-36, OC-40, OC-52, OC-53).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_claims::ScopeSet;

use super::strict_json::{self, Bounds};
use super::{Client, scope_of_claim};
use crate::error::Reason;

/// Room for every claim that anybody could ask for, with values (matrix AZ-25); it is kept with codes and
/// families.
const BOUNDS: Bounds = Bounds {
    bytes: 32 * 1024,
    depth: 6,
    entries: 256,
};

/// The claims asked for by name. Whether a claim is given decides `issue/claims`; asking for one that
/// is not there is no error (OpenID Connect Core §5.5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimsRequest {
    /// For the ID token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub id_token: BTreeMap<String, ClaimRule>,
    /// For the userinfo endpoint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub userinfo: BTreeMap<String, ClaimRule>,
}

/// How one claim is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimRule {
    /// The client needs it to serve the user well.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// The values asked for, in the order of preference; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Value>,
}

/// What is asked of `acr`, the class of the authentication (OpenID Connect Core §5.5.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcrRequest<'a> {
    /// Without one of the values the request fails (matrix OC-36).
    pub essential: bool,
    /// The classes asked for, in the order of preference; empty for any.
    pub values: Vec<&'a str>,
}

impl ClaimsRequest {
    /// Reads the parameter. Members it does not know are ignored; `value` and `values` become one.
    ///
    /// # Errors
    /// [`Reason::MalformedClaims`] for what is not JSON, repeats a member, is out of bounds or of a
    /// wrong type, or asks for several users at once.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let members = strict_json::parse(text, BOUNDS).map_err(|_| Reason::MalformedClaims)?;
        let request = Self {
            id_token: place(members.get("id_token"))?,
            userinfo: place(members.get("userinfo"))?,
        };
        let is_one_user = request.subjects().all(|sub| {
            sub.as_str()
                .is_some_and(|sub| request.requested_sub() == Some(sub))
        });
        if is_one_user {
            Ok(request)
        } else {
            Err(Reason::MalformedClaims)
        }
    }

    /// True when nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty()
    }

    /// The `sub` that has to be logged in, as this client sees it (matrix OC-40). Nobody else may get a
    /// token for the request.
    pub fn requested_sub(&self) -> Option<&str> {
        self.subjects().find_map(Value::as_str)
    }

    /// What is asked of `acr` in the ID token, which is the only place where it is (matrix OC-36).
    pub fn requested_acr(&self) -> Option<AcrRequest<'_>> {
        let rule = self.id_token.get("acr")?;
        Some(AcrRequest {
            essential: rule.essential,
            // What is no text is no class of ours, and satisfied by none.
            values: rule
                .values
                .iter()
                .map(|value| value.as_str().unwrap_or_default())
                .collect(),
        })
    }

    /// Scopes of this client that stand for claims asked for by name: what the user has to be asked
    /// about as if the scope had been asked for.
    pub fn scopes_for(&self, client: &Client) -> ScopeSet {
        let names = self.id_token.keys().chain(self.userinfo.keys());
        names
            .filter_map(|claim| scope_of_claim(claim))
            .filter(|scope| client.scopes.contains(scope))
            .filter_map(|scope| scope.parse().ok())
            .collect()
    }

    fn subjects(&self) -> impl Iterator<Item = &Value> {
        [&self.id_token, &self.userinfo]
            .into_iter()
            .filter_map(|place| place.get("sub"))
            .flat_map(|rule| rule.values.iter())
    }
}

/// `id_token` or `userinfo`: an object of rules, or nothing.
fn place(member: Option<&Value>) -> Result<BTreeMap<String, ClaimRule>, Reason> {
    match member {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(claims)) => claims
            .iter()
            .map(|(name, rule)| Ok((name.clone(), ClaimRule::read(rule)?)))
            .collect(),
        Some(_) => Err(Reason::MalformedClaims),
    }
}

impl ClaimRule {
    fn read(rule: &Value) -> Result<Self, Reason> {
        match rule {
            Value::Null => Ok(Self::default()),
            Value::Object(members) => Self::of_members(members),
            _ => Err(Reason::MalformedClaims),
        }
    }

    fn of_members(members: &Map<String, Value>) -> Result<Self, Reason> {
        let essential = match members.get("essential") {
            None => false,
            Some(value) => value.as_bool().ok_or(Reason::MalformedClaims)?,
        };
        let mut values: Vec<Value> = members.get("value").cloned().into_iter().collect();
        if let Some(several) = members.get("values") {
            let several = several.as_array().ok_or(Reason::MalformedClaims)?;
            values.extend(several.iter().cloned());
        }
        Ok(Self { essential, values })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(value: Value) -> Result<ClaimsRequest, Reason> {
        ClaimsRequest::parse(&value.to_string())
    }

    /// OC-52: the example of OpenID Connect Core §5.5.
    #[test]
    fn oc_52_the_example_of_the_specification_is_understood() {
        let request = parse(json!({
            "userinfo": {
                "given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
                "http://example.info/claims/groups": null,
            },
            "id_token": {
                "auth_time": {"essential": true},
                "acr": {"values": ["urn:mace:incommon:iap:silver", "urn:b"]},
            },
        }))
        .unwrap();
        assert!(request.userinfo["given_name"].essential);
        assert_eq!(request.userinfo["nickname"], ClaimRule::default());
        assert_eq!(request.userinfo.len(), 4);
        let acr = request.requested_acr().unwrap();
        assert!(!acr.essential);
        assert_eq!(acr.values, ["urn:mace:incommon:iap:silver", "urn:b"]);
        assert_eq!(request.requested_sub(), None);
    }

    /// OC-52: at every place where a newer specification may add something.
    #[test]
    fn oc_52_unknown_members_are_ignored() {
        let request = parse(json!({
            "later": {"a": [1]}, "id_token": null,
            "userinfo": {"name": {"purpose": "so that we greet you", "essential": false}},
        }));
        assert_eq!(request.unwrap().userinfo["name"], ClaimRule::default());
        assert!(parse(json!({})).unwrap().is_empty());
    }

    /// OC-52
    #[test]
    fn oc_52_what_is_malformed_is_an_invalid_request() {
        for text in [
            "",
            "x",
            "[]",
            "null",
            r#"{"id_token":1}"#,
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"name":true}}"#,
            r#"{"userinfo":{"name":{"essential":"yes"}}}"#,
            r#"{"userinfo":{"name":{"values":"a"}}}"#,
            r#"{"userinfo":{"name":null,"name":{"essential":true}}}"#,
            r#"{"userinfo":{},"userinfo":{}}"#,
        ] {
            let refused = ClaimsRequest::parse(text).unwrap_err();
            assert_eq!(refused, Reason::MalformedClaims, "{text}");
            assert_eq!(refused.code().as_str(), "invalid_request");
        }
        let long = format!(r#"{{"userinfo":{{"{}":null}}}}"#, "x".repeat(BOUNDS.bytes));
        assert!(ClaimsRequest::parse(&long).is_err());
        let many: Map<String, Value> = (0..257).map(|n| (n.to_string(), Value::Null)).collect();
        assert!(parse(json!({ "userinfo": many })).is_err());
    }

    /// OC-40: one user, named the same wherever it is named.
    #[test]
    fn oc_40_one_user_is_asked_for() {
        for (request, expected) in [
            (json!({"id_token": {"sub": {"value": "u"}}}), Some("u")),
            (json!({"userinfo": {"sub": {"values": ["u"]}}}), Some("u")),
            (
                json!({"id_token": {"sub": {"value": "u"}}, "userinfo": {"sub": {"value": "u"}}}),
                Some("u"),
            ),
            (json!({"id_token": {"sub": {"essential": true}}}), None),
        ] {
            assert_eq!(parse(request).unwrap().requested_sub(), expected);
        }
        for refused in [
            json!({"id_token": {"sub": {"values": ["u", "v"]}}}),
            json!({"id_token": {"sub": {"value": "u"}}, "userinfo": {"sub": {"value": "v"}}}),
            json!({"id_token": {"sub": {"value": 1}}}),
        ] {
            assert_eq!(parse(refused), Err(Reason::MalformedClaims));
        }
    }

    /// OC-36
    #[test]
    fn oc_36_an_essential_class_is_told_from_a_wish() {
        let request = parse(json!({"id_token": {"acr": {"essential": true, "value": "urn:a"}}}));
        let request = request.unwrap();
        let acr = request.requested_acr().unwrap();
        assert!(acr.essential);
        assert_eq!(acr.values, ["urn:a"]);
        let odd = parse(json!({"id_token": {"acr": {"essential": true, "values": [1]}}}));
        let odd = odd.unwrap();
        let wanted = odd.requested_acr().unwrap().values;
        assert!(!crate::model::Acr::satisfies(Some("urn:a"), &wanted));
        let elsewhere = parse(json!({"userinfo": {"acr": {"essential": true}}})).unwrap();
        assert_eq!(elsewhere.requested_acr(), None);
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let request = parse(json!({
            "id_token": {"acr": {"essential": true, "values": ["a", "b"]}},
            "userinfo": {"name": null},
        }))
        .unwrap();
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(
            text,
            r#"{"id_token":{"acr":{"essential":true,"values":["a","b"]}},"userinfo":{"name":{}}}"#
        );
        assert_eq!(
            serde_json::from_str::<ClaimsRequest>(&text).unwrap(),
            request
        );
        assert_eq!(
            serde_json::to_string(&ClaimsRequest::default()).unwrap(),
            "{}"
        );
    }
}
