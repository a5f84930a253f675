//! Kinds of tokens, policies, and what any text whatsoever does to the verifier.

use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_claims::{
    NumericDate, Role,
    verify::{Policy, PolicyError, Rejection, TokenKind, Typ, Verifier},
};

use crate::support::{API, ISSUER, NOW, TestKey, claims_of_a_user, key_set, now, verifier};

/// JB-12, JB-13: seven kinds against seven kinds; only the diagonal passes.
#[test]
fn no_kind_of_token_passes_as_another() {
    let typed = |typ| TokenKind {
        typ,
        required: &["iss"],
        refused: &[],
    };
    let kinds = [
        ("at+jwt", TokenKind::ACCESS_TOKEN),
        ("JWT", typed(Typ::JwtOrAbsent)),
        ("logout+jwt", typed(Typ::Exactly("logout+jwt"))),
        ("statuslist+jwt", typed(Typ::Exactly("statuslist+jwt"))),
        ("dpop+jwt", typed(Typ::Exactly("dpop+jwt"))),
        (
            "token-introspection+jwt",
            typed(Typ::Exactly("token-introspection+jwt")),
        ),
        (
            "oauth-authz-req+jwt",
            typed(Typ::Exactly("oauth-authz-req+jwt")),
        ),
    ];
    let key = TestKey::eddsa("k");
    let keys = key_set(&[&key]);
    for (typ, _) in kinds {
        let token = key.token(json!({"typ": typ}), json!({}));
        for (expected, kind) in kinds {
            let judged = verifier().verify_as::<Value>(&kind, &keys, &token, now());
            let refusal = (typ != expected).then_some(Rejection::WrongType);
            assert_eq!(judged.err(), refusal, "{typ} as {expected}");
        }
    }
}

/// PKJ-06: a client with one key need not name it; a set with two keys leaves open which one is meant.
#[test]
fn pkj_06_a_token_without_a_key_id_is_judged_by_the_only_key_where_the_policy_says_so() {
    let (key, other) = (TestKey::eddsa("k"), TestKey::eddsa("o"));
    let policy = || Policy::new(ISSUER, API);
    let lenient = Verifier::new(policy().accept_lone_key()).unwrap();
    let strict = Verifier::new(policy()).unwrap();
    let unnamed = key.token(json!({"kid": null}), json!({}));
    let foreign = other.token(json!({"kid": null}), json!({}));
    let misnamed = key.token(json!({"kid": "x"}), json!({}));
    let (one, two) = (key_set(&[&key]), key_set(&[&key, &other]));
    let missing = Some(Rejection::KeyIdMissing);
    for (verifier, keys, token, refusal) in [
        (&lenient, &one, &unnamed, None),
        (&lenient, &one, &foreign, Some(Rejection::BadSignature)),
        (&lenient, &one, &misnamed, Some(Rejection::UnknownKey)),
        (&lenient, &two, &unnamed, missing),
        (&strict, &one, &unnamed, missing),
    ] {
        assert_eq!(
            verifier.verify(keys, token, now()).err(),
            refusal,
            "{token}"
        );
    }
}

/// An ID token read with its own type: the same checks, other claims.
#[test]
fn another_kind_is_read_into_its_own_claims() {
    #[derive(Debug, Deserialize)]
    struct IdClaims {
        sub: String,
        nonce: String,
    }
    const ID_TOKEN: TokenKind = TokenKind {
        typ: Typ::JwtOrAbsent,
        required: &["iss", "aud", "exp", "iat", "sub"],
        refused: &["events"],
    };
    let key = TestKey::rs256("k");
    let keys = key_set(&[&key]);
    let client = Verifier::new(Policy::new(ISSUER, "ats-web")).unwrap();
    let judge = |patch: Value| {
        let mut claims = json!({"aud": "ats-web", "nonce": "n-1"});
        claims
            .as_object_mut()
            .unwrap()
            .extend(patch.as_object().unwrap().clone());
        let token = key.token(json!({"typ": null}), claims);
        client.verify_as::<IdClaims>(&ID_TOKEN, &keys, &token, now())
    };
    let claims = judge(json!({})).unwrap();
    assert_eq!((claims.sub.as_str(), claims.nonce.as_str()), ("u-1", "n-1"));
    assert_eq!(
        judge(json!({"events": {}})).unwrap_err(),
        Rejection::ClaimRefused
    );
    assert_eq!(
        judge(json!({"nonce": 5})).unwrap_err(),
        Rejection::ClaimsMalformed
    );
    assert_eq!(
        judge(json!({"aud": API})).unwrap_err(),
        Rejection::WrongAudience
    );
    assert_eq!(
        judge(json!({"exp": NOW - 100, "iat": NOW - 200})).unwrap_err(),
        Rejection::Expired
    );
}

/// AT-19
#[test]
fn every_mandatory_claim_is_required_with_its_type() {
    let key = TestKey::eddsa("k");
    let keys = key_set(&[&key]);
    for name in TokenKind::ACCESS_TOKEN.required {
        let absent = key.token(json!({}), json!({*name: null}));
        let refused = verifier().verify(&keys, &absent, now());
        assert_eq!(refused.err(), Some(Rejection::ClaimMissing), "{name}");
        let mistyped = key.token(json!({}), json!({*name: {"a": 1}}));
        let refused = verifier().verify(&keys, &mistyped, now());
        assert_eq!(refused.err(), Some(Rejection::ClaimsMalformed), "{name}");
    }
    for (name, value) in [
        ("scope", json!(["jobs:read"])),
        ("scope", json!("jobs:read  jobs:write")),
        ("roles", json!("admin")),
        ("roles", json!([5])),
        ("status", json!({})),
        ("auth_time", json!("now")),
    ] {
        let token = key.token(json!({}), json!({name: value}));
        let refused = verifier().verify(&keys, &token, now());
        assert_eq!(refused.err(), Some(Rejection::ClaimsMalformed), "{name}");
    }
}

/// AT-21
#[test]
fn a_token_bound_to_a_key_of_the_client_is_no_bearer_token() {
    let key = TestKey::eddsa("k");
    let keys = key_set(&[&key]);
    for cnf in [
        json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
        json!({}),
        json!(1),
    ] {
        let token = key.token(json!({}), json!({"cnf": cnf}));
        assert_eq!(
            verifier().verify(&keys, &token, now()).err(),
            Some(Rejection::ClaimRefused)
        );
    }
}

/// AT-07
#[test]
fn roles_arrive_in_both_forms() {
    let key = TestKey::eddsa("k");
    let keys = key_set(&[&key]);
    for roles in [
        json!(["recruiter"]),
        json!([{"value": "recruiter", "display": "Recruiter"}]),
    ] {
        let token = key.token(json!({}), json!({"roles": roles}));
        let accepted = verifier().verify(&keys, &token, now()).unwrap();
        assert_eq!(
            accepted.claims().roles.iter().collect::<Vec<_>>(),
            [&Role::RECRUITER]
        );
    }
}

/// JB-08
#[test]
fn claims_are_utf_8_or_refused() {
    let key = TestKey::eddsa("k");
    let keys = key_set(&[&key]);
    let claims = claims_of_a_user().to_string();
    let latin_1 = [
        &claims.as_bytes()[..claims.len() - 1],
        b",\"n\":\"J\xfcrgen\"}",
    ]
    .concat();
    let utf_16: Vec<u8> = claims.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [
        latin_1,
        utf_16,
        [b"\xef\xbb\xbf", claims.as_bytes()].concat(),
    ] {
        let token = key.sign_text(key.header().to_string(), bytes);
        assert_eq!(
            verifier().verify(&keys, &token, now()).err(),
            Some(Rejection::ClaimsMalformed)
        );
    }
}

#[test]
fn a_policy_that_accepts_nothing_or_too_much_is_refused() {
    let policy = || Policy::new(ISSUER, API);
    let refusal = |policy: Policy| Verifier::new(policy).err();
    assert_eq!(refusal(policy()), None);
    assert_eq!(
        refusal(Policy::new("", API)),
        Some(PolicyError::IssuerEmpty)
    );
    assert_eq!(
        refusal(Policy::new(ISSUER, "")),
        Some(PolicyError::AudienceEmpty)
    );
    assert_eq!(
        refusal(policy().algorithms(&[])),
        Some(PolicyError::AlgorithmsEmpty)
    );
    assert_eq!(
        refusal(policy().leeway(Duration::from_secs(61))),
        Some(PolicyError::LeewayTooLong)
    );
    assert_eq!(refusal(policy().leeway(Duration::from_mins(1))), None);
    assert_eq!(
        refusal(policy().max_token_bytes(0)),
        Some(PolicyError::TokenBytesOutOfRange)
    );
    assert_eq!(
        refusal(policy().max_token_bytes(16_385)),
        Some(PolicyError::TokenBytesOutOfRange)
    );
    assert_eq!(refusal(policy().max_token_bytes(16_384)), None);
    assert_eq!(
        refusal(policy().max_lifetime(Duration::ZERO)),
        Some(PolicyError::LifetimeTooShort)
    );
}

/// A JSON value of any shape.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,4}", inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_accepted_or_makes_it_panic(token in "[ -~]{0,80}|[A-Za-z0-9_-]{0,60}(\\.[A-Za-z0-9_-]{0,60}){0,4}|\\PC{0,60}") {
        let keys = key_set(&[&TestKey::eddsa("k")]);
        prop_assert!(verifier().verify(&keys, &token, now()).is_err());
    }

    /// Signed by the issuer, and still refused unless every claim is what it should be.
    #[test]
    fn one_claim_of_any_other_type_ends_a_token(
        name in prop::sample::select(TokenKind::ACCESS_TOKEN.required),
        value in any_json(),
    ) {
        let key = TestKey::eddsa("k");
        let keys = key_set(&[&key]);
        let is_of_its_type = match name {
            "aud" => value.is_string() || value.is_array(),
            "exp" | "iat" => value.is_number(),
            _ => value.is_string(),
        };
        prop_assume!(!is_of_its_type);
        let mut claims = claims_of_a_user();
        claims[name] = value;
        let token = key.sign_text(key.header().to_string(), claims.to_string());
        prop_assert_eq!(verifier().verify(&keys, &token, now()).err(), Some(Rejection::ClaimsMalformed));
    }

    #[test]
    fn one_changed_character_ends_a_token(position in any::<prop::sample::Index>(), byte in 0x20_u8..0x7f) {
        let key = TestKey::eddsa("k");
        let keys = key_set(&[&key]);
        let token = key.token(json!({}), json!({}));
        let mut bent = token.clone().into_bytes();
        let at = position.index(bent.len());
        prop_assume!(bent[at] != byte);
        bent[at] = byte;
        let bent = String::from_utf8(bent).unwrap();
        prop_assert!(verifier().verify(&keys, &bent, now()).is_err());
    }

    /// AT-18: the time window is exactly [nbf or iat - 60 s, exp + leeway).
    #[test]
    fn a_token_is_good_in_its_window_and_nowhere_else(offset in -200_i64..1_100, leeway in 0_u64..=60) {
        let key = TestKey::eddsa("k");
        let keys = key_set(&[&key]);
        let token = key.token(json!({}), json!({}));
        let policy = Policy::new(ISSUER, API).leeway(Duration::from_secs(leeway));
        let verifier = Verifier::new(policy).unwrap();
        let at = NumericDate::from_seconds(NOW + offset);
        let leeway = i64::try_from(leeway).unwrap();
        let expected = if offset >= 890 + leeway {
            Some(Rejection::Expired)
        } else if offset + 60 < -10 {
            Some(Rejection::IssuedAhead)
        } else {
            None
        };
        prop_assert_eq!(verifier.verify(&keys, &token, at).err(), expected);
    }
}
