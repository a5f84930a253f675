//! The cases that the error page tells apart, each with its message in the translations.

/// Writes the enum, the list of its cases and the name of each one's message from the same lines.
macro_rules! kinds {
    ($($(#[doc = $about:literal])+ $kind:ident => $message:literal,)+) => {
        /// The cases that an error page tells apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[doc = $about])+ $kind,)+
        }

        impl ErrorKind {
            /// Every case.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Name of the message: a title with the attributes `text` (what happened) and `advice`.
            pub(super) const fn message(self) -> &'static str {
                match self {
                    $(Self::$kind => $message,)+
                }
            }
        }
    };
}

kinds! {
    /// No such client.
    UnknownClient => "error-unknown-client",
    /// The client is switched off.
    DisabledClient => "error-disabled-client",
    /// No `redirect_uri`, and not exactly one registered.
    RedirectUriMissing => "error-redirect-uri-missing",
    /// Not one of the client's.
    RedirectUriNotRegistered => "error-redirect-uri-not-registered",
    /// Not an absolute URI, or with a fragment.
    RedirectUriMalformed => "error-redirect-uri-malformed",
    /// A parameter that may be there once is there twice.
    RepeatedParameter => "error-repeated-parameter",
    /// It cannot be read at all: not a form, broken percent-encoding.
    RequestMalformed => "error-request-malformed",
    /// Over one of the limits (matrix AZ-25).
    RequestTooLarge => "error-request-too-large",
    /// The interaction is over.
    RequestExpired => "error-request-expired",
    /// `request_uri` unknown, expired or used.
    RequestUriInvalid => "error-request-uri-invalid",
    /// Somebody answered before: another tab, the back button.
    AlreadyDecided => "error-already-decided",
    /// The interaction belongs to another browser, or the cookie is gone.
    WrongBrowser => "error-wrong-browser",
    /// [`super::csrf::Forged`].
    ForgedForm => "error-forged-form",
    /// `id_token_hint` is not ours or not verifiable.
    HintNotValid => "error-hint-not-valid",
    /// `client_id` and `id_token_hint` disagree.
    LogoutClientMismatch => "error-logout-client-mismatch",
    /// `post_logout_redirect_uri` is not one of the client's.
    PostLogoutUriNotRegistered => "error-post-logout-uri-not-registered",
    /// An error for a client that registered itself (matrix AZ-18).
    UntrustedClientError => "error-untrusted-client",
    /// No such page.
    NotFound => "error-not-found",
    /// Something we need is away or full.
    Busy => "error-busy",
    /// A fault of ours.
    Ours => "error-ours",
}
