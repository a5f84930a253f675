//! Why we refuse (ours: logged, counted, documented) and what goes on the wire because of it
//! (RFC 6749 §5.2, matrix §0.3). One table, so that neither can drift from the other.

use super::Code;

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

impl Reason {
    /// What tells the developer of a client more than the sentence of the code, where it gives away
    /// nothing about users, clients and tokens (matrix GEN-25).
    pub const fn hint(self) -> Option<&'static str> {
        match self {
            Self::BrokenEncoding => Some("The parameters are not percent-encoded UTF-8."),
            Self::TooManyParameters => Some("There are too many parameters."),
            Self::RepeatedParameter => Some("A parameter came more than once."),
            Self::MissingParameter => Some("A parameter is missing."),
            Self::IncompleteBody => Some("The body did not come whole and in time."),
            Self::AmbiguousScope => {
                Some("The scope is for several resources. Name them by the parameter resource.")
            }
            Self::ForeignScope => Some("The scope is not for the resource that was asked for."),
            Self::OversizedToken => Some(
                "The access token would be larger than 8 KiB. Ask for less scope or fewer resources.",
            ),
            // Word for word (matrix PW-09): clients look for it.
            Self::InteractionRequired | Self::PasswordChangeDue => {
                Some("interactive login required")
            }
            Self::UnknownResponseMode => Some("response_mode must be query or form_post."),
            Self::MalformedPrompt => {
                Some("prompt must be none alone, or some of login, consent and select_account.")
            }
            Self::MalformedMaxAge => Some("max_age must be a whole number of seconds."),
            Self::MalformedClaims => Some(
                "claims must be a JSON object as in OpenID Connect Core 5.5 that names one user at most.",
            ),
            Self::MalformedHint => {
                Some("id_token_hint must be an ID token that this server issued to this client.")
            }
            Self::PushRequired => Some("Authorization requests must be pushed (RFC 9126)."),
            Self::NestedRequestUri => Some("request_uri must not be part of a pushed request."),
            Self::VerifierWithoutChallenge => {
                Some("The authorization request had no code_challenge for this code_verifier.")
            }
            Self::NoAudience => {
                Some("The client has no resource that a token for this scope could be for.")
            }
            Self::NoDefaultScope => Some("The client has no default scope: ask for one."),
            _ => None,
        }
    }
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
    /// The `claims` parameter does not parse (matrix OC-52).
    MalformedClaims => "malformed_claims", InvalidRequest;
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
    /// A client assertion of the wrong type, time, audience or signature (matrix PKJ-01 to PKJ-06).
    WrongAssertion => "wrong_assertion", InvalidClient;
    /// A client assertion that was used before (matrix PKJ-05).
    ReplayedAssertion => "replayed_assertion", InvalidClient;
    /// The client has no key that fits its assertion, or its key set cannot be fetched (matrix PKJ-07).
    NoClientKey => "no_client_key", InvalidClient;
    /// What a client says about itself breaks a rule (matrix DCR-05 to DCR-08).
    UnfitMetadata => "unfit_metadata", InvalidClientMetadata;
    /// A redirect URI that cannot be registered (matrix DCR-04).
    UnfitRedirectUri => "unfit_redirect_uri", InvalidRedirectUri;
    /// No initial or registration access token, or not a good one (matrix DCR-01, DCM-04).
    BadRegistrationToken => "bad_registration_token", InvalidToken;
    /// Registration is off, or an administrator has switched the client off (matrix DCM-05).
    RegistrationNotPermitted => "registration_not_permitted", NotPermitted;
    /// Too many registrations from this address (matrix DCR-13).
    RegistrationThrottled => "registration_throttled", SlowDown;
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
    /// A value is longer than any we read (matrix AZ-25).
    OversizedParameter => "oversized_parameter", InvalidRequest;
    /// `response_mode` is none of ours (matrix RM-06).
    UnknownResponseMode => "unknown_response_mode", InvalidRequest;
    /// `response_type` is not `code` (matrix AZ-11).
    UnknownResponseType => "unknown_response_type", UnsupportedResponseType;
    /// The client must use PKCE and sent no challenge (matrix PK-05).
    MissingChallenge => "missing_challenge", InvalidRequest;
    /// `code_challenge_method` is not `S256`; without it, it means `plain` (matrix PK-02 to PK-04).
    UnknownChallengeMethod => "unknown_challenge_method", InvalidRequest;
    /// The challenge is not 43 characters of base64url (matrix PK-06).
    MalformedChallenge => "malformed_challenge", InvalidRequest;
    /// `prompt` has an unknown word, or `none` beside others (matrix OC-23, AZ-28).
    MalformedPrompt => "malformed_prompt", InvalidRequest;
    /// `max_age` is no number of seconds (matrix OC-29).
    MalformedMaxAge => "malformed_max_age", InvalidRequest;
    /// `id_token_hint` is no ID token of ours (matrix OC-31).
    MalformedHint => "malformed_hint", InvalidRequest;
    /// The client must push its requests (matrix PAR-09).
    PushRequired => "push_required", InvalidRequest;
    /// `request_uri` inside a pushed request (matrix PAR-03).
    NestedRequestUri => "nested_request_uri", InvalidRequest;
    /// The redirect URI of a pushed request is missing or not the client's (matrix PAR-04).
    ForeignRedirectUri => "foreign_redirect_uri", InvalidRequest;
    /// `request` (matrix OC-38).
    RequestObject => "request_object", RequestNotSupported;
    /// `request_uri` that is no pushed request of ours.
    ForeignRequestUri => "foreign_request_uri", RequestUriNotSupported;
    /// The pushed request is unknown, expired, spent or another client's (matrix PAR-05 to PAR-07).
    UnknownPushedRequest => "unknown_pushed_request", InvalidRequestUri;
    /// `registration` (matrix OC-39).
    RegistrationParameter => "registration_parameter", RegistrationNotSupported;
    /// The resource is no absolute URI, unknown, or not the client's (matrix RI-02, RI-03).
    UnknownResource => "unknown_resource", InvalidTarget;
    /// `prompt=none`, and nobody is logged in, or not the right user, or not recently enough.
    NotLoggedIn => "not_logged_in", LoginRequired;
    /// Another user logged in than the one that was asked for (matrix OC-31, OC-40).
    AnotherUser => "another_user", LoginRequired;
    /// `prompt=none`, and the user has not allowed it before (matrix OC-21).
    NotConsented => "not_consented", ConsentRequired;
    /// The user left the login page by its cancel button, or denied (matrix AZ-16).
    Denied => "denied", AccessDenied;
    /// The same page was sent twice: the request was decided before (matrix AZ-23).
    AlreadyDecided => "already_decided", InvalidRequest;
    /// An essential `acr` that no login here gives (matrix OC-36).
    UnmetAcr => "unmet_acr", UnmetRequirements;
    /// The code does not exist, or not any more (matrix AC-07).
    UnknownCode => "unknown_code", InvalidGrant;
    /// The code is another client's (matrix AC-01).
    ForeignCode => "foreign_code", InvalidGrant;
    /// The code's time is over (matrix AC-03).
    ExpiredCode => "expired_code", InvalidGrant;
    /// A spent code came back, with everything else right: what it gave dies (matrix AC-04, AC-05).
    ReplayedCode => "replayed_code", InvalidGrant;
    /// A spent code came back, and something else was wrong as well: nothing dies (matrix AC-06).
    SpentCode => "spent_code", InvalidGrant;
    /// Not the redirect URI of the authorization request (matrix AC-02, DEC-06).
    WrongRedirectUri => "wrong_redirect_uri", InvalidGrant;
    /// The verifier is missing, malformed or does not fit; the code is spent (matrix PK-07, AC-10).
    WrongVerifier => "wrong_verifier", InvalidGrant;
    /// A verifier for a request that had no challenge (matrix PK-09).
    VerifierWithoutChallenge => "verifier_without_challenge", InvalidRequest;
    /// The user has taken the consent back (matrix AC-09).
    WithdrawnConsent => "withdrawn_consent", InvalidGrant;
    /// The user has logged out of the session that the grant belongs to (matrix OC-73, RT-11).
    EndedSession => "ended_session", InvalidGrant;
    /// No access token came with a request that needs one (matrix RS-02).
    NoAccessToken => "no_access_token", InvalidToken;
    /// `Authorization: Bearer` without a token, or several (matrix RS-06).
    MalformedBearer => "malformed_bearer", InvalidRequest;
    /// The access token is not one of ours, or its time is over (matrix RS-03).
    BadAccessToken => "bad_access_token", InvalidToken;
    /// The access token was revoked (matrix RS-03, UI-07).
    RevokedAccessToken => "revoked_access_token", InvalidToken;
    /// The user or the client of the access token is gone, locked or switched off (matrix UI-07).
    OrphanedAccessToken => "orphaned_access_token", InvalidToken;
    /// The access token lacks `openid` (matrix UI-04).
    TokenWithoutOpenid => "token_without_openid", InsufficientScope;
    /// The access token lacks `introspect` (matrix INT-02).
    TokenWithoutIntrospect => "token_without_introspect", InsufficientScope;
    /// A public client asked about a token (matrix INT-03).
    PublicIntrospection => "public_introspection", InvalidClient;
    /// A signed introspection was asked for without any credentials (matrix DEC-13, JWI-03).
    AnonymousIntrospection => "anonymous_introspection", InvalidRequest;
    /// The token to be revoked is another client's; it stays good (matrix REV-05, DEC-09).
    ForeignToken => "foreign_token", UnauthorizedClient;
    /// An ID token, or a token from before there were status lists (matrix REV-10).
    IrrevocableToken => "irrevocable_token", UnsupportedTokenType;
    /// The scope does not parse (matrix TOK-08).
    MalformedScope => "malformed_scope", InvalidScope;
    /// The scope is unknown, or not the client's (matrix TOK-10).
    ScopeNotAllowed => "scope_not_allowed", InvalidScope;
    /// No scope was asked for and the client has no default (matrix TOK-09).
    NoDefaultScope => "no_default_scope", InvalidScope;
    /// The client has no resource that its tokens could be for (matrix AT-09).
    NoAudience => "no_audience", InvalidScope;
    /// The scope is of several resources, and the request names none of them (matrix AT-10).
    AmbiguousScope => "ambiguous_scope", InvalidScope;
    /// The resources that were asked for know nothing of the scope (matrix AT-11).
    ForeignScope => "foreign_scope", InvalidScope;
    /// The access token would be larger than web servers read: too much scope, too many roles (matrix AT-08).
    OversizedToken => "oversized_token", InvalidScope;
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
    /// The password is right and was good for one login: another has to be chosen (matrix PW-09, NP-18).
    PasswordChangeDue => "password_change_due", InvalidGrant;
    /// More open requests than a client needs (matrix PAR-10).
    TooManyRequests => "too_many_requests", SlowDown;
    /// Too many failures for this account (matrix NP-13, PW-05).
    AccountThrottled => "account_throttled", SlowDown;
    /// Too many failures from this address (matrix PW-05, CA-20).
    AddressThrottled => "address_throttled", SlowDown;
    /// Too many failed authentications of this client, or of clients from this address (matrix CA-20).
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
            for text in [Some(reason.code().description()), reason.hint()] {
                assert!(
                    text.unwrap_or_default()
                        .bytes()
                        .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e))
                );
            }
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
