//! One bounded HTTP GET: no redirects, no proxy of the environment, 64 KiB, two deadlines.

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT, ETAG, HeaderValue, IF_NONE_MATCH},
    redirect,
};

use super::{FetchFailure, freshness::max_age};
use crate::verify::MAX_KEY_SET_BYTES;

const MEDIA_TYPES: &str = "application/jwk-set+json, application/json;q=0.9";
const USER_AGENT: &str = concat!("shared-claims/", env!("CARGO_PKG_VERSION"));

/// A client that cannot be led astray.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: Client,
}

/// What came back.
pub(super) enum Answer {
    /// 304: what the caller has is still right.
    NotModified { max_age: Duration },
    /// 200.
    Body {
        bytes: Vec<u8>,
        etag: Option<HeaderValue>,
        max_age: Duration,
    },
}

impl Http {
    pub(super) fn new(connect: Duration, total: Duration) -> Result<Self, reqwest::Error> {
        Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            // A fetch every few minutes does not need a connection kept open.
            .pool_max_idle_per_host(0)
            .connect_timeout(connect)
            .timeout(total)
            .build()
            .map(|client| Self { client })
    }

    /// Fetches a document, conditionally when `etag` is what we have.
    pub(super) async fn get(
        &self,
        url: &Url,
        etag: Option<&HeaderValue>,
    ) -> Result<Answer, FetchFailure> {
        let mut request = self.client.get(url.clone()).header(ACCEPT, MEDIA_TYPES);
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        let max_age = max_age(response.headers());
        match response.status() {
            StatusCode::OK => {
                let etag = response.headers().get(ETAG).cloned();
                Ok(Answer::Body {
                    bytes: read_capped(response).await?,
                    etag,
                    max_age,
                })
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Answer::NotModified { max_age }),
            status => Err(FetchFailure::Status(status.as_u16())),
        }
    }
}

/// Reads the body piece by piece and stops at the cap, whatever its length is said to be.
async fn read_capped(mut response: Response) -> Result<Vec<u8>, FetchFailure> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failure(&error))? {
        if bytes.len() + piece.len() > MAX_KEY_SET_BYTES {
            return Err(FetchFailure::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn failure(error: &reqwest::Error) -> FetchFailure {
    if error.is_timeout() {
        FetchFailure::TimedOut
    } else {
        FetchFailure::Unreachable
    }
}
