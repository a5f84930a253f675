//! Clients that register and manage themselves (RFC 7591, RFC 7592, OpenID Connect Registration 1.0).

use serde_json::{Value, json};

use crate::support::{Answer, ISSUER, World};

mod initial_tokens;
mod journey;
mod limits;
mod managing;
mod metadata;
mod sectors;

/// A server where everybody may register.
async fn open() -> World {
    World::with(|inputs| inputs.with("registration.mode", "open")).await
}

/// The least that a web application says.
fn web() -> Value {
    json!({"redirect_uris": ["https://app.example.com/cb"]})
}

/// `base` with these members, `null` for those to be left out.
fn with(mut base: Value, more: Value) -> Value {
    let Value::Object(more) = more else {
        panic!("members are wanted, not {more}");
    };
    for (name, value) in more {
        if value.is_null() {
            base.as_object_mut().unwrap().remove(&name);
        } else {
            base[name] = value;
        }
    }
    base
}

impl World {
    /// A registration, with a bearer token where there is one.
    async fn register_with(&self, token: Option<&str>, body: &Value) -> Answer {
        let mut request = self.request("POST", "/oauth2/register").json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::of(request).await
    }

    /// A registration without any token.
    async fn register(&self, body: &Value) -> Answer {
        self.register_with(None, body).await
    }

    /// A request to a registered client's own address.
    async fn manage(&self, method: &str, client: &Value, body: Option<&Value>) -> Answer {
        let path = path_of(client);
        let token = client["registration_access_token"].as_str().unwrap();
        let mut request = self.request(method, &path).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request).await
    }
}

/// Where the client manages itself.
fn path_of(client: &Value) -> String {
    let uri = client["registration_client_uri"].as_str().unwrap();
    uri.strip_prefix(ISSUER).unwrap().to_owned()
}

/// Fails unless this is a refusal of what the client said.
#[track_caller]
fn is_unfit(answer: &Answer, error: &str, member: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert_eq!(answer.member("error"), error, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let description = answer.member("error_description");
    assert!(description.starts_with(member), "{description}");
    assert!(
        description
            .bytes()
            .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
        "{description}"
    );
}

/// Fails unless this is the refusal of a bearer token (DCR-01, DCM-04).
#[track_caller]
fn is_unauthorized(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(answer.member("error"), "invalid_token");
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}
