//! Every route × every stranger (attack RS-02, AD-01). The OpenAPI document decides what routes
//! there are: one that is missing here fails the test.

use std::collections::BTreeSet;

use auth_server::protocol::scope::USER_SCOPES;
use serde_json::json;

use crate::support::{Answer, PASSWORD, World};

/// Who calls.
const STRANGERS: [&str; 10] = [
    "nobody",
    "garbage",
    "expired",
    "admin",
    "recruiter",
    "candidate",
    "person with openid",
    "service",
    "refresh token",
    "basic",
];

/// Method, path, and the status that all strangers get: these routes know no caller, and no bearer
/// token, however mighty, opens more. The forms are empty, so nothing is issued.
const ROUTES: [(&str, &str, u16); 16] = [
    // Nobody knows whose request it is: a page, whoever asks.
    ("get", "/oauth2/authorize", 400),
    ("post", "/oauth2/authorize", 400),
    ("post", "/oauth2/par", 401),
    ("get", "/oauth2/logout", 200),
    ("post", "/oauth2/logout", 303),
    ("post", "/oauth2/token", 401),
    ("post", "/oauth2/revoke", 401),
    ("get", "/oauth2/status", 200),
    // No list has this name.
    ("get", "/oauth2/status/{list}", 404),
    ("post", "/auth/login", 400),
    ("get", "/.well-known/openid-configuration", 200),
    ("get", "/.well-known/oauth-authorization-server", 200),
    ("get", "/.well-known/jwks.json", 200),
    ("get", "/livez", 200),
    ("get", "/readyz", 200),
    ("get", "/metrics", 200),
];

/// The status for a stranger.
type Judge = fn(&str) -> u16;

/// Routes that know their caller by a bearer token, and what each stranger gets there.
const WITH_TOKEN: [(&str, &str, Judge); 3] = [
    ("post", "/oauth2/introspect", at_introspection),
    ("get", "/oauth2/userinfo", at_userinfo),
    ("post", "/oauth2/userinfo", at_userinfo),
];

/// Streams have no end to wait for; tests/suite/status_list.rs reads them.
const STREAMS: [(&str, &str); 1] = [("get", "/oauth2/status/events")];

/// INT-02: no access token of the demo has the scope `introspect`.
fn at_introspection(stranger: &str) -> u16 {
    match stranger {
        "person with openid" | "admin" | "recruiter" | "candidate" | "service" => 403,
        _ => 401,
    }
}

/// UI-04, UI-05: a token without `openid` is not enough, whoever it speaks for.
fn at_userinfo(stranger: &str) -> u16 {
    match stranger {
        "person with openid" => 200,
        "admin" | "recruiter" | "candidate" | "service" => 403,
        _ => 401,
    }
}

#[actix_web::test]
async fn ad_01_every_route_answers_every_stranger_as_documented() {
    let world = World::start().await;
    let expired = world.log_in("admin@example.com", PASSWORD).await;
    world.clock.advance(std::time::Duration::from_hours(1));
    let mut tokens = vec![
        ("nobody", None),
        ("garbage", Some("Bearer a.b.c".to_owned())),
        (
            "expired",
            Some(format!("Bearer {}", expired.member("access_token"))),
        ),
        (
            "refresh token",
            Some(format!("Bearer {}", expired.member("refresh_token"))),
        ),
        ("basic", Some("Basic YTpi".to_owned())),
    ];
    for role in ["admin", "recruiter", "candidate"] {
        let login = world.log_in(&format!("{role}@example.com"), PASSWORD).await;
        tokens.push((
            role,
            Some(format!("Bearer {}", login.member("access_token"))),
        ));
    }
    let openid = world.log_in_for("openid").await.member("access_token");
    tokens.push(("person with openid", Some(format!("Bearer {openid}"))));
    let service = world.service_token().await.member("access_token");
    tokens.push(("service", Some(format!("Bearer {service}"))));
    assert_eq!(tokens.len(), STRANGERS.len());

    let always = ROUTES.map(|(method, path, status)| (method, path, status, None));
    let by_token = WITH_TOKEN.map(|(method, path, judge)| (method, path, 0, Some(judge)));
    for (method, path, status, judge) in always.into_iter().chain(by_token) {
        for (stranger, authorization) in &tokens {
            let expected = judge.map_or(status, |judge| judge(stranger));
            let mut request = world.request(&method.to_uppercase(), path);
            if let Some(value) = authorization {
                request = request.header("authorization", value);
            }
            if method == "post" {
                request = request.form(&[("x", "y")]);
            }
            let answer = Answer::of(request).await;
            assert_eq!(
                answer.status, expected,
                "{stranger} at {method} {path}: {}",
                answer.text
            );
            assert!(
                !answer.text.contains("access_token\""),
                "{stranger} at {path}"
            );
        }
    }
}

#[actix_web::test]
async fn every_documented_route_is_in_the_matrix_and_the_other_way_round() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut documented = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        documented.extend(
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(|method| (method.clone(), path.clone())),
        );
    }
    let with_token = WITH_TOKEN.map(|(method, path, _)| (method, path));
    let mut ours: Vec<(String, String)> = ROUTES
        .map(|(method, path, _)| (method, path))
        .into_iter()
        .chain(with_token)
        .chain(STREAMS)
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    documented.sort();
    ours.sort();
    assert_eq!(documented, ours);
}

/// RS-16: the Authorize button has a password flow that leads to the token endpoint.
#[actix_web::test]
async fn rs_16_the_document_declares_how_to_log_in() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(
        schemes["login"]["flows"]["password"]["tokenUrl"],
        json!("http://localhost:8080/oauth2/token")
    );
    assert_eq!(schemes["client"]["scheme"], json!("basic"));
    // Where the page came from, so that its policy allows the call under every name of the machine.
    assert_eq!(document["servers"], json!([{ "url": "/" }]));
    let off = World::with(|inputs| inputs.with("password_grant.enabled", "false")).await;
    let document = off.get("/openapi.json").await.json();
    let flows = &document["components"]["securitySchemes"]["login"]["flows"];
    assert!(flows.get("password").is_none());
    assert_eq!(
        flows["authorizationCode"]["authorizationUrl"],
        json!("http://localhost:8080/oauth2/authorize")
    );
}

/// RS-16: a login that can ask for no `openid` could never call userinfo.
#[actix_web::test]
async fn rs_16_each_way_to_log_in_offers_the_scopes_it_can_grant() {
    let world = World::start().await;
    let document = world.get("/openapi.json").await.json();
    let flows = &document["components"]["securitySchemes"]["login"]["flows"];
    let offered = |flow: &str| -> BTreeSet<&str> {
        let scopes = flows[flow]["scopes"].as_object().unwrap();
        scopes.keys().map(String::as_str).collect()
    };
    let mut wanted = BTreeSet::from(USER_SCOPES);
    assert_eq!(offered("authorizationCode"), wanted);
    assert!(wanted.remove("offline_access"));
    assert_eq!(offered("password"), wanted);
}

/// Descriptions are for who calls the server, not for who reads its source.
#[actix_web::test]
async fn the_document_says_nothing_about_modules_and_names_the_licence_by_spdx() {
    let answer = World::start().await.get("/openapi.json").await;
    assert!(!answer.text.contains("Documentation only"));
    assert!(!answer.text.contains("::"), "{}", answer.text);
    let licence = &answer.json()["info"]["license"]["identifier"];
    assert_eq!(*licence, json!("MIT OR Apache-2.0"));
}
