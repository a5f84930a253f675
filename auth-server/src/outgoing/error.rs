//! Why a call brought nothing. For the log and for deciding about another try; never for the wire.

use super::resolve::Forbidden;

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub enum OutgoingError {
    /// Not an https URL with a host and without user name.
    #[error("the URL is not an https URL")]
    Url,
    /// The URL leads into this machine or this network, or to where no client can be.
    #[error("the URL leads to an address that is not public")]
    Forbidden,
    /// This machine has no root certificates to recognise a server by.
    #[error("there are no root certificates")]
    NoAuthorities,
    /// No connection, or it broke, or the certificate is not valid.
    #[error("there was no answer")]
    Unreachable(#[source] reqwest::Error),
    /// The time is over.
    #[error("the answer took too long")]
    TimedOut,
    /// Another status than 200. Redirects are not followed.
    #[error("the answer has status {0}")]
    Status(u16),
    /// More bytes than the cap; the rest was not read.
    #[error("the answer is too large")]
    TooLarge,
    /// Something else than JSON.
    #[error("the answer is not JSON")]
    NotJson,
}

impl OutgoingError {
    /// True when another try with the same URL can end differently.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Url | Self::Forbidden => false,
            Self::Status(status) => *status >= 500 || *status == 429,
            _ => true,
        }
    }
}

impl From<reqwest::Error> for OutgoingError {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(inner) = cause {
            if inner.is::<Forbidden>() {
                return Self::Forbidden;
            }
            cause = inner.source();
        }
        if error.is_timeout() {
            return Self::TimedOut;
        }
        // The URL may hold a client's secrets; it is in no message.
        Self::Unreachable(error.without_url())
    }
}
