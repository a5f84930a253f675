//! What the doors say before there are services: alive, not ready, try again. The server has its
//! sockets from the start, so that a database that comes late costs no crash loop (attack OP-01).

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::web::{self, Data, ServiceConfig};
use arc_swap::ArcSwap;

use super::health::{Readiness, livez};
use super::{document, path};
use crate::settings::Issuer;

/// Seconds until another try makes sense.
const RETRY_SECONDS: &str = "2";

/// What the services are waiting for, in words that hide nothing and betray nothing.
#[derive(Debug, Clone)]
pub struct Obstacle(Arc<ArcSwap<&'static str>>);

impl Default for Obstacle {
    fn default() -> Self {
        Self(Arc::new(ArcSwap::from_pointee("starting")))
    }
}

impl Obstacle {
    /// Replaces what was there: what was being done when it failed, as a gerund.
    pub fn put(&self, doing: &'static str) {
        self.0.store(Arc::new(doing));
    }
}

/// The routes of the waiting room, below the path of the issuer and, for operators, at the root.
pub fn configure_waiting(issuer: &Issuer, obstacle: &Obstacle) -> impl FnOnce(&mut ServiceConfig) {
    let (prefix, obstacle) = (path(issuer.as_str()), obstacle.clone());
    move |config| {
        config.app_data(Data::new(obstacle));
        health(config);
        if !prefix.is_empty() {
            config.service(web::scope(&prefix).configure(health));
        }
        config.default_service(web::to(not_yet));
    }
}

fn health(config: &mut ServiceConfig) {
    config
        .service(document("/livez", livez))
        .service(document("/readyz", readyz));
}

async fn readyz(obstacle: Data<Obstacle>) -> HttpResponse {
    Readiness::waiting(**obstacle.0.load()).answer()
}

async fn not_yet() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((RETRY_AFTER, RETRY_SECONDS))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({
            "error": "temporarily_unavailable",
            "error_description": "The server is not ready yet. Try again later.",
        }))
}
