//! Every page in every state that matters, behind the real headers and files, so that each can be
//! looked at without a way that leads there; and a client that says what was posted to it.

use std::sync::mpsc::channel;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{App, HttpResponse, HttpServer};
use auth_server::app::{self, Ambient};
use auth_server::clock::Instant;
use auth_server::context::{AppState, RequestContext};
use auth_server::http::harden;
use auth_server::model::{Client, ClientId, ClientKind, Origin};
use auth_server::pages::{
    self, ApplicationLine, ApplicationsView, ConsentView, ErrorKind, ErrorView, FormPostView,
    LoggedOutView, LoginProblem, LoginView, LogoutView, PageContext, render,
};
use auth_server::settings::{self, Inputs, Mode};

/// Names of the pictures; [`show`] makes each.
pub(crate) const PICTURES: [&str; 19] = [
    "login",
    "login-wrong",
    "login-again",
    "login-new",
    "login-throttled",
    "login-popup",
    "consent",
    "consent-new",
    "consent-unchecked",
    "logout",
    "logout-nobody",
    "applications",
    "applications-none",
    "logged-out",
    "logged-out-next",
    "error-redirect-uri",
    "error-untrusted",
    "error-ours",
    "form-post",
];

/// Where [`client_that_goes_on`] leads.
pub(crate) const OTHER_HOST: &str = "http://app.example";

const NAME: &str = "candidate@example.com";
const LONG: &str =
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/// The running gallery. It ends when this is dropped.
pub(crate) struct Gallery {
    handle: ServerHandle,
    /// Its port.
    pub(crate) port: u16,
}

#[derive(serde::Deserialize)]
struct Question {
    lang: String,
    client: String,
}

impl Gallery {
    /// Opens it on a free port.
    pub(crate) async fn open() -> Self {
        let inputs = Inputs::new(Mode::Dev {
            allow_remote: false,
        })
        .with("database.url", "sqlite::memory:")
        // Otherwise one is made, as a file in the working directory.
        .with(
            "keys.encryption_key",
            "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        );
        let settings = settings::load(&inputs).unwrap().settings;
        let state = app::open(settings, Ambient::default()).await.unwrap();
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(Data::new(state.clone()))
                        .wrap(from_fn(harden))
                        .route("/assets/{path:.*}", web::get().to(pages::asset))
                        .route("/gallery/{name}", web::get().to(picture))
                        .route("/login", web::post().to(to_client))
                        .route("/client", web::route().to(client))
                        .route("/client/that-goes-on", web::get().to(client_that_goes_on))
                })
                .workers(1)
                .bind("127.0.0.1:0")
                .unwrap();
                let port = server.addrs()[0].port();
                let server = server.run();
                sender.send((server.handle(), port)).unwrap();
                server.await.unwrap();
            });
        });
        let (handle, port) = receiver.recv().unwrap();
        Self { handle, port }
    }

    /// URL of a picture. Its client is here too, at another origin.
    pub(crate) fn picture(&self, name: &str, lang: &str) -> String {
        let port = self.port;
        let client = format!("http%3A%2F%2F127.0.0.1%3A{port}%2Fclient");
        format!("http://localhost:{port}/gallery/{name}?lang={lang}&client={client}")
    }
}

impl Drop for Gallery {
    fn drop(&mut self) {
        // The command is sent at once; its answer is of no interest.
        drop(self.handle.stop(false));
    }
}

async fn picture(
    name: Path<String>,
    question: Query<Question>,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = RequestContext {
        now: Instant::from_seconds(1_900_000_000),
        request_id: "5xJ2mPq0RbTz".to_owned(),
        peer: [127, 0, 0, 1].into(),
        state: state.get_ref().clone(),
    };
    let page = pages::negotiate(&ctx, std::slice::from_ref(&question.lang), None);
    show(&page, &name, &question.client)
}

fn show(page: &PageContext<'_>, name: &str, client: &str) -> HttpResponse {
    let state = |problem: Option<LoginProblem>, is_popup| {
        let view = LoginView {
            request: client,
            csrf: "c",
            client_name: "Applicant tracking",
            redirect_uri: Some(client),
            username: problem.map(|_| NAME),
            problem,
            is_popup,
        };
        render::login(page, &view)
    };
    let throttled = LoginProblem::TooManyAttempts {
        retry_after: Duration::from_mins(5),
    };
    match name {
        "login" => state(None, false),
        "login-wrong" => state(Some(LoginProblem::WrongCredentials), false),
        "login-again" => state(Some(LoginProblem::InteractionRequired), false),
        "login-new" => state(Some(LoginProblem::PasswordChangeDue), false),
        "login-throttled" => state(Some(throttled), false),
        "login-popup" => state(None, true),
        "form-post" => {
            let fields = [("code", "<\"'&>".to_owned()), ("state", "a\tb".to_owned())];
            render::form_post(
                page,
                &FormPostView {
                    action: client,
                    fields: &fields,
                },
            )
        }
        _ if name.starts_with("consent") => consent(page, name),
        _ if name.starts_with("error") => error(page, name),
        _ if name.starts_with("applications") => applications(page, name),
        _ => leaving(page, name, client),
    }
}

fn consent(page: &PageContext<'_>, name: &str) -> HttpResponse {
    let mut client = Client::new(ClientId::new("jobs"), ClientKind::Public, page.ctx.now);
    "Applicant tracking".clone_into(&mut client.name);
    if name == "consent-unchecked" {
        LONG.clone_into(&mut client.name);
        client.metadata.origin = Origin::Registration;
        client.metadata.policy_uri = Some("https://jobs.example.com/privacy".to_owned());
        client.metadata.tos_uri = Some("https://jobs.example.com/terms".to_owned());
    }
    let is_new = name == "consent-new";
    let line = |scope, words, is_new| pages::scope_line(page, scope, words, is_new);
    let view = ConsentView {
        request: "r",
        csrf: "c",
        client: &client,
        redirect_uri: "http://127.0.0.1:3000/callback",
        username: NAME,
        scopes: vec![
            line("openid", None, false),
            line(
                "jobs:read",
                Some("Read job offers, your own drafts among them"),
                false,
            ),
            line(
                "jobs:write",
                Some("Create, change, publish and close job offers"),
                is_new,
            ),
            line("offline_access", None, is_new),
        ],
        is_popup: false,
    };
    render::consent(page, &view)
}

fn applications(page: &PageContext<'_>, name: &str) -> HttpResponse {
    let line = |client: &str, name: &str, scopes: &[&str]| ApplicationLine {
        client_id: client.to_owned(),
        name: name.to_owned(),
        scopes: scopes.iter().map(|&words| words.to_owned()).collect(),
        since: "2026-11-25".to_owned(),
    };
    let all = [
        line(
            "jobs",
            "Applicant tracking",
            &["Know that it is you", "Read job offers"],
        ),
        line("long", LONG, &["See your e-mail address"]),
    ];
    let is_none = name == "applications-none";
    let view = ApplicationsView {
        csrf: "c",
        username: NAME,
        applications: if is_none { &[] } else { &all },
        was_withdrawn: is_none,
    };
    render::applications(page, &view)
}

fn error(page: &PageContext<'_>, name: &str) -> HttpResponse {
    let (kind, code, next) = match name {
        "error-redirect-uri" => (ErrorKind::RedirectUriNotRegistered, "invalid_request", None),
        "error-untrusted" => (
            ErrorKind::UntrustedClientError,
            "invalid_scope",
            Some("https://jobs.example.com/cb?error=invalid_scope"),
        ),
        _ => (ErrorKind::Ours, "server_error", None),
    };
    render::error(
        page,
        &ErrorView { kind, code, next },
        StatusCode::BAD_REQUEST,
    )
}

fn leaving(page: &PageContext<'_>, name: &str, client: &str) -> HttpResponse {
    let somebody = (name == "logout").then_some(NAME);
    match name {
        "logout" | "logout-nobody" => render::logout(
            page,
            &LogoutView {
                csrf: "c",
                fields: Vec::new(),
                post_logout_redirect_uri: None,
                username: somebody,
                client_name: somebody.map(|_| "Applicant tracking"),
            },
        ),
        "logged-out-next" => {
            let frames = vec![
                format!("{client}?sid=1"),
                "http://127.0.0.1:9/gone".to_owned(),
            ];
            let next = Some(client);
            render::logged_out(page, &LoggedOutView { frames, next })
        }
        _ => render::logged_out(
            page,
            &LoggedOutView {
                frames: Vec::new(),
                next: None,
            },
        ),
    }
}

/// Says what it was given.
async fn client(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain")
        .body(format!("given: {body}"))
}

/// The end of a login, as the real server does it: to the client, which the form names as its request.
async fn to_client(form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let client = form.iter().find(|(name, _)| name == "request");
    let client = client.map_or("", |(_, value)| value);
    see_other(&format!("{client}/that-goes-on"))
}

/// A client of two hosts: the one with the redirect URI sends the browser on to the other.
async fn client_that_goes_on() -> HttpResponse {
    see_other(&format!("{OTHER_HOST}/client"))
}

fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("location", url))
        .finish()
}
