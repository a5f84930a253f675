//! Logout by the real pages: the browser, the clients that it logged in to, and the servers of these
//! clients, which hear of it.

mod back_channel;
mod crowd;
mod elsewhere;
mod front_channel;
mod listener;
mod pages;
mod redirects;

use auth_server::model::{Client, GrantType};
use sea_orm::ConnectionTrait as _;
use shared_claims::ScopeSet;
use url::Url;

use crate::authorize::{CANDIDATE, Request, VERIFIER, parameters};
use crate::person::Person;
use crate::support::{Answer, PASSWORD, SECRET, World, clients};

/// Where every client of these tests is.
const APP: &str = "https://app.example.com";
/// Where a login ends.
const CALLBACK: &str = "https://app.example.com/cb";
/// Where a logout ends.
const OUT: &str = "https://app.example.com/out?from=here";
const COOKIE: &str = "chancery-session";

/// A server that may call this machine.
async fn world() -> World {
    World::with(|inputs| inputs.with("outgoing.allow_private", "true")).await
}

/// A client that can log users in and out.
fn client(id: &str) -> Client {
    let mut client = clients::confidential(id, SECRET);
    client.grant_types = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    client.scopes = ScopeSet::parse("openid jobs:read offline_access").unwrap();
    client.redirect_uris = vec![CALLBACK.to_owned()];
    client.metadata.post_logout_redirect_uris = vec![OUT.to_owned(), format!("{APP}/plain")];
    client
}

impl World {
    /// Somebody logs in to a client; the tokens that it gets.
    async fn log_in_to(&self, person: &mut Person, client: &str) -> Answer {
        self.log_in_with(person, Request::of(client, CALLBACK))
            .await
    }

    async fn log_in_with(&self, person: &mut Person, request: Request) -> Answer {
        let pairs = request.pairs();
        let (_, client) = pairs.iter().find(|(name, _)| *name == "client_id").unwrap();
        let url = person.log_in(&request.url(), CANDIDATE, PASSWORD).await;
        let answer = self
            .token_as(
                (client, SECRET),
                &[
                    ("grant_type", "authorization_code"),
                    ("code", &parameters(&url)["code"]),
                    ("redirect_uri", CALLBACK),
                    ("code_verifier", VERIFIER),
                ],
            )
            .await;
        answer.is_ok();
        answer
    }

    /// One more signing key.
    async fn add_key(&self, algorithm: &str) {
        let made = self.command(&["keys", "rotate", "--algorithm", algorithm], "");
        assert!(made.status.success(), "{made:?}");
        let now = self.state.clock.now();
        self.state.keys.reload(now).await.unwrap();
    }

    /// How many rows a table has.
    async fn rows(&self, table: &str) -> i64 {
        let db = self.state.store.read();
        let sql = format!("SELECT COUNT(*) AS rows_there FROM {table}");
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "rows_there").unwrap()
    }

    async fn refresh_of(&self, client: &str, tokens: &Answer) -> Answer {
        let token = tokens.member("refresh_token");
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
        ];
        self.token_as((client, SECRET), &form).await
    }
}

/// Whether a client that asks without a page would be let in.
async fn is_logged_in(person: &mut Person, client: &str) -> bool {
    let silent = Request::of(client, CALLBACK).with("prompt", "none");
    let answer = parameters(&person.open(&silent.url()).await.away());
    match answer.get("error").map(String::as_str) {
        None => true,
        Some("login_required") => false,
        Some(other) => panic!("{other}"),
    }
}

/// The URL of a logout.
fn logout(pairs: &[(&str, &str)]) -> String {
    let mut url = Url::parse("http://localhost/oauth2/logout").unwrap();
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url[url::Position::BeforePath..].to_owned()
}
