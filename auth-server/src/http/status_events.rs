//! `GET /oauth2/status/events`: every change of the lists as it happens, for verifiers that do not want
//! to wait for their next look (WHATWG HTML §9.2 Server-sent events; docs/revocation.md).
//!
//! Event `status` has the data `{"uri", "idx": [..]}` and the number of its change as id; event `reset`
//! says that something was missed and the lists have to be fetched. A comment comes three times in a
//! `status_ttl`: a verifier that takes silence for the end of the stream is no later than one that polls.

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

const SHORTEST_BEAT: Duration = Duration::from_secs(1);
const LONGEST_BEAT: Duration = Duration::from_secs(15);
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
        (status = 503, description = "Too many streams, or the database is out of sight"),
    ),
)]
pub(super) async fn events(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    if !state.revocation.is_current() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE);
    }
    let seat = match state.revocation.seat(ctx.peer) {
        Ok(seat) => seat,
        Err(Full::Address) => return refuse(StatusCode::TOO_MANY_REQUESTS),
        Err(Full::House) => return refuse(StatusCode::SERVICE_UNAVAILABLE),
    };
    let last = request
        .headers()
        .get(LAST_EVENT_ID)
        .map(|id| id.to_str().unwrap_or_default());
    let (subscription, greeting) = state.revocation.subscribe(last).await;
    let listener = Listener {
        subscription,
        greeting: Some(greeting),
        beat_every: beat_every(ctx.settings().revocation.status_ttl),
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
    beat_every: Duration,
    _seat: Seat,
}

impl Listener {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting.into());
        }
        let beat = sleep_until(Instant::now() + self.beat_every);
        tokio::select! {
            event = self.subscription.next() => event.map(|text| Bytes::copy_from_slice(text.as_bytes())),
            // A sign of life says that nothing was revoked: not to be given on a guess.
            () = beat => self.subscription.is_current().then_some(Bytes::from_static(b":\n\n")),
        }
    }
}

fn beat_every(status_ttl: Duration) -> Duration {
    (status_ttl / 3).clamp(SHORTEST_BEAT, LONGEST_BEAT)
}

fn refuse(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((RETRY_AFTER, RETRY_SECONDS))
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
        }))
}
