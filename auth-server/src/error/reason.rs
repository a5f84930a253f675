//! Why we refuse (ours: logged, counted, documented) and what goes on the wire because of it
//! (RFC 6749 §5.2, matrix §0.3). One table, so that neither can drift from the other.

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
            Self::SlowDown => "temporarily_unavailable",
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidClient => 401,
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
            Self::TooLarge => "The body is too large.",
            Self::SlowDown => "Too many attempts. Try again later.",
        }
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident => $label:literal, $code:ident;)+) => {
        /// Why we refuse. The label goes to the log, the audit trail and the metrics, never out.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[doc = $doc])+ $name,)+ }

        impl Reason {
            /// Every reason there is, for `docs/errors.md` and for tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The label in logs, audit events and metrics.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }

            /// What it means, for `docs/errors.md`.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }

            /// What the caller is told.
            pub const fn code(self) -> Code {
                match self { $(Self::$name => Code::$code,)+ }
            }
        }
    };
}

reasons! {
    /// The body is not `application/x-www-form-urlencoded` (matrix GEN-09).
    WrongMediaType => "wrong_media_type", InvalidRequest;
    /// Broken percent-encoding or invalid UTF-8 (matrix GEN-11).
    BrokenEncoding => "broken_encoding", InvalidRequest;
    /// The body exceeds the cap (matrix GEN-12).
    BodyTooLarge => "body_too_large", TooLarge;
    /// More parameters than we read.
    TooManyParameters => "too_many_parameters", InvalidRequest;
    /// A parameter came twice (matrix GEN-05).
    RepeatedParameter => "repeated_parameter", InvalidRequest;
    /// Parameters in the query of a POST-only endpoint (matrix GEN-13).
    ParametersInQuery => "parameters_in_query", InvalidRequest;
    /// `grant_type` or a parameter that the grant needs is missing (matrix TOK-04, TOK-07).
    MissingParameter => "missing_parameter", InvalidRequest;
    /// The connection ended before the body did.
    IncompleteBody => "incomplete_body", InvalidRequest;
    /// Two client authentication methods at once (matrix CA-05).
    SeveralClientCredentials => "several_client_credentials", InvalidRequest;
    /// No client identified itself (matrix CA-08, CA-13).
    NoClient => "no_client", InvalidClient;
    /// The Authorization header is not well-formed Basic (matrix CA-14).
    MalformedBasic => "malformed_basic", InvalidClient;
    /// No such client (matrix CA-09).
    UnknownClient => "unknown_client", InvalidClient;
    /// The client is switched off (matrix CA-18).
    DisabledClient => "disabled_client", InvalidClient;
    /// The secret is wrong (matrix CA-06).
    WrongClientSecret => "wrong_client_secret", InvalidClient;
    /// The secret's time is over (matrix CA-18).
    ExpiredClientSecret => "expired_client_secret", InvalidClient;
    /// A method other than the registered one (matrix CA-10).
    WrongAuthMethod => "wrong_auth_method", InvalidClient;
    /// A secret for a client that has none (matrix CA-17).
    SecretFromPublicClient => "secret_from_public_client", InvalidClient;
    /// The id in the body is not the one that authenticated (matrix CA-16).
    ClientMismatch => "client_mismatch", InvalidClient;
    /// We do not know, or do not offer, this grant (matrix TOK-05).
    UnknownGrant => "unknown_grant", UnsupportedGrantType;
    /// The grant is not among the client's (matrix TOK-06).
    GrantNotAllowed => "grant_not_allowed", UnauthorizedClient;
    /// Client credentials from a public client (matrix CC-01).
    PublicClient => "public_client", UnauthorizedClient;
    /// The client's permission for the password grant has ended.
    PasswordGrantEnded => "password_grant_ended", UnauthorizedClient;
    /// The scope does not parse (matrix TOK-08).
    MalformedScope => "malformed_scope", InvalidScope;
    /// The scope is unknown, or not the client's (matrix TOK-10).
    ScopeNotAllowed => "scope_not_allowed", InvalidScope;
    /// No scope was asked for and the client has no default (matrix TOK-09).
    NoDefaultScope => "no_default_scope", InvalidScope;
    /// The client has no audience and the scope implies none or several (matrix AT-09, AT-10).
    NoAudience => "no_audience", InvalidScope;
    /// No such user. On the wire the same as a wrong password (matrix PW-03, GEN-25).
    UnknownUser => "unknown_user", InvalidGrant;
    /// The password is wrong.
    WrongPassword => "wrong_password", InvalidGrant;
    /// The password is longer than any we store; it was not hashed (attack CR-06).
    OversizedPassword => "oversized_password", InvalidGrant;
    /// The user is switched off.
    DisabledUser => "disabled_user", InvalidGrant;
    /// The user is locked by an administrator.
    LockedUser => "locked_user", InvalidGrant;
    /// The account needs more than a password (matrix PW-09).
    InteractionRequired => "interaction_required", InvalidGrant;
    /// Too many failures for this account (matrix NP-13, PW-05).
    AccountThrottled => "account_throttled", SlowDown;
    /// Too many failures from this address (matrix PW-05, CA-20).
    AddressThrottled => "address_throttled", SlowDown;
    /// Too many failed authentications of this client (matrix CA-20).
    ClientThrottled => "client_throttled", SlowDown;
    /// The refresh token does not parse, or its MAC is wrong: no query was made.
    ForgedRefreshToken => "forged_refresh_token", InvalidGrant;
    /// The family of the refresh token is gone.
    UnknownFamily => "unknown_family", InvalidGrant;
    /// The refresh token belongs to another client (matrix RT-02).
    ForeignRefreshToken => "foreign_refresh_token", InvalidGrant;
    /// The family is past its idle or absolute end (matrix RT-09).
    ExpiredFamily => "expired_family", InvalidGrant;
    /// The family was revoked (matrix RT-11).
    RevokedFamily => "revoked_family", InvalidGrant;
    /// A spent refresh token came back (matrix RT-07).
    ReplayedRefreshToken => "replayed_refresh_token", InvalidGrant;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GEN-03: `error_description` stays inside %x20-21, %x23-5B, %x5D-7E (RFC 6749 §5.2).
    #[test]
    fn gen_03_descriptions_use_only_the_allowed_characters() {
        for reason in Reason::ALL {
            let text = reason.code().description();
            assert!(
                text.bytes()
                    .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            );
        }
    }

    /// Our words and the wire's never coincide, so that a leak can be seen.
    #[test]
    fn no_label_is_a_wire_code() {
        for reason in Reason::ALL {
            assert!(!reason.code().description().contains(reason.as_str()));
        }
        let labels: std::collections::HashSet<_> = Reason::ALL.iter().map(|r| r.as_str()).collect();
        assert_eq!(labels.len(), Reason::ALL.len());
    }
}
