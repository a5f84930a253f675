//! The token endpoint, all grants (RFC 6749 §3.2, §5; matrix TOK rows).

use auth_server::model::{Client, GrantType};
use shared_claims::ScopeSet;

use crate::support::{PASSWORD, SECRET, World, clients};

/// TOK-01, TOK-02, TOK-03, GEN-04
#[actix_web::test]
async fn tok_01_to_03_a_token_response_has_its_full_shape() {
    let world = World::start().await;
    let user = world.log_in("recruiter@example.com", PASSWORD).await;
    let service = world.service_token().await;
    for answer in [&user, &service] {
        answer.is_ok();
        let body = answer.json();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(
            body["expires_in"].as_u64(),
            Some(900),
            "a number, not a text"
        );
        assert!(!body["scope"].as_str().unwrap().is_empty());
        assert!(
            body.as_object()
                .unwrap()
                .values()
                .all(|value| !value.is_null())
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    assert!(user.json()["refresh_token"].is_string());
    assert!(service.json().get("refresh_token").is_none());
}

/// TOK-04, TOK-05, TOK-06, TOK-07
#[actix_web::test]
async fn tok_04_to_07_what_is_missing_unknown_or_not_allowed_has_its_own_code() {
    let world = World::start().await;
    let service = ("ats-service", SECRET);
    world
        .token_as(service, &[])
        .await
        .is_error(400, "invalid_request");
    let unknown = [("grant_type", "urn:example:other")];
    world
        .token_as(service, &unknown)
        .await
        .is_error(400, "unsupported_grant_type");
    let password = [
        ("grant_type", "password"),
        ("username", "x"),
        ("password", "y"),
    ];
    world
        .token_as(service, &password)
        .await
        .is_error(400, "unauthorized_client");
    let refresh = [("grant_type", "refresh_token"), ("client_id", "ats-web")];
    world.token(&refresh).await.is_error(400, "invalid_request");
}

/// TOK-05, DEC-01: switched off for the whole server.
#[actix_web::test]
async fn tok_05_the_password_grant_can_be_switched_off() {
    let world = World::with(|inputs| inputs.with("password_grant.enabled", "false")).await;
    let answer = world.log_in("recruiter@example.com", PASSWORD).await;
    answer.is_error(400, "unsupported_grant_type");
    let form = [
        ("username", "recruiter@example.com"),
        ("password", PASSWORD),
    ];
    world
        .post("/auth/login", &form)
        .await
        .is_error(400, "unsupported_grant_type");
    let grants = world.get("/.well-known/openid-configuration").await.json();
    assert!(
        !grants["grant_types_supported"]
            .as_array()
            .unwrap()
            .contains(&"password".into())
    );
}

/// TOK-08
#[actix_web::test]
async fn tok_08_scope_is_a_set_of_words() {
    let world = World::start().await;
    let ask = async |scope: &str| {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        world.token_as(("ats-service", SECRET), &form).await
    };
    let turned = ask("jobs:write jobs:read").await;
    assert_eq!(
        turned.member("scope"),
        ask("jobs:read jobs:write").await.member("scope")
    );
    assert_eq!(
        ask("jobs:read jobs:read").await.member("scope"),
        "jobs:read"
    );
    for bad in [
        "jobs:read  jobs:write",
        " jobs:read",
        "jobs\"",
        "jobs\\",
        "jöbs",
        "a\tb",
    ] {
        ask(bad).await.is_error(400, "invalid_scope");
    }
}

/// TOK-09, TOK-10
#[actix_web::test]
async fn tok_09_10_defaults_apply_and_nothing_is_narrowed_silently() {
    let world = World::start().await;
    let none = Client {
        default_scopes: ScopeSet::default(),
        ..clients::confidential("none", "s")
    };
    world.add(none).await;
    world.add(clients::confidential("some", "s")).await;
    let cc = ("grant_type", "client_credentials");
    world
        .token_as(("none", "s"), &[cc])
        .await
        .is_error(400, "invalid_scope");
    assert_eq!(
        world.token_as(("some", "s"), &[cc]).await.member("scope"),
        "jobs:read"
    );
    for scope in ["unknown", "jobs:read unknown", "applications:read"] {
        world
            .token_as(("some", "s"), &[cc, ("scope", scope)])
            .await
            .is_error(400, "invalid_scope");
    }
}

/// TOK-11
#[actix_web::test]
async fn tok_11_checks_come_in_the_documented_order() {
    let world = World::start().await;
    // Bad client and bad grant: the client is what counts.
    let bad = [("grant_type", "nonsense"), ("scope", "\"")];
    world
        .token_as(("ats-service", "wrong"), &bad)
        .await
        .is_error(401, "invalid_client");
    // Grant before parameters, parameters before scope.
    let service = ("ats-service", SECRET);
    world
        .token_as(service, &bad)
        .await
        .is_error(400, "unsupported_grant_type");
    let missing = [
        ("grant_type", "password"),
        ("client_id", "ats-web"),
        ("scope", "\""),
    ];
    world.token(&missing).await.is_error(400, "invalid_request");
}

/// TOK-13
#[actix_web::test]
async fn tok_13_lifetimes_come_from_the_setting_or_the_client() {
    let world = World::with(|inputs| inputs.with("tokens.access_ttl", "5m")).await;
    let own = Client {
        access_ttl: Some(std::time::Duration::from_mins(1)),
        ..clients::confidential("own", "s")
    };
    world.add(own).await;
    let own = world
        .token_as(("own", "s"), &[("grant_type", "client_credentials")])
        .await;
    for (answer, seconds) in [(world.service_token().await, 300), (own, 60)] {
        let claims = answer.claims();
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(
            (answer.json()["expires_in"].as_i64(), lifetime),
            (Some(seconds), seconds)
        );
    }
}

/// AT-09: a client that speaks to no resource gets no token rather than one for everybody.
#[actix_web::test]
async fn at_09_without_a_resource_there_is_no_token() {
    let world = World::start().await;
    world
        .add(Client {
            audiences: Vec::new(),
            ..clients::confidential("lost", "s")
        })
        .await;
    let form = [("grant_type", "client_credentials")];
    world
        .token_as(("lost", "s"), &form)
        .await
        .is_error(400, "invalid_scope");
}

/// TOK-14: one event for each token with a user, with everything but the token.
#[actix_web::test]
async fn tok_14_issuing_leaves_an_audit_event_without_secrets() {
    let world = World::start().await;
    let answer = world.log_in("recruiter@example.com", PASSWORD).await;
    let events = world.audit("token.issue").await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event.client_id.as_deref(), Some("ats-web"));
    assert_eq!(event.user_id.as_deref(), answer.claims()["sub"].as_str());
    assert!(
        event
            .detail
            .contains(answer.claims()["jti"].as_str().unwrap())
    );
    for secret in [
        answer.member("access_token"),
        answer.member("refresh_token"),
    ] {
        assert!(!event.detail.contains(&secret));
    }
    let refused = world.log_in("recruiter@example.com", "wrong").await;
    refused.is_error(400, "invalid_grant");
    let refusals = world.audit("login.refuse").await;
    assert_eq!(refusals.len(), 1, "exactly one event for a refused login");
    assert_eq!(refusals[0].reason.as_deref(), Some("wrong_password"));
    assert_eq!(refusals[0].peer.as_deref(), Some("127.0.0.1"));
}

/// `GrantType` and the register cannot disagree about what is offered.
#[actix_web::test]
async fn every_offered_grant_is_in_the_metadata() {
    let world = World::start().await;
    let offered = world.get("/.well-known/openid-configuration").await.json();
    let names: Vec<&str> = offered["grant_types_supported"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|v| v.as_str())
        .collect();
    let wanted = [
        GrantType::AuthorizationCode,
        GrantType::ClientCredentials,
        GrantType::Password,
        GrantType::RefreshToken,
    ];
    assert_eq!(names, wanted.map(GrantType::as_str));
}

/// Every literal between `call("` and `"` in the sources of these rooms.
fn parameters_read(rooms: &[&str], calls: &[&str]) -> std::collections::BTreeSet<String> {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = std::collections::BTreeSet::new();
    for room in rooms {
        for file in std::fs::read_dir(sources.join(room)).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for call in calls {
                let call = format!(".{call}(\"");
                let after = text.split(&call).skip(1);
                found.extend(
                    after
                        .filter_map(|rest| rest.split('"').next())
                        .map(str::to_owned),
                );
            }
        }
    }
    found
}

/// Whoever reads only the OpenAPI document misses no parameter of any grant.
#[actix_web::test]
async fn the_document_names_every_parameter_that_the_token_endpoint_reads() {
    let world = World::start().await;
    let calls = ["find", "find_all", "find_secret", "require"];
    let mut read = parameters_read(&["grants", "client_auth"], &calls);
    read.insert("grant_type".to_owned());
    assert!(read.len() > 9, "{read:?}");
    let document = world.get("/openapi.json").await.json();
    let schema = &document["components"]["schemas"]["TokenRequest"]["properties"];
    let named = schema.as_object().unwrap().keys().cloned().collect();
    assert_eq!(read, named);
    for grant in GrantType::ALL {
        let told = document["paths"]["/oauth2/token"]["post"]["description"].as_str();
        let told = told.unwrap().to_owned() + &schema["grant_type"].to_string();
        assert_eq!(
            told.matches(grant.as_str()).count(),
            2,
            "{}",
            grant.as_str()
        );
    }
}
