//! The discovery documents (RFC 8414, OpenID Connect Discovery; matrix MD rows, attack IR-05).

use crate::support::{ISSUER, World};

const OIDC: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// MD-01, MD-02, MD-04, MD-05, MD-08
#[actix_web::test]
async fn md_01_02_04_05_08_both_documents_are_one() {
    let world = World::start().await;
    let (oidc, oauth) = (world.get(OIDC).await, world.get(OAUTH).await);
    assert_eq!(oidc.json(), oauth.json());
    assert_eq!(oidc.json()["issuer"], ISSUER);
    assert_eq!(oidc.header("cache-control"), "public, max-age=300");
    assert_eq!(oidc.header("content-type"), "application/json");
}

/// MD-06, MD-07, PRM-04, IR-05
#[actix_web::test]
async fn md_06_07_only_what_works_is_listed() {
    let world = World::start().await;
    let document = world.get(OIDC).await.json();
    for (name, value) in document.as_object().unwrap() {
        assert!(
            !value.is_null() && value != &serde_json::json!([]),
            "{name}"
        );
        if let Some(url) = value.as_str() {
            assert!(url.starts_with(ISSUER), "{name} is at {url}");
            let path = url.strip_prefix(ISSUER).unwrap();
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let status = world.get(path).await.status;
                let is_there = matches!(status, 200 | 400 | 401 | 405);
                assert!(is_there, "{name} answers {status}");
            }
        }
    }
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&"jobs:read".into()));
    assert_eq!(
        document["protected_resources"],
        serde_json::json!(["http://localhost:8081"])
    );
    assert!(
        !document.to_string().contains("none\"]")
            || document["token_endpoint_auth_methods_supported"].is_array()
    );
}

/// MD-07: what is switched off is not listed.
#[actix_web::test]
async fn md_07_the_password_grant_is_listed_while_it_is_switched_on() {
    for (enabled, is_listed) in [("true", true), ("false", false)] {
        let world = World::with(|inputs| inputs.with("password_grant.enabled", enabled)).await;
        let document = world.get(OIDC).await.json();
        let grants = document["grant_types_supported"].as_array().unwrap();
        assert_eq!(grants.contains(&"password".into()), is_listed, "{grants:?}");
        assert!(grants.contains(&"client_credentials".into()), "{grants:?}");
    }
}

/// MD-09: every member is one that a specification registers, so that nobody's schema stumbles.
#[actix_web::test]
async fn md_09_no_member_is_of_our_own_making() {
    const REGISTERED: [&str; 48] = [
        // RFC 8414 §2, OpenID Connect Discovery 1.0 §3
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "registration_endpoint",
        "scopes_supported",
        "response_types_supported",
        "response_modes_supported",
        "grant_types_supported",
        "acr_values_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "display_values_supported",
        "claim_types_supported",
        "claims_supported",
        "service_documentation",
        "claims_locales_supported",
        "ui_locales_supported",
        "claims_parameter_supported",
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "op_policy_uri",
        "op_tos_uri",
        "revocation_endpoint",
        "revocation_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "introspection_endpoint",
        "introspection_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
        "code_challenge_methods_supported",
        // RFC 9126 §5, 9207 §3, 9701 §7, 9728 §4
        "pushed_authorization_request_endpoint",
        "require_pushed_authorization_requests",
        "authorization_response_iss_parameter_supported",
        "introspection_signing_alg_values_supported",
        "introspection_encryption_alg_values_supported",
        "introspection_encryption_enc_values_supported",
        "protected_resources",
        // RP-Initiated, Back-Channel and Front-Channel Logout 1.0, Prompt Create 1.0
        "end_session_endpoint",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "prompt_values_supported",
        // Token Status List §9.1
        "status_list_aggregation_endpoint",
    ];
    let world = World::with(|inputs| inputs.with("registration.mode", "open")).await;
    let document = world.get(OIDC).await.json();
    let members = document.as_object().unwrap();
    let odd: Vec<&String> = members
        .keys()
        .filter(|name| !REGISTERED.contains(&name.as_str()))
        .collect();
    assert!(odd.is_empty(), "{odd:?}");
}

/// MD-02: for an issuer with a path, the name goes between host and path.
#[actix_web::test]
async fn md_02_an_issuer_with_a_path_keeps_everything_below_it() {
    let world = World::with(|inputs| inputs.with("issuer", "http://localhost:8080/tenant")).await;
    let inserted = world.get(&format!("{OAUTH}/tenant")).await;
    assert_eq!(inserted.status, 200, "{}", inserted.text);
    let document = world.get(&format!("/tenant{OIDC}")).await.json();
    assert_eq!(document, inserted.json());
    assert_eq!(
        document["token_endpoint"],
        "http://localhost:8080/tenant/oauth2/token"
    );
    // MD-03
    let appended = world.get(&format!("{OIDC}/tenant")).await;
    assert_eq!(appended.status, 200, "{}", appended.text);
    assert_eq!(document, appended.json());
    assert_eq!(world.get("/tenant/.well-known/jwks.json").await.status, 200);
    assert_eq!(world.get("/.well-known/jwks.json").await.status, 404);
    assert_eq!(world.get("/tenant/docs/").await.status, 200);
}

/// LC-07: headers of strangers change nothing.
#[actix_web::test]
async fn lc_07_forwarded_headers_do_not_move_the_issuer() {
    let world = World::start().await;
    let request = world
        .request("GET", OIDC)
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example;proto=https");
    let answer = crate::support::Answer::of(request).await;
    assert!(!answer.text.contains("evil"), "{}", answer.text);
    assert_eq!(answer.json()["issuer"], ISSUER);
}
