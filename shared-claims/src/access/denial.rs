//! Why an operation is not carried out for a caller, in the terms of RFC 6750 §3.1 and RFC 9470 §3.

/// What a caller is told. Finer reasons stay in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// No token was sent.
    NoToken,
    /// The request does not say clearly which token it sends.
    MalformedRequest,
    /// The token was not accepted.
    InvalidToken,
    /// The caller holds none of the operation's roles.
    RoleMissing,
    /// The token was not granted all of the operation's scopes.
    ScopeMissing,
    /// The user proved who they are too long ago, or not well enough (RFC 9470).
    AuthenticationInsufficient,
    /// No token can be judged at the moment.
    Unavailable,
    /// The service has not been set up to judge tokens.
    NotConfigured,
}

impl Denial {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::MalformedRequest => 400,
            Self::NoToken | Self::InvalidToken | Self::AuthenticationInsufficient => 401,
            Self::RoleMissing | Self::ScopeMissing => 403,
            Self::NotConfigured => 500,
            Self::Unavailable => 503,
        }
    }

    /// The label for logs where no finer reason is known.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::MalformedRequest => "malformed_request",
            Self::InvalidToken => "invalid_token",
            Self::RoleMissing => "role_missing",
            Self::ScopeMissing => "scope_missing",
            Self::AuthenticationInsufficient => "authentication_insufficient",
            Self::Unavailable => "unavailable",
            Self::NotConfigured => "not_configured",
        }
    }

    /// `error` and `error_description` of the challenge, where it has them.
    pub(super) const fn error(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::MalformedRequest => Some(("invalid_request", self.detail())),
            Self::InvalidToken => Some(("invalid_token", self.detail())),
            Self::ScopeMissing => Some(("insufficient_scope", self.detail())),
            Self::AuthenticationInsufficient => {
                Some(("insufficient_user_authentication", self.detail()))
            }
            _ => None,
        }
    }

    /// Whether the answer carries a challenge at all.
    pub(super) const fn has_challenge(self) -> bool {
        matches!(
            self,
            Self::NoToken
                | Self::MalformedRequest
                | Self::InvalidToken
                | Self::ScopeMissing
                | Self::AuthenticationInsufficient
        )
    }

    /// The sentence for people. Free of `"` and `\`, as it also stands in a header (RFC 6750 §3).
    pub(super) const fn detail(self) -> &'static str {
        match self {
            Self::NoToken => "This operation needs an access token.",
            Self::MalformedRequest => {
                "Send exactly one Authorization header: the word Bearer, a space, the access token."
            }
            Self::InvalidToken => "The access token is not accepted here.",
            Self::RoleMissing => "Your role does not allow this operation.",
            Self::ScopeMissing => "The access token was not granted the scope of this operation.",
            Self::AuthenticationInsufficient => {
                "This operation needs a stronger or more recent login."
            }
            Self::Unavailable => "Access tokens cannot be checked at the moment. Try again soon.",
            Self::NotConfigured => "The service failed.",
        }
    }
}
