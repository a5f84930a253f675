//! What one instance or the command line revokes, every instance serves within two seconds, as a list
//! and as an event (design §5; matrix REV-09, TSL-24). No two instances deal the same place.

use std::collections::HashSet;
use std::time::{Duration, Instant as Stopwatch, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, StatusList, TokenStatus};

use crate::client::{Client, SECRET, verify};
use crate::installation::{ISSUER, Installation};
use crate::instance::Instance;
use crate::wait::until;

/// The promise.
const WITHIN: Duration = Duration::from_secs(2);
const PASSWORD: &str = "demo-password-1";

/// Where the bit of a token is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    uri: String,
    index: u64,
}

impl Place {
    async fn of(client: &Client, instance: &Instance, token: &str) -> Self {
        let claims = verify(client, instance, token).await.unwrap();
        let entry = &claims["status"]["status_list"];
        Self {
            uri: entry["uri"].as_str().unwrap().to_owned(),
            index: entry["idx"].as_u64().unwrap(),
        }
    }

    /// The bit as this instance serves it, checked like a verifier does.
    async fn is_set(&self, client: &Client, instance: &Instance) -> bool {
        let path = self.uri.strip_prefix(ISSUER).unwrap();
        let answer = client.get(&instance.base, path).await.answer();
        let text = answer.body.as_str().unwrap_or_else(|| panic!("{answer:?}"));
        let keys = client.jwks(&instance.base).await.to_string();
        let keys = KeySet::from_jwks_json(keys.as_bytes()).unwrap();
        let list = StatusList::verify(&keys, ISSUER, &self.uri, text, now()).unwrap();
        list.find(self.index).unwrap() == TokenStatus::Invalid
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the instances live in the real time"
)]
fn now() -> NumericDate {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    NumericDate::from_seconds(now.as_secs().try_into().unwrap())
}

/// The stream of an instance.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    /// Opened, and greeted: from here on nothing is missed.
    async fn open(instance: &Instance) -> Self {
        let url = format!("{}/oauth2/status/events", instance.base);
        let response = reqwest::Client::new().get(url).send().await.unwrap();
        let mut stream = Self {
            response,
            text: String::new(),
        };
        stream.read().await;
        stream
    }

    async fn read(&mut self) {
        let chunk = self.response.chunk().await.unwrap().unwrap();
        self.text.push_str(std::str::from_utf8(&chunk).unwrap());
    }

    /// Reads until an event names the place.
    async fn hears(&mut self, place: &Place) {
        let expected = json!({"uri": place.uri, "idx": [place.index]});
        let is_there = |text: &str| {
            text.lines()
                .filter_map(|line| line.strip_prefix("data: "))
                .any(|data| serde_json::from_str::<Value>(data).is_ok_and(|data| data == expected))
        };
        while !is_there(&self.text) {
            self.read().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rev_09_a_revocation_is_served_everywhere_within_two_seconds() {
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(2)).await;
    let (here, there) = (fleet.first().unwrap(), fleet.last().unwrap());
    let client = Client::new();
    let log_in = async |instance: &Instance| {
        let login = client.log_in(&instance.base, PASSWORD).await.answer();
        let token = login.member("access_token");
        (
            Place::of(&client, instance, &token).await,
            login.refresh_token(),
        )
    };
    let (by_client, refresh) = log_in(here).await;
    let (by_command, _) = log_in(there).await;
    for place in [&by_client, &by_command] {
        for instance in &fleet {
            assert!(!place.is_set(&client, instance).await, "{place:?}");
        }
    }
    let engine = installation.engine();
    let mut stream = Stream::open(there).await;
    assert_eq!(
        client.revoke(&here.base, &refresh).await.answer().status,
        200
    );
    let done = Stopwatch::now();
    let heard = tokio::time::timeout(WITHIN, stream.hears(&by_client)).await;
    assert!(heard.is_ok(), "no event within {WITHIN:?}");
    println!(
        "{engine}: revoked at one instance, told by the other after {:?}",
        done.elapsed()
    );
    for instance in &fleet {
        assert!(
            by_client.is_set(&client, instance).await,
            "whoever hears of it finds it in the list"
        );
    }

    let lock = ["user", "lock", "candidate@example.com"];
    installation.done(&lock).await;
    for instance in &fleet {
        let is_set = async || by_command.is_set(&client, instance).await.then_some(());
        let ((), after) = until("the list after the command line", WITHIN, is_set).await;
        println!("{engine}: locked by the command line, in the list after {after:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tsl_08_no_two_instances_deal_the_same_place() {
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(3)).await;
    let client = Client::new();
    let mut places = HashSet::new();
    let mut count = 0;
    for _ in 0..25 {
        for instance in &fleet {
            let service = client.service_token(&instance.base, SECRET).await.answer();
            let user = client.log_in(&instance.base, PASSWORD).await.answer();
            for answer in [service, user] {
                let token = answer.member("access_token");
                places.insert(Place::of(&client, instance, &token).await);
                count += 1;
            }
        }
    }
    assert_eq!(places.len(), count);
}
