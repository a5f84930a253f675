//! The doors: one file per endpoint. Bytes in, bytes out; no rule of the protocol lives here.

use std::sync::Arc;

use actix_web::http::header::ALLOW;
use actix_web::middleware::Compress;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route};
use url::Url;

mod access_log;
mod account;
mod authorize;
mod bearer;
mod consent;
mod cors;
mod docs;
mod form;
mod headers;
mod health;
mod introspect;
mod jwks;
mod login;
mod logout;
mod metadata;
mod metrics;
mod not_found;
mod openapi;
mod outcome;
mod par;
mod peer;
mod register;
mod respond;
mod revoke;
mod sign_in;
mod status_events;
mod status_list;
mod token;
mod userinfo;
mod visit;
mod waiting;

pub use access_log::record;
pub use docs::docs_redirect_uri;
pub use headers::harden;
pub use metrics::{install as install_metrics, upkeep as metrics_upkeep};
pub use openapi::{openapi_json, served_openapi_json};
pub use waiting::{Obstacle, configure_waiting};

use crate::context::AppState;
use crate::pages;
use crate::settings::RegistrationMode;

/// Every route of the public listener. With an issuer that has a path, everything lives below that
/// path; RFC 8414 §3.1 wants one document at the root as well.
pub fn configure(state: &AppState) -> impl FnOnce(&mut ServiceConfig) {
    let state = state.clone();
    move |config| {
        let prefix = path(state.settings.issuer.as_str());
        config
            .app_data(Data::new(state.clone()))
            .app_data(Data::new(Arc::new(docs::config(&state.settings))));
        if prefix.is_empty() {
            public(config, &state);
        } else {
            // RFC 8414 §3.1 and §5: both names go between host and path (matrix MD-02, MD-03).
            let oauth = format!("/.well-known/oauth-authorization-server{prefix}");
            let openid = format!("/.well-known/openid-configuration{prefix}");
            config
                .service(
                    document(&oauth, metadata::oauth_authorization_server)
                        .wrap(cors::for_everyone()),
                )
                .service(
                    document(&openid, metadata::openid_configuration).wrap(cors::for_everyone()),
                );
            config.service(web::scope(&prefix).configure(|scope| public(scope, &state)));
        }
        config.default_service(web::to(not_found::not_found));
    }
}

/// Health and metrics for the second listener (setting `management.listen`).
pub fn configure_management(state: &AppState) -> impl FnOnce(&mut ServiceConfig) {
    let state = state.clone();
    move |config| {
        config.app_data(Data::new(state));
        health(config);
        config.service(document("/metrics", metrics::metrics));
        config.default_service(web::to(not_found::not_found));
    }
}

fn public(config: &mut ServiceConfig, state: &AppState) {
    let clients = || cors::for_clients(state.directory.clone());
    config
        .service(submission("/oauth2/token", token::token).wrap(clients()))
        .service(submission("/oauth2/par", par::par))
        .service(submission("/auth/login", login::login).wrap(clients()))
        .service(
            web::resource("/oauth2/userinfo")
                .route(web::get().to(userinfo::by_get))
                .route(web::head().to(userinfo::by_get))
                .route(web::post().to(userinfo::by_post))
                .route(only("GET, HEAD, POST"))
                .wrap(clients().allowed_methods(["GET", "POST"])),
        )
        .service(document("/.well-known/jwks.json", jwks::jwks).wrap(cors::for_everyone()))
        .service(
            document(
                "/.well-known/openid-configuration",
                metadata::openid_configuration,
            )
            .wrap(cors::for_everyone()),
        )
        .service(
            document(
                "/.well-known/oauth-authorization-server",
                metadata::oauth_authorization_server,
            )
            .wrap(cors::for_everyone()),
        )
        .service(document("/openapi.json", openapi::document).wrap(cors::for_everyone()));
    revocation(config, state);
    registration(config, state);
    browsers(config);
    if state.settings.docs_ui.enabled {
        config
            .service(document("/docs", docs::entrance))
            .service(document("/docs/{file:.*}", docs::file));
    }
    health(config);
    if state.settings.management.listen.is_none() {
        config.service(document("/metrics", metrics::metrics));
    }
}

/// Clients that register and manage themselves, while they may.
fn registration(config: &mut ServiceConfig, state: &AppState) {
    if state.settings.registration.mode == RegistrationMode::Off {
        return;
    }
    let clients = || cors::for_clients(state.directory.clone());
    config
        .service(
            web::resource("/oauth2/register")
                .route(web::post().to(register::register))
                .route(only("POST"))
                .wrap(clients()),
        )
        .service(
            web::resource("/oauth2/register/{client_id}")
                .route(web::get().to(register::show))
                .route(web::put().to(register::replace))
                .route(web::delete().to(register::remove))
                .route(only("GET, PUT, DELETE"))
                .wrap(clients().allowed_methods(["GET", "PUT", "DELETE"])),
        );
}

/// The end of tokens, and the word of it.
fn revocation(config: &mut ServiceConfig, state: &AppState) {
    let clients = || cors::for_clients(state.directory.clone());
    config
        .service(submission("/oauth2/revoke", revoke::revoke).wrap(clients()))
        .service(submission("/oauth2/introspect", introspect::introspect).wrap(clients()))
        .service(document("/oauth2/status", status_list::all).wrap(cors::for_everyone()))
        .service(
            web::resource("/oauth2/status/events")
                .route(web::get().to(status_events::events))
                .route(only("GET"))
                .wrap(cors::for_everyone()),
        )
        .service(
            document("/oauth2/status/{list}", status_list::list)
                .wrap(Compress::default())
                .wrap(cors::for_everyone()),
        );
}

/// What people's browsers open. No CORS: no script of another origin has business here (GEN-23).
fn browsers(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/oauth2/authorize")
                .route(web::get().to(authorize::by_query))
                .route(web::post().to(authorize::by_post))
                .route(only("GET, POST")),
        )
        .service(
            web::resource("/oauth2/logout")
                .route(web::get().to(logout::by_query))
                .route(web::post().to(logout::by_post))
                .route(only("GET, POST")),
        )
        .service(page("/login", sign_in::show, sign_in::submit))
        .service(page("/consent", consent::show, consent::submit))
        .service(page(
            "/account/applications",
            account::show,
            account::submit,
        ))
        .service(page("/logout", logout::show, logout::submit))
        .service(document("/assets/{path:.*}", pages::asset));
}

fn health(config: &mut ServiceConfig) {
    config
        .service(document("/livez", health::livez))
        .service(document("/readyz", health::readyz));
}

/// A resource that is read.
fn document<F, Args>(path: &str, handler: F) -> Resource
where
    F: actix_web::Handler<Args> + Copy,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::resource(path.to_owned())
        .route(web::get().to(handler))
        .route(web::head().to(handler))
        .route(only("GET, HEAD"))
}

/// A page with a form that is sent to where it came from.
fn page<S, SA, T, TA>(path: &str, show: S, submit: T) -> Resource
where
    S: actix_web::Handler<SA>,
    SA: actix_web::FromRequest + 'static,
    S::Output: actix_web::Responder + 'static,
    T: actix_web::Handler<TA>,
    TA: actix_web::FromRequest + 'static,
    T::Output: actix_web::Responder + 'static,
{
    web::resource(path.to_owned())
        .route(web::get().to(show))
        .route(web::post().to(submit))
        .route(only("GET, POST"))
}

/// An endpoint that takes a form (matrix GEN-10).
fn submission<F, Args>(path: &str, handler: F) -> Resource
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::resource(path.to_owned())
        .route(web::post().to(handler))
        .route(only("POST"))
}

/// 405 for the methods that no route before it took (RFC 9110 §15.5.6).
fn only(allowed: &'static str) -> Route {
    web::route().to(move || async move {
        HttpResponse::MethodNotAllowed()
            .insert_header((ALLOW, allowed))
            .content_type("application/problem+json")
            .body(r#"{"type":"about:blank","title":"Method Not Allowed","status":405}"#)
    })
}

/// The path of the issuer without a trailing slash; empty for most.
fn path(issuer: &str) -> String {
    Url::parse(issuer).map_or_else(
        |_| String::new(),
        |url| url.path().trim_end_matches('/').to_owned(),
    )
}
