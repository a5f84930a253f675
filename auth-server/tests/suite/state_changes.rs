//! What changed since somebody proved who they are: every change against every path that yields or
//! confirms a token (attack corpus, rule 3; attack GR-10). No cell is empty.

use std::time::Duration;

use auth_server::model::{ClientId, GrantType};
use auth_server::store::clients;
use shared_claims::{Role, ScopeSet};

use crate::authorize::{CANDIDATE, Request, VERIFIER, confidential, parameters, register};
use crate::person::{Person, Seen};
use crate::support::{Answer, PASSWORD, SECRET, World};

const CB: &str = "https://app.example.com/cb";
const NEW_PASSWORD: &str = "another horse, another battery";

/// The paths, one by one: what each answers.
#[derive(Debug, PartialEq, Eq)]
struct Paths {
    /// Password grant with the password from before.
    password: &'static str,
    /// Login page with the password from before.
    login_page: &'static str,
    /// Redemption of a code issued before.
    code: &'static str,
    /// Refresh token of a code.
    refresh: &'static str,
    /// Refresh token of a password login.
    refresh_of_password: &'static str,
    /// The session of the browser, with a request that shows nothing.
    silent: &'static str,
    /// The client for itself.
    client_credentials: &'static str,
    /// The access token from before: introspection, its bit in the list, userinfo.
    access_token: &'static str,
    /// What the next token may do: roles and scope, of whatever path still gave one.
    says: &'static str,
}

/// Somebody who is logged in everywhere.
struct Before {
    world: World,
    person: Person,
    code: String,
    access: String,
    refresh: String,
    refresh_of_password: String,
}

impl Before {
    async fn begin() -> Self {
        let world = World::start().await;
        let mut client = confidential("web");
        client.grant_types = GrantType::ALL.to_vec();
        client.scopes = ScopeSet::parse("openid jobs:read jobs:write").unwrap();
        client.roles = vec![Role::RECRUITER];
        register(&world, client).await;
        let mut person = world.person();
        let url = person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
        let first = redeem(&world, &parameters(&url)["code"]).await;
        first.is_ok();
        let open = person.open(&request().url()).await.away();
        let by_password = log_in(&world).await;
        by_password.is_ok();
        Self {
            code: parameters(&open)["code"].clone(),
            access: first.member("access_token"),
            refresh: first.member("refresh_token"),
            refresh_of_password: by_password.member("refresh_token"),
            world,
            person,
        }
    }

    /// The command line, and this instance has looked.
    async fn command(&self, arguments: &[&str], input: &str) {
        let output = self.world.command(arguments, input);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {text}");
        self.world.state.directory.refresh().await.unwrap();
        self.world.state.revocation.refresh().await.unwrap();
    }

    async fn paths(mut self) -> Paths {
        let world = &self.world;
        world.clock.advance(Duration::from_secs(1));
        let is_live = world.is_good(&self.access).await;
        let status = world.userinfo(&self.access).await.status;
        assert_eq!(status == 200, is_live, "userinfo {status}");
        let refreshed = refresh(world, &self.refresh).await;
        let redeemed = redeem(world, &self.code).await;
        let silent = self
            .person
            .open(&request().with("prompt", "none").url())
            .await;
        let login = log_in(world).await;
        let says = [&refreshed, &redeemed, &login]
            .into_iter()
            .find(|answer| answer.status == 200)
            .map_or("nothing", |answer| says(answer));
        Paths {
            password: word(&login),
            login_page: by_page(world).await,
            code: word(&redeemed),
            refresh: word(&refreshed),
            refresh_of_password: word(&refresh(world, &self.refresh_of_password).await),
            silent: by_silence(silent),
            client_credentials: word(&for_itself(world).await),
            access_token: if is_live { "good" } else { "dead" },
            says,
        }
    }
}

fn request() -> Request {
    Request::of("web", CB).with("scope", "openid jobs:read jobs:write")
}

async fn log_in(world: &World) -> Answer {
    let form = [
        ("grant_type", "password"),
        ("username", CANDIDATE),
        ("password", PASSWORD),
        ("scope", "openid jobs:read"),
    ];
    world.token_as(("web", SECRET), &form).await
}

async fn refresh(world: &World, token: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    world.token_as(("web", SECRET), &form).await
}

async fn redeem(world: &World, code: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CB),
        ("code_verifier", VERIFIER),
    ];
    world.token_as(("web", SECRET), &form).await
}

async fn for_itself(world: &World) -> Answer {
    let form = [("grant_type", "client_credentials"), ("scope", "jobs:read")];
    world.token_as(("web", SECRET), &form).await
}

/// The words of the table.
fn word(answer: &Answer) -> &'static str {
    match (answer.status, answer.json()["error"].as_str()) {
        (200, None) => "tokens",
        (400, Some("invalid_grant")) => "invalid_grant",
        (400, Some("invalid_scope")) => "invalid_scope",
        (401, Some("invalid_client")) => "invalid_client",
        other => panic!("{other:?}"),
    }
}

async fn by_page(world: &World) -> &'static str {
    let mut person = world.person();
    let login = match person.open(&request().url()).await {
        Seen::Page(page) if page.is("page-error") => return "error page",
        Seen::Away(url) => return error(&url),
        Seen::Page(page) => page,
    };
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    match person.press(&login, "login-submit", &fields).await {
        Seen::Page(page) if page.is("page-login") => "refused",
        Seen::Page(page) if page.is("page-consent") => "consent page",
        Seen::Page(page) => panic!("{}", page.text),
        Seen::Away(_) => "code",
    }
}

fn by_silence(seen: Seen) -> &'static str {
    match seen {
        Seen::Page(page) if page.is("page-error") => "error page",
        Seen::Page(page) => panic!("{}", page.text),
        Seen::Away(url) if parameters(&url).contains_key("code") => "code",
        Seen::Away(url) => error(&url),
    }
}

fn error(url: &url::Url) -> &'static str {
    match parameters(url)["error"].as_str() {
        "login_required" => "login_required",
        "consent_required" => "consent_required",
        "invalid_scope" => "invalid_scope",
        other => panic!("{other}"),
    }
}

fn says(answer: &Answer) -> &'static str {
    let claims = answer.claims();
    let is_candidate = claims["roles"][0] == "candidate";
    let may_write = claims["scope"].as_str().unwrap().contains("jobs:write");
    match (is_candidate, may_write) {
        (true, true) => "candidate, may write",
        (true, false) => "candidate, may read",
        (false, true) => "no role, may write",
        (false, false) => "no role, may read",
    }
}

/// Nobody changed anything: what the cells look like then.
const UNCHANGED: Paths = Paths {
    password: "tokens",
    login_page: "code",
    code: "tokens",
    refresh: "tokens",
    refresh_of_password: "tokens",
    silent: "code",
    client_credentials: "tokens",
    access_token: "good",
    says: "candidate, may write",
};

/// Everything that hangs on the user is over.
const USER_GONE: Paths = Paths {
    password: "invalid_grant",
    login_page: "refused",
    code: "invalid_grant",
    refresh: "invalid_grant",
    refresh_of_password: "invalid_grant",
    silent: "login_required",
    access_token: "dead",
    says: "nothing",
    ..UNCHANGED
};

#[actix_web::test]
async fn gr_10_without_a_change_every_path_is_open() {
    assert_eq!(Before::begin().await.paths().await, UNCHANGED);
}

#[actix_web::test]
async fn gr_10_a_locked_disabled_or_deleted_user_gets_nothing_on_any_path() {
    for command in [
        vec!["user", "lock", CANDIDATE],
        vec!["user", "disable", CANDIDATE],
        vec!["user", "delete", CANDIDATE, "--yes"],
    ] {
        let before = Before::begin().await;
        before.command(&command, "").await;
        assert_eq!(before.paths().await, USER_GONE, "{command:?}");
    }
}

/// The old password opens nothing, and whatever it opened is closed.
#[actix_web::test]
async fn gr_10_a_changed_password_ends_everything_it_opened() {
    let before = Before::begin().await;
    let command = ["user", "set-password", CANDIDATE, "--password-stdin"];
    before.command(&command, &format!("{NEW_PASSWORD}\n")).await;
    assert_eq!(before.paths().await, USER_GONE);
}

/// The session goes on; what it gets says what is so today.
#[actix_web::test]
async fn gr_10_a_removed_role_is_in_no_token_any_more() {
    let before = Before::begin().await;
    let command = ["user", "roles", CANDIDATE, "--remove", "candidate"];
    before.command(&command, "").await;
    let expected = Paths {
        access_token: "dead",
        says: "no role, may write",
        ..UNCHANGED
    };
    assert_eq!(before.paths().await, expected);
}

#[actix_web::test]
async fn gr_10_a_disabled_client_gets_nothing_on_any_path() {
    let before = Before::begin().await;
    before
        .command(&["client", "update", "web", "--disable"], "")
        .await;
    let expected = Paths {
        password: "invalid_client",
        login_page: "error page",
        code: "invalid_client",
        refresh: "invalid_client",
        refresh_of_password: "invalid_client",
        silent: "error page",
        client_credentials: "invalid_client",
        access_token: "dead",
        says: "nothing",
    };
    assert_eq!(before.paths().await, expected);
}

/// A disabled client that is enabled again: nothing of before comes back.
#[actix_web::test]
async fn gr_10_what_a_disabled_client_lost_stays_lost() {
    let before = Before::begin().await;
    before
        .command(&["client", "update", "web", "--disable"], "")
        .await;
    before
        .command(&["client", "update", "web", "--enable"], "")
        .await;
    let expected = Paths {
        code: "invalid_grant",
        refresh: "invalid_grant",
        refresh_of_password: "invalid_grant",
        access_token: "dead",
        says: "candidate, may read",
        ..UNCHANGED
    };
    assert_eq!(before.paths().await, expected);
}

/// AC-09, RT-11, RT-20: by the page on which users take it back.
#[actix_web::test]
async fn ac_09_a_withdrawn_consent_ends_what_it_allowed() {
    let mut before = Before::begin().await;
    let page = before.person.open("/account/applications").await.page();
    let after = before.person.press(&page, "withdraw-web", &[]).await.page();
    assert!(after.is("applications-withdrawn") && after.is("applications-none"));
    before.world.state.revocation.refresh().await.unwrap();
    let expected = Paths {
        login_page: "consent page",
        code: "invalid_grant",
        refresh: "invalid_grant",
        refresh_of_password: "invalid_grant",
        silent: "consent_required",
        access_token: "dead",
        says: "candidate, may read",
        ..UNCHANGED
    };
    assert_eq!(before.paths().await, expected);
}

/// TE-06: what is no client's id is no failure of ours, on any engine.
#[actix_web::test]
async fn te_06_withdrawing_from_nobody_changes_nothing() {
    let mut before = Before::begin().await;
    let page = before.person.open("/account/applications").await.page();
    let csrf = page.value_of_name("csrf").unwrap();
    for nobody in ["", "nobody", "a\u{0}b"] {
        let form = [("csrf", csrf), ("client_id", nobody)];
        let after = before.person.post("/account/applications", &form).await;
        assert!(after.page().is("withdraw-web"), "{nobody:?}");
    }
    assert_eq!(before.paths().await, UNCHANGED);
}

#[actix_web::test]
async fn gr_10_a_removed_scope_is_in_no_token_any_more() {
    let before = Before::begin().await;
    let command = ["client", "update", "web", "--scope", "openid jobs:read"];
    before.command(&command, "").await;
    let expected = Paths {
        login_page: "invalid_scope",
        silent: "invalid_scope",
        access_token: "dead",
        says: "candidate, may read",
        ..UNCHANGED
    };
    assert_eq!(before.paths().await, expected);
}

/// A secret that ends at once: whoever has it is out, and what it got is dead.
#[actix_web::test]
async fn gr_10_a_secret_that_ends_at_once_takes_its_tokens_along() {
    let before = Before::begin().await;
    let command = ["client", "rotate-secret", "web", "--overlap", "0s"];
    before.command(&command, "").await;
    let expected = Paths {
        password: "invalid_client",
        code: "invalid_client",
        refresh: "invalid_client",
        refresh_of_password: "invalid_client",
        client_credentials: "invalid_client",
        access_token: "dead",
        says: "nothing",
        ..UNCHANGED
    };
    assert_eq!(before.paths().await, expected);
}

/// The registration itself is gone.
#[actix_web::test]
async fn gr_10_a_deleted_client_gets_nothing_on_any_path() {
    let before = Before::begin().await;
    before
        .command(&["client", "delete", "web", "--yes"], "")
        .await;
    let gone = clients::find(before.world.state.store.read(), &ClientId::new("web")).await;
    assert_eq!(gone.unwrap(), None);
    let expected = Paths {
        password: "invalid_client",
        login_page: "error page",
        code: "invalid_client",
        refresh: "invalid_client",
        refresh_of_password: "invalid_client",
        silent: "error page",
        client_credentials: "invalid_client",
        access_token: "dead",
        says: "nothing",
    };
    assert_eq!(before.paths().await, expected);
}
