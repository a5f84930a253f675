//! Calls to URLs that strangers chose: key sets, sector lists, logout endpoints of clients
//! (matrix GEN-28; attacks SS-01 to SS-04).
//!
//! One client for all of them: https only, no redirects, no proxy, two deadlines, a cap on what is
//! read, and no address but public ones, judged after the name was resolved and then connected to.
//! What went wrong is for our log; whoever chose the URL must not learn about our network from it.

mod address;
mod error;
mod lanes;
mod resolve;
mod url_rule;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde_json::Value;
use url::form_urlencoded;

pub use error::OutgoingError;

use crate::error::Fault;
use crate::settings::OutgoingSettings;
use lanes::Lanes;
use resolve::{Guard, SystemNames};

/// To be connected.
const CONNECT: Duration = Duration::from_secs(2);
/// For everything, waiting for other calls to the same host included (attack SS-03).
const TOTAL: Duration = Duration::from_secs(5);
/// The largest cap of [`Outgoing::fetch_json`] in bytes (attack SS-03).
pub const MAX_BYTES: usize = 64 * 1024;
const USER_AGENT: &str = concat!("chancery/", env!("CARGO_PKG_VERSION"));

/// The one way out. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    /// `None` on a machine without any root certificates: every call fails, the server works.
    client: Option<Client>,
    allow_private: bool,
    /// Somebody's login waits for what is fetched: it does not stand behind what is posted.
    fetches: Arc<Lanes>,
    posts: Arc<Lanes>,
    total: Duration,
}

impl Outgoing {
    /// Sets the client up; nothing is called yet.
    ///
    /// # Errors
    /// When the file of `outgoing.extra_ca` cannot be read or holds no certificate.
    pub fn open(settings: &OutgoingSettings) -> Result<Self, Fault> {
        let doing = "reading the authorities of outgoing.extra_ca";
        let extra = match &settings.extra_ca {
            Some(path) => {
                let pem = std::fs::read(path).map_err(|error| Fault::broken(doing, error))?;
                reqwest::Certificate::from_pem_bundle(&pem)
                    .map_err(|error| Fault::broken(doing, error))?
            }
            None => Vec::new(),
        };
        if settings.extra_ca.is_some() && extra.is_empty() {
            return Err(Fault::broken(doing, "the file holds no certificate"));
        }
        let built = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // A proxy would resolve the names where we cannot see it.
            .no_proxy()
            .dns_resolver(Arc::new(Guard::new(SystemNames, settings.allow_private)))
            // A connection is judged when it is made, so none is kept.
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .tls_certs_merge(extra)
            .build();
        let client = built
            .inspect_err(|error| {
                tracing::warn!(cause = %error, "clients' key sets and logout endpoints cannot be called");
            })
            .ok();
        Ok(Self {
            client,
            allow_private: settings.allow_private,
            fetches: Arc::default(),
            posts: Arc::default(),
            total: TOTAL,
        })
    }

    /// Whether a URL may be called at all, as far as its text tells. To be asked when it is registered;
    /// each call asks again and looks at the addresses too.
    ///
    /// # Errors
    /// [`OutgoingError::Url`] or [`OutgoingError::Forbidden`].
    pub fn check(&self, url: &str) -> Result<(), OutgoingError> {
        check_url(url, self.allow_private)
    }

    /// Fetches a JSON document of at most `cap` bytes; no more than [`MAX_BYTES`] are read in any case.
    ///
    /// # Errors
    /// Anything but 200 with JSON within the time.
    pub async fn fetch_json(&self, url: &str, cap: usize) -> Result<Value, OutgoingError> {
        let read = async |response: Response| {
            match response.status().as_u16() {
                200 => {}
                status => return Err(OutgoingError::Status(status)),
            }
            let bytes = read_capped(response, cap.min(MAX_BYTES)).await?;
            serde_json::from_slice(&bytes).map_err(|_| OutgoingError::NotJson)
        };
        self.call(
            (&self.fetches, url),
            |client, url| {
                let json = HeaderValue::from_static("application/json");
                client.get(url).header(ACCEPT, json)
            },
            read,
        )
        .await
    }

    /// Posts a form and returns the status, whatever it is; the body of the answer is not read.
    ///
    /// # Errors
    /// When there is no answer within the time.
    pub async fn post_form(&self, url: &str, pairs: &[(&str, &str)]) -> Result<u16, OutgoingError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        let read = async |response: Response| Ok(response.status().as_u16());
        self.call(
            (&self.posts, url),
            |client, url| {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                client.post(url).header(CONTENT_TYPE, form).body(body)
            },
            read,
        )
        .await
    }

    async fn call<T>(
        &self,
        (lanes, url): (&Lanes, &str),
        request: impl FnOnce(&Client, url::Url) -> RequestBuilder,
        read: impl AsyncFnOnce(Response) -> Result<T, OutgoingError>,
    ) -> Result<T, OutgoingError> {
        let url = url_rule::require(url, self.allow_private)?;
        let client = self.client.as_ref().ok_or(OutgoingError::NoAuthorities)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let request = request(client, url);
        let answer = async {
            let _pass = lanes.enter(&host).await?;
            read(request.send().await?).await
        };
        tokio::time::timeout(self.total, answer)
            .await
            .map_err(|_| OutgoingError::TimedOut)?
    }
}

/// [`Outgoing::check`] without the means to call: for the command line.
///
/// # Errors
/// [`OutgoingError::Url`] or [`OutgoingError::Forbidden`].
pub fn check_url(url: &str, allow_private: bool) -> Result<(), OutgoingError> {
    url_rule::require(url, allow_private).map(drop)
}

/// Reads the body piece by piece and stops at the cap, whatever its length is said to be.
async fn read_capped(mut response: Response, cap: usize) -> Result<Vec<u8>, OutgoingError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await? {
        if bytes.len() + piece.len() > cap {
            return Err(OutgoingError::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

#[cfg(test)]
#[path = "outgoing/tests.rs"]
mod tests;
