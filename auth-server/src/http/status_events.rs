//! `GET /oauth2/status/events`: every change of the lists as it happens, for verifiers that do not want
//! to wait for their next look (WHATWG HTML §9.2 Server-sent events; docs/revocation.md).
//!
//! Event `status` has the data `{"uri", "idx": [..]}` and the number of its change as id; event `reset`
//! says that something was missed and the lists have to be fetched. A comment comes every 15 seconds.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, RETRY_AFTER};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::peer;
use crate::context::AppState;
use crate::revocation::{Full, Seat, Subscription};

const BEAT_EVERY: Duration = Duration::from_secs(15);
const RETRY_SECONDS: &str = "5";
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Proxies of the nginx kind pass on at once what they would otherwise collect.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The stream of revocations.
///
/// Resumable by `Last-Event-ID`. Connect first and fetch the lists then: nothing is missed in between.
#[utoipa::path(
    get,
    path = "/oauth2/status/events",
    tag = "Revocation",
    operation_id = "statusEvents",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen")),
    responses(
        (status = 200, description = "Events `status` and `reset`", body = String, content_type = "text/event-stream"),
        (status = 429, description = "Too many streams from this address"),
        (status = 503, description = "Too many streams"),
    ),
)]
pub(super) async fn events(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let seat = match state.revocation.seat(ctx.peer) {
        Ok(seat) => seat,
        Err(full) => return refuse(full),
    };
    let last = request
        .headers()
        .get(LAST_EVENT_ID)
        .map(|id| id.to_str().unwrap_or_default());
    let (subscription, greeting) = state.revocation.subscribe(last).await;
    let listener = Listener {
        subscription,
        greeting: Some(greeting),
        _seat: seat,
    };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((BUFFERING, "no"))
        .streaming(stream::unfold(listener, async |mut listener| {
            let text = listener.next().await?;
            Some((Ok::<_, actix_web::Error>(text), listener))
        }))
}

struct Listener {
    subscription: Subscription,
    greeting: Option<String>,
    _seat: Seat,
}

impl Listener {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting.into());
        }
        let beat = sleep_until(Instant::now() + BEAT_EVERY);
        tokio::select! {
            event = self.subscription.next() => event.map(|text| Bytes::copy_from_slice(text.as_bytes())),
            () = beat => Some(Bytes::from_static(b":\n\n")),
        }
    }
}

fn refuse(full: Full) -> HttpResponse {
    let status = match full {
        Full::Address => StatusCode::TOO_MANY_REQUESTS,
        Full::House => StatusCode::SERVICE_UNAVAILABLE,
    };
    HttpResponse::build(status)
        .insert_header((RETRY_AFTER, RETRY_SECONDS))
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
        }))
}
