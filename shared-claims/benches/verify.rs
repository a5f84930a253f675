//! What it costs to judge a token, for each algorithm: the bare signature check, the whole
//! verification, the same with keys from a snapshot, and a token that has been seen before.
//!
//! `cargo bench -p shared-claims --all-features`. All figures are from one run on one machine, so that
//! they can be set side by side.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on has failed"
)]

#[path = "../tests/suite/support.rs"]
mod support;

use std::{hint::black_box, io::Write as _, sync::Arc};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use criterion::{Criterion, criterion_group, criterion_main};
use flate2::{Compression, write::ZlibEncoder};
use serde_json::json;
use shared_claims::{
    remote::{ManualClock, RemoteKeys, RemoteVerifier},
    verify::{Policy, StatusList},
};

use self::support::{API, ISSUER, NOW, Pair, TestKey, b64, key_set, now, verifier};

/// The public key as the cryptographic library takes it, parsed once.
fn parsed(key: &TestKey) -> ParsedPublicKey {
    let (algorithm, bytes): (&'static dyn aws_lc_rs::signature::VerificationAlgorithm, _) =
        match &key.pair {
            Pair::Rs256(pair) => (&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref()),
            Pair::Ps256(pair) => (&RSA_PSS_2048_8192_SHA256, pair.public_key().as_ref()),
            Pair::Es256(pair) => (&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref()),
            Pair::EdDsa(pair) => (&ED25519, pair.public_key().as_ref()),
        };
    ParsedPublicKey::new(algorithm, bytes).unwrap()
}

fn tokens(criterion: &mut Criterion) {
    for key in [
        TestKey::rs256("k-1"),
        TestKey::ps256("k-1"),
        TestKey::es256("k-1"),
        TestKey::eddsa("k-1"),
    ] {
        let token = key.token(
            json!({}),
            json!({"auth_time": NOW - 60, "sid": "s-1", "amr": ["pwd"], "acr": "1"}),
        );
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let (public, keys, plain) = (parsed(&key), key_set(&[&key]), verifier());
        let clock = Arc::new(ManualClock::at(now()));
        let remote = RemoteKeys::fixed(ISSUER, key_set(&[&key]), clock);
        let remote = RemoteVerifier::new(remote, Policy::new(ISSUER, API)).unwrap();
        let forgetful = remote.clone().remembering(0);

        let mut group = criterion.benchmark_group(key.alg());
        group.bench_function("bare signature", |bench| {
            bench.iter(|| public.verify_sig(black_box(signed.as_bytes()), &signature));
        });
        group.bench_function("verify", |bench| {
            bench.iter(|| plain.verify(&keys, black_box(&token), now()));
        });
        group.bench_function("keys from the snapshot", |bench| {
            bench.iter(|| forgetful.verify_now(black_box(&token)));
        });
        group.bench_function("seen before", |bench| {
            bench.iter(|| remote.verify_now(black_box(&token)));
        });
        group.finish();
    }
}

/// A list of a million entries, one in a hundred revoked: reading it, and one look.
fn lists(criterion: &mut Criterion) {
    let key = TestKey::rs256("k-1");
    let mut bytes = vec![0_u8; 1 << 17];
    for idx in (0..1 << 20).step_by(100) {
        bytes[idx / 8] |= 1 << (idx % 8);
    }
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&bytes).unwrap();
    let uri = format!("{ISSUER}/oauth2/status/1");
    let claims = json!({
        "iss": ISSUER, "sub": uri, "iat": NOW, "exp": NOW + 600, "ttl": 10,
        "status_list": {"bits": 1, "lst": b64(zlib.finish().unwrap())},
    });
    let header = json!({"typ": "statuslist+jwt", "alg": key.alg(), "kid": key.kid});
    let token = key.sign_text(header.to_string(), claims.to_string());
    let keys = key_set(&[&key]);
    let read = || StatusList::verify(&keys, ISSUER, &uri, &token, now());
    let list = read().unwrap();
    let mut group = criterion.benchmark_group("status list of 2^20");
    group.bench_function("read", |bench| bench.iter(read));
    group.bench_function("one look", |bench| {
        bench.iter(|| list.find(black_box(654_321)));
    });
    group.finish();
}

criterion_group!(benches, tokens, lists);
criterion_main!(benches);
