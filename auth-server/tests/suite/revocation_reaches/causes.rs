//! Each cause for which a token ends before its time, seen from the jobs API.

use std::time::{Duration, Instant};

use super::issuer;
use crate::support::{PASSWORD, World};
use crate::together::Api;

const RECRUITER: &str = "recruiter@example.com";
/// Until the API must have noticed: a second for this instance to see what the command line wrote, a
/// second for the stream, and the rest for a machine with much to do.
const AT_MOST: Duration = Duration::from_secs(15);

/// Tokens of a person and of a service that the API accepts.
struct Held {
    auth: World,
    api: Api,
    access: String,
    refresh: String,
    service: String,
}

/// Whose token has to be refused.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    Person,
    Service,
}

impl Held {
    async fn begin() -> Self {
        let auth = issuer().await;
        let api = Api::start(&auth.base).await;
        api.running.ready().await;
        let login = auth.log_in(RECRUITER, PASSWORD).await;
        let (access, refresh) = (login.member("access_token"), login.member("refresh_token"));
        let service = auth.service_token().await.member("access_token");
        for token in [&access, &service] {
            assert_eq!(api.status("/jobs", token).await, 200);
        }
        Self {
            auth,
            api,
            access,
            refresh,
            service,
        }
    }

    fn command(&self, arguments: &[&str], input: &str) {
        let output = self.auth.command(arguments, input);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {text}");
    }

    /// How long the API goes on accepting the token.
    async fn refused_after(&self, whose: Whose) -> Duration {
        let (token, other) = match whose {
            Whose::Person => (&self.access, &self.service),
            Whose::Service => (&self.service, &self.access),
        };
        let since = Instant::now();
        while self.api.status("/jobs", token).await != 401 {
            assert!(since.elapsed() < AT_MOST, "still accepted");
        }
        let took = since.elapsed();
        assert_eq!(self.api.status("/jobs", other).await, 200, "nobody else's");
        took
    }

    /// The line for the log.
    async fn end(self, cause: &str, whose: Whose) -> String {
        let took = self.refused_after(whose).await;
        self.api.running.stop().await;
        format!("{cause}: refused {} ms later", took.as_millis())
    }
}

/// RFC 7009, by either token.
#[actix_web::test]
async fn tsl_24_a_token_given_back_is_refused_by_the_api() {
    for by_refresh_token in [true, false] {
        let held = Held::begin().await;
        let token = if by_refresh_token {
            &held.refresh
        } else {
            &held.access
        };
        assert_eq!(held.auth.give_back(token).await.status, 200);
        println!("{}", held.end("given back", Whose::Person).await);
    }
}

/// GR-07
#[actix_web::test]
async fn gr_07_after_a_replayed_refresh_token_the_api_refuses() {
    let held = Held::begin().await;
    let second = held.auth.renew(&held.refresh).await;
    let third = held.auth.renew(&second.member("refresh_token")).await;
    third.is_ok();
    assert_eq!(held.auth.renew(&held.refresh).await.status, 400);
    println!(
        "{}",
        held.end("refresh token replayed", Whose::Person).await
    );
}

/// Attack RS-04: every command that ends tokens of a person.
#[actix_web::test]
async fn rs_04_what_the_command_line_ends_for_a_person_the_api_refuses() {
    let password = "another horse, another battery\n";
    let table: [(&[&str], &str); 6] = [
        (&["user", "lock", RECRUITER], ""),
        (&["user", "disable", RECRUITER], ""),
        (&["user", "delete", RECRUITER, "--yes"], ""),
        (
            &["user", "set-password", RECRUITER, "--password-stdin"],
            password,
        ),
        (&["user", "roles", RECRUITER, "--only", "candidate"], ""),
        (&["client", "update", "ats-web", "--scope", "jobs:read"], ""),
    ];
    for (command, input) in table {
        let held = Held::begin().await;
        held.command(command, input);
        println!("{}", held.end(&command.join(" "), Whose::Person).await);
    }
}

/// Attack RS-04: every command that ends tokens of a service.
#[actix_web::test]
async fn rs_04_what_the_command_line_ends_for_a_service_the_api_refuses() {
    let table: [&[&str]; 4] = [
        &["client", "update", "ats-service", "--disable"],
        &["client", "delete", "ats-service", "--yes"],
        &["client", "rotate-secret", "ats-service", "--overlap", "0s"],
        &["client", "update", "ats-service", "--role", "candidate"],
    ];
    for command in table {
        let held = Held::begin().await;
        held.command(command, "");
        println!("{}", held.end(&command.join(" "), Whose::Service).await);
    }
}

/// `keys revoke`: by the lists, long before the key set is fetched again.
#[actix_web::test]
async fn jwk_08_after_a_key_is_revoked_the_api_refuses_its_tokens() {
    let held = Held::begin().await;
    let keys = held.auth.get("/.well-known/jwks.json").await.json();
    let kid = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
    held.command(&["keys", "revoke", "--emergency", "--yes", &kid], "");
    let since = Instant::now();
    for token in [&held.access, &held.service] {
        while held.api.status("/jobs", token).await != 401 {
            assert!(since.elapsed() < AT_MOST, "still accepted");
        }
    }
    println!(
        "key revoked: refused {} ms later",
        since.elapsed().as_millis()
    );
    let fresh = held.auth.service_token().await.member("access_token");
    while held.api.status("/jobs", &fresh).await != 200 {
        assert!(
            since.elapsed() < Duration::from_mins(1),
            "the new key is not found"
        );
    }
    println!("new key accepted {} ms later", since.elapsed().as_millis());
    held.api.running.stop().await;
}
