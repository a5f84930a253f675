//! What passes as the status list that was asked for, and what does not (TSL-02, TSL-03, TSL-20).

use serde_json::{Value, json};
use shared_claims::verify::{
    Policy, Rejection, StatusList, StatusListError, TokenStatus, Verifier,
};

use super::world::{compressed, packed};
use crate::support::{API, ISSUER, NOW, TestKey, key_set, now};

const URI: &str = "https://auth.example.com/oauth2/status/1";

fn claims(patch: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "sub": URI, "iat": NOW - 5, "exp": NOW + 600, "ttl": 10,
        "status_list": {"bits": 1, "lst": packed(&[3])},
    });
    for (name, value) in patch.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn sign(key: &TestKey, typ: &str, claims: &str) -> String {
    let header = json!({"typ": typ, "alg": key.alg(), "kid": key.kid});
    key.sign_text(header.to_string(), claims)
}

fn read(key: &TestKey, token: &str) -> Result<StatusList, StatusListError> {
    StatusList::verify(&key_set(&[key]), ISSUER, URI, token, now())
}

fn refusal(patch: Value) -> Option<StatusListError> {
    let key = TestKey::eddsa("k-1");
    let token = sign(&key, "statuslist+jwt", &claims(patch).to_string());
    read(&key, &token).err()
}

/// TSL-02, TSL-07
#[test]
fn a_list_signed_by_any_key_of_the_issuer_is_read() {
    for key in [
        TestKey::rs256("k-1"),
        TestKey::ps256("k-1"),
        TestKey::es256("k-1"),
        TestKey::eddsa("k-1"),
    ] {
        let token = sign(&key, "statuslist+jwt", &claims(json!({})).to_string());
        let list = read(&key, &token).unwrap();
        assert_eq!(list.find(3), Some(TokenStatus::Invalid));
        assert_eq!(list.find(2), Some(TokenStatus::Valid));
        assert_eq!((list.find(64), list.len()), (None, 64));
        assert_eq!(list.ttl().unwrap().as_secs(), 10);
    }
    assert_eq!(
        refusal(json!({"exp": null, "ttl": null})),
        None,
        "both are optional"
    );
}

/// TSL-20: each single thing that is wrong.
#[test]
fn tsl_20_a_list_with_anything_wrong_is_refused() {
    let token = |reason| Some(StatusListError::Token(reason));
    for (patch, expected) in [
        (
            json!({"sub": format!("{URI}2")}),
            Some(StatusListError::OtherList),
        ),
        (json!({"sub": null}), token(Rejection::ClaimMissing)),
        (json!({"iat": null}), token(Rejection::ClaimMissing)),
        (json!({"status_list": null}), token(Rejection::ClaimMissing)),
        (json!({"iss": null}), token(Rejection::ClaimMissing)),
        (
            json!({"iss": "https://evil.example"}),
            token(Rejection::WrongIssuer),
        ),
        (json!({"exp": NOW - 31}), token(Rejection::Expired)),
        (
            json!({"iat": NOW + 61, "exp": NOW + 600}),
            token(Rejection::IssuedAhead),
        ),
        (
            json!({"exp": "tomorrow"}),
            token(Rejection::ClaimsMalformed),
        ),
        (json!({"ttl": "10"}), token(Rejection::ClaimsMalformed)),
        (json!({"ttl": -1}), token(Rejection::ClaimsMalformed)),
        (
            json!({"status_list": {"bits": 1}}),
            token(Rejection::ClaimsMalformed),
        ),
        (
            json!({"status_list": {"bits": 3, "lst": packed(&[])}}),
            Some(StatusListError::Malformed),
        ),
        (
            json!({"status_list": {"bits": 1, "lst": "AAAA"}}),
            Some(StatusListError::Malformed),
        ),
    ] {
        assert_eq!(refusal(patch.clone()), expected, "{patch}");
    }
}

/// TSL-23
#[test]
fn tsl_23_a_list_that_unpacks_without_end_is_refused() {
    let bomb = compressed(&vec![0; 16 * 1024 * 1024]);
    let patch = json!({"status_list": {"bits": 1, "lst": bomb}});
    assert_eq!(refusal(patch), Some(StatusListError::TooLarge));
    let key = TestKey::eddsa("k-1");
    let long = "x".repeat(2 * 1024 * 1024 + 1);
    assert_eq!(read(&key, &long).err(), Some(StatusListError::TooLarge));
}

/// JV-01, JV-03, JV-07, JV-08, JV-09: what is refused of an access token is refused of a list.
#[test]
fn a_list_is_held_to_the_rules_of_all_tokens() {
    let key = TestKey::eddsa("k-1");
    let good = claims(json!({})).to_string();
    let stranger = TestKey::eddsa("k-1");
    let header = |header: Value| key.sign_text(header.to_string(), &good);
    let double = good.replacen('{', "{\"sub\":\"x\",", 1);
    for (token, expected) in [
        (
            sign(&stranger, "statuslist+jwt", &good),
            Rejection::BadSignature,
        ),
        (sign(&key, "at+jwt", &good), Rejection::WrongType),
        (sign(&key, "JWT", &good), Rejection::WrongType),
        (
            sign(&key, "statuslist+jwt", &double),
            Rejection::DuplicateMember,
        ),
        (
            header(json!({"typ": "statuslist+jwt", "alg": "none", "kid": "k-1"})),
            Rejection::AlgorithmRefused,
        ),
        (
            header(json!({"typ": "statuslist+jwt", "alg": "HS256", "kid": "k-1"})),
            Rejection::AlgorithmRefused,
        ),
        (
            header(json!({"typ": "statuslist+jwt", "alg": "EdDSA", "kid": "k-2"})),
            Rejection::UnknownKey,
        ),
        (
            header(json!({"typ": "statuslist+jwt", "alg": "EdDSA", "kid": "k-1", "crit": ["x"]})),
            Rejection::CriticalHeader,
        ),
    ] {
        assert_eq!(
            read(&key, &token).err(),
            Some(StatusListError::Token(expected))
        );
    }
}

/// JV-09: a status list is no access token.
#[test]
fn jv_09_a_status_list_is_no_access_token() {
    let key = TestKey::eddsa("k-1");
    let token = sign(&key, "statuslist+jwt", &claims(json!({})).to_string());
    let verifier = Verifier::new(Policy::new(ISSUER, API)).unwrap();
    let judged = verifier.verify(&key_set(&[&key]), &token, now());
    assert_eq!(judged.err(), Some(Rejection::WrongType));
}
