//! Why a fetch brought no usable key set.

use crate::verify::KeySetError;

/// The outcome of a fetch that left the key set as it was.
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
    /// A body above 64 KiB; the rest of it was not read.
    #[error("the answer is larger than 64 KiB")]
    TooLarge,
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
}

impl FetchFailure {
    /// The labels of all failures.
    pub(super) const LABELS: [&'static str; 8] = [
        "unreachable",
        "timed_out",
        "status",
        "too_large",
        "discovery_malformed",
        "wrong_issuer",
        "unsafe_url",
        "key_set",
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
            Self::DiscoveryMalformed => 4,
            Self::WrongIssuer => 5,
            Self::UnsafeUrl => 6,
            Self::KeySet(_) => 7,
        }
    }
}
