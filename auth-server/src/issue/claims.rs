//! Which claims about a user go where (OpenID Connect Core 1.0 §5.4, §5.5; matrix OC-10, OC-12, OC-53,
//! UI-07): those of the scope to the userinfo endpoint, those asked for by name where they were asked
//! for. A claim without a value is left out, whoever asks for it.

use serde_json::{Map, Value};
use shared_claims::ScopeSet;

use crate::model::{CLAIM_SCOPES, ClaimsRequest, Client, User, scope_of_claim};

/// Claims about the login itself, in every ID token that has a value for them.
const OF_THE_LOGIN: [&str; 5] = ["sub", "auth_time", "acr", "amr", "sid"];

/// `claims_supported`.
pub fn supported() -> impl Iterator<Item = &'static str> {
    let of_scopes = CLAIM_SCOPES.into_iter().flat_map(|(_, claims)| claims);
    OF_THE_LOGIN.into_iter().chain(of_scopes.copied())
}

/// What the userinfo endpoint tells this client, without `sub`.
pub fn for_userinfo(
    user: &User,
    client: &Client,
    scope: &ScopeSet,
    request: &ClaimsRequest,
) -> Map<String, Value> {
    let of_scope = CLAIM_SCOPES
        .into_iter()
        .filter(|(word, _)| scope.contains(word))
        .flat_map(|(_, claims)| claims.iter().copied());
    let by_name = request.userinfo.keys().map(String::as_str);
    collect(
        user,
        of_scope.chain(by_name.filter(|claim| may_know(client, claim))),
    )
}

/// What an ID token for this client says beside who logged in and how.
pub(super) fn for_id_token(
    user: &User,
    client: &Client,
    request: &ClaimsRequest,
) -> Map<String, Value> {
    let by_name = request.id_token.keys().map(String::as_str);
    collect(user, by_name.filter(|claim| may_know(client, claim)))
}

/// A claim is asked for by name only by clients that may have its scope: otherwise the parameter would
/// be a way around the registration.
fn may_know(client: &Client, claim: &str) -> bool {
    scope_of_claim(claim).is_some_and(|scope| client.scopes.contains(scope))
}

fn collect<'a>(user: &User, names: impl Iterator<Item = &'a str>) -> Map<String, Value> {
    names
        .filter_map(|name| Some((name.to_owned(), value(user, name)?)))
        .collect()
}

/// The value of a standard claim, with the type that Core §5.1 gives it (matrix OC-50).
fn value(user: &User, claim: &str) -> Option<Value> {
    match claim {
        "name" => user.name.as_deref().map(Value::from),
        "email" => user.address().map(Value::from),
        "email_verified" => user.address().map(|_| user.email_verified.into()),
        "updated_at" => {
            let since = user.profile.updated_at();
            Some(since.unwrap_or_else(|| user.created_at.as_seconds()).into())
        }
        claim => user.profile.find(claim).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::testing::{client, user};

    fn ada() -> User {
        let mut ada = user("ada@example.com");
        ada.profile.set("locale", "en".into()).unwrap();
        ada.profile
            .set("family_name#ja", "ラブレス".into())
            .unwrap();
        ada.profile
            .set("phone_number", "+441234567".into())
            .unwrap();
        ada
    }

    fn registered(scopes: &str) -> Client {
        Client {
            scopes: scopes.parse().unwrap(),
            ..client("web")
        }
    }

    fn asked(text: &str) -> ClaimsRequest {
        ClaimsRequest::parse(text).unwrap()
    }

    fn userinfo(scope: &str, request: &ClaimsRequest, registration: &str) -> Value {
        let scope = scope.parse().unwrap();
        for_userinfo(&ada(), &registered(registration), &scope, request).into()
    }

    /// UI-07, OC-10: what the scope stands for, without members that have no value.
    #[test]
    fn ui_07_a_scope_stands_for_its_claims() {
        let none = ClaimsRequest::default();
        let all = "openid profile email phone address";
        assert_eq!(userinfo("openid", &none, all), json!({}));
        assert_eq!(
            userinfo("openid email", &none, all),
            json!({"email": "ada@example.com", "email_verified": false})
        );
        assert_eq!(
            userinfo("openid profile phone address", &none, all),
            json!({
                "name": "ada@example.com the tested", "locale": "en",
                "updated_at": 1_800_000_000, "phone_number": "+441234567",
            })
        );
    }

    /// OC-53, OC-54, OC-51: by name, in the language asked for; what is not there is no error.
    #[test]
    fn oc_53_54_claims_are_asked_for_by_name() {
        let request = asked(
            r#"{"userinfo":{"name":{"essential":true},"family_name#ja":null,"picture":{"essential":true},
                "email":null,"roles":null,"sub":null}}"#,
        );
        assert_eq!(
            userinfo("openid", &request, "openid profile"),
            json!({"name": "ada@example.com the tested", "family_name#ja": "ラブレス"})
        );
        let words = request
            .scopes_for(&registered("openid profile"))
            .to_string();
        assert_eq!(
            words, "profile",
            "email is told by name to nobody who may not have the scope"
        );
    }

    /// OC-12: an ID token has nothing but what was asked of it.
    #[test]
    fn oc_12_only_what_was_asked_of_it_goes_into_an_id_token() {
        let request = asked(r#"{"id_token":{"locale":null},"userinfo":{"phone_number":null}}"#);
        let said = for_id_token(&ada(), &registered("openid profile phone"), &request);
        assert_eq!(Value::from(said), json!({"locale": "en"}));
        assert!(for_id_token(&ada(), &registered("openid"), &request).is_empty());
    }

    /// MD-07: every claim of a profile belongs to a scope and is in the metadata.
    #[test]
    fn every_claim_that_a_user_can_have_is_listed() {
        let listed: Vec<&str> = supported().collect();
        for claim in crate::model::Profile::claim_names() {
            assert!(listed.contains(&claim), "{claim}");
        }
    }
}
