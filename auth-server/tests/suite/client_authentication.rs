//! Who is asking (RFC 6749 §2.3, §3.2.1; matrix CA rows, attacks TE-03 to TE-05).

use std::time::Duration;

use auth_server::model::{AuthMethod, Client, ClientSecret};
use auth_server::secret::Secret;
use auth_server::store::clients as store;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Answer, SECRET, World, clients};

const CC: (&str, &str) = ("grant_type", "client_credentials");

async fn with_header(world: &World, authorization: &str, form: &[(&str, &str)]) -> Answer {
    let request = world
        .request("POST", "/oauth2/token")
        .header("authorization", authorization);
    Answer::of(request.form(form)).await
}

/// CA-01, CA-04, CA-15
#[actix_web::test]
async fn ca_01_04_15_a_secret_is_taken_from_the_header_or_the_body() {
    let world = World::start().await;
    world.service_token().await.is_ok();
    let body = [CC, ("client_id", "ats-service"), ("client_secret", SECRET)];
    world.token(&body).await.is_ok();
    for scheme in ["basic", "BASIC"] {
        let header = format!(
            "{scheme} {}",
            STANDARD.encode(format!("ats-service:{SECRET}"))
        );
        with_header(&world, &header, &[CC]).await.is_ok();
    }
}

/// CA-02, TV-05
#[actix_web::test]
async fn ca_02_both_halves_of_basic_are_form_encoded() {
    let world = World::start().await;
    world.add(clients::confidential("a:b c", "p%+&ü")).await;
    let header = format!("Basic {}", STANDARD.encode("a%3Ab+c:p%25%2B%26%C3%BC"));
    with_header(&world, &header, &[CC]).await.is_ok();
}

/// CA-05, CA-16, TE-03
#[actix_web::test]
async fn te_03_two_mechanisms_at_once_are_refused() {
    let world = World::start().await;
    let basic = ("ats-service", SECRET);
    for secret in [SECRET, "other"] {
        let form = [CC, ("client_id", "ats-service"), ("client_secret", secret)];
        world
            .token_as(basic, &form)
            .await
            .is_error(400, "invalid_request");
    }
    let form = [CC, ("client_assertion", "x")];
    world
        .token_as(basic, &form)
        .await
        .is_error(400, "invalid_request");
    let other = [CC, ("client_id", "ats-introspect")];
    world
        .token_as(basic, &other)
        .await
        .is_error(401, "invalid_client");
    world
        .token_as(basic, &[CC, ("client_id", "ats-service")])
        .await
        .is_ok();
}

/// CA-06, CA-07, CA-08, CA-09, CA-18, GEN-25, TE-04
#[actix_web::test]
async fn te_04_unknown_wrong_disabled_and_deleted_clients_look_the_same() {
    let world = World::start().await;
    world
        .add(Client {
            disabled_at: Some(world.state.clock.now()),
            ..clients::confidential("off", "s")
        })
        .await;
    world.add(clients::confidential("gone", "s")).await;
    world.token_as(("gone", "s"), &[CC]).await.is_ok();
    let at = world.state.clock.now();
    let delete = async move |txn: &_| store::delete(txn, &"gone".into_id(), at).await;
    assert!(world.state.store.write(delete).await.unwrap());
    world.state.directory.refresh().await.unwrap();

    let mut bodies = Vec::new();
    for client in [
        ("ats-service", "wrong"),
        ("nobody", "s"),
        ("off", "s"),
        ("gone", "s"),
    ] {
        let by_header = world.token_as(client, &[CC]).await;
        by_header.is_error(401, "invalid_client");
        let by_body = world
            .token(&[CC, ("client_id", client.0), ("client_secret", client.1)])
            .await;
        by_body.is_error(401, "invalid_client");
        bodies.extend([by_header.text, by_body.text]);
    }
    let silent = world.token(&[CC, ("client_id", "ats-service")]).await;
    silent.is_error(401, "invalid_client");
    bodies.push(silent.text);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

trait IntoId {
    fn into_id(self) -> auth_server::model::ClientId;
}

impl IntoId for &str {
    fn into_id(self) -> auth_server::model::ClientId {
        auth_server::model::ClientId::new(self)
    }
}

/// TE-04: switched off a second ago, although it was in memory.
#[actix_web::test]
async fn te_04_a_client_that_was_just_switched_off_is_out() {
    let world = World::start().await;
    world.service_token().await.is_ok();
    let at = world.state.clock.now();
    let off =
        async move |txn: &_| store::set_disabled(txn, &"ats-service".into_id(), Some(at), at).await;
    assert!(world.state.store.write(off).await.unwrap());
    world.state.directory.refresh().await.unwrap();
    world.service_token().await.is_error(401, "invalid_client");
}

/// CA-10
#[actix_web::test]
async fn ca_10_only_the_registered_method_counts() {
    let world = World::start().await;
    let only = |method| Client {
        auth_method: method,
        ..clients::confidential(method.as_str(), "s")
    };
    world.add(only(AuthMethod::Basic)).await;
    world.add(only(AuthMethod::Post)).await;
    let basic = AuthMethod::Basic.as_str();
    let post = AuthMethod::Post.as_str();
    world.token_as((basic, "s"), &[CC]).await.is_ok();
    let in_body = [CC, ("client_id", basic), ("client_secret", "s")];
    world.token(&in_body).await.is_error(401, "invalid_client");
    world
        .token(&[CC, ("client_id", post), ("client_secret", "s")])
        .await
        .is_ok();
    world
        .token_as((post, "s"), &[CC])
        .await
        .is_error(401, "invalid_client");
}

/// CA-11, CA-12, CA-17, NAT-08
#[actix_web::test]
async fn ca_11_12_17_a_public_client_names_itself_and_proves_nothing() {
    let world = World::start().await;
    let login = [
        ("grant_type", "password"),
        ("username", "recruiter@example.com"),
        ("password", crate::support::PASSWORD),
    ];
    let named = [login.as_slice(), &[("client_id", "ats-web")]].concat();
    world.token(&named).await.is_ok();
    // Swagger UI sends the id with an empty secret.
    world.token_as(("ats-web", ""), &login).await.is_ok();
    world
        .token_as(("ats-web", "secret"), &login)
        .await
        .is_error(401, "invalid_client");
    world
        .token_as(("ats-service", ""), &[CC])
        .await
        .is_error(401, "invalid_client");
}

/// CA-13
#[actix_web::test]
async fn ca_13_a_blank_basic_header_means_the_client_of_the_docs() {
    let login = [
        ("grant_type", "password"),
        ("username", "recruiter@example.com"),
        ("password", crate::support::PASSWORD),
    ];
    let world = World::start().await;
    with_header(&world, "Basic Og==", &login).await.is_ok();
    let without = World::with(|inputs| inputs.with("docs_ui.default_client_id", "")).await;
    with_header(&without, "Basic Og==", &login)
        .await
        .is_error(401, "invalid_client");
}

/// CA-14
#[actix_web::test]
async fn ca_14_malformed_headers_and_other_schemes_are_invalid_clients() {
    let world = World::start().await;
    for header in [
        "Basic",
        "Basic !!",
        "Basic bm9jb2xvbg==",
        "Bearer abc",
        "Digest x=y",
    ] {
        with_header(&world, header, &[CC])
            .await
            .is_error(401, "invalid_client");
    }
}

/// CA-18, CA-19
#[actix_web::test]
async fn ca_18_19_two_secrets_live_while_one_is_rotated_and_the_old_one_ends() {
    let world = World::start().await;
    let mut client = clients::confidential("two", "old");
    let end = world.state.clock.now().plus(Duration::from_mins(1));
    client.secrets[0].expires_at = Some(end);
    client.secrets.push(ClientSecret {
        id: "two-2".into(),
        digest: Secret::new("new").digest(),
        created_at: client.created_at,
        expires_at: None,
    });
    world.add(client).await;
    world.token_as(("two", "old"), &[CC]).await.is_ok();
    world.token_as(("two", "new"), &[CC]).await.is_ok();
    world.clock.advance(Duration::from_mins(1));
    world
        .token_as(("two", "old"), &[CC])
        .await
        .is_error(401, "invalid_client");
    world.token_as(("two", "new"), &[CC]).await.is_ok();
}

/// TE-05, CC-01
#[actix_web::test]
async fn te_05_client_types_are_not_confused() {
    let world = World::start().await;
    let empty = [CC, ("client_id", "ats-service"), ("client_secret", "")];
    world.token(&empty).await.is_error(401, "invalid_client");
    world.add(clients::public("browser")).await;
    world
        .token(&[CC, ("client_id", "browser")])
        .await
        .is_error(400, "unauthorized_client");
}

/// CA-20, GEN-17
#[actix_web::test]
async fn ca_20_guessing_a_secret_ends_in_429_with_a_time_to_wait() {
    let world = World::start().await;
    let mut statuses = Vec::new();
    for _ in 0..25 {
        statuses.push(world.token_as(("ats-service", "guess"), &[CC]).await.status);
    }
    assert_eq!((statuses[0], statuses[24]), (401, 429), "{statuses:?}");
    let answer = world.service_token().await;
    answer.is_error(429, "temporarily_unavailable");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 60);
    world
        .token_as(("ats-introspect", SECRET), &[CC])
        .await
        .is_error(400, "unauthorized_client");
    world.clock.advance(Duration::from_mins(1));
    world.service_token().await.is_ok();
}

/// CA-20: who guesses as many clients hears only that it has to wait, and makes nobody else wait who
/// happens to have the same address.
#[actix_web::test]
async fn ca_20_guessing_many_clients_slows_the_guesser_and_nobody_else() {
    let world = World::start().await;
    for number in 0..100 {
        let answer = world
            .token_as((&format!("c{number}"), "guess"), &[CC])
            .await;
        answer.is_error(401, "invalid_client");
    }
    let refused = world.audit("client.refuse").await.len();
    let guess = world.token_as(("c100", "guess"), &[CC]).await;
    guess.is_error(429, "temporarily_unavailable");
    assert!(guess.header("retry-after").parse::<u64>().unwrap() <= 60);
    assert_eq!(world.audit("client.refuse").await.len(), refused);
    world.service_token().await.is_ok();
}

/// AT-23: ids are compared exactly, also where the engine would not.
#[actix_web::test]
async fn at_23_a_client_id_is_compared_exactly() {
    let world = World::start().await;
    for id in [
        "ats-service ",
        "ATS-SERVICE",
        "ats\u{2d}service\u{0}",
        " ats-service",
    ] {
        let form = [CC, ("client_id", id), ("client_secret", SECRET)];
        world.token(&form).await.is_error(401, "invalid_client");
    }
}
