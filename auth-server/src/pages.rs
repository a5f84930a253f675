//! The doors of people: HTML, cookies and the protection of forms (contract §2.6). Everything works
//! without JavaScript; nothing is loaded from another host.

pub mod cookies;
pub mod csrf;
mod error_kind;
mod policy;
pub mod render;
mod respond;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use error_kind::ErrorKind;
pub use view::{
    ApplicationLine, ApplicationsView, ConsentView, ErrorView, FormPostView, LoggedOutView,
    LoginProblem, LoginView, LogoutView, PageContext, ScopeLine,
};
pub use words::{client_name, negotiate, scope_line};

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};

use crate::context::AppState;

/// `GET /assets/{hash}/{name}`. The URL names the content, so it never changes.
pub async fn asset(path: Path<String>, state: Data<AppState>) -> HttpResponse {
    match state.presentation.assets().find(&path) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .content_type(asset.content_type)
            .body(asset.bytes.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}
