//! What each page shows. No IO, no decision: handlers fill these in, [`super::render`] turns them into
//! HTML, and every text in them may come from a stranger (matrix AZ-26).

use std::time::Duration;

use super::ErrorKind;
use crate::accounts::PasswordProblem;
use crate::context::RequestContext;
use crate::model::Client;
use crate::presentation::Locale;

/// What every page needs: the request it answers and the language it speaks.
/// [`super::negotiate`] makes one.
pub struct PageContext<'a> {
    /// The request.
    pub ctx: &'a RequestContext,
    /// The language.
    pub locale: Locale,
}

/// `page-login`: user name and password. The form is sent to `POST /login` with `request`, `csrf`,
/// `username`, `password` and `decision` (`login` or `cancel`), and `new_password` where that is asked for.
pub struct LoginView<'a> {
    /// Opaque id of the interaction; comes back as `request`.
    pub request: &'a str,
    /// Comes back as `csrf`.
    pub csrf: &'a str,
    /// Who asks.
    pub client_name: &'a str,
    /// Where the login may end, for the policy of the page.
    pub redirect_uri: Option<&'a str>,
    /// `login_hint`, or what was typed before.
    pub username: Option<&'a str>,
    /// What was wrong with the last attempt, or why there is another one.
    pub problem: Option<LoginProblem>,
    /// `display=popup`.
    pub is_popup: bool,
}

/// Why the login page is shown again. One text for whatever is wrong with the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginProblem {
    /// User, password or account: which one is not said.
    WrongCredentials,
    /// A throttle.
    TooManyAttempts {
        /// Time until another attempt makes sense.
        retry_after: Duration,
    },
    /// `prompt=login`, `max_age`: no mistake, but a question.
    InteractionRequired,
    /// The password is right and was good for one login: the form comes back with `new_password` as well
    /// (matrix NP-18).
    PasswordChangeDue,
    /// The new password breaks a rule (matrix NP-11).
    NewPassword(PasswordProblem),
    /// No room in the hashing pool.
    Busy,
}

/// `page-consent`. The form is sent to `POST /consent` with `request`, `csrf` and `decision` (`allow`
/// or `deny`).
pub struct ConsentView<'a> {
    /// Opaque id of the interaction; comes back as `request`.
    pub request: &'a str,
    /// Comes back as `csrf`.
    pub csrf: &'a str,
    /// Who asks.
    pub client: &'a Client,
    /// Where the answer goes; its host is shown (matrix AZ-20).
    pub redirect_uri: &'a str,
    /// Who is asked.
    pub username: &'a str,
    /// What for.
    pub scopes: Vec<ScopeLine>,
    /// `display=popup`.
    pub is_popup: bool,
}

/// One line of what is asked for. [`super::scope_line`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeLine {
    /// In plain words.
    pub words: String,
    /// It was not part of what this user allowed before.
    pub is_new: bool,
    /// Access outlives the session: `offline_access`.
    pub is_offline: bool,
}

/// `page-logout`. The form is sent to `POST /logout` with `csrf`, `fields` and `decision` (`logout`).
pub struct LogoutView<'a> {
    /// Comes back as `csrf`.
    pub csrf: &'a str,
    /// Hidden fields, names and values.
    pub fields: Vec<(&'a str, &'a str)>,
    /// Where the logout ends, if not here.
    pub post_logout_redirect_uri: Option<&'a str>,
    /// Who is signed in.
    pub username: Option<&'a str>,
    /// Who asks.
    pub client_name: Option<&'a str>,
}

/// `page-applications`. Each form is sent to `POST /account/applications` with `csrf` and `client_id`.
pub struct ApplicationsView<'a> {
    /// Comes back as `csrf`.
    pub csrf: &'a str,
    /// Whose.
    pub username: &'a str,
    /// Who has access.
    pub applications: &'a [ApplicationLine],
    /// The access of one was just taken back.
    pub was_withdrawn: bool,
}

/// An application with access to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationLine {
    /// Comes back as `client_id`.
    pub client_id: String,
    /// What it is called.
    pub name: String,
    /// What it may do, in plain words.
    pub scopes: Vec<String>,
    /// Since which day.
    pub since: String,
}

/// `page-logged-out`.
pub struct LoggedOutView<'a> {
    /// URLs of front-channel logout, with `iss` and `sid`.
    pub frames: Vec<String>,
    /// Where it goes on, once the frames were loaded.
    pub next: Option<&'a str>,
}

/// `page-error`.
pub struct ErrorView<'a> {
    /// Which case it is, in words.
    pub kind: ErrorKind,
    /// Code of OAuth, such as `invalid_request`.
    pub code: &'a str,
    /// Back to the client, by the user's own decision (matrix AZ-18).
    pub next: Option<&'a str>,
}

/// A response on its way to the client (OAuth 2.0 Form Post Response Mode §2).
pub struct FormPostView<'a> {
    /// The redirect URI.
    pub action: &'a str,
    /// Names and values.
    pub fields: &'a [(&'a str, String)],
}
