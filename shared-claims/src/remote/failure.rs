//! Why a fetch brought no usable key set or status list.

use crate::verify::{KeySetError, StatusListError};

/// The outcome of a fetch that left everything as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFailure {
    /// No connection, or it broke.
    #[error("no answer from the issuer")]
    Unreachable,
    /// The connection or the whole answer took too long.
    #[error("the issuer took too long to answer")]
    TimedOut,
    /// Another status than 200, or than 304 when asked conditionally. Redirects are not followed.
    #[error("the issuer answered with status {0}")]
    Status(u16),
    /// A body above the cap (64 KiB for keys, 2 MiB for a list); the rest of it was not read.
    #[error("the answer is too large")]
    TooLarge,
    /// Another media type than the one asked for.
    #[error("the answer is of another media type")]
    MediaType,
    /// The discovery document is not one.
    #[error("the discovery document has no issuer and jwks_uri")]
    DiscoveryMalformed,
    /// The discovery document is of another issuer (OpenID Connect Discovery §4.3).
    #[error("the discovery document belongs to another issuer")]
    WrongIssuer,
    /// `jwks_uri` is no https URL.
    #[error("the jwks_uri of the discovery document is not an https URL")]
    UnsafeUrl,
    /// The key set is empty, malformed or too large.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    /// There are no keys to verify the status list with.
    #[error("no keys to verify the status list with")]
    NoKeys,
    /// The status list is not the one asked for, not signed by the issuer, expired or malformed.
    #[error(transparent)]
    StatusList(#[from] StatusListError),
    /// The status list is older than the one held, and would take a revocation back.
    #[error("the status list is older than the one held")]
    Older,
}

impl FetchFailure {
    /// The labels of all failures.
    pub(super) const LABELS: [&'static str; 12] = [
        "unreachable",
        "timed_out",
        "status",
        "too_large",
        "media_type",
        "discovery_malformed",
        "wrong_issuer",
        "unsafe_url",
        "key_set",
        "no_keys",
        "status_list",
        "older",
    ];

    /// The label for logs and metrics. Stable: dashboards depend on it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        Self::LABELS[self.position()]
    }

    pub(super) const fn position(self) -> usize {
        match self {
            Self::Unreachable => 0,
            Self::TimedOut => 1,
            Self::Status(_) => 2,
            Self::TooLarge => 3,
            Self::MediaType => 4,
            Self::DiscoveryMalformed => 5,
            Self::WrongIssuer => 6,
            Self::UnsafeUrl => 7,
            Self::KeySet(_) => 8,
            Self::NoKeys => 9,
            Self::StatusList(_) => 10,
            Self::Older => 11,
        }
    }
}
