//! A resource in an actix application.

use actix_web::{HttpResponse, http::header, web};

use crate::access::{ResourceServer, WELL_KNOWN};

impl ResourceServer {
    /// Makes [`Caller`](super::Caller) work in this application, and serves the metadata document
    /// (RFC 9728 §3) at its path and at the bare well-known path.
    pub fn configure(&self, app: &mut web::ServiceConfig) {
        app.app_data(self.clone());
        app.route(self.metadata().path(), web::get().to(document));
        if self.metadata().path() != WELL_KNOWN {
            app.route(WELL_KNOWN, web::get().to(document));
        }
    }
}

/// Public and the same for everybody, so any page may read it and any cache keep it for a while.
async fn document(request: actix_web::HttpRequest) -> HttpResponse {
    match request.app_data::<ResourceServer>() {
        Some(server) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
            .json(server.metadata()),
        None => HttpResponse::NotFound().finish(),
    }
}
