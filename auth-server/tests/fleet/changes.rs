//! What the command line changes is in force on every instance within two seconds (design §5).

use std::time::{Duration, Instant as Stopwatch};

use serde_json::Value;

use crate::client::{Answer, Client, SECRET, kid, verify};
use crate::installation::Installation;
use crate::instance::Instance;
use crate::wait::until_at;

/// The promise.
const WITHIN: Duration = Duration::from_secs(2);
/// Refused clients are throttled when they ask too often.
const PACE: Duration = Duration::from_millis(100);
const NEW_SECRET: &str = "a-new-secret-of-more-than-32-characters";

/// Two instances and what they are asked.
struct Watch {
    installation: Installation,
    fleet: Vec<Instance>,
    client: Client,
}

impl Watch {
    async fn begin() -> Self {
        let installation = Installation::fresh().await;
        let fleet = installation.fleet(installation.most_instances(2)).await;
        let watch = Self {
            installation,
            fleet,
            client: Client::new(),
        };
        // Everything is in the memory of every instance now.
        for instance in &watch.fleet {
            watch.service(instance, SECRET).await.member("access_token");
        }
        watch
    }

    async fn service(&self, instance: &Instance, secret: &str) -> Answer {
        self.client
            .service_token(&instance.base, secret)
            .await
            .answer()
    }

    /// Runs the command, and waits until the change is seen everywhere.
    async fn follow(
        &self,
        what: &str,
        command: &[&str],
        is_in_force: impl AsyncFn(&Instance) -> bool,
    ) {
        self.installation.done(command).await;
        let done = Stopwatch::now();
        for instance in &self.fleet {
            let seen = async || is_in_force(instance).await.then_some(());
            until_at(PACE, what, WITHIN.saturating_sub(done.elapsed()), seen).await;
        }
        let engine = self.installation.engine();
        println!(
            "{engine}: {what}: on {} instances after {:?}",
            self.fleet.len(),
            done.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_a_client_are_in_force_everywhere_within_two_seconds() {
    let watch = Watch::begin().await;
    let disable = ["client", "update", "ats-service", "--disable"];
    watch
        .follow("a client is switched off", &disable, async |instance| {
            watch.service(instance, SECRET).await.status == 401
        })
        .await;
    let enable = ["client", "update", "ats-service", "--enable"];
    watch
        .follow("a client is switched on", &enable, async |instance| {
            watch.service(instance, SECRET).await.status == 200
        })
        .await;
    let role = ["client", "update", "ats-service", "--role", "candidate"];
    watch
        .follow("a client has another role", &role, async |instance| {
            let token = watch.service(instance, SECRET).await.member("access_token");
            let claims = verify(&watch.client, instance, &token).await.unwrap();
            claims["roles"] == serde_json::json!(["candidate"])
        })
        .await;
    let file = watch.installation.write("secret", NEW_SECRET);
    let rotate = [
        "client",
        "rotate-secret",
        "ats-service",
        "--overlap",
        "0s",
        "--secret-file",
    ];
    let rotate = [&rotate[..], &[file.to_str().unwrap()]].concat();
    watch
        .follow("a secret is replaced", &rotate, async |instance| {
            watch.service(instance, SECRET).await.status == 401
                && watch.service(instance, NEW_SECRET).await.status == 200
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_a_user_are_in_force_everywhere_within_two_seconds() {
    let watch = Watch::begin().await;
    let mut sessions = Vec::new();
    for instance in &watch.fleet {
        sessions.push(watch.client.session(&instance.base).await);
    }
    let user = "candidate@example.com";
    let roles = ["user", "roles", user, "--only", "recruiter"];
    watch
        .follow("a user has another role", &roles, async |instance| {
            let token = watch.client.session(&instance.base).await;
            let refreshed = watch.client.refresh(&instance.base, &token).await.answer();
            let token = refreshed.member("access_token");
            let claims = verify(&watch.client, instance, &token).await.unwrap();
            claims["roles"] == serde_json::json!(["recruiter"])
        })
        .await;
    watch
        .follow(
            "a user is locked",
            &["user", "lock", user],
            async |instance| {
                let refused = futures_util::future::join_all(
                    sessions
                        .iter()
                        .map(|token| watch.client.refresh(&instance.base, token)),
                );
                refused
                    .await
                    .into_iter()
                    .all(|reply| reply.answer().status == 400)
            },
        )
        .await;
}

/// JWK-07, JWK-08: so is a new key, and the end of one that has leaked.
#[tokio::test(flavor = "multi_thread")]
async fn jwk_08_a_new_and_a_revoked_key_are_in_force_everywhere_within_two_seconds() {
    let watch = Watch::begin().await;
    let old = kids(&watch.client.jwks(&watch.fleet[0].base).await);
    assert_eq!(old.len(), 1);
    let before = watch
        .service(&watch.fleet[0], SECRET)
        .await
        .member("access_token");
    watch
        .follow(
            "a key is replaced",
            &["keys", "rotate", "--now"],
            async |instance| {
                let published = kids(&watch.client.jwks(&instance.base).await);
                let token = watch.service(instance, SECRET).await.member("access_token");
                let signer = kid(&token);
                published.len() == 2 && published.contains(&old[0]) && signer != old[0]
            },
        )
        .await;
    // What the old key has signed stays good, wherever it is looked at.
    for instance in &watch.fleet {
        verify(&watch.client, instance, &before).await.unwrap();
        let after = watch.service(instance, SECRET).await.member("access_token");
        for other in &watch.fleet {
            verify(&watch.client, other, &after).await.unwrap();
        }
    }
    assert_eq!(
        watch
            .installation
            .number("SELECT COUNT(*) FROM signing_keys")
            .await,
        2
    );
    let revoke = ["keys", "revoke", &old[0], "--emergency"];
    watch
        .follow("a key is revoked", &revoke, async |instance| {
            !kids(&watch.client.jwks(&instance.base).await).contains(&old[0])
        })
        .await;
    for instance in &watch.fleet {
        verify(&watch.client, instance, &before).await.unwrap_err();
    }
}

/// The ids of a key set.
fn kids(set: &Value) -> Vec<String> {
    let keys = set["keys"].as_array().unwrap();
    let kids = keys.iter().map(|key| key["kid"].as_str().unwrap());
    kids.map(str::to_owned).collect()
}
