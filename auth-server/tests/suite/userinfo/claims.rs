//! What is told: claims of the scope and by name, as of now, each of its type (OpenID Connect Core 1.0
//! §5.1, §5.4, §5.5; matrix UI-07, OC-50 to OC-61).

use auth_server::model::GrantType;
use serde_json::{Value, json};
use shared_claims::ScopeSet;

use super::{CANDIDATE, PATH};
use crate::authorize::{Request, VERIFIER, parameters};
use crate::support::{ISSUER, PASSWORD, World, clients};

const EVERYTHING: &str = "openid profile email phone address";

/// UI-07: the token stays, what it tells is of now.
#[actix_web::test]
async fn ui_07_claims_are_those_of_this_moment() {
    let world = World::start().await;
    let token = world.access_token_for("openid profile email").await;
    let before = world.userinfo(&token).await.json();
    assert_eq!(before["nickname"], "Carli");
    let arguments = [
        "user",
        "set-profile",
        CANDIDATE,
        "--claim",
        "nickname=Lotte",
    ];
    let more = ["--remove", "picture", "--claim", "email=carla@example.com"];
    let done = world.command(&[&arguments[..], &more].concat(), "");
    assert!(done.status.success(), "{done:?}");
    let after = world.userinfo(&token).await.json();
    assert_eq!(after["nickname"], "Lotte");
    assert_eq!(after["email"], "carla@example.com");
    assert_eq!(
        after["email_verified"], false,
        "another address is not proven"
    );
    assert!(after.get("picture").is_none(), "OC-10");
    assert_eq!(after["sub"], before["sub"]);
    // The command line goes by the clock of the machine, the server of the test by another.
    assert_ne!(after["updated_at"], before["updated_at"]);
}

/// UI-07, OC-10: each scope stands for its claims.
#[actix_web::test]
async fn ui_07_claims_are_limited_to_the_scope() {
    let world = World::start().await;
    for (scope, some, none) in [
        ("openid", "sub", "name"),
        ("openid profile", "name", "email"),
        ("openid email", "email", "phone_number"),
        ("openid phone", "phone_number", "address"),
        ("openid address", "address", "name"),
    ] {
        let token = world.access_token_for(scope).await;
        let claims = world.userinfo(&token).await.json();
        assert!(claims.get(some).is_some(), "{scope}: {claims}");
        assert!(claims.get(none).is_none(), "{scope}: {claims}");
    }
}

/// OC-61, OC-50: every standard claim, each of its type.
#[actix_web::test]
async fn oc_61_50_a_user_has_every_claim_in_its_own_type() {
    let world = World::start().await;
    let token = world.access_token_for(EVERYTHING).await;
    let claims = world.userinfo(&token).await.json();
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    let of_the_login = ["acr", "amr", "auth_time", "sid"];
    for claim in metadata["claims_supported"].as_array().unwrap() {
        let claim = claim.as_str().unwrap();
        let value = claims.get(claim);
        assert_eq!(value.is_some(), !of_the_login.contains(&claim), "{claim}");
        assert!(!value.is_some_and(Value::is_null), "{claim}");
        match claim {
            "email_verified" | "phone_number_verified" => assert_eq!(claims[claim], true),
            "updated_at" => assert!(claims[claim].is_i64()),
            "address" => assert!(claims[claim].as_object().unwrap().len() == 6),
            claim if of_the_login.contains(&claim) => {}
            claim => assert!(claims[claim].is_string(), "{claim}"),
        }
    }
    assert_eq!(claims["birthdate"], "1990-05-01");
    assert_eq!(claims["zoneinfo"], "Europe/Vienna");
    assert_eq!(claims["locale"], "de-AT");
    assert_eq!(claims.as_object().unwrap().len(), 20);
}

/// OC-54, OC-53: asked for by name, without the scope; no error for what nobody has.
#[actix_web::test]
async fn oc_54_an_essential_claim_is_told_without_its_scope() {
    let world = World::start().await;
    let wanted =
        r#"{"userinfo":{"name":{"essential":true},"planet":{"essential":true},"zoneinfo":null}}"#;
    let login = world.code_grant("openid", &[("claims", wanted)]).await;
    login.is_ok();
    let claims = world.userinfo(&login.member("access_token")).await.json();
    assert_eq!(
        claims,
        json!({
            "sub": login.id_claims()["sub"],
            "name": "Carla Novak",
            "zoneinfo": "Europe/Vienna",
        })
    );
    assert!(login.id_claims().get("name").is_none());
}

/// OC-52: the user is asked about claims by name as about the scope they belong to; a client that may
/// not have the scope gets nothing by name either.
#[actix_web::test]
async fn oc_52_claims_by_name_are_no_way_around_consent_and_registration() {
    let world = World::start().await;
    let address = "https://app.example.com/cb";
    let mut client = clients::public("narrow");
    client.grant_types = vec![GrantType::AuthorizationCode];
    client.redirect_uris = vec![address.to_owned()];
    client.scopes = ScopeSet::parse("openid email").unwrap();
    client.default_scopes = ScopeSet::parse("openid").unwrap();
    world.add(client).await;
    let wanted = r#"{"userinfo":{"email":null,"phone_number":{"essential":true}}}"#;
    let plain = Request::of("narrow", address).with("scope", "openid");
    let by_name = plain.clone().with("claims", wanted);

    let mut person = world.person();
    person.log_in(&plain.url(), CANDIDATE, PASSWORD).await;
    // What was allowed is not asked again; the claim is more than that.
    person.open(&plain.url()).await.away();
    let page = person.open(&by_name.url()).await.page();
    assert!(page.is("page-consent"), "{}", page.text);
    assert!(
        page.text.contains("e-mail") && !page.text.contains("phone"),
        "{}",
        page.text
    );
    let back = person.press(&page, "consent-allow", &[]).await.away();
    let login = world
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "narrow"),
            ("code", &parameters(&back)["code"]),
            ("redirect_uri", address),
            ("code_verifier", VERIFIER),
        ])
        .await;
    login.is_ok();
    let claims = world.userinfo(&login.member("access_token")).await.json();
    assert_eq!(claims["email"], CANDIDATE);
    assert!(claims.get("phone_number").is_none());
    person.open(&by_name.url()).await.away();
}

/// MD-07, OC-55: what the metadata says about users is there, and nothing else.
#[actix_web::test]
async fn md_07_oc_55_the_metadata_about_users_is_true() {
    let world = World::start().await;
    let document = async || world.get("/.well-known/openid-configuration").await.json();
    let before = document().await;
    assert_eq!(before["userinfo_endpoint"], format!("{ISSUER}{PATH}"));
    assert_eq!(before["claim_types_supported"], json!(["normal"]));
    assert_eq!(before["claims_parameter_supported"], true);
    assert_eq!(
        before["subject_types_supported"],
        json!(["public", "pairwise"])
    );
    assert_eq!(before["display_values_supported"], json!(["page", "popup"]));
    let login = world.code_grant("openid", &[]).await;
    let acr = &login.id_claims()["acr"];
    assert_eq!(before["acr_values_supported"], json!([acr]));
    let signing = [
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
    ];
    for member in signing {
        assert_eq!(before[member], json!(["RS256"]));
    }
    let rotated = world.command(&["keys", "rotate", "--algorithm", "EdDSA"], "");
    assert!(rotated.status.success(), "{rotated:?}");
    let now = world.state.clock.now();
    world.state.keys.reload(now).await.unwrap();
    let after = document().await;
    for member in signing {
        assert_eq!(after[member], json!(["RS256", "EdDSA"]));
    }
}
