//! The authorization endpoint without its HTTP and HTML (RFC 6749 §4.1, OpenID Connect Core §3.1.2).
//!
//! A request comes in ([`fn@begin`], or [`push`] ahead of it), waits on disk while the user logs in and
//! decides ([`fn@resume`], [`fn@proceed`], [`deny`]), and leaves as an [`Answer`]. Whoever needs nothing of
//! the user is answered at once, and nothing is kept.

mod answer;
mod begin;
mod hint;
mod known;
mod proceed;
mod pushed;
mod resume;

pub use answer::Answer;
pub use begin::begin;
pub use proceed::{deny, proceed};
pub use pushed::{Pushed, push};
pub use resume::{Pending, resume};

use crate::accounts::LoggedIn;
use crate::error::Reason;
use crate::protocol::authorization::Misdirected;
use crate::secret::Secret;

/// The browser that asks.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Who is logged in there.
    pub logged_in: Option<&'a LoggedIn>,
    /// What tells it from other browsers.
    pub browser: &'a Secret,
}

/// What happens next.
#[derive(Debug)]
pub enum Outcome {
    /// The answer goes to the client.
    Answer(Answer),
    /// The user logs in: handle of the waiting request.
    Login(Secret),
    /// The user is asked for consent: handle of the waiting request.
    Consent(Secret),
    /// Nothing goes anywhere: the user is told.
    Page(Problem),
}

/// Why a request ends on a page of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// `client_id` is missing or unknown (matrix AZ-02).
    UnknownClient,
    /// The client is switched off (matrix AZ-02).
    DisabledClient,
    /// There is nowhere to send an answer to (matrix AZ-03).
    Misdirected(Misdirected),
    /// `client_id` came more than once (matrix AZ-13).
    RepeatedClient,
    /// The request cannot be read at all.
    Unreadable(Reason),
    /// `request_uri` came more than once (matrix AZ-13).
    RepeatedRequestUri,
    /// The pushed request is unknown, expired, spent or another client's (matrix PAR-05, PAR-06).
    PushedRequestGone,
    /// The waiting request is unknown or too old.
    Expired,
    /// It was decided before (matrix AZ-23).
    AlreadyDecided,
    /// Another browser began it (matrix AZ-19).
    AnotherBrowser,
}

impl Problem {
    /// The label in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownClient => "unknown_client",
            Self::DisabledClient => "disabled_client",
            Self::Misdirected(misdirected) => misdirected.as_str(),
            Self::RepeatedClient => "repeated_client_id",
            Self::Unreadable(reason) => reason.as_str(),
            Self::RepeatedRequestUri => "repeated_request_uri",
            Self::PushedRequestGone => "unknown_pushed_request",
            Self::Expired => "expired_request",
            Self::AlreadyDecided => "already_decided",
            Self::AnotherBrowser => "another_browser",
        }
    }
}
