//! Tokens that their issuer has thought better of: refused although they verify (TSL-20, TSL-24).

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Caller};

/// RS-04 (stale authority), TSL-24
#[tokio::test(flavor = "multi_thread")]
async fn rs_04_a_revoked_token_is_refused_within_the_ttl_of_the_list() {
    let api = Api::start_with(&[("auth.status_stream", "false")]).await;
    let token = |idx: u8| {
        let status = json!({"status": api.issuer.status(idx)});
        Caller::candidate("carl").patched_token(&api.issuer, json!({}), status)
    };
    let (revoked, other) = (token(3), token(4));
    let call = async |token: &str| {
        api.anonymous(Method::GET, "/jobs")
            .bearer(token)
            .send()
            .await
    };
    call(&revoked).await.expect(200);

    api.issuer.revoke(3);
    let since = Instant::now();
    let refusal = loop {
        let reply = call(&revoked).await;
        if reply.status == 401 {
            break reply;
        }
        // The ttl of the list is one second; the rest is for a machine with much to do.
        assert!(since.elapsed() < Duration::from_secs(10));
    };
    assert!(refusal.header("www-authenticate").contains("invalid_token"));
    call(&other).await.expect(200);

    let metrics = api.anonymous(Method::GET, "/metrics").send().await;
    for line in [
        "auth_status_lists 1",
        "auth_status_list_bytes 1",
        "auth_status_age_seconds ",
        "auth_status_stream_open 0",
        "auth_tokens_refused_total{reason=\"revoked\"} 1",
        "auth_status_fetch_failures_total{reason=\"status_list\"} 0",
    ] {
        assert!(metrics.text.contains(line), "{line}\n{}", metrics.text);
    }
}
