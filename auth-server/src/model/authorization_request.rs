//! An authorization request that passed every check (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).

use serde::{Deserialize, Serialize};
use shared_claims::ScopeSet;

use super::{ClaimsRequest, Client, ClientId};

/// How the answer travels to the client (OAuth 2.0 Multiple Response Types §2.1, Form Post §2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect.
    #[default]
    Query,
    /// In a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    /// Every mode we offer, in the order of `response_modes_supported`.
    pub const ALL: [Self; 2] = [Self::Query, Self::FormPost];

    /// The value on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::FormPost => "form_post",
        }
    }

    /// From the value on the wire, exact.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// Where the answer goes. Only made of a redirect URI that is the client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnAddress {
    /// As the client sent it, or its only one.
    pub redirect_uri: String,
    /// Whether it was sent: then the token request must repeat it (RFC 6749 §4.1.3).
    pub was_sent: bool,
    /// How.
    pub mode: ResponseMode,
    /// Returned unchanged (RFC 6749 §4.1.2).
    pub state: Option<String>,
}

/// `prompt` (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "`prompt` is a set of four words"
)]
pub struct Prompt {
    /// Show nothing.
    pub none: bool,
    /// Authenticate again.
    pub login: bool,
    /// Ask for consent again.
    pub consent: bool,
    /// Let the user choose who they are.
    pub select_account: bool,
}

/// The checked request. Survives on disk while the user logs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes.
    pub address: ReturnAddress,
    /// What is asked for; already without what the server does not know (matrix DEC-07).
    pub scope: ScopeSet,
    /// Resource identifiers (RFC 8707): what the tokens are for.
    pub audiences: Vec<String>,
    /// Echoed in the ID token.
    pub nonce: Option<String>,
    /// S256 challenge (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    /// What the user is to be shown.
    pub prompt: Prompt,
    /// Oldest authentication that will do, in seconds.
    pub max_age: Option<u64>,
    /// Who should log in: pre-fills the form.
    pub login_hint: Option<String>,
    /// `sub` that must be the user's: of `id_token_hint` or the `claims` parameter.
    pub subject: Option<String>,
    /// Preferred languages, best first.
    pub ui_locales: Vec<String>,
    /// The page is shown in a small window.
    pub is_popup: bool,
    /// The `claims` parameter.
    pub claims: ClaimsRequest,
    /// Row of the pushed request that this one came from; spent with it (RFC 9126 §4).
    pub pushed: Option<String>,
}

impl AuthorizationRequest {
    /// What the user is asked about: the scope, and the scopes of claims that are asked for by name.
    /// The `claims` parameter is no way around the consent page.
    pub fn scope_to_allow(&self, client: &Client) -> ScopeSet {
        let by_name = self.claims.scopes_for(client);
        self.scope.iter().chain(by_name.iter()).cloned().collect()
    }
}
