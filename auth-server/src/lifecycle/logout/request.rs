//! What a request for a logout says, and what follows from it (RP-Initiated Logout 1.0 §2, §3; matrix
//! LO-01 to LO-08).
//!
//! An ID token of the present session proves that the request comes from where the user logged in.
//! Without that proof the user is asked: any site can open this URL (attack LC-05).

use std::sync::Arc;

use crate::accounts::LoggedIn;
use crate::context::RequestContext;
use crate::error::Fault;
use crate::issue::{IdTokenHint, NotOurs, read_id_token};
use crate::model::{Client, ClientId};
use crate::protocol::form::AuthorizationForm;
use crate::store::sessions;

/// A logout that somebody asks for. The default asks for nothing more.
#[derive(Debug, Default)]
pub struct LogoutRequest {
    /// The client that asks, or says that it does.
    pub client: Option<Arc<Client>>,
    /// Where it goes on: one of the client's, exactly (matrix LO-05).
    pub redirect_uri: Option<String>,
    /// Goes back with it.
    pub state: Option<String>,
    hint: Option<IdTokenHint>,
    logout_hint: Option<String>,
}

/// Why a request for a logout ends on a page, and nobody is logged out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutProblem {
    /// A parameter came more than once.
    Repeated,
    /// `id_token_hint` is not an ID token of ours (matrix LO-02).
    HintNotValid,
    /// `client_id` is not the client of the hint (matrix LO-03).
    ClientMismatch,
    /// No such client.
    UnknownClient,
    /// The client is switched off.
    DisabledClient,
    /// `post_logout_redirect_uri` is not one of the client's (matrix LO-05).
    RedirectUriNotRegistered,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoutStep {
    /// The user is asked (matrix LO-04).
    Ask,
    /// The session ends.
    End,
    /// Nobody is logged in.
    Nothing,
}

/// Reads a request.
///
/// # Errors
/// The inner one ends on a page; a fault when the database does not answer.
pub async fn read_logout(
    ctx: &RequestContext,
    form: &AuthorizationForm,
) -> Result<Result<LogoutRequest, LogoutProblem>, Fault> {
    if form.has_repetition() {
        return Ok(Err(LogoutProblem::Repeated));
    }
    let hint = match form.find("id_token_hint") {
        None => None,
        Some(token) => match read_id_token(ctx, token) {
            Ok(hint) => Some(hint),
            // A session outlives the keys of its first ID tokens. Such a one proves nothing: as without
            // it, the user is asked (matrix LO-02, LO-04).
            Err(NotOurs::UnknownKey) => None,
            Err(NotOurs::Forged) => return Ok(Err(LogoutProblem::HintNotValid)),
        },
    };
    let client = match client(ctx, form.find("client_id"), hint.as_ref()).await? {
        Ok(client) => client,
        Err(problem) => return Ok(Err(problem)),
    };
    let redirect_uri = match redirect_uri(form, client.as_deref()) {
        Ok(redirect_uri) => redirect_uri,
        Err(problem) => return Ok(Err(problem)),
    };
    let own = |name| form.find(name).map(str::to_owned);
    Ok(Ok(LogoutRequest {
        client,
        redirect_uri,
        state: own("state"),
        hint: recent(ctx, hint).await?,
        logout_hint: own("logout_hint"),
    }))
}

async fn client(
    ctx: &RequestContext,
    named: Option<&str>,
    hint: Option<&IdTokenHint>,
) -> Result<Result<Option<Arc<Client>>, LogoutProblem>, Fault> {
    let id = match (named, hint) {
        (Some(named), Some(hint)) if named != hint.client_id.as_str() => {
            return Ok(Err(LogoutProblem::ClientMismatch));
        }
        (_, Some(hint)) => hint.client_id.clone(),
        (Some(named), None) => ClientId::new(named),
        (None, None) => return Ok(Ok(None)),
    };
    Ok(match ctx.directory().find_client(&id).await? {
        None => Err(LogoutProblem::UnknownClient),
        Some(client) if client.disabled_at.is_some() => Err(LogoutProblem::DisabledClient),
        found => Ok(found),
    })
}

/// Where it goes on. A URI that nobody vouches for is not looked at: the logout ends on a page.
fn redirect_uri(
    form: &AuthorizationForm,
    client: Option<&Client>,
) -> Result<Option<String>, LogoutProblem> {
    let (Some(uri), Some(client)) = (form.find("post_logout_redirect_uri"), client) else {
        return Ok(None);
    };
    let registered = &client.metadata.post_logout_redirect_uris;
    if registered.iter().any(|one| one == uri) {
        Ok(Some(uri.to_owned()))
    } else {
        Err(LogoutProblem::RedirectUriNotRegistered)
    }
}

/// An expired ID token proves something as long as its session is known: rows stay for a day after their
/// session's end. An older one only names its client.
async fn recent(
    ctx: &RequestContext,
    hint: Option<IdTokenHint>,
) -> Result<Option<IdTokenHint>, Fault> {
    let Some(hint) = hint else {
        return Ok(None);
    };
    if hint.expires_at > ctx.now {
        return Ok(Some(hint));
    }
    let is_known = match &hint.sid {
        Some(sid) => sessions::find(ctx.store().read(), sid).await?.is_some(),
        None => false,
    };
    Ok(is_known.then_some(hint))
}

impl LogoutRequest {
    /// What comes next for whoever is logged in.
    pub fn step(&self, logged_in: Option<&LoggedIn>) -> LogoutStep {
        let Some(logged_in) = logged_in else {
            return LogoutStep::Nothing;
        };
        match &self.hint {
            Some(hint)
                if hint.sid.as_ref() == Some(&logged_in.session.id)
                    && self.means(hint, logged_in) =>
            {
                LogoutStep::End
            }
            _ => LogoutStep::Ask,
        }
    }

    /// Where the browser goes afterwards, with `state` and nothing else (matrix LO-06). It takes an ID
    /// token, or the user's own word, to go anywhere (matrix LO-05).
    pub fn next(&self, is_confirmed: bool) -> Option<String> {
        let uri = self.redirect_uri.as_ref()?;
        if self.hint.is_none() && !is_confirmed {
            return None;
        }
        let Some(state) = &self.state else {
            return Some(uri.clone());
        };
        let state: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
        // What was registered is kept as it is, octet by octet.
        let joint = if uri.contains('?') { '&' } else { '?' };
        Some(format!("{uri}{joint}state={state}"))
    }

    /// `logout_hint`, if there is one, names this user too, by whatever name.
    fn means(&self, hint: &IdTokenHint, logged_in: &LoggedIn) -> bool {
        let user = &logged_in.user;
        let names = [
            user.username.as_str(),
            user.email.as_deref().unwrap_or_default(),
            hint.sub.as_str(),
            logged_in.session.id.as_str(),
        ];
        self.logout_hint
            .as_deref()
            .is_none_or(|named| names.contains(&named))
    }
}

impl LogoutProblem {
    /// The label in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Repeated => "repeated_parameter",
            Self::HintNotValid => "logout_hint_not_valid",
            Self::ClientMismatch => "logout_client_mismatch",
            Self::UnknownClient => "unknown_client",
            Self::DisabledClient => "disabled_client",
            Self::RedirectUriNotRegistered => "post_logout_redirect_uri_not_registered",
        }
    }
}
