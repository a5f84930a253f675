//! From registering to the last token: a client that nobody knew before (RFC 7591 §1, OpenID Connect
//! Core 1.0 §3.1).

use serde_json::{Value, json};

use super::{open, web, with};
use crate::authorize::{CANDIDATE, Request, VERIFIER, parameters};
use crate::private_key_jwt::signer::Signer;
use crate::support::{Answer, ISSUER, PASSWORD, World};

const CALLBACK: &str = "https://app.example.com/cb";

/// A code for the client, by the real pages.
async fn code(world: &World, client: &Value) -> String {
    let id = client["client_id"].as_str().unwrap();
    let url = Request::of(id, CALLBACK)
        .with("scope", "openid email")
        .url();
    let url = world.person().log_in(&url, CANDIDATE, PASSWORD).await;
    parameters(&url)["code"].clone()
}

async fn userinfo(world: &World, token: &str) -> Answer {
    Answer::of(world.request("GET", "/oauth2/userinfo").bearer_auth(token)).await
}

/// DCR-02, DCM-03: everything works at once, and ends at once.
#[actix_web::test]
async fn dcr_02_dcm_03_a_registered_client_logs_users_in_until_it_leaves() {
    let world = open().await;
    let grants = json!({"grant_types": ["authorization_code", "refresh_token"]});
    let client = world.register(&with(web(), grants)).await.json();
    let (id, secret) = (
        client["client_id"].as_str().unwrap(),
        client["client_secret"].as_str().unwrap(),
    );
    let code = code(&world, &client).await;
    let tokens = world
        .token_as(
            (id, secret),
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
        )
        .await;
    tokens.is_ok();
    assert_eq!(
        crate::support::part(&tokens.member("id_token"), 1)["aud"],
        id
    );
    let access = tokens.member("access_token");
    assert_eq!(tokens.claims()["aud"], ISSUER);
    let who = userinfo(&world, &access).await;
    assert_eq!(who.json()["email"], CANDIDATE, "{}", who.text);

    // It was used, so housekeeping lets it be.
    world
        .clock
        .advance(std::time::Duration::from_hours(24 * 31));
    auth_server::lifecycle::prune(&world.state).await.unwrap();
    assert_eq!(world.manage("GET", &client, None).await.status, 200);
    assert_eq!(world.manage("DELETE", &client, None).await.status, 204);
    let refresh = tokens.member("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", &*refresh),
    ];
    let refreshed = world.token_as((id, secret), &form).await;
    refreshed.is_error(401, "invalid_client");
}

/// DCM-03: the tokens of a client that leaves are dead for those who ask and for those who read lists.
#[actix_web::test]
async fn dcm_03_who_leaves_takes_its_tokens_along() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    let code = code(&world, &client).await;
    let (id, secret) = (
        client["client_id"].as_str().unwrap(),
        client["client_secret"].as_str().unwrap(),
    );
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = world.token_as((id, secret), &form).await;
    let access = tokens.member("access_token");
    assert_eq!(userinfo(&world, &access).await.status, 200);
    assert!(!world.is_bit_set(&access).await);
    assert_eq!(world.manage("DELETE", &client, None).await.status, 204);
    assert_eq!(userinfo(&world, &access).await.status, 401);
    world.state.revocation.refresh().await.unwrap();
    assert!(world.is_bit_set(&access).await);
}

/// PKJ-06, CA-21, DCR-02: a client that registered its keys signs its way in everywhere.
#[actix_web::test]
async fn ca_21_pkj_06_a_client_that_registered_its_keys_signs_its_way_in() {
    let world = open().await;
    let signer = Signer::new("ES256", "k-1");
    let said = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": signer.jwks(),
        "token_endpoint_auth_signing_alg": "ES256",
    });
    let client = world.register(&with(web(), said)).await.json();
    assert!(client.get("client_secret").is_none(), "{client}");
    let id = client["client_id"].as_str().unwrap();
    let assertion = || {
        let now = world.state.clock.now().as_seconds();
        let jti = world.state.random.text::<9>();
        let claims = json!({"iss": id, "sub": id, "aud": ISSUER, "exp": now + 60, "jti": jti});
        signer.sign(&signer.header(), &claims)
    };
    let code = code(&world, &client).await;
    let ask = async |path: &str, form: &[(&str, &str)]| {
        let proof = assertion();
        let proof = [
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &*proof),
        ];
        world.post(path, &[form, &proof].concat()).await
    };
    let tokens = ask(
        "/oauth2/token",
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ],
    )
    .await;
    tokens.is_ok();
    let access = tokens.member("access_token");
    assert_eq!(userinfo(&world, &access).await.status, 200);
    ask("/oauth2/revoke", &[("token", &access)]).await.is_ok();
    assert_eq!(userinfo(&world, &access).await.status, 401);
}
