//! Which key sets are taken, and which of their entries (JWK-12, JWK-14, RFC 7517 §5).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_claims::verify::{
    Algorithm, KeySet, KeySetError, Policy, Rejection, Unusable, Verifier,
};

use crate::support::{API, ISSUER, TestKey, b64, jwks, key_set, now, verifier};

fn read(keys: &[Value]) -> Result<KeySet, KeySetError> {
    KeySet::from_jwks_json(json!({"keys": keys}).to_string().as_bytes())
}

/// The entry with a member changed, beside a good key so that the set as a whole is read.
fn skipped_because(entry: &Value, patch: &Value) -> Option<Unusable> {
    let mut entry = entry.clone();
    for (name, member) in patch.as_object().unwrap() {
        entry[name] = member.clone();
    }
    let set = read(&[entry, TestKey::eddsa("good").jwk()]).unwrap();
    assert_eq!(set.len() + set.skipped().len(), 2);
    set.skipped().first().copied()
}

/// AT-17, JB-01
#[test]
fn every_algorithm_verifies_with_its_own_key() {
    let made = [
        TestKey::rs256("a"),
        TestKey::ps256("b"),
        TestKey::es256("c"),
        TestKey::eddsa("d"),
    ];
    let keys = key_set(&made.iter().collect::<Vec<_>>());
    for key in &made {
        let token = key.token(json!({}), json!({}));
        assert!(
            verifier().verify(&keys, &token, now()).is_ok(),
            "{}",
            key.alg()
        );
    }
}

/// JB-16
#[test]
fn ed25519_is_another_name_of_eddsa() {
    let key = TestKey::eddsa("k");
    let mut jwk = key.jwk();
    for published in ["EdDSA", "Ed25519"] {
        jwk["alg"] = json!(published);
        let keys = read(&[jwk.clone()]).unwrap();
        for alg in ["EdDSA", "Ed25519"] {
            let token = key.token(json!({"alg": alg}), json!({}));
            assert!(
                verifier().verify(&keys, &token, now()).is_ok(),
                "{published} {alg}"
            );
        }
    }
}

/// JB-01: all sixteen pairs of a key's algorithm and the header's; only the diagonal passes.
#[test]
fn a_key_serves_one_algorithm_only() {
    let names = || Algorithm::ALL.iter().map(|algorithm| algorithm.as_str());
    for key in [
        TestKey::rs256("k"),
        TestKey::ps256("k"),
        TestKey::es256("k"),
        TestKey::eddsa("k"),
    ] {
        let keys = key_set(&[&key]);
        for alg in names() {
            let token = key.token(json!({"alg": alg}), json!({}));
            let expected = if alg == key.alg() {
                None
            } else {
                Some(Rejection::AlgorithmMismatch)
            };
            assert_eq!(
                verifier().verify(&keys, &token, now()).err(),
                expected,
                "{alg}"
            );
        }
    }
}

/// JB-01
#[test]
fn an_algorithm_outside_the_policy_is_refused_although_its_key_is_published() {
    let key = TestKey::es256("k");
    let only_rsa = Policy::new(ISSUER, API).algorithms(&[Algorithm::Rs256, Algorithm::Ps256]);
    let verifier = Verifier::new(only_rsa).unwrap();
    let token = key.token(json!({}), json!({}));
    let refused = verifier.verify(&key_set(&[&key]), &token, now());
    assert_eq!(refused.err(), Some(Rejection::AlgorithmRefused));
}

/// JWK-14
#[test]
fn entries_that_cannot_be_used_do_not_spoil_the_others() {
    let key = TestKey::rs256("good");
    let keys = read(&[
        json!({"kty": "PQC", "kid": "a", "alg": "ML-DSA-44", "pub": "AAAA"}),
        json!({"kty": "RSA", "kid": "b", "alg": "RS256"}),
        json!({"kty": "RSA", "kid": "c", "alg": "RSA-OAEP", "use": "enc", "n": "AQAB", "e": "AQAB"}),
        json!("not an object"),
        json!(null),
        json!({"kid": 5}),
        key.jwk(),
    ])
    .unwrap();
    assert_eq!(keys.key_ids().collect::<Vec<_>>(), ["good"]);
    assert_eq!(keys.skipped().len(), 6);
    assert!(
        verifier()
            .verify(&keys, &key.token(json!({}), json!({})), now())
            .is_ok()
    );
}

/// JWK-02, JWK-06, JWK-14
#[test]
fn each_reason_to_skip_an_entry_is_told() {
    let (rsa, ec) = (TestKey::rs256("k").jwk(), TestKey::es256("k").jwk());
    let skips = |entry: &Value, patch: Value| skipped_because(entry, &patch);
    assert_eq!(skips(&rsa, json!({})), None);
    assert_eq!(
        skips(&rsa, json!({"use": null, "x5c": ["…"], "unknown": {}})),
        None
    );
    assert_eq!(skips(&rsa, json!({"key_ops": ["verify"]})), None);
    assert_eq!(skips(&ec, json!({"alg": null})), None);

    assert_eq!(skips(&rsa, json!({"kid": null})), Some(Unusable::NoId));
    assert_eq!(skips(&rsa, json!({"kid": ""})), Some(Unusable::NoId));
    assert_eq!(skips(&rsa, json!({"kid": 5})), Some(Unusable::Malformed));
    assert_eq!(skips(&rsa, json!({"use": "enc"})), Some(Unusable::OtherUse));
    assert_eq!(
        skips(&rsa, json!({"key_ops": ["encrypt"]})),
        Some(Unusable::OtherUse)
    );
    assert_eq!(
        skips(&rsa, json!({"alg": null})),
        Some(Unusable::NoAlgorithm)
    );
    assert_eq!(
        skips(&rsa, json!({"alg": "HS256"})),
        Some(Unusable::OtherAlgorithm)
    );
    assert_eq!(
        skips(&rsa, json!({"alg": "ES256"})),
        Some(Unusable::OtherAlgorithm)
    );
    assert_eq!(
        skips(&ec, json!({"alg": "RS256"})),
        Some(Unusable::OtherAlgorithm)
    );
    assert_eq!(
        skips(&ec, json!({"crv": "secp256k1"})),
        Some(Unusable::OtherAlgorithm)
    );
    assert_eq!(skips(&rsa, json!({"d": "AQAB"})), Some(Unusable::Secret));
    let symmetric = json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "h"});
    assert_eq!(skips(&symmetric, json!({})), Some(Unusable::Secret));
}

/// JWK-02, JB-05
#[test]
fn weak_and_impossible_keys_are_skipped() {
    let (rsa, ec, ed) = (
        TestKey::rs256("k").jwk(),
        TestKey::es256("k").jwk(),
        TestKey::eddsa("k").jwk(),
    );
    let n = URL_SAFE_NO_PAD.decode(rsa["n"].as_str().unwrap()).unwrap();
    let skips = |entry: &Value, patch: Value| skipped_because(entry, &patch);

    let (of_2047_bits, of_8200_bits) = ([&[0x7f], &n[1..]].concat(), [1; 1_025].to_vec());
    let even = [&n[..255], &[0]].concat();
    for modulus in [n[128..].to_vec(), of_2047_bits, of_8200_bits, even] {
        assert_eq!(
            skips(&rsa, json!({"n": b64(modulus)})),
            Some(Unusable::Weak)
        );
    }
    for exponent in [&[1][..], &[4], &[1, 0, 0]] {
        assert_eq!(
            skips(&rsa, json!({"e": b64(exponent)})),
            Some(Unusable::Weak)
        );
    }
    let padded = [&[0], &*n].concat();
    assert_eq!(
        skips(&rsa, json!({"n": b64(padded)})),
        None,
        "leading zeros change nothing"
    );
    for bad in [
        json!({"n": ""}),
        json!({"n": "AA"}),
        json!({"e": ""}),
        json!({"n": "+/=="}),
    ] {
        assert_eq!(skips(&rsa, bad), Some(Unusable::NotAKey));
    }

    let short = json!({"x": b64([1; 31])});
    let long = json!({"x": b64([1; 33])});
    let off_the_curve = json!({"x": b64([1; 32]), "y": b64([1; 32])});
    for bad in [
        short.clone(),
        long.clone(),
        off_the_curve,
        json!({"y": null}),
    ] {
        assert_eq!(skips(&ec, bad), Some(Unusable::NotAKey));
    }
    for bad in [short, long, json!({"x": null})] {
        assert_eq!(skips(&ed, bad), Some(Unusable::NotAKey));
    }
}

#[test]
fn two_keys_of_one_id_are_both_refused_and_one_key_listed_twice_counts_once() {
    let (one, other, third) = (
        TestKey::es256("k"),
        TestKey::es256("k"),
        TestKey::es256("good"),
    );
    let ambiguous = read(&[one.jwk(), other.jwk(), third.jwk()]).unwrap();
    assert_eq!(ambiguous.key_ids().collect::<Vec<_>>(), ["good"]);
    assert_eq!(
        ambiguous.skipped(),
        [Unusable::AmbiguousId, Unusable::AmbiguousId]
    );
    let refused = verifier().verify(&ambiguous, &one.token(json!({}), json!({})), now());
    assert_eq!(refused.err(), Some(Rejection::UnknownKey));

    let repeated = read(&[one.jwk(), one.jwk()]).unwrap();
    assert_eq!(repeated.key_ids().collect::<Vec<_>>(), ["k"]);
    assert!(
        verifier()
            .verify(&repeated, &one.token(json!({}), json!({})), now())
            .is_ok()
    );
}

/// JWK-12
#[test]
fn a_set_is_refused_as_a_whole_when_empty_malformed_or_oversized() {
    let key = TestKey::eddsa("k");
    let error = |text: &str| KeySet::from_jwks_json(text.as_bytes()).unwrap_err();
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        "<html>",
        "{\"keys\":[",
    ] {
        assert_eq!(error(text), KeySetError::Malformed, "{text}");
    }
    assert_eq!(
        KeySet::from_jwks_json(b"{\"keys\":[\"\xff\"]}").unwrap_err(),
        KeySetError::Malformed
    );
    let nested = format!("{{\"keys\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(error(&nested), KeySetError::Malformed);
    assert_eq!(error(r#"{"keys":[]}"#), KeySetError::NoUsableKey);
    assert_eq!(
        error(r#"{"keys":[{"kty":"oct"}]}"#),
        KeySetError::NoUsableKey
    );

    let many = |count: usize| read(&vec![key.jwk(); count]);
    assert_eq!(many(32).unwrap().len(), 1);
    assert_eq!(many(33).unwrap_err(), KeySetError::TooManyKeys);

    let good = jwks(&[&key]);
    let padded = |length: usize| format!("{good}{}", " ".repeat(length - good.len()));
    assert!(KeySet::from_jwks_json(padded(64 * 1_024).as_bytes()).is_ok());
    assert_eq!(error(&padded(64 * 1_024 + 1)), KeySetError::TooLarge);
}
