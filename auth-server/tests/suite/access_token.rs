//! What an access token says (RFC 9068 §2; matrix AT rows, JWK-05).

use std::collections::HashSet;

use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, Policy, Verifier};

use crate::support::{ISSUER, PASSWORD, SECRET, World, clients};

/// AT-01, AT-02, AT-03, AT-12, JWK-05
#[actix_web::test]
async fn at_01_to_03_header_and_mandatory_claims() {
    let world = World::start().await;
    let keys = world.get("/.well-known/jwks.json").await.json();
    for answer in [
        world.log_in("admin@example.com", PASSWORD).await,
        world.service_token().await,
    ] {
        let header = answer.token_header();
        assert_eq!(header["typ"], "at+jwt");
        assert_eq!(header["alg"], "RS256");
        assert_eq!(header["kid"], keys["keys"][0]["kid"]);
        assert_eq!(header.as_object().unwrap().len(), 3);
        let claims = answer.claims();
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], "http://localhost:8081");
        assert_ne!(claims["aud"], claims["client_id"]);
        for claim in ["sub", "client_id", "jti", "scope"] {
            assert!(
                claims[claim].as_str().is_some_and(|text| !text.is_empty()),
                "{claim}"
            );
        }
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            900
        );
        assert!(claims["roles"].as_array().is_some());
    }
}

/// AT-03: `jti` never repeats.
#[actix_web::test]
async fn at_03_every_token_has_its_own_id() {
    let world = World::start().await;
    let mut seen = HashSet::new();
    for _ in 0..100 {
        assert!(seen.insert(world.service_token().await.claims()["jti"].to_string()));
    }
}

/// AT-13, contract §2.4: no e-mail address, no name, nothing else.
#[actix_web::test]
async fn at_13_no_personal_data_is_in_a_token() {
    let world = World::start().await;
    let answer = world.log_in("recruiter@example.com", PASSWORD).await;
    let claims = answer.claims();
    let mut names: Vec<&str> = claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let allowed = [
        "acr",
        "amr",
        "aud",
        "auth_time",
        "client_id",
        "exp",
        "iat",
        "iss",
        "jti",
        "roles",
        "scope",
        "sid",
        "status",
        "sub",
    ];
    assert_eq!(names, allowed);
    assert!(!claims.to_string().contains('@'));
    assert!(answer.member("access_token").len() < 2048);
}

/// AT-14 to AT-20 from the other side: the strict verifier takes our tokens from our key set alone.
#[actix_web::test]
async fn at_17_the_shared_verifier_accepts_what_we_issue() {
    let world = World::start().await;
    let set = world.get("/.well-known/jwks.json").await;
    let keys = KeySet::from_jwks_json(set.text.as_bytes()).unwrap();
    let verifier = Verifier::new(Policy::new(ISSUER, "http://localhost:8081")).unwrap();
    let now = NumericDate::from_seconds(world.state.clock.now().as_seconds());
    let user = world.log_in("candidate@example.com", PASSWORD).await;
    let verified = verifier
        .verify(&keys, &user.member("access_token"), now)
        .unwrap();
    assert!(verified.claims().roles.contains("candidate"));
    assert!(!verified.claims().is_client());
    let service = world.service_token().await;
    let verified = verifier
        .verify(&keys, &service.member("access_token"), now)
        .unwrap();
    assert!(verified.claims().is_client());
    let elsewhere = Verifier::new(Policy::new(ISSUER, "http://localhost:9999")).unwrap();
    assert!(
        elsewhere
            .verify(&keys, &service.member("access_token"), now)
            .is_err()
    );
}

/// JWK-11: the other algorithms sign tokens that verify as well.
#[actix_web::test]
async fn jwk_11_each_algorithm_signs_tokens_that_verify() {
    for algorithm in ["PS256", "ES256", "EdDSA"] {
        let world = World::with(|inputs| inputs.with("keys.algorithm", algorithm)).await;
        let answer = world.service_token().await;
        assert_eq!(answer.token_header()["alg"], algorithm);
        let set = world.get("/.well-known/jwks.json").await;
        let keys = KeySet::from_jwks_json(set.text.as_bytes()).unwrap();
        let verifier = Verifier::new(Policy::new(ISSUER, "http://localhost:8081")).unwrap();
        let now = NumericDate::from_seconds(world.state.clock.now().as_seconds());
        verifier
            .verify(&keys, &answer.member("access_token"), now)
            .unwrap();
    }
}

/// JWK-11: algorithms live side by side, and a client gets the one it asked for.
#[actix_web::test]
async fn jwk_11_a_client_may_ask_for_its_algorithm() {
    let world = World::start().await;
    let run = |arguments: &[&str]| {
        let output = world.command(arguments, "");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let ask = ["client", "update", "ats-service", "--token-alg", "ES256"];
    let (code, text) = run(&ask);
    assert_eq!(code, Some(1));
    assert!(text.contains("keys rotate --algorithm ES256"), "{text}");
    assert_eq!(run(&["keys", "rotate", "--algorithm", "ES256"]).0, Some(0));
    assert_eq!(run(&ask).0, Some(0));
    world.state.directory.refresh().await.unwrap();
    world
        .state
        .keys
        .reload(world.state.clock.now())
        .await
        .unwrap();

    assert_eq!(world.service_token().await.token_header()["alg"], "ES256");
    let user = world.log_in("candidate@example.com", PASSWORD).await;
    assert_eq!(user.token_header()["alg"], "RS256");
    let set = world.get("/.well-known/jwks.json").await;
    let keys = KeySet::from_jwks_json(set.text.as_bytes()).unwrap();
    let verifier = Verifier::new(Policy::new(ISSUER, "http://localhost:8081")).unwrap();
    let now = NumericDate::from_seconds(world.state.clock.now().as_seconds());
    for answer in [user, world.service_token().await] {
        verifier
            .verify(&keys, &answer.member("access_token"), now)
            .unwrap();
    }
}

/// AT-08, AT-23: a token that no web server would read is refused, and nothing of it is left out.
#[actix_web::test]
async fn at_08_a_token_that_is_too_large_is_refused_and_not_truncated() {
    let world = World::start().await;
    let words = |count: u32| {
        let words: Vec<String> = (0..count)
            .map(|n| format!("resource-{n:03}:read"))
            .collect();
        words.join(" ")
    };
    let mut client = clients::confidential("wide", SECRET);
    client.scopes = words(400).parse().unwrap();
    world.add(client).await;
    let ask = async |count: u32| {
        let scope = words(count);
        let form = [("grant_type", "client_credentials"), ("scope", &*scope)];
        world.token_as(("wide", SECRET), &form).await
    };
    let large = ask(200).await;
    assert_eq!(large.member("scope").split(' ').count(), 200);
    assert!(large.member("access_token").len() < 8 * 1024);
    // Still within what a scope parameter may be: it is the token that is too large.
    let wide: Vec<String> = (0..40)
        .map(|n| format!("https://{n:02}.{}.example", "r".repeat(50)))
        .collect();
    let mut client = clients::confidential("far", SECRET);
    client.scopes = words(200).parse().unwrap();
    client.default_scopes = client.scopes.clone();
    client.audiences = wide;
    world.add(client).await;
    let form = [("grant_type", "client_credentials")];
    let refused = world.token_as(("far", SECRET), &form).await;
    refused.is_error(400, "invalid_scope");
    assert!(refused.member("error_description").contains("8 KiB"));
    let one = [form[0], ("scope", "resource-000:read")];
    world.token_as(("far", SECRET), &one).await.is_ok();
}

/// AT-08: whoever gives roles is told when a token has no room for them, and none is left out.
#[actix_web::test]
async fn at_08_roles_that_no_token_has_room_for_are_not_given() {
    let world = World::start().await;
    let names: Vec<String> = (0..100)
        .map(|n| format!("role-{n:03}-{}", "x".repeat(40)))
        .collect();
    let give = |count: usize| {
        let mut arguments = vec!["user", "roles", "candidate@example.com", "--create-roles"];
        arguments.extend(
            names[..count]
                .iter()
                .flat_map(|name| ["--add", name.as_str()]),
        );
        world.command(&arguments, "")
    };
    let refused = give(100);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("an access token has room for"), "{said}");
    assert_eq!(give(50).status.code(), Some(0));
    let answer = world.log_in("candidate@example.com", PASSWORD).await;
    assert_eq!(answer.claims()["roles"].as_array().unwrap().len(), 51);
    assert!(answer.member("access_token").len() < 8 * 1024);
}
