//! Subjects of a sector's own (OpenID Connect Core 1.0 §8; matrix OC-60, OC-02; docs/decisions/0012).

use auth_server::model::{Client, SubjectType};

use crate::support::{Answer, ISSUER, World, clients};

const USER: &str = "recruiter@example.com";

fn pairwise(id: &str, sector: &str) -> Client {
    let mut client = clients::public(id);
    client.metadata.subject_type = SubjectType::Pairwise;
    client.metadata.sector = Some(sector.to_owned());
    client
}

impl World {
    async fn subject_at(&self, client: &str) -> String {
        let answer = self.log_in_at(client, USER, "openid").await;
        answer.is_ok();
        let sub = answer.id_claims()["sub"].as_str().unwrap().to_owned();
        let userinfo = self
            .request("GET", "/oauth2/userinfo")
            .bearer_auth(answer.member("access_token"));
        assert_eq!(Answer::of(userinfo).await.json()["sub"], sub, "UI-03");
        sub
    }
}

/// OC-60, UI-03: two sectors, two subjects; the same at userinfo; the same after a restart.
#[actix_web::test]
async fn oc_60_a_sector_has_subjects_of_its_own() {
    let world = World::start().await;
    for (id, sector) in [
        ("a-web", "a.example"),
        ("a-app", "a.example"),
        ("b-web", "b.example"),
    ] {
        world.add(pairwise(id, sector)).await;
    }
    let public = world.subject_at("ats-web").await;
    let of_a = world.subject_at("a-web").await;
    assert_eq!(of_a, world.subject_at("a-app").await);
    assert_ne!(of_a, world.subject_at("b-web").await);
    assert!(!of_a.contains(&public) && of_a.is_ascii() && of_a.len() <= 255);
    let other = world
        .log_in_at("a-web", "admin@example.com", "openid")
        .await;
    assert_ne!(other.id_claims()["sub"], of_a);
    let world = world.restart();
    assert_eq!(world.subject_at("a-web").await, of_a);
}

/// OC-60, RT-18: a refresh keeps the subject.
#[actix_web::test]
async fn oc_60_a_refresh_keeps_the_subject() {
    let world = World::start().await;
    world.add(pairwise("a-web", "a.example")).await;
    let first = world.log_in_at("a-web", USER, "openid").await;
    let again = world
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "a-web"),
            ("refresh_token", &first.member("refresh_token")),
        ])
        .await;
    again.is_ok();
    assert_eq!(first.id_claims()["sub"], again.id_claims()["sub"]);
}

/// OC-60, AT-05: services know one user; who has no service learns no public subject at all.
#[actix_web::test]
async fn oc_60_at_05_access_tokens_name_the_public_subject_to_services_only() {
    let world = World::start().await;
    let public = world.subject_at("ats-web").await;
    world.add(pairwise("with-service", "a.example")).await;
    let with_service = world.log_in_at("with-service", USER, "openid").await;
    assert_eq!(with_service.claims()["sub"], public);
    for (id, audiences) in [("alone", vec![]), ("registered", vec![ISSUER.to_owned()])] {
        let mut client = pairwise(id, "a.example");
        client.audiences = audiences;
        world.add(client).await;
        let login = world.log_in_at(id, USER, "openid").await;
        login.is_ok();
        assert_eq!(login.claims()["aud"], ISSUER);
        assert_eq!(login.claims()["sub"], login.id_claims()["sub"]);
        let shown = format!("{} {}", login.claims(), login.id_claims());
        assert!(!shown.contains(&public), "{shown}");
        world.subject_at(id).await;
    }
}

/// OC-60: the audit trail names the account, whatever the client is told.
#[actix_web::test]
async fn oc_60_the_audit_trail_names_the_account() {
    let world = World::start().await;
    let mut alone = pairwise("alone", "a.example");
    alone.audiences = Vec::new();
    world.add(alone).await;
    let public = world.subject_at("ats-web").await;
    world.subject_at("alone").await;
    let rows = world.audit("token.issue").await;
    let row = rows
        .iter()
        .find(|row| row.client_id.as_deref() == Some("alone"));
    assert_eq!(row.unwrap().user_id.as_deref(), Some(public.as_str()));
}
