//! Verifiers that others wrote accept our tokens, and refuse what is wrong, from our published key
//! set alone: PyJWT (`PyJWKClient`) and jose (`createRemoteJWKSet`), also while keys rotate
//! (`rotation.rs`) and while the issuer misbehaves (`faults.rs`). RFC 7515, 7517, 9068. Clients that
//! others wrote log in (`login.rs`).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole crate is a test"
)]

mod faults;
#[expect(dead_code, reason = "made for the tests of shared-claims")]
#[path = "../../../shared-claims/tests/injector/mod.rs"]
mod injector;
mod login;
#[expect(
    dead_code,
    reason = "made for the black-box suite, which uses the rest"
)]
#[path = "../person/mod.rs"]
mod person;
#[path = "../processes/mod.rs"]
mod processes;
mod rotation;
#[expect(dead_code, reason = "made for the tests of shared-claims")]
#[path = "../../../shared-claims/tests/suite/support.rs"]
mod signing;
#[expect(
    dead_code,
    reason = "made for the black-box suite, which uses the rest"
)]
#[path = "../suite/support.rs"]
mod support;
mod timed;

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use processes::{Running, auth_server, free_port, require_variable};
use serde_json::{Value, json};

/// The resource of the demo data, which is the default audience of its clients.
const AUDIENCE: &str = "http://localhost:8081";

#[tokio::test]
async fn pyjwt_judges_our_tokens_from_the_key_set_alone() {
    let script = interop("python/verify.py");
    let mut python = Command::new(require_variable("CHANCERY_TEST_PYTHON"));
    python.arg(script);
    every_case_is_judged_rightly_by(python).await;
}

#[tokio::test]
async fn jose_judges_our_tokens_from_the_key_set_alone() {
    let mut node = Command::new("node");
    node.arg(interop("node/verify.mjs"));
    every_case_is_judged_rightly_by(node).await;
}

async fn every_case_is_judged_rightly_by(verifier: Command) {
    let server = auth_server(free_port(), &[]).await;
    let metadata =
        json_from(reqwest::Client::new().get(server.at("/.well-known/openid-configuration"))).await;
    let issuer = metadata["issuer"].as_str().unwrap();
    let for_user = token(
        &server,
        &[
            ("grant_type", "password"),
            ("client_id", "ats-web"),
            ("username", "recruiter@example.com"),
            ("password", "demo-password-1"),
        ],
    )
    .await;
    let for_service = token(
        &server,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "ats-service"),
            ("client_secret", "demo-secret"),
        ],
    )
    .await;

    let case = |name: &str, token: &str, issuer: &str, audience: &str| json!({ "name": name, "token": token, "issuer": issuer, "audience": audience });
    let other = "http://localhost:9";
    let request = json!({ "jwks_url": metadata["jwks_uri"], "cases": [
        case("a user's", &for_user, issuer, AUDIENCE),
        case("a service's", &for_service, issuer, AUDIENCE),
        case("for another audience", &for_user, issuer, other),
        case("from another issuer", &for_user, other, AUDIENCE),
        case("other claims", &with_claim(&for_user, "roles", json!(["admin"])), issuer, AUDIENCE),
        case("other signature", &with_flipped_signature(&for_user), issuer, AUDIENCE),
        case("unknown key", &with_header(&for_user, "kid", json!("nobody")), issuer, AUDIENCE),
        case("unsigned", &unsigned(&for_user), issuer, AUDIENCE),
    ]});

    let verdicts = run(verifier, &request);
    let accepted: Vec<_> = request["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["name"].as_str().unwrap())
        .filter(|name| verdicts[name]["accepted"].as_bool().unwrap())
        .collect();
    assert_eq!(accepted, ["a user's", "a service's"], "{verdicts:#}");
    assert_eq!(verdicts["a service's"]["claims"]["sub"], "ats-service");
    assert_eq!(verdicts["a user's"]["claims"]["client_id"], "ats-web");
    assert_eq!(
        verdicts["a user's"]["claims"]["roles"],
        json!(["recruiter"])
    );
}

/// Hands `request` to the verifier and reads its verdicts.
fn run(mut verifier: Command, request: &Value) -> Value {
    let mut child = verifier
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the verifier starts");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(request.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "the verifier itself failed: {}",
        output.status
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn token(server: &Running, form: &[(&str, &str)]) -> String {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = reqwest::Client::new()
        .post(server.at("/oauth2/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = json_from(request).await;
    answer["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("no token in {answer}"))
        .to_owned()
}

async fn json_from(request: reqwest::RequestBuilder) -> Value {
    serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
}

/// The token with one member of its claims changed, under the old signature.
fn with_claim(token: &str, name: &str, value: Value) -> String {
    with_part(token, 1, |claims| claims[name] = value)
}

/// The token with one member of its header changed, under the old signature.
fn with_header(token: &str, name: &str, value: Value) -> String {
    with_part(token, 0, |header| header[name] = value)
}

/// The token as `alg: none` with an empty signature (RFC 8725 §2.1).
fn unsigned(token: &str) -> String {
    let none = with_header(token, "alg", json!("none"));
    format!("{}.", none.rsplit_once('.').unwrap().0)
}

fn with_part(token: &str, index: usize, change: impl FnOnce(&mut Value)) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut part = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&parts[index]).unwrap()).unwrap();
    change(&mut part);
    parts[index] = URL_SAFE_NO_PAD.encode(part.to_string());
    parts.join(".")
}

fn with_flipped_signature(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[0] ^= 1;
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn interop(file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop")).join(file)
}
