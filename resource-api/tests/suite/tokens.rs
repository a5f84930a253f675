//! Attack rows JV-01 to JV-17 over HTTP: every bad token is answered alike, and the service stays well.
//! The full sets of each row are tests of `shared-claims`.

use std::net::TcpListener;
use std::time::Duration;

use aws_lc_rs::hmac;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Caller, KID, NOW, Reserved, encode};

/// Each token gets 401 `invalid_token` with one and the same body, and a good one still passes.
async fn refuses(api: &Api, tokens: impl IntoIterator<Item = String>) {
    let mut bodies = Vec::new();
    for token in tokens {
        let reply = api
            .anonymous(Method::GET, "/jobs")
            .bearer(&token)
            .send()
            .await
            .expect(401);
        let challenge = reply.header("www-authenticate");
        assert!(
            challenge.contains(r#"error="invalid_token""#),
            "{challenge}"
        );
        bodies.push(reply.text);
    }
    assert!(!bodies.is_empty());
    bodies.dedup();
    assert_eq!(
        bodies.len(),
        1,
        "the answer tells which check failed: {bodies:?}"
    );
    api.get("/jobs", &Caller::candidate("c")).await.expect(200);
}

fn with(api: &Api, header: Value, claims: Value) -> String {
    Caller::admin().patched_token(&api.issuer, header, claims)
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_01_unsigned_tokens_are_refused_in_every_spelling() {
    let api = Api::start().await;
    let mut tokens = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE"] {
        let signed = with(&api, json!({"alg": alg}), json!({}));
        let (unsigned, _) = signed.rsplit_once('.').unwrap();
        tokens.push(format!("{unsigned}."));
        tokens.push(signed);
    }
    refuses(&api, tokens).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_02_the_public_key_is_no_hmac_secret() {
    let api = Api::start().await;
    let claims = Caller::admin().claims(&api.issuer, json!({})).to_string();
    let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": KID}).to_string();
    let signed = format!("{}.{}", encode(header), encode(claims));
    let jwk = api.issuer.jwk();
    let secrets = [jwk["n"].as_str().unwrap().to_owned(), jwk.to_string()];
    let token = |secret: &String| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("{signed}.{}", encode(hmac::sign(&key, signed.as_bytes())))
    };
    refuses(&api, secrets.iter().map(token)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_03_a_key_inside_the_token_is_not_used() {
    let api = Api::start().await;
    let stranger = Reserved::new().open();
    let smuggle = |kid: Value| {
        let header = json!({"jwk": stranger.jwk(), "kid": kid});
        let claims = json!({"iss": api.issuer.url()});
        Caller::admin().patched_token(&stranger, header, claims)
    };
    refuses(
        &api,
        [
            smuggle(json!(KID)),
            smuggle(Value::Null),
            smuggle(json!("own")),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_04_key_references_are_never_followed() {
    let api = Api::start().await;
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let url = format!("http://{}/keys", canary.local_addr().unwrap());
    let stranger = Reserved::new().open();
    let refer = |name: &str| {
        Caller::admin().patched_token(
            &stranger,
            json!({name: url}),
            json!({"iss": api.issuer.url()}),
        )
    };
    refuses(&api, [refer("jku"), refer("x5u")]).await;
    assert!(canary.accept().is_err(), "somebody called the canary");
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_05_key_ids_are_looked_up_in_memory_only() {
    let api = Api::start().await;
    let kids = [
        "../../../../dev/null",
        "x' UNION SELECT 'k",
        "key%00.pem",
        r#""}{""#,
        "",
    ];
    refuses(
        &api,
        kids.map(|kid| with(&api, json!({"kid": kid}), json!({}))),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_06_a_flood_of_unknown_key_ids_costs_one_fetch() {
    let api = Api::start().await;
    let before = api.issuer.fetches();
    refuses(
        &api,
        (0..300).map(|n| with(&api, json!({"kid": format!("k{n}")}), json!({}))),
    )
    .await;
    let fetched = api.issuer.fetches() - before;
    assert!(fetched <= 1, "{fetched} fetches within one cool-down");
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_07_unknown_critical_extensions_are_refused() {
    let api = Api::start().await;
    refuses(
        &api,
        [with(
            &api,
            json!({"crit": ["bork"], "bork": "1"}),
            json!({}),
        )],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_08_a_claim_that_stands_twice_is_refused() {
    let api = Api::start().await;
    let claims = Caller::candidate("c")
        .claims(&api.issuer, json!({}))
        .to_string();
    let doubled = claims.replacen('{', r#"{"roles":["admin"],"#, 1);
    let header = json!({"typ": "at+jwt", "alg": "RS256", "kid": KID}).to_string();
    refuses(&api, [api.issuer.sign_text(&header, &doubled)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_09_an_id_token_is_no_access_token() {
    let api = Api::start().await;
    let typ = |typ: Value| {
        with(
            &api,
            json!({"typ": typ}),
            json!({"nonce": "n", "at_hash": "h"}),
        )
    };
    refuses(
        &api,
        [
            typ(json!("JWT")),
            typ(Value::Null),
            typ(json!("logout+jwt")),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_10_a_token_without_a_numeric_expiry_is_refused() {
    let api = Api::start().await;
    let expiries = [Value::Null, json!("9999999999"), json!(true), json!([])];
    refuses(
        &api,
        expiries.map(|exp| with(&api, json!({}), json!({"exp": exp}))),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_11_tokens_live_from_nbf_to_exp_and_the_clock_decides() {
    let api = Api::start().await;
    let bad = [
        json!({"exp": NOW - 61}),
        json!({"nbf": NOW + 3_600}),
        json!({"nbf": "now"}),
    ];
    refuses(&api, bad.map(|claims| with(&api, json!({}), claims))).await;

    let token = Caller::candidate("c").token(&api.issuer);
    let call = || api.anonymous(Method::GET, "/jobs").bearer(&token);
    api.clock.advance(Duration::from_secs(900 - 1));
    call().send().await.expect(200);
    api.clock.advance(Duration::from_secs(1 + 61));
    call().send().await.expect(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_12_and_13_the_issuer_must_be_exactly_ours() {
    let api = Api::start().await;
    let ours = api.issuer.url().to_owned();
    let issuers = [
        Value::Null,
        json!(5),
        json!({"x": 1}),
        json!([ours]),
        json!(format!("{ours}/")),
        json!(ours.to_uppercase()),
        json!(ours.replace("http:", "https:")),
        json!(&ours[..ours.len() - 1]),
    ];
    refuses(
        &api,
        issuers.map(|iss| with(&api, json!({}), json!({"iss": iss}))),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_14_the_audience_must_be_this_api() {
    let api = Api::start().await;
    let audiences = [
        Value::Null,
        json!(5),
        json!({"http://localhost:8081": 1}),
        json!(["http://localhost:8081", 5]),
        json!("http://localhost:8081/"),
        json!(["other"]),
        json!([]),
    ];
    refuses(
        &api,
        audiences.map(|aud| with(&api, json!({}), json!({"aud": aud}))),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_15_and_16_altered_and_oddly_encoded_signatures_are_refused() {
    let api = Api::start().await;
    let token = Caller::admin().token(&api.issuer);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut flipped = signature.to_owned();
    let other = if flipped.starts_with('A') { "B" } else { "A" };
    flipped.replace_range(..1, other);
    let odd = [
        format!("{signed}.{flipped}"),
        format!("{signed}."),
        format!("{signed}.{}", &signature[..signature.len() - 2]),
        format!("{signed}.{}", encode([0_u8; 256])),
        format!("{signed}.{signature}=="),
        format!("{signed}.{signature}AAAA"),
        format!("{}.{signature}", signed.replacen('.', ".e", 1)),
    ];
    refuses(&api, odd).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jv_17_an_oversized_token_is_refused_before_it_is_read() {
    let api = Api::start().await;
    let padded = |bytes: usize| with(&api, json!({}), json!({"pad": "x".repeat(bytes)}));
    refuses(&api, [padded(16 * 1024), padded(64 * 1024)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_signed_by_another_key_under_our_key_id_is_refused() {
    let api = Api::start().await;
    let stranger = Reserved::new().open();
    let claims = json!({"iss": api.issuer.url()});
    refuses(
        &api,
        [Caller::admin().patched_token(&stranger, json!({}), claims)],
    )
    .await;
}
