//! Pages as a browser gets them: inert whatever they are filled with, bound to their browser, and
//! allowed to do what they need and no more.

mod cookies;
mod guard;
mod inert;
mod language;
mod policy;

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::http::header::HeaderName;

use super::*;
use crate::accounts::PasswordProblem;
use crate::app::{self, Ambient};
use crate::context::RequestContext;
use crate::model::{Client, ClientId, ClientKind};
use crate::presentation::Locale;
use crate::settings::{Inputs, Issuer, Mode, Settings, load};
use crate::store::testing::NOW;

fn inputs() -> Inputs {
    Inputs::new(Mode::Dev {
        allow_remote: false,
    })
}

fn settings_of(issuer: &str) -> Settings {
    load(&inputs().with("issuer", issuer)).unwrap().settings
}

fn issuer(text: &str) -> Issuer {
    settings_of(text).issuer
}

/// A request to a server of its own.
async fn context() -> RequestContext {
    // A key from the settings: otherwise one is made, as a file in the working directory.
    let inputs = inputs().with("database.url", "sqlite::memory:").with(
        "keys.encryption_key",
        "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    );
    let settings = load(&inputs).unwrap().settings;
    let state = app::open(settings, Ambient::default()).await.unwrap();
    RequestContext {
        now: NOW,
        request_id: "request-1".to_owned(),
        peer: [127, 0, 0, 1].into(),
        state,
    }
}

fn header(response: &HttpResponse, name: HeaderName) -> &str {
    response.headers().get(name).unwrap().to_str().unwrap()
}

async fn text(response: HttpResponse) -> String {
    let bytes = to_bytes(response.into_body()).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// One of every page, each field that may come from outside holding `text`.
fn every_page(page: &PageContext<'_>, text: &str) -> Vec<(&'static str, HttpResponse)> {
    let mut client = Client::new(ClientId::new("web"), ClientKind::Public, NOW);
    text.clone_into(&mut client.name);
    client.metadata.client_uri = Some(format!("https://client.example/?{text}"));
    client.metadata.policy_uri = Some(format!("https://client.example/{text}"));
    client.metadata.tos_uri = Some(text.to_owned());
    let url = format!("https://client.example/cb?x={text}");
    let fields = [("state", text.to_owned()), ("code", text.to_owned())];
    let status = actix_web::http::StatusCode::BAD_REQUEST;
    let application = ApplicationLine {
        client_id: text.to_owned(),
        name: text.to_owned(),
        scopes: vec![text.to_owned()],
        since: text.to_owned(),
    };
    let applications = |applications: &[ApplicationLine], was_withdrawn| {
        let view = ApplicationsView {
            csrf: text,
            username: text,
            applications,
            was_withdrawn,
        };
        ("applications", render::applications(page, &view))
    };
    let mut pages = vec![
        applications(&[application], true),
        applications(&[], false),
        (
            "consent",
            render::consent(
                page,
                &ConsentView {
                    request: text,
                    csrf: text,
                    client: &client,
                    redirect_uri: &url,
                    username: text,
                    scopes: vec![
                        scope_line(page, text, Some(text), true),
                        scope_line(page, text, None, false),
                    ],
                    is_popup: false,
                },
            ),
        ),
        (
            "logout",
            render::logout(
                page,
                &LogoutView {
                    csrf: text,
                    fields: vec![(text, text)],
                    post_logout_redirect_uri: Some(&url),
                    username: Some(text),
                    client_name: Some(text),
                },
            ),
        ),
        (
            "form_post",
            render::form_post(
                page,
                &FormPostView {
                    action: &url,
                    fields: &fields,
                },
            ),
        ),
    ];
    for next in [Some(url.as_str()), Some(text), None] {
        let view = LoggedOutView {
            frames: vec![url.clone(), text.to_owned()],
            next,
        };
        pages.push(("logged_out", render::logged_out(page, &view)));
        let view = ErrorView {
            kind: ErrorKind::UntrustedClientError,
            code: text,
            next,
        };
        pages.push(("error", render::error(page, &view, status)));
    }
    pages.extend(login_pages(page, text, &url));
    pages
}

/// The login page after everything that can go wrong, and at the beginning.
fn login_pages(page: &PageContext<'_>, text: &str, url: &str) -> Vec<(&'static str, HttpResponse)> {
    let problems = [
        LoginProblem::WrongCredentials,
        LoginProblem::TooManyAttempts {
            retry_after: std::time::Duration::from_secs(61),
        },
        LoginProblem::InteractionRequired,
        LoginProblem::PasswordChangeDue,
        LoginProblem::NewPassword(PasswordProblem::TooShort {
            found: 3,
            needed: 15,
        }),
        LoginProblem::NewPassword(PasswordProblem::TooLong),
        LoginProblem::NewPassword(PasswordProblem::Common),
        LoginProblem::NewPassword(PasswordProblem::Expected),
        LoginProblem::NewPassword(PasswordProblem::Repeats),
        LoginProblem::NewPassword(PasswordProblem::Sequence),
        LoginProblem::NewPassword(PasswordProblem::Unchanged),
        LoginProblem::Busy,
    ];
    let show = |problem: Option<LoginProblem>| {
        let view = LoginView {
            request: text,
            csrf: text,
            client_name: text,
            redirect_uri: Some(url),
            username: Some(text),
            problem,
            is_popup: problem.is_none(),
        };
        ("login", render::login(page, &view))
    };
    problems
        .into_iter()
        .map(Some)
        .chain([None])
        .map(show)
        .collect()
}

/// DCR-09: what a client says of itself in documents of its own is a link, if it is a web page.
#[actix_web::test]
async fn dcr_09_the_documents_of_a_client_are_links_of_the_consent_page() {
    let ctx = context().await;
    let page = PageContext {
        ctx: &ctx,
        locale: Locale::English,
    };
    let pages = every_page(&page, "x");
    let (_, consent) = pages
        .into_iter()
        .find(|(name, _)| *name == "consent")
        .unwrap();
    let html = text(consent).await.replace("&#x2f;", "/");
    assert!(
        html.contains("href=\"https://client.example/?x\""),
        "{html}"
    );
    assert!(html.contains("href=\"https://client.example/x\""), "{html}");
    // `tos_uri` is none.
    assert_eq!(html.matches("rel=\"noopener noreferrer\"").count(), 2);
}
