//! A service on axum whose routes say who may use them.
//!
//! `cargo run -p shared-claims --features tower --example axum`, with an issuer on port 8080 and this
//! service on 8081, which is the audience of the demonstration tokens.

use std::error::Error;

use axum::{
    Extension, Json, Router,
    routing::{get, post},
};
use shared_claims::{
    remote::RemoteKeys,
    tower::{
        Admin, AnyRole, Caller, OneOf, Recruiter, RequireCaller, ResourceMetadata, ResourceServer,
    },
};

shared_claims::scopes! {
    /// Read jobs.
    JobsRead = "jobs:read";
    /// Make and change jobs.
    JobsWrite = "jobs:write";
}

shared_claims::authentications! {
    /// Logged in within the last five minutes.
    Recent = { max_age: 300 };
}

type Staff = OneOf<(Recruiter, Admin)>;

async fn list(Extension(caller): Extension<Caller<AnyRole, JobsRead>>) -> String {
    format!("jobs for {}\n", caller.subject())
}

async fn create(Extension(caller): Extension<Caller<Staff, JobsWrite>>) -> String {
    format!("a job of {}\n", caller.subject())
}

/// Needs a fresh login: others are told to log in again (RFC 9470).
async fn close_all(Extension(caller): Extension<Caller<Admin, JobsWrite, Recent>>) -> String {
    format!("all closed by {}\n", caller.subject())
}

fn app(api: &ResourceServer) -> Router {
    let reading = RequireCaller::<AnyRole, JobsRead>::new(api);
    let writing = RequireCaller::<Staff, JobsWrite>::new(api);
    let closing = RequireCaller::<Admin, JobsWrite, Recent>::new(api);
    Router::new()
        .route("/jobs", get(list).layer(reading))
        .route("/jobs", post(create).layer(writing))
        .route("/jobs/close", post(close_all).layer(closing))
        .route(api.metadata().path(), get(Json(api.metadata().clone())))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let keys = RemoteKeys::builder("http://localhost:8080").start()?;
    let api = ResourceServer::new(keys, ResourceMetadata::new("http://localhost:8081")?)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
    axum::serve(listener, app(&api)).await?;
    Ok(())
}
