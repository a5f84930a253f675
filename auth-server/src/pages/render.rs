//! Views to pages: which template, which status, which policy (contract §2.6).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use minijinja::{Value, context};
use url::Url;

use super::policy::Policy;
use super::respond::html;
use super::words::{client_name, localized};
use super::{
    ApplicationLine, ApplicationsView, ConsentView, ErrorView, FormPostView, LoggedOutView,
    LoginProblem, LoginView, LogoutView, PageContext,
};
use crate::accounts::PasswordProblem;
use crate::model::{Client, Origin};

/// The login page. A throttled attempt is 429 with `Retry-After`, a full pool 503.
pub fn login(page: &PageContext<'_>, view: &LoginView<'_>) -> HttpResponse {
    let (status, seconds) = match view.problem {
        None | Some(LoginProblem::InteractionRequired | LoginProblem::PasswordChangeDue) => {
            (StatusCode::OK, None)
        }
        Some(LoginProblem::WrongCredentials | LoginProblem::NewPassword(_)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        Some(LoginProblem::Busy) => (StatusCode::SERVICE_UNAVAILABLE, Some(2)),
        Some(LoginProblem::TooManyAttempts { retry_after }) => (
            StatusCode::TOO_MANY_REQUESTS,
            Some(retry_after.as_millis().div_ceil(1000).max(1)),
        ),
    };
    let values = context! {
        request => view.request,
        csrf => view.csrf,
        client_name => view.client_name,
        username => view.username,
        problem => view.problem.map(LoginProblem::message),
        is_mistake => view.problem.is_some_and(LoginProblem::is_mistake),
        is_wrong => view.problem == Some(LoginProblem::WrongCredentials),
        wants_new => matches!(view.problem, Some(LoginProblem::PasswordChangeDue | LoginProblem::NewPassword(_))),
        characters => view.problem.and_then(LoginProblem::characters),
        has_script => true,
        minutes => seconds.unwrap_or_default().div_ceil(60),
        is_popup => view.is_popup,
    };
    let policy = Policy::default().form(view.redirect_uri);
    let mut response = html(page, status, &policy, "login.html", values);
    if let Some(seconds) = seconds
        && let Ok(seconds) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// The consent page.
pub fn consent(page: &PageContext<'_>, view: &ConsentView<'_>) -> HttpResponse {
    let scopes: Vec<Value> = view
        .scopes
        .iter()
        .map(|line| context! { words => &line.words, is_new => line.is_new, is_offline => line.is_offline })
        .collect();
    let values = context! {
        request => view.request,
        csrf => view.csrf,
        client_name => client_name(page, view.client),
        is_unchecked => view.client.metadata.origin == Origin::Registration,
        links => links(page, view.client),
        redirect_host => host(view.redirect_uri),
        username => view.username,
        scopes => scopes,
        has_script => true,
        is_popup => view.is_popup,
    };
    let policy = Policy::default().form(Some(view.redirect_uri));
    html(page, StatusCode::OK, &policy, "consent.html", values)
}

/// The question whether to log out.
pub fn logout(page: &PageContext<'_>, view: &LogoutView<'_>) -> HttpResponse {
    let values = context! {
        csrf => view.csrf,
        fields => view.fields.iter().map(|(name, value)| field(name, value)).collect::<Vec<_>>(),
        username => view.username,
        client_name => view.client_name,
        has_script => true,
    };
    let policy = Policy::default().form(view.post_logout_redirect_uri);
    html(page, StatusCode::OK, &policy, "logout.html", values)
}

/// Who has access to an account.
pub fn applications(page: &PageContext<'_>, view: &ApplicationsView<'_>) -> HttpResponse {
    let line = |line: &ApplicationLine| {
        context! {
            client_id => &line.client_id,
            name => &line.name,
            scopes => &line.scopes,
            since => &line.since,
        }
    };
    let values = context! {
        csrf => view.csrf,
        username => view.username,
        applications => view.applications.iter().map(line).collect::<Vec<_>>(),
        was_withdrawn => view.was_withdrawn,
        has_script => true,
    };
    let policy = Policy::default().form(None);
    html(page, StatusCode::OK, &policy, "applications.html", values)
}

/// The end of a session.
pub fn logged_out(page: &PageContext<'_>, view: &LoggedOutView<'_>) -> HttpResponse {
    let frames: Vec<String> = view
        .frames
        .iter()
        .filter(|url| is_web(url))
        .cloned()
        .collect();
    let policy = Policy::default().frames(&frames);
    let next = view.next.filter(|url| is_harmless(url));
    let values = context! { frames, next, has_script => next.is_some() };
    html(page, StatusCode::OK, &policy, "logged_out.html", values)
}

/// An error, in words.
pub fn error(page: &PageContext<'_>, view: &ErrorView<'_>, status: StatusCode) -> HttpResponse {
    error_page(page, view, None, status)
}

/// An error with a form that takes it to the client, by the user's own decision (matrix AZ-18, RM-05).
pub fn error_with_form(
    page: &PageContext<'_>,
    view: &ErrorView<'_>,
    form: &FormPostView<'_>,
    status: StatusCode,
) -> HttpResponse {
    error_page(page, view, Some(form), status)
}

fn error_page(
    page: &PageContext<'_>,
    view: &ErrorView<'_>,
    form: Option<&FormPostView<'_>>,
    status: StatusCode,
) -> HttpResponse {
    let values = context! {
        message => view.kind.message(),
        code => view.code,
        next => view.next.filter(|url| is_harmless(url)),
        form => form.map(|form| context! { action => form.action, fields => fields(form) }),
        request_id => &page.ctx.request_id,
    };
    let policy = Policy::default();
    let policy = match form {
        Some(form) => policy.form_to(form.action),
        None => policy,
    };
    html(page, status, &policy, "error.html", values)
}

/// A response that the browser posts to the client.
pub fn form_post(page: &PageContext<'_>, view: &FormPostView<'_>) -> HttpResponse {
    let policy = Policy::default().form_to(view.action);
    let values = context! {
        action => view.action,
        has_script => true,
        fields => fields(view),
    };
    html(page, StatusCode::OK, &policy, "form_post.html", values)
}

/// What the client says of itself in documents of its own (RFC 7591 §2).
fn links(page: &PageContext<'_>, client: &Client) -> Vec<Value> {
    let metadata = &client.metadata;
    [
        ("website", "client_uri", &metadata.client_uri),
        ("policy", "policy_uri", &metadata.policy_uri),
        ("terms", "tos_uri", &metadata.tos_uri),
    ]
    .into_iter()
    .filter_map(|(what, member, plain)| {
        let url = localized(page, client, member).or(plain.as_deref())?;
        is_web(url).then(|| context! { what, url })
    })
    .collect()
}

fn fields(form: &FormPostView<'_>) -> Vec<Value> {
    let fields = form.fields.iter();
    fields.map(|(name, value)| field(name, value)).collect()
}

fn field(name: &str, value: &str) -> Value {
    context! { name => name, value => value }
}

/// Host and port of a redirect URI; a private scheme stands for itself (RFC 8252 §7.1).
fn host(uri: &str) -> String {
    match Url::parse(uri) {
        Ok(url) => match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) if is_web(uri) => host.to_owned(),
            _ => format!("{}:", url.scheme()),
        },
        Err(_) => String::new(),
    }
}

/// A link that loads something, and does not run something.
fn is_harmless(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| {
        !matches!(
            url.scheme(),
            "javascript" | "data" | "vbscript" | "blob" | "file" | "about" | "view-source"
        )
    })
}

fn is_web(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

impl LoginProblem {
    const fn message(self) -> &'static str {
        match self {
            Self::WrongCredentials => "wrong-credentials",
            Self::TooManyAttempts { .. } => "too-many-attempts",
            Self::InteractionRequired => "interaction-required",
            Self::PasswordChangeDue => "password-change-due",
            Self::NewPassword(problem) => match problem {
                PasswordProblem::TooShort { .. } => "new-password-too-short",
                PasswordProblem::TooLong => "new-password-too-long",
                PasswordProblem::Common => "new-password-common",
                PasswordProblem::Expected => "new-password-expected",
                PasswordProblem::Repeats => "new-password-repeats",
                PasswordProblem::Sequence => "new-password-sequence",
                PasswordProblem::Unchanged => "new-password-unchanged",
            },
            Self::Busy => "busy",
        }
    }

    /// False for what is a question to somebody who has done nothing wrong.
    fn is_mistake(self) -> bool {
        !matches!(self, Self::InteractionRequired | Self::PasswordChangeDue)
    }

    /// How many characters the new password needs.
    const fn characters(self) -> Option<usize> {
        match self {
            Self::NewPassword(PasswordProblem::TooShort { needed, .. }) => Some(needed),
            _ => None,
        }
    }
}
