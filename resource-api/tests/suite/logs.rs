//! Matrix GEN-18: after a full flow the log has one line per request and no secret.

use std::io::Write;
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{Api, Caller};

/// A log in memory.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gen_18_the_log_has_one_line_per_request_and_no_secret() {
    let log = Captured::default();
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .init();
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let path = format!("{job}/applications");
    let secret = "I earn 71,234 today";
    let key = "key-5f1c";
    let made = api
        .request(Method::POST, &path, &carl)
        .header("idempotency-key", key)
        .json(&json!({"cover_letter": secret}))
        .send()
        .await
        .expect(201);
    let expired = carl.patched_token(&api.issuer, json!({}), json!({"exp": 1}));
    let bad = api
        .anonymous(Method::GET, "/jobs?q=private-search")
        .bearer(&expired)
        .send()
        .await;
    bad.expect(401);

    let text = log.text();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let access: Vec<&Value> = lines
        .iter()
        .filter(|line| line["message"] == "request answered")
        .collect();
    assert_eq!(access.len(), 4, "{text}");
    let apply = access[2];
    assert_eq!(apply["method"], "POST");
    assert_eq!(apply["route"], "/jobs/{id}/applications");
    assert_eq!(apply["status"], 201);
    assert!(apply["duration_ms"].is_number());
    assert_eq!(apply["span"]["request_id"], made.header("x-request-id"));
    assert_eq!(access[3]["reason"], "invalid_token");
    for secret in [
        carl.token(&api.issuer).as_str(),
        rita.token(&api.issuer).as_str(),
        expired.as_str(),
        secret,
        key,
        "private-search",
        made.text_of("id").as_str(),
        "Bearer ",
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
