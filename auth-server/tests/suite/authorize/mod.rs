//! The authorization endpoint by the real pages: a person with a browser, and a client that waits.

mod client;
mod code;
mod consent;
mod endpoint;
mod login_page;
mod pkce;
mod prompts;
mod pushed;
mod redirects;
mod resources;
mod responses;
mod self_registered;
mod sessions;

pub(crate) use client::{CALLBACK, Request, VERIFIER, confidential, native, parameters, register};

use crate::person::{Person, Seen};
use crate::support::{PASSWORD, World};

/// The demo's candidate.
pub(crate) const CANDIDATE: &str = "candidate@example.com";
/// The demo's recruiter.
pub(crate) const RECRUITER: &str = "recruiter@example.com";

impl World {
    /// Somebody with a browser of their own.
    pub(crate) fn person(&self) -> Person {
        Person::behind(self.state.settings.issuer.as_str(), &self.base)
    }

    /// Logs somebody in for a request and returns the parameters that the client gets.
    pub(crate) async fn authorize(&self, request: &Request) -> Parameters {
        let url = self
            .person()
            .log_in(&request.url(), CANDIDATE, PASSWORD)
            .await;
        parameters(&url)
    }

    /// Logs somebody in, allows everything and returns the code.
    pub(crate) async fn code(&self, request: &Request) -> String {
        self.authorize(request).await["code"].clone()
    }

    /// Redeems a code for the demo's public client.
    pub(crate) async fn redeem(&self, code: &str) -> crate::support::Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "ats-web"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await
    }
}

/// What the client gets, by name.
pub(crate) type Parameters = std::collections::BTreeMap<String, String>;

/// The error of an answer that went to the client.
#[track_caller]
pub(crate) fn error_of(seen: Seen) -> String {
    parameters(&seen.away())["error"].clone()
}
