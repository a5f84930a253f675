//! The routes to compare with, in a process of their own: an empty one, and `GET /jobs` twice, open
//! and protected, doing the same work of the jobs API on the same database.

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Data},
};
use resource_api::{
    access::{JobsRead, jobs_seen_by},
    http::reply,
    jobs::store::{self, Filter, Sight},
    paging::{DEFAULT_LIMIT, Page, Paged},
    settings::{Environment, Settings, Sources},
    store::{DatabaseConnection, connect_migrated},
};
use shared_claims::{
    actix::{AnyRole, Caller, ResourceMetadata, ResourceServer},
    remote::RemoteKeys,
};

use crate::failure::{Failure, Outcome};

/// Serves until it is stopped, with the settings of the jobs API.
pub(super) fn run() -> Outcome<()> {
    actix_web::rt::System::new()
        .block_on(serve())
        .map_err(|error| Failure::because(error.to_string()))
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::load(&Sources {
        environment: Environment::of_process(),
        ..Sources::default()
    })?;
    let db = connect_migrated(&settings).await?;
    let keys = RemoteKeys::builder(&settings.auth.issuer).start()?;
    let resource = ResourceServer::new(keys, ResourceMetadata::new(&settings.public_url)?)?;
    HttpServer::new(move || {
        let is_ready = resource.clone();
        App::new()
            .app_data(Data::new(db.clone()))
            .configure(|app| resource.configure(app))
            .route("/empty", web::get().to(HttpResponse::Ok))
            .route("/open", web::get().to(open))
            .route("/protected", web::get().to(protected))
            .route(
                "/readyz",
                web::get().to(move || std::future::ready(ready(&is_ready))),
            )
    })
    .bind(settings.listen)?
    .run()
    .await?;
    Ok(())
}

fn ready(resource: &ResourceServer) -> HttpResponse {
    if resource.keys().is_ready() {
        HttpResponse::Ok().finish()
    } else {
        HttpResponse::ServiceUnavailable().finish()
    }
}

/// Sees the same jobs as the recruiter who made them all.
async fn open(db: Data<DatabaseConnection>) -> HttpResponse {
    answer(&db, &Sight::All).await
}

async fn protected(
    caller: Caller<AnyRole, JobsRead>,
    db: Data<DatabaseConnection>,
) -> HttpResponse {
    answer(&db, &jobs_seen_by(&caller)).await
}

/// What the handler of `GET /jobs` does without parameters.
async fn answer(db: &DatabaseConnection, sight: &Sight) -> HttpResponse {
    let page = Page {
        limit: DEFAULT_LIMIT,
        after: None,
    };
    match store::list(db, sight, &Filter::default(), &page).await {
        Ok(rows) => {
            let paged = Paged::new(rows, &page, "jobs", |job| &job.id);
            reply::page(&paged, &page, "/jobs", &[])
        }
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}
