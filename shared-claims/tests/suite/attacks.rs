//! The JV rows of the attack corpus: forged, bent and oversized tokens against the verifier.
//!
//! One test per row, named by its id. Every row also checks that the untouched token is accepted,
//! so that no row passes because nothing does.

use crate::support::{
    API, ISSUER, NOW, Pair, TestKey, b64, claims_of_a_user, key_set, now, verifier,
};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    hmac,
    rsa::PublicKeyComponents,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_claims::{
    AccessTokenClaims,
    verify::{AccessToken, KeySet, Rejection},
};

/// One issuer with one RS256 key, and the verifier that trusts it.
struct Bench {
    key: TestKey,
    keys: KeySet,
}

impl Bench {
    fn new() -> Self {
        let key = TestKey::rs256("k-1");
        let bench = Self {
            keys: key_set(&[&key]),
            key,
        };
        assert!(
            bench.judge(&bench.key.token(json!({}), json!({}))).is_ok(),
            "the genuine token"
        );
        bench
    }

    fn judge(&self, token: &str) -> Result<AccessTokenClaims, Rejection> {
        verifier()
            .verify(&self.keys, token, now())
            .map(AccessToken::into_claims)
    }

    fn refuses(&self, token: &str, reason: Rejection) {
        assert_eq!(self.judge(token).err(), Some(reason), "{token:.400}");
    }

    /// The claims patched and signed again by the real key.
    fn refuses_claims(&self, patch: Value, reason: Rejection) {
        let token = self.key.token(json!({}), patch.clone());
        assert_eq!(self.judge(&token).err(), Some(reason), "{patch}");
    }

    /// A claim set to a value that the patch could not express, signed by the real key.
    fn refuses_claim_text(&self, name: &str, text: &str, reason: Rejection) {
        let mut claims = claims_of_a_user();
        claims.as_object_mut().unwrap().remove(name);
        let claims = claims
            .to_string()
            .replacen('{', &format!("{{\"{name}\":{text},"), 1);
        let token = self.key.sign_text(self.key.header().to_string(), claims);
        assert_eq!(self.judge(&token).err(), Some(reason), "{name}: {text}");
    }
}

/// JV-01, JB-02
#[test]
fn jv_01_an_unsigned_token_is_refused_in_every_spelling() {
    let bench = Bench::new();
    for none in ["none", "None", "NONE", "nOnE"] {
        let signed = bench.key.token(json!({"alg": none}), json!({}));
        bench.refuses(&signed, Rejection::AlgorithmRefused);
        let (unsigned, _) = signed.rsplit_once('.').unwrap();
        bench.refuses(&format!("{unsigned}."), Rejection::AlgorithmRefused);
        bench.refuses(unsigned, Rejection::NotCompact);
    }
}

/// JV-02, AT-17
#[test]
fn jv_02_the_public_key_is_never_an_hmac_secret() {
    let bench = Bench::new();
    let Pair::Rs256(pair) = &bench.key.pair else {
        unreachable!()
    };
    let public = PublicKeyComponents::from(aws_lc_rs::signature::KeyPair::public_key(pair));
    let der: PublicKeyX509Der<'_> = public.as_der().unwrap();
    let body: Vec<String> = STANDARD
        .encode(der.as_ref())
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        body.join("\n")
    );
    for secret in [
        pem.clone().into_bytes(),
        format!("{pem}\n").into_bytes(),
        der.as_ref().to_vec(),
    ] {
        let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": "k-1"}).to_string();
        let signed = format!("{}.{}", b64(header), b64(claims_of_a_user().to_string()));
        let mac = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, &secret),
            signed.as_bytes(),
        );
        bench.refuses(
            &format!("{signed}.{}", b64(mac.as_ref())),
            Rejection::AlgorithmRefused,
        );
    }
}

/// JV-03
#[test]
fn jv_03_a_key_inside_the_token_is_not_used() {
    let bench = Bench::new();
    let attacker = TestKey::rs256("attacker");
    let smuggled = attacker.token(json!({"jwk": attacker.jwk()}), json!({}));
    bench.refuses(&smuggled, Rejection::UnknownKey);
    let under_the_real_id = attacker.token(json!({"jwk": attacker.jwk(), "kid": "k-1"}), json!({}));
    bench.refuses(&under_the_real_id, Rejection::BadSignature);
}

/// JV-04: the verifier has no way to open a connection; the reference is not even read.
#[test]
fn jv_04_a_reference_to_a_key_elsewhere_is_not_followed() {
    let bench = Bench::new();
    let attacker = TestKey::rs256("k-1");
    for name in ["jku", "x5u"] {
        let token = attacker.token(json!({name: "https://evil.example/jwks.json"}), json!({}));
        bench.refuses(&token, Rejection::BadSignature);
    }
}

/// JV-05, JB-11
#[test]
fn jv_05_a_key_id_is_only_compared() {
    let bench = Bench::new();
    for kid in [
        "../../../../dev/null",
        "x' UNION SELECT 'k",
        "key%00.pem",
        "k-1\0",
        "\"}{\"",
        "",
        "K-1",
        " k-1",
    ] {
        bench.refuses(
            &bench.key.token(json!({"kid": kid}), json!({})),
            Rejection::UnknownKey,
        );
    }
    bench.refuses(
        &bench.key.token(json!({"kid": null}), json!({})),
        Rejection::KeyIdMissing,
    );
}

/// JV-06: the part of the verifier; the fetches are counted in `remote`.
#[test]
fn jv_06_two_thousand_unknown_key_ids_are_refused_and_leave_the_key_set_as_it_was() {
    let bench = Bench::new();
    let genuine = bench.key.token(json!({}), json!({}));
    let (_, rest) = genuine.split_once('.').unwrap();
    for n in 0..2_000 {
        let header = json!({"typ": "at+jwt", "alg": "RS256", "kid": format!("random-{n}")});
        bench.refuses(
            &format!("{}.{rest}", b64(header.to_string())),
            Rejection::UnknownKey,
        );
    }
    assert!(bench.judge(&genuine).is_ok());
    assert_eq!(bench.keys.len(), 1);
}

/// JV-07, JB-15
#[test]
fn jv_07_an_unknown_crit_is_refused() {
    let bench = Bench::new();
    for patch in [
        json!({"crit": ["bork"], "bork": "1"}),
        json!({"crit": ["exp"], "exp": 1}),
        json!({"crit": []}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"b64": false}),
    ] {
        bench.refuses(
            &bench.key.token(patch, json!({})),
            Rejection::CriticalHeader,
        );
    }
}

/// JV-08
#[test]
fn jv_08_a_duplicate_claim_is_refused_wherever_it_stands() {
    let bench = Bench::new();
    let genuine = claims_of_a_user().to_string();
    for extra in [
        r#""roles":["admin"]"#,
        r#""rol\u0065s":["admin"]"#,
        r#""exp":9999999999"#,
        r#""x":{"a":1,"a":2}"#,
        r#""x":[{"a":1,"b":{"c":1,"c":1}}]"#,
    ] {
        for claims in [
            genuine.replacen('{', &format!("{{{extra},"), 1),
            format!("{},{extra}}}", genuine.strip_suffix('}').unwrap()),
        ] {
            let token = bench.key.sign_text(bench.key.header().to_string(), claims);
            bench.refuses(&token, Rejection::DuplicateMember);
        }
    }
    let header = r#"{"typ":"JWT","typ":"at+jwt","alg":"RS256","kid":"k-1"}"#;
    bench.refuses(
        &bench.key.sign_text(header, &genuine),
        Rejection::DuplicateMember,
    );
}

/// JV-09, AT-14, JB-13
#[test]
fn jv_09_an_id_token_is_no_access_token() {
    let bench = Bench::new();
    let id_claims = json!({"aud": "ats-web", "nonce": "n", "client_id": null, "jti": null});
    for typ in [
        json!("JWT"),
        json!(null),
        json!("logout+jwt"),
        json!("statuslist+jwt"),
    ] {
        let header = json!({"typ": typ});
        bench.refuses(
            &bench.key.token(header.clone(), id_claims.clone()),
            Rejection::WrongType,
        );
        bench.refuses(&bench.key.token(header, json!({})), Rejection::WrongType);
    }
    let respelled = bench
        .key
        .token(json!({"typ": "Application/AT+JWT"}), json!({}));
    assert!(bench.judge(&respelled).is_ok());
    let typed_id_token = bench.key.token(json!({}), id_claims);
    bench.refuses(&typed_id_token, Rejection::ClaimMissing);
}

/// JV-10
#[test]
fn jv_10_exp_absent_or_not_a_number_is_refused() {
    let bench = Bench::new();
    bench.refuses_claims(json!({"exp": null}), Rejection::ClaimMissing);
    for text in [
        "\"9999999999\"",
        "null",
        "true",
        "[]",
        "{}",
        "[9999999999]",
        "1e999",
        "1e300",
    ] {
        bench.refuses_claim_text("exp", text, Rejection::ClaimsMalformed);
    }
    for text in ["-1", "0", "0.5"] {
        bench.refuses_claim_text("exp", text, Rejection::Expired);
    }
    bench.refuses_claim_text("exp", "9007199254740992", Rejection::LifetimeTooLong);
}

/// JV-11, AT-18, GEN-27
#[test]
fn jv_11_times_are_judged_within_the_leeway() {
    let bench = Bench::new();
    let accepts = |patch: Value| {
        assert!(
            bench
                .judge(&bench.key.token(json!({}), patch.clone()))
                .is_ok(),
            "{patch}"
        );
    };
    let past = |exp: i64| json!({"iat": NOW - 900, "exp": exp});
    bench.refuses_claims(past(NOW - 61), Rejection::Expired);
    bench.refuses_claims(past(NOW - 30), Rejection::Expired);
    accepts(past(NOW - 29));
    accepts(past(NOW - 5));
    accepts(json!({"exp": 1_800_000_890.75}));

    bench.refuses_claims(json!({"nbf": NOW + 3_600}), Rejection::NotYetValid);
    bench.refuses_claims(json!({"nbf": NOW + 61}), Rejection::NotYetValid);
    accepts(json!({"nbf": NOW + 8}));
    accepts(json!({"nbf": NOW - 8}));
    for text in [
        format!("\"{NOW}\""),
        "null".into(),
        "true".into(),
        "[]".into(),
    ] {
        bench.refuses_claim_text("nbf", &text, Rejection::ClaimsMalformed);
        bench.refuses_claim_text("iat", &text, Rejection::ClaimsMalformed);
    }

    bench.refuses_claims(json!({"iat": NOW + 61}), Rejection::IssuedAhead);
    accepts(json!({"iat": NOW + 8}));
    bench.refuses_claims(
        json!({"iat": NOW + 9, "exp": NOW + 9}),
        Rejection::LifetimeNegative,
    );
    bench.refuses_claims(
        json!({"iat": NOW + 9, "exp": NOW + 8}),
        Rejection::LifetimeNegative,
    );
    bench.refuses_claims(
        json!({"iat": NOW, "exp": NOW + 24 * 3_600 + 1}),
        Rejection::LifetimeTooLong,
    );
    accepts(json!({"iat": NOW, "exp": NOW + 24 * 3_600}));
}

/// JV-12, AT-19
#[test]
fn jv_12_iss_absent_or_of_a_wrong_type_is_refused() {
    let bench = Bench::new();
    bench.refuses_claims(json!({"iss": null}), Rejection::ClaimMissing);
    let array = format!("[\"{ISSUER}\"]");
    for text in ["5", "null", "{\"x\":1}", "true", &array] {
        bench.refuses_claim_text("iss", text, Rejection::ClaimsMalformed);
    }
}

/// JV-13, AT-15
#[test]
fn jv_13_iss_nearly_equal_is_refused() {
    let bench = Bench::new();
    for iss in [
        "https://auth.example.com/",
        "https://AUTH.example.com",
        "https://auth.example.co",
        "https://auth.example.com.evil.example",
        "http://auth.example.com",
        "https://auth.example.com:443",
        " https://auth.example.com",
        "",
    ] {
        bench.refuses_claims(json!({"iss": iss}), Rejection::WrongIssuer);
    }
}

/// JV-14, AT-16, JB-10. `["other", API]` is accepted: RFC 7519 §4.1.3 names each recipient.
#[test]
fn jv_14_aud_absent_wrong_or_for_another_service_is_refused() {
    let bench = Bench::new();
    bench.refuses_claims(json!({"aud": null}), Rejection::ClaimMissing);
    for aud in [
        json!(5),
        json!({API: 1}),
        json!([API, 5]),
        json!([]),
        json!([[API]]),
        json!(true),
    ] {
        bench.refuses_claim_text("aud", &aud.to_string(), Rejection::ClaimsMalformed);
    }
    for aud in [
        json!("https://api.example.com-evil"),
        json!("https://api.example.com/"),
        json!("https://api.example"),
        json!(["other"]),
        json!([""]),
        json!("ats-web"),
    ] {
        bench.refuses_claims(json!({"aud": aud}), Rejection::WrongAudience);
    }
    let for_both = bench.key.token(json!({}), json!({"aud": ["other", API]}));
    assert!(bench.judge(&for_both).is_ok());
}

/// JV-15
#[test]
fn jv_15_a_signature_has_no_second_form() {
    let bench = Bench::new();
    let genuine = bench.key.token(json!({}), json!({}));
    let (signed, signature) = genuine.rsplit_once('.').unwrap();
    let signature =
        base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature)
            .unwrap();
    let (length, last) = (signature.len(), signature.len() - 1);

    let mut flipped = signature.clone();
    flipped[last] ^= 1;
    let shorter = signature[..last].to_vec();
    let longer_before = [&[0], &*signature].concat();
    let longer_after = [&*signature, &[0]].concat();
    for forged in [
        flipped,
        vec![],
        shorter,
        longer_before,
        longer_after,
        plus_modulus(&bench.key, &signature),
        vec![0; length],
        vec![0xff; length],
    ] {
        bench.refuses(
            &format!("{signed}.{}", b64(forged)),
            Rejection::BadSignature,
        );
    }

    let (header, payload) = signed.split_once('.').unwrap();
    let admin = claims_of_a_user()
        .to_string()
        .replace("candidate", "adminisXX");
    assert_ne!(b64(&admin), payload);
    bench.refuses(
        &format!("{header}.{}.{}", b64(admin), b64(&signature)),
        Rejection::BadSignature,
    );
}

/// s + n, which is congruent to s; longer by a byte when it overflows.
fn plus_modulus(key: &TestKey, signature: &[u8]) -> Vec<u8> {
    let Pair::Rs256(pair) = &key.pair else {
        unreachable!()
    };
    let modulus = aws_lc_rs::signature::KeyPair::public_key(pair).modulus();
    let (mut sum, mut carry) = (Vec::with_capacity(signature.len() + 1), 0_u16);
    for (a, b) in signature
        .iter()
        .rev()
        .zip(modulus.big_endian_without_leading_zero().iter().rev())
    {
        let digit = u16::from(*a) + u16::from(*b) + carry;
        sum.push(digit.to_be_bytes()[1]);
        carry = digit >> 8;
    }
    if carry > 0 {
        sum.push(1);
    }
    sum.reverse();
    sum
}

/// JV-16, JB-14
#[test]
fn jv_16_base64url_is_canonical_or_refused() {
    let bench = Bench::new();
    let genuine = bench.key.token(json!({}), json!({}));
    let (signed, signature) = genuine.rsplit_once('.').unwrap();
    // 256 bytes leave four unused bits in the last character: sixteen spellings of one signature.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let respelled = alphabet
        .chars()
        .nth(alphabet.find(last).unwrap() + 1)
        .unwrap();
    let head = &signature[..signature.len() - 1];
    let standard = format!("+/{}", &signature[2..]);
    for bent in [
        format!("{signature}=="),
        standard,
        format!("{}\n{}", &signature[..10], &signature[10..]),
        format!(" {signature}"),
        format!("{signature} "),
        format!("{head}{respelled}"),
    ] {
        bench.refuses(&format!("{signed}.{bent}"), Rejection::NotBase64Url);
    }
    bench.refuses(&format!(" {genuine}"), Rejection::NotBase64Url);
    bench.refuses(&format!("{genuine}."), Rejection::NotCompact);
    bench.refuses(r#"{"payload":"","signatures":[]}"#, Rejection::NotCompact);
}

/// JV-17, AT-23
#[test]
fn jv_17_an_oversized_token_is_refused_before_decoding() {
    let bench = Bench::new();
    for kib in [16, 64, 1_024, 8_192] {
        let padding = "x".repeat(kib * 1_024);
        bench.refuses_claims(json!({"padding": padding}), Rejection::TooLarge);
        bench.refuses(
            &bench.key.token(json!({"padding": padding}), json!({})),
            Rejection::TooLarge,
        );
    }
    // Not base64 at all, so that decoding would give another reason.
    bench.refuses(&"#".repeat(8 * 1_024 + 1), Rejection::TooLarge);
    bench.refuses(&"#".repeat(8 * 1_024), Rejection::NotCompact);
}

/// JV-17: at the limit, one below and one above.
#[test]
fn jv_17_the_documented_cap_is_exact() {
    let bench = Bench::new();
    let length = |padding: usize| {
        bench
            .key
            .token(json!({}), json!({"padding": "x".repeat(padding)}))
            .len()
    };
    let padding = (0..8_192)
        .rev()
        .find(|padding| length_of(*padding, &bench) <= 8_192)
        .unwrap();
    assert!(length(padding) <= 8_192 && length(padding + 1) > 8_192);
    let accepted = bench
        .key
        .token(json!({}), json!({"padding": "x".repeat(padding)}));
    assert!(bench.judge(&accepted).is_ok());
    bench.refuses_claims(
        json!({"padding": "x".repeat(padding + 1)}),
        Rejection::TooLarge,
    );
}

/// The length the token would have, without signing it.
fn length_of(padding: usize, bench: &Bench) -> usize {
    let b64_length = |bytes: usize| (bytes * 4).div_ceil(3);
    let header = bench.key.header().to_string().len();
    let claims = claims_of_a_user().to_string().len() + r#","padding":"""#.len() + padding;
    b64_length(header) + b64_length(claims) + b64_length(256) + 2
}
