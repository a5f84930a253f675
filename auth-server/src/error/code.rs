//! What goes on the wire: the `error` codes, their statuses and sentences (RFC 6749 §4.1.2.1, §5.2;
//! matrix §0.3).

/// The `error` member of an OAuth answer (RFC 6749 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// 400: the request is malformed.
    InvalidRequest,
    /// 401: the client is not who it says.
    InvalidClient,
    /// 400: the grant or the credentials of the resource owner do not hold.
    InvalidGrant,
    /// 400: this client may not use this grant.
    UnauthorizedClient,
    /// 400: we do not offer this grant.
    UnsupportedGrantType,
    /// 400: the scope is malformed, unknown or too wide.
    InvalidScope,
    /// 400: the resource is unknown or not the client's (RFC 8707 §2).
    InvalidTarget,
    /// The user, or their page, said no (RFC 6749 §4.1.2.1).
    AccessDenied,
    /// We answer with a code only (RFC 6749 §4.1.2.1).
    UnsupportedResponseType,
    /// Nobody is logged in, and nothing may be shown (OpenID Connect Core §3.1.2.6).
    LoginRequired,
    /// Consent is missing, and nothing may be shown (OpenID Connect Core §3.1.2.6).
    ConsentRequired,
    /// No login here is of the class that was demanded (Unmet Authentication Requirements 1.0).
    UnmetRequirements,
    /// We take no request objects (OpenID Connect Core §3.1.2.6).
    RequestNotSupported,
    /// We fetch no request objects (OpenID Connect Core §3.1.2.6).
    RequestUriNotSupported,
    /// The pushed request is gone (RFC 9126 §4, RFC 9101 §6.3).
    InvalidRequestUri,
    /// Clients do not register on the way (OpenID Connect Core §3.1.2.6).
    RegistrationNotSupported,
    /// 400: tokens of this kind are not revocable (RFC 7009 §2.2.1).
    UnsupportedTokenType,
    /// 401 at a resource of ours: no access token, or not a good one (RFC 6750 §3.1).
    InvalidToken,
    /// 403 at a resource of ours: the access token may not do this (RFC 6750 §3.1).
    InsufficientScope,
    /// 400: what a client says about itself breaks a rule (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// 400: a redirect URI cannot be registered (RFC 7591 §3.2.2).
    InvalidRedirectUri,
    /// 403: not for this caller (RFC 7592 §2).
    NotPermitted,
    /// 413: the body is larger than we read.
    TooLarge,
    /// 429: too many tries; `Retry-After` tells when the next makes sense.
    SlowDown,
}

impl Code {
    /// The value of `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest | Self::TooLarge => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::AccessDenied | Self::NotPermitted => "access_denied",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::UnmetRequirements => "unmet_authentication_requirements",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::SlowDown => "temporarily_unavailable",
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient | Self::InvalidToken => 401,
            Self::InsufficientScope | Self::NotPermitted => 403,
            Self::TooLarge => 413,
            Self::SlowDown => 429,
            _ => 400,
        }
    }

    /// The fixed public sentence; a hint of the refusal replaces it.
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request is malformed.",
            Self::InvalidClient => "Client authentication failed.",
            Self::InvalidGrant => "The grant or the credentials are not valid.",
            Self::UnauthorizedClient => "The client may not use this grant.",
            Self::UnsupportedGrantType => "This grant type is not offered.",
            Self::InvalidScope => "The scope is malformed, unknown or not allowed.",
            Self::InvalidTarget => "The resource is unknown or not allowed.",
            Self::AccessDenied => "The user did not allow it.",
            Self::UnsupportedResponseType => "The only response type is code.",
            Self::LoginRequired => "The user has to log in.",
            Self::ConsentRequired => "The user has to consent.",
            Self::UnmetRequirements => "The authentication that was asked for is not available.",
            Self::RequestNotSupported => "Request objects are not supported.",
            Self::RequestUriNotSupported => "Only pushed requests may be named by request_uri.",
            Self::InvalidRequestUri => "The pushed request has expired or was used.",
            Self::RegistrationNotSupported => "Clients cannot register in a request.",
            Self::UnsupportedTokenType => "Tokens of this kind cannot be revoked.",
            Self::InvalidToken => "The access token is missing or not valid.",
            Self::InsufficientScope => "The access token lacks the scope for this.",
            Self::InvalidClientMetadata => "The client metadata is not acceptable.",
            Self::InvalidRedirectUri => "A redirect URI is not acceptable.",
            Self::NotPermitted => "This is not permitted.",
            Self::TooLarge => "The body is too large.",
            Self::SlowDown => "Too many attempts. Try again later.",
        }
    }
}
