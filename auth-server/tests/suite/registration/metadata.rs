//! What a client may say about itself (RFC 7591 §2, §3.2; matrix DCR-02 to DCR-15).

use serde_json::{Value, json};

use super::{is_unfit, open, web, with};
use crate::support::{PASSWORD, World};

/// Open, for tests that try more than a stranger may.
async fn generous() -> World {
    World::with(|inputs| {
        inputs
            .with("registration.mode", "open")
            .with("registration.max_per_hour", "1000")
    })
    .await
}

/// DCR-02, DCR-05, DCR-12, CA-03, NAT-06, GEN-14
#[actix_web::test]
async fn dcr_02_the_answer_holds_everything_with_its_defaults() {
    let world = open().await;
    let answer = world.register(&web()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    let client = answer.json();
    let id = client["client_id"].as_str().unwrap();
    assert!(id.starts_with("c_"), "{id}");
    for secret in ["client_secret", "registration_access_token"] {
        let secret = client[secret].as_str().unwrap();
        assert!(secret.len() > 43, "{secret}");
        let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(secret.chars().all(is_unreserved), "{secret}");
    }
    let now = world.state.clock.now().as_seconds();
    for (member, value) in [
        ("client_id_issued_at", json!(now)),
        ("client_secret_expires_at", json!(0)),
        ("redirect_uris", json!(["https://app.example.com/cb"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("application_type", json!("web")),
        ("subject_type", json!("public")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("require_auth_time", json!(false)),
        (
            "registration_client_uri",
            json!(format!("http://localhost:8080/oauth2/register/{id}")),
        ),
    ] {
        assert_eq!(client[member], value, "{member}");
    }
    let other = world.register(&web()).await.json();
    assert_ne!(other["client_id"], client["client_id"]);
    assert_ne!(other["client_secret"], client["client_secret"]);
    // GEN-14: of neither secret more than a digest is kept.
    world.log_in("admin@example.com", PASSWORD).await.is_ok();
    let kept = world.dump().await;
    for secret in ["client_secret", "registration_access_token"] {
        assert!(!kept.contains(client[secret].as_str().unwrap()));
    }
}

/// DCR-03, DCR-12: what is unknown, and what is not the client's to choose.
#[actix_web::test]
async fn dcr_03_dcr_12_unknown_members_are_ignored_and_no_id_is_chosen() {
    let world = open().await;
    let body = with(
        web(),
        json!({
            "client_id": "ats-web", "client_secret": "chosen-by-a-stranger-0123456789abcdef",
            "invented": {"a": [1]}, "is_first_party": true, "roles": ["admin"],
            "may_introspect": true, "require_pkce": false, "access_ttl": 86_400_000,
        }),
    );
    let client = world.register(&body).await.json();
    assert_ne!(client["client_id"], "ats-web");
    assert_ne!(client["client_secret"], body["client_secret"]);
    for unknown in [
        "invented",
        "is_first_party",
        "roles",
        "may_introspect",
        "require_pkce",
    ] {
        assert!(client.get(unknown).is_none(), "{unknown}");
    }
    let id = auth_server::model::ClientId::new(client["client_id"].as_str().unwrap());
    let stored = world
        .state
        .directory
        .find_client(&id)
        .await
        .unwrap()
        .unwrap();
    assert!(stored.roles.is_empty() && !stored.may_introspect && stored.require_pkce);
    assert!(!stored.metadata.is_first_party && stored.access_ttl.is_none());
    assert_eq!(
        stored.metadata.origin,
        auth_server::model::Origin::Registration
    );
}

/// Attack AZ-06; matrix DCR-04, DCR-11, AZ-06, AZ-08, AZ-09, NAT-04: and nothing is stored.
#[actix_web::test]
async fn az_06_dcr_04_dangerous_redirect_uris_are_refused() {
    let world = generous().await;
    let before = count_clients(&world).await;
    for uri in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "https://x/#f",
        "/relative",
        "https://*.example.com/cb",
        "http://app.example.com/cb",
        "myapp:/cb",
        "https://user@app.example.com/cb",
        "",
    ] {
        for kind in ["web", "native"] {
            let body = json!({"redirect_uris": [uri], "application_type": kind});
            is_unfit(
                &world.register(&body).await,
                "invalid_redirect_uri",
                "redirect_uris",
            );
        }
    }
    for nothing in [json!({}), json!({"redirect_uris": []})] {
        is_unfit(
            &world.register(&nothing).await,
            "invalid_redirect_uri",
            "redirect_uris",
        );
    }
    assert_eq!(count_clients(&world).await, before);
}

async fn count_clients(world: &World) -> usize {
    let all = auth_server::store::clients::all(world.state.store.read()).await;
    all.unwrap().len()
}

/// NAT-05, NAT-10, CA-23: native applications are public, whatever their redirect URIs are.
#[actix_web::test]
async fn nat_10_ca_23_native_applications_register_as_public_clients() {
    let world = open().await;
    for uri in [
        "com.example.app:/oauth2redirect",
        "https://app.example.com/claimed",
        "http://127.0.0.1/cb",
        "http://[::1]/cb",
    ] {
        let body = json!({"redirect_uris": [uri], "application_type": "native"});
        let client = world.register(&body).await.json();
        assert_eq!(client["token_endpoint_auth_method"], "none", "{uri}");
        assert!(client.get("client_secret").is_none(), "{uri}");
        assert!(client.get("client_secret_expires_at").is_none());
    }
    let body = json!({
        "redirect_uris": ["http://127.0.0.1/cb"], "application_type": "native",
        "token_endpoint_auth_method": "client_secret_basic",
    });
    let answer = world.register(&body).await;
    is_unfit(
        &answer,
        "invalid_client_metadata",
        "token_endpoint_auth_method",
    );
}

/// DCR-05, DCR-06, DCR-07, DCR-11, DCR-14, PW-07, DEC-01, DEC-03, LO-09, LO-23, LO-31, OC-76: one member each.
#[actix_web::test]
async fn dcr_05_dcr_06_dcr_07_dcr_11_what_breaks_a_rule_is_named() {
    let world = generous().await;
    let key =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let table = [
        // DEC-01, DEC-03
        ("grant_types", json!({"grant_types": ["password"]})),
        (
            "grant_types",
            json!({"grant_types": ["authorization_code", "password"]}),
        ),
        ("grant_types", json!({"grant_types": ["implicit"]})),
        (
            "grant_types",
            json!({"grant_types": ["client_credentials"]}),
        ),
        (
            "grant_types",
            json!({"grant_types": ["refresh_token"], "response_types": []}),
        ),
        // DCR-05
        ("response_types", json!({"response_types": ["token"]})),
        (
            "response_types",
            json!({"response_types": ["code", "code id_token"]}),
        ),
        (
            "response_types",
            json!({"grant_types": ["authorization_code"], "response_types": []}),
        ),
        (
            "token_endpoint_auth_method",
            json!({"token_endpoint_auth_method": "client_secret_jwt"}),
        ),
        ("application_type", json!({"application_type": "desktop"})),
        ("subject_type", json!({"subject_type": "secret"})),
        // DCR-06
        (
            "jwks",
            json!({"jwks": {"keys": [key]}, "jwks_uri": "https://app.example.com/jwks"}),
        ),
        (
            "jwks",
            json!({"jwks": {"keys": [with(key.clone(), json!({"d": "x"}))]}}),
        ),
        (
            "jwks",
            json!({"token_endpoint_auth_method": "private_key_jwt"}),
        ),
        // DCR-07
        (
            "id_token_signed_response_alg",
            json!({"id_token_signed_response_alg": "none"}),
        ),
        (
            "id_token_signed_response_alg",
            json!({"id_token_signed_response_alg": "HS256"}),
        ),
        (
            "id_token_signed_response_alg",
            json!({"id_token_signed_response_alg": "ES256"}),
        ),
        (
            "userinfo_signed_response_alg",
            json!({"userinfo_signed_response_alg": "none"}),
        ),
        (
            "id_token_encrypted_response_alg",
            json!({"id_token_encrypted_response_alg": "RSA-OAEP"}),
        ),
        // DCR-11
        ("scope", json!({"scope": "openid jobs:write"})),
        ("scope", json!({"scope": "openid \"x\""})),
        // DCR-14, OC-76
        (
            "initiate_login_uri",
            json!({"initiate_login_uri": "http://app.example.com/login"}),
        ),
        // LO-09, LO-23, LO-31
        (
            "post_logout_redirect_uris",
            json!({"post_logout_redirect_uris": ["https://app.example.com/#x"]}),
        ),
        (
            "post_logout_redirect_uris",
            json!({"post_logout_redirect_uris": ["http://app.example.com/"]}),
        ),
        (
            "backchannel_logout_uri",
            json!({"backchannel_logout_uri": "https://app.example.com/#x"}),
        ),
        (
            "backchannel_logout_uri",
            json!({"backchannel_logout_uri": "http://app.example.com/x"}),
        ),
        (
            "frontchannel_logout_uri",
            json!({"frontchannel_logout_uri": "https://other.example.com/x"}),
        ),
        // DCR-09
        (
            "logo_uri",
            json!({"logo_uri": "https://bank.example/logo.png"}),
        ),
        (
            "policy_uri",
            json!({"policy_uri#de": "https://bank.example/"}),
        ),
        ("client_name", json!({"client_name": "a\u{202e}b"})),
        // DCR-08
        (
            "sector_identifier_uri",
            json!({
                "subject_type": "pairwise",
                "redirect_uris": ["https://a.example.com/cb", "https://b.example.com/cb"],
            }),
        ),
        ("body", json!({"client_name": 1})),
        (
            "body",
            json!({"redirect_uris": "https://app.example.com/cb"}),
        ),
    ];
    for (member, change) in table {
        let answer = world.register(&with(web(), change.clone())).await;
        is_unfit(&answer, "invalid_client_metadata", member);
    }
}

/// SS-01: URLs that lead inside are refused when they are registered.
#[actix_web::test]
async fn ss_01_urls_that_lead_inside_cannot_be_registered() {
    let world = generous().await;
    for member in [
        "jwks_uri",
        "backchannel_logout_uri",
        "sector_identifier_uri",
    ] {
        for uri in [
            "https://127.0.0.1/x",
            "https://localhost:8443/x",
            "https://10.0.0.1/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/x",
            "http://localhost/x",
        ] {
            let answer = world.register(&with(web(), json!({member: uri}))).await;
            is_unfit(&answer, "invalid_client_metadata", member);
        }
    }
}

/// DCR-09: every machine is localhost, so that nobody has it for a host of its own to compare with.
#[actix_web::test]
async fn dcr_09_an_application_on_loopback_has_its_pages_elsewhere() {
    let world = open().await;
    let tool = json!({
        "redirect_uris": ["http://localhost:6274/oauth/callback"],
        "token_endpoint_auth_method": "none",
        "client_uri": "https://tools.example.com/inspector",
    });
    let answer = world.register(&tool).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json()["client_uri"], tool["client_uri"]);
    let both = json!({"redirect_uris": ["http://localhost:6274/cb", "https://app.example.com/cb"]});
    let answer = world.register(&with(tool, both)).await;
    is_unfit(&answer, "invalid_client_metadata", "client_uri");
}

/// DCR-09, DCR-14, DCR-15, OC-76: what is stored comes back. There are no request objects, so
/// `request_object_signing_alg` is a member that nobody knows (DCR-03).
#[actix_web::test]
async fn dcr_15_every_other_member_is_kept_and_told() {
    let world = open().await;
    let said = json!({
        "redirect_uris": ["https://app.example.com/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post",
        "token_endpoint_auth_signing_alg": "ES256",
        "client_name": "Jobs & more",
        "client_name#de": "Stellen",
        "client_uri": "https://app.example.com/",
        "logo_uri": "https://app.example.com/logo.png",
        "logo_uri#de": "https://app.example.com/logo-de.png",
        "tos_uri": "https://app.example.com/tos",
        "policy_uri": "https://app.example.com/policy",
        "contacts": ["anna@example.com"],
        "scope": "email openid",
        "default_max_age": 3600,
        "require_auth_time": true,
        "default_acr_values": ["urn:example:acr"],
        "initiate_login_uri": "https://app.example.com/login",
        "post_logout_redirect_uris": ["https://app.example.com/bye"],
        "backchannel_logout_uri": "https://app.example.com/backchannel",
        "backchannel_logout_session_required": true,
        "frontchannel_logout_uri": "https://app.example.com/frontchannel",
        "frontchannel_logout_session_required": true,
        "userinfo_signed_response_alg": "RS256",
        "introspection_signed_response_alg": "RS256",
        "id_token_signed_response_alg": "RS256",
        "require_pushed_authorization_requests": true,
        "jwks_uri": "https://app.example.com/jwks",
        "software_id": "jobs",
        "software_version": "1.0",
        "application_type": "web",
        "subject_type": "pairwise",
    });
    let client = world.register(&said).await.json();
    for (member, value) in said.as_object().unwrap() {
        assert_eq!(&client[member], value, "{member}");
    }
    let read = world.manage("GET", &client, None).await;
    assert_eq!(read.status, 200, "{}", read.text);
    for (member, value) in said.as_object().unwrap() {
        assert_eq!(&read.json()[member], value, "{member}");
    }
}

/// Attack TE-05 and matrix CA-01: what was registered works.
#[actix_web::test]
async fn dcr_02_a_registered_client_can_authenticate_and_no_other_way() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    let text = |member: &str| client[member].as_str().unwrap().to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", "x"),
    ];
    let answer = world.token_as((&id, &secret), &form).await;
    answer.is_error(400, "invalid_grant");
    world
        .token_as((&id, "wrong"), &form)
        .await
        .is_error(401, "invalid_client");
    let post = [
        &form[..],
        &[("client_id", &*id), ("client_secret", &*secret)],
    ]
    .concat();
    world.token(&post).await.is_error(401, "invalid_client");
    let own = [("grant_type", "client_credentials")];
    let answer = world.token_as((&id, &secret), &own).await;
    answer.is_error(400, "unauthorized_client");
    let password = [
        ("grant_type", "password"),
        ("username", "a"),
        ("password", "b"),
    ];
    let answer = world.token_as((&id, &secret), &password).await;
    answer.is_error(400, "unauthorized_client");
}

/// Attack AD-02 and matrix DCR-01: media types and broken bodies.
#[actix_web::test]
async fn dcr_01_what_is_not_json_is_refused() {
    let world = open().await;
    let form = world
        .post("/oauth2/register", &[("client_name", "x")])
        .await;
    form.is_error(400, "invalid_request");
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"client_name":"a","client_name":"b"}"#,
    ] {
        let request = world
            .request("POST", "/oauth2/register")
            .header("content-type", "application/json; charset=utf-8")
            .body(body);
        is_unfit(
            &crate::support::Answer::of(request).await,
            "invalid_client_metadata",
            "body",
        );
    }
    let large: Value = json!({"client_name": "x".repeat(70_000)});
    let answer = world.register(&large).await;
    assert_eq!(answer.status, 413, "{}", answer.text);
}
