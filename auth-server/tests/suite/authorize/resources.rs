//! What the tokens are for (RFC 8707).

use auth_server::store::DatabaseTransaction;
use auth_server::store::resources::{self, Resource, ScopeRecord};
use shared_claims::Scope;

use super::client::confidential;
use super::{Request, VERIFIER, error_of, register};
use crate::support::{Answer, SECRET, World};

const CB: &str = "https://app.example.com/cb";
const JOBS: &str = "http://localhost:8081";
const FILES: &str = "https://files.example.com/api";

async fn with_client() -> World {
    let world = World::start().await;
    let mut client = confidential("web");
    client.audiences = vec![JOBS.to_owned(), FILES.to_owned()];
    register(&world, client).await;
    world
}

async fn redeem(world: &World, request: &Request, resources: &[&str]) -> Answer {
    let code = world.code(request).await;
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CB),
        ("code_verifier", VERIFIER),
    ];
    form.extend(resources.iter().map(|resource| ("resource", *resource)));
    world.token_as(("web", SECRET), &form).await
}

/// RI-01, RI-04, RI-05, GEN-06: the audience is what was asked for, and the token request may narrow it.
#[tokio::test]
async fn ri_04_tokens_are_for_the_resources_asked_for() {
    let world = with_client().await;
    let request = Request::of("web", CB);
    let both = redeem(&world, &request, &[]).await;
    assert_eq!(
        both.claims_of("access_token")["aud"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let one = request
        .clone()
        .and("resource", "https://FILES.example.com/api/");
    let tokens = redeem(&world, &one, &[]).await;
    assert_eq!(tokens.claims_of("access_token")["aud"], FILES);
    let asked = request.and("resource", JOBS).and("resource", FILES);
    let tokens = redeem(&world, &asked, &[JOBS]).await;
    assert_eq!(tokens.claims_of("access_token")["aud"], JOBS);
}

/// RI-02, RI-03: no URI, a fragment, unknown, or not the client's.
#[tokio::test]
async fn ri_03_an_unknown_resource_is_an_invalid_target() {
    let world = with_client().await;
    for wrong in [
        "jobs",
        "https://files.example.com/api#x",
        "https://unknown.example",
    ] {
        let request = Request::of("web", CB).and("resource", wrong);
        let seen = world.person().open(&request.url()).await;
        assert_eq!(error_of(seen), "invalid_target", "{wrong}");
    }
    let narrow = Request::of("web", CB).and("resource", JOBS);
    let answer = redeem(&world, &narrow, &[FILES]).await;
    answer.is_error(400, "invalid_target");
}

/// AT-09: a client without a resource gets no code that the token endpoint would refuse; for `openid` there is
/// always our own userinfo endpoint.
#[tokio::test]
async fn at_09_who_has_no_resource_is_refused_before_the_login() {
    let world = World::start().await;
    let mut client = confidential("web");
    client.audiences.clear();
    register(&world, client).await;
    let request = Request::of("web", CB);
    let nowhere = request.clone().with("scope", "jobs:read");
    let seen = world.person().open(&nowhere.url()).await;
    assert_eq!(error_of(seen), "invalid_scope");
    redeem(&world, &request, &[]).await.is_ok();
}

/// RT-12, RI-01, BCP-49: a refresh may narrow for one token, and never widens.
#[tokio::test]
async fn rt_12_a_refresh_narrows_the_resources_for_one_token_and_never_widens_them() {
    let world = with_client().await;
    let both = redeem(&world, &Request::of("web", CB), &[]).await;
    let refresh = async |token: &str, resource: Option<&str>| {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        form.extend(resource.map(|one| ("resource", one)));
        world.token_as(("web", SECRET), &form).await
    };
    let narrow = refresh(&both.member("refresh_token"), Some(FILES)).await;
    assert_eq!(narrow.claims_of("access_token")["aud"], FILES);
    let again = refresh(&narrow.member("refresh_token"), None).await;
    let audiences = again.claims_of("access_token")["aud"].clone();
    assert_eq!(audiences.as_array().unwrap().len(), 2, "{audiences}");

    let one = redeem(&world, &Request::of("web", CB).and("resource", JOBS), &[]).await;
    let token = one.member("refresh_token");
    for wider in [FILES, "https://unknown.example", "jobs"] {
        let answer = refresh(&token, Some(wider)).await;
        answer.is_error(400, "invalid_target");
    }
    refresh(&token, Some(JOBS)).await.is_ok();
}

/// RI-01, RI-03, GEN-06: without a user, and with the user's password, it is the same.
#[tokio::test]
async fn ri_01_direct_grants_take_resources_as_well() {
    let world = World::start().await;
    let mut client = crate::support::clients::confidential("direct", SECRET);
    client.audiences = vec![JOBS.to_owned(), FILES.to_owned()];
    world.add(client).await;
    let service = vec![("grant_type", "client_credentials")];
    let user = vec![
        ("grant_type", "password"),
        ("username", super::CANDIDATE),
        ("password", crate::support::PASSWORD),
    ];
    for form in [service, user] {
        for (resources, audience) in [
            (vec![FILES], serde_json::json!(FILES)),
            (vec![FILES, JOBS], serde_json::json!([FILES, JOBS])),
            (vec![], serde_json::json!([JOBS, FILES])),
        ] {
            let asked = resources.iter().map(|resource| ("resource", *resource));
            let form: Vec<_> = form.iter().copied().chain(asked).collect();
            let answer = world.token_as(("direct", SECRET), &form).await;
            assert_eq!(answer.claims()["aud"], audience);
        }
        let form = [&form[..], &[("resource", "https://unknown.example")]].concat();
        let answer = world.token_as(("direct", SECRET), &form).await;
        answer.is_error(400, "invalid_target");
    }
}

/// A second resource that has a word of its own, and clients for both: `web` and `direct`.
async fn with_two_vocabularies() -> World {
    let world = World::start().await;
    let at = world.state.clock.now();
    let registered = async move |txn: &DatabaseTransaction| {
        let files = Resource {
            id: FILES.to_owned(),
            name: "Files".to_owned(),
        };
        resources::upsert_resource(txn, &files, at).await?;
        let read = ScopeRecord {
            scope: Scope::parse("files:read").unwrap(),
            resource: Some(FILES.to_owned()),
            description: "See files".to_owned(),
        };
        resources::upsert_scope(txn, &read, at).await
    };
    world.state.store.write(registered).await.unwrap();
    let both = |mut client: auth_server::model::Client| {
        client.audiences = vec![JOBS.to_owned(), FILES.to_owned()];
        client.scopes = "openid jobs:read files:read".parse().unwrap();
        client.default_scopes = "jobs:read files:read".parse().unwrap();
        client
    };
    register(&world, both(confidential("web"))).await;
    let direct = crate::support::clients::confidential("direct", SECRET);
    world.add(both(direct)).await;
    world
}

/// What a direct grant gives for this: scope and audience, or the error.
async fn direct(world: &World, extra: &[(&str, &str)]) -> Vec<String> {
    let service = vec![("grant_type", "client_credentials")];
    let user = vec![
        ("grant_type", "password"),
        ("username", super::CANDIDATE),
        ("password", crate::support::PASSWORD),
    ];
    let mut seen = Vec::new();
    for form in [service, user] {
        let answer = world
            .token_as(("direct", SECRET), &[&form[..], extra].concat())
            .await;
        seen.push(match answer.status {
            200 => format!("{} for {}", answer.member("scope"), answer.claims()["aud"]),
            _ => answer.member("error"),
        });
        if answer.status == 200 {
            assert_eq!(
                answer.claims()["scope"].as_str(),
                Some(&*answer.member("scope"))
            );
        }
    }
    seen.dedup();
    seen
}

/// AT-09, AT-10: the scope implies what the token is for, and a riddle is refused.
#[tokio::test]
async fn at_10_scope_of_several_resources_is_refused_unless_they_are_named() {
    let world = with_two_vocabularies().await;
    let jobs = direct(&world, &[("scope", "jobs:read")]).await;
    assert_eq!(jobs, [format!("jobs:read for \"{JOBS}\"")]);
    for riddle in [&[][..], &[("scope", "files:read jobs:read")]] {
        assert_eq!(direct(&world, riddle).await, ["invalid_scope"]);
    }
    let named = [("resource", JOBS), ("resource", FILES)];
    let both = direct(&world, &named).await;
    assert_eq!(
        both,
        [format!("files:read jobs:read for [\"{JOBS}\",\"{FILES}\"]")]
    );
    let request = Request::of("web", CB).with("scope", "openid files:read jobs:read");
    let seen = world.person().open(&request.url()).await;
    assert_eq!(error_of(seen), "invalid_scope");
}

/// AT-11: no scope is in a token for a resource that does not know it.
#[tokio::test]
async fn at_11_every_scope_means_something_to_the_resource_of_the_token() {
    let world = with_two_vocabularies().await;
    let narrowed = direct(&world, &[("resource", FILES)]).await;
    assert_eq!(narrowed, [format!("files:read for \"{FILES}\"")]);
    let wrong = [("resource", FILES), ("scope", "files:read jobs:read")];
    assert_eq!(direct(&world, &wrong).await, ["invalid_scope"]);
    let request = Request::of("web", CB).and("resource", FILES);
    let foreign = request.clone().with("scope", "openid jobs:read");
    let seen = world.person().open(&foreign.url()).await;
    assert_eq!(error_of(seen), "invalid_scope");
    let tokens = redeem(&world, &request.with("scope", "openid files:read"), &[]).await;
    assert_eq!(tokens.member("scope"), "files:read openid");
    assert_eq!(tokens.claims_of("access_token")["aud"], FILES);
}

/// AT-11, RI-04, RT-12, RFC 8707 §2.2: one access token is for less than the grant, and the grant stays
/// whole.
#[tokio::test]
async fn ri_04_a_grant_for_two_resources_gives_a_token_for_each() {
    let world = with_two_vocabularies().await;
    let request = Request::of("web", CB)
        .with("scope", "openid files:read jobs:read")
        .and("resource", JOBS)
        .and("resource", FILES);
    let first = redeem(&world, &request, &[JOBS]).await;
    assert_eq!(first.member("scope"), "jobs:read openid");
    assert_eq!(first.claims_of("access_token")["aud"], JOBS);
    let refresh = async |token: &str, more: &[(&str, &str)]| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        world
            .token_as(("web", SECRET), &[&form[..], more].concat())
            .await
    };
    let second = refresh(&first.member("refresh_token"), &[("resource", FILES)]).await;
    assert_eq!(second.member("scope"), "files:read openid");
    assert_eq!(second.claims_of("access_token")["aud"], FILES);
    let token = second.member("refresh_token");
    let foreign = refresh(&token, &[("resource", FILES), ("scope", "jobs:read")]).await;
    foreign.is_error(400, "invalid_scope");
    let both = refresh(&token, &[]).await;
    assert_eq!(both.member("scope"), "files:read jobs:read openid");
}
