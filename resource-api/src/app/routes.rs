//! The table of routes. Each resource knows its methods; another method is 405 with `Allow`, another
//! path 404, both as problems.

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::web::ServiceConfig;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, guard, web};

use crate::operation::{docs, health, metadata, metrics};
use crate::problem::{Problem, Reason};
use crate::{applications, jobs};

/// Registers everything.
pub(super) fn configure(app: &mut ServiceConfig, metadata_path: &str) {
    configure_api(app);
    configure_operation(app, metadata_path);
    app.default_service(web::to(async || {
        Err::<HttpResponse, _>(Problem::from(Reason::NotFound))
    }));
}

fn configure_api(app: &mut ServiceConfig) {
    app.service(
        Endpoint::at("/jobs")
            .get(jobs::read::list)
            .post(jobs::create::create),
    )
    .service(
        Endpoint::at("/jobs/{id}")
            .get(jobs::read::show)
            .patch(jobs::change::patch)
            .delete(jobs::remove::remove),
    )
    .service(Endpoint::at("/jobs/{id}/publish").post(jobs::change::publish))
    .service(Endpoint::at("/jobs/{id}/close").post(jobs::change::close))
    .service(
        Endpoint::at("/jobs/{id}/applications")
            .get(applications::read::list_of_job)
            .post(applications::apply::apply),
    )
    // Before `/applications/{id}`, which would match it too.
    .service(Endpoint::at("/applications/my").get(applications::read::list_of_candidate))
    .service(
        Endpoint::at("/applications/{id}")
            .get(applications::read::show)
            .delete(applications::withdraw::withdraw),
    )
    .service(Endpoint::at("/applications/{id}/stage").post(applications::stage::move_stage));
}

fn configure_operation(app: &mut ServiceConfig, metadata_path: &str) {
    app.service(Endpoint::at("/livez").get(health::livez))
        .service(Endpoint::at("/readyz").get(health::readyz))
        .service(Endpoint::at("/metrics").get(metrics::metrics))
        .service(Endpoint::at(metadata::WELL_KNOWN).get(metadata::protected_resource));
    if metadata_path != metadata::WELL_KNOWN {
        app.service(Endpoint::at(metadata_path).get(metadata::protected_resource));
    }
    app.service(Endpoint::at("/openapi.json").get(docs::openapi_json))
        .service(Endpoint::at("/docs").get(docs::page))
        .service(Endpoint::at("/docs/").get(docs::slash))
        .service(Endpoint::at("/docs/{file}").get(docs::file));
}

/// A resource that remembers its methods for `Allow` (RFC 9110 §15.5.6).
struct Endpoint {
    resource: Resource,
    allow: Vec<&'static str>,
}

impl Endpoint {
    fn at(path: &str) -> Self {
        Self {
            resource: web::resource(path),
            allow: Vec::new(),
        }
    }

    /// Also answers `HEAD`; the server leaves the body out.
    fn get<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let reads = guard::Any(guard::Get()).or(guard::Head());
        self.route(&["GET", "HEAD"], web::route().guard(reads).to(handler))
    }

    fn post<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(&["POST"], web::post().to(handler))
    }

    fn patch<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(&["PATCH"], web::patch().to(handler))
    }

    fn delete<F, A>(self, handler: F) -> Self
    where
        F: Handler<A>,
        A: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route(&["DELETE"], web::delete().to(handler))
    }

    fn route(mut self, methods: &[&'static str], route: actix_web::Route) -> Self {
        self.allow.extend_from_slice(methods);
        Self {
            resource: self.resource.route(route),
            allow: self.allow,
        }
    }
}

impl HttpServiceFactory for Endpoint {
    fn register(self, service: &mut AppService) {
        let allow = self.allow.join(", ");
        let refuse = move || {
            let problem = Problem::method_not_allowed(&allow);
            async move { Err::<HttpResponse, _>(problem) }
        };
        self.resource
            .default_service(web::to(refuse))
            .register(service);
    }
}
