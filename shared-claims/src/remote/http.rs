//! Bounded HTTP GETs: no redirects, no proxy of the environment, a cap on the size, two deadlines.

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH},
    redirect,
};

use super::{
    FetchFailure,
    freshness::{age, max_age},
};

const USER_AGENT: &str = concat!("shared-claims/", env!("CARGO_PKG_VERSION"));

/// A client that cannot be led astray.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: Client,
    total: Duration,
}

/// What kind of document is asked for.
pub(super) struct Kind {
    /// The value of `Accept`.
    pub(super) accept: &'static str,
    /// The one media type the answer must have; `None`: its content speaks for itself.
    pub(super) media_type: Option<&'static str>,
    /// The largest body in bytes; the rest is not read.
    pub(super) cap: usize,
}

/// What came back.
pub(super) enum Answer {
    /// 304: what the caller has is still right.
    NotModified(Timing),
    /// 200.
    Body {
        bytes: Vec<u8>,
        etag: Option<HeaderValue>,
        timing: Timing,
    },
}

/// What the headers of an answer say about time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// How long it may be used.
    pub(super) max_age: Duration,
    /// How long a cache on the way has had it: so long ago the issuer said so.
    pub(super) age: Duration,
}

impl Http {
    pub(super) fn new(connect: Duration, total: Duration) -> Result<Self, reqwest::Error> {
        Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // A fetch every few seconds does not need a connection kept open.
            .pool_max_idle_per_host(0)
            .connect_timeout(connect)
            .build()
            .map(|client| Self { client, total })
    }

    /// Fetches a document, conditionally when `etag` is what we have.
    pub(super) async fn get(
        &self,
        url: &Url,
        kind: &Kind,
        etag: Option<&HeaderValue>,
    ) -> Result<Answer, FetchFailure> {
        let mut request = self.asking(url, kind.accept).timeout(self.total);
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        let timing = Timing {
            max_age: max_age(response.headers()),
            age: age(response.headers()),
        };
        match response.status() {
            StatusCode::OK => {
                check_media_type(response.headers(), kind.media_type)?;
                let etag = response.headers().get(ETAG).cloned();
                Ok(Answer::Body {
                    bytes: read_capped(response, kind.cap).await?,
                    etag,
                    timing,
                })
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Answer::NotModified(timing)),
            status => Err(FetchFailure::Status(status.as_u16())),
        }
    }

    /// Opens a stream of events after the one of this id. It may last; whoever reads it says how
    /// long it may be silent.
    pub(super) async fn open(
        &self,
        url: &Url,
        last_event_id: Option<&str>,
    ) -> Result<Response, FetchFailure> {
        const EVENT_STREAM: &str = "text/event-stream";
        let mut request = self.asking(url, EVENT_STREAM);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        match response.status() {
            StatusCode::OK => {
                check_media_type(response.headers(), Some(EVENT_STREAM))?;
                Ok(response)
            }
            status => Err(FetchFailure::Status(status.as_u16())),
        }
    }

    fn asking(&self, url: &Url, accept: &'static str) -> RequestBuilder {
        self.client.get(url.clone()).header(ACCEPT, accept)
    }
}

/// Reads the body piece by piece and stops at the cap, whatever its length is said to be.
async fn read_capped(mut response: Response, cap: usize) -> Result<Vec<u8>, FetchFailure> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failure(&error))? {
        if bytes.len() + piece.len() > cap {
            return Err(FetchFailure::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Compares without parameters and without case (RFC 9110 §8.3.1).
fn check_media_type(headers: &HeaderMap, wanted: Option<&str>) -> Result<(), FetchFailure> {
    let Some(wanted) = wanted else {
        return Ok(());
    };
    let given = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok()?.split(';').next());
    match given {
        Some(given) if given.trim().eq_ignore_ascii_case(wanted) => Ok(()),
        _ => Err(FetchFailure::MediaType),
    }
}

pub(super) fn failure(error: &reqwest::Error) -> FetchFailure {
    if error.is_timeout() {
        FetchFailure::TimedOut
    } else {
        FetchFailure::Unreachable
    }
}
