//! Project Wycheproof's vectors for the four signature algorithms, through the key as it is read from a
//! key set (attack rows JV-*). Its vectors for whole JWS are in no package; the forms they try are in
//! `tests/suite`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::Algorithm;
use super::key::Key;

/// A vector: message, signature, and what is expected of it.
type Vector<'a> = (&'a [u8], &'a [u8], TestResult);

/// Judges every vector of one key and returns how many there were.
fn judge<'a>(algorithm: Algorithm, jwk: Value, vectors: impl Iterator<Item = Vector<'a>>) -> usize {
    let key = Key::read(jwk).unwrap();
    let mut count = 0;
    for (message, signature, expected) in vectors {
        let is_accepted = key.verify(algorithm, message, signature).is_ok();
        match expected {
            TestResult::Valid => assert!(is_accepted, "{algorithm:?} vector {count}"),
            TestResult::Invalid => assert!(!is_accepted, "{algorithm:?} vector {count}"),
            // Either is right.
            TestResult::Acceptable => {}
        }
        count += 1;
    }
    count
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A coordinate has the length of the field (RFC 7518 §6.2.1.2), a modulus no zeros in front.
fn fixed(bytes: &[u8]) -> String {
    let digits = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    let mut field = [0; 32];
    field[32 - digits.len()..].copy_from_slice(digits);
    base64url(&field)
}

fn rsa(algorithm: &str, n: &[u8], e: &[u8]) -> Value {
    let trimmed =
        |bytes: &[u8]| base64url(&bytes[bytes.iter().take_while(|byte| **byte == 0).count()..]);
    json!({"kty": "RSA", "kid": "k", "alg": algorithm, "n": trimmed(n), "e": trimmed(e)})
}

#[test]
fn jv_wycheproof_rs256() {
    let set = rsa_pkcs1_verify::TestSet::load(rsa_pkcs1_verify::TestName::Rsa2048Sha256).unwrap();
    let count: usize = set
        .test_groups
        .iter()
        .map(|group| {
            let vectors = group.tests.iter();
            let vectors = vectors.map(|one| (one.msg.as_ref(), one.sig.as_ref(), one.result));
            judge(
                Algorithm::Rs256,
                rsa("RS256", &group.key.n, &group.key.e),
                vectors,
            )
        })
        .sum();
    assert!(count > 200, "{count}");
}

#[test]
fn jv_wycheproof_ps256() {
    let name = rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32;
    let set = rsa_pss_verify::TestSet::load(name).unwrap();
    let count: usize = set
        .test_groups
        .iter()
        .map(|group| {
            let vectors = group.tests.iter();
            let vectors = vectors.map(|one| (one.msg.as_ref(), one.sig.as_ref(), one.result));
            judge(
                Algorithm::Ps256,
                rsa("PS256", &group.key.n, &group.key.e),
                vectors,
            )
        })
        .sum();
    assert!(count > 50, "{count}");
}

#[test]
fn jv_wycheproof_es256() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let count: usize = set
        .test_groups
        .iter()
        .map(|group| {
            let (x, y) = (fixed(&group.key.affine_x), fixed(&group.key.affine_y));
            let jwk = json!({"kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y});
            let vectors = group.tests.iter();
            let vectors = vectors.map(|one| (one.msg.as_ref(), one.sig.as_ref(), one.result));
            judge(Algorithm::Es256, jwk, vectors)
        })
        .sum();
    assert!(count > 200, "{count}");
}

#[test]
fn jv_wycheproof_eddsa() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let count: usize = set
        .test_groups
        .iter()
        .map(|group| {
            let x = base64url(&group.key.pk);
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": x});
            let vectors = group.tests.iter();
            let vectors = vectors.map(|one| (one.msg.as_ref(), one.sig.as_ref(), one.result));
            judge(Algorithm::EdDsa, jwk, vectors)
        })
        .sum();
    assert!(count > 100, "{count}");
}
