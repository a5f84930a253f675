//! What an application needs once to judge tokens and to describe itself.

use std::sync::Arc;

use actix_web::{HttpResponse, http::header, web};

use crate::{
    access::{ResourceMetadata, WELL_KNOWN},
    remote::{RemoteKeys, RemoteVerifier},
    verify::{Policy, PolicyError},
};

/// The verifier and the metadata of one protected resource. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ResourceServer {
    verifier: RemoteVerifier,
    metadata: Arc<ResourceMetadata>,
}

impl ResourceServer {
    /// Accepts tokens that the issuer of `keys` made for this resource.
    pub fn new(keys: RemoteKeys, metadata: ResourceMetadata) -> Result<Self, PolicyError> {
        let policy = Policy::new(keys.issuer(), metadata.resource());
        Self::with_policy(keys, metadata, policy)
    }

    /// The same by a policy of its own, which must name the same issuer and this resource.
    pub fn with_policy(
        keys: RemoteKeys,
        metadata: ResourceMetadata,
        policy: Policy,
    ) -> Result<Self, PolicyError> {
        if policy.audience() != metadata.resource() {
            return Err(PolicyError::ForeignAudience);
        }
        let metadata = Arc::new(metadata.issued_by(keys.issuer()));
        Ok(Self {
            verifier: RemoteVerifier::new(keys, policy)?,
            metadata,
        })
    }

    /// Makes [`Caller`](super::Caller) work in this application, and serves the metadata document
    /// (RFC 9728 §3) at its path and at the bare well-known path.
    pub fn configure(&self, app: &mut web::ServiceConfig) {
        app.app_data(self.clone());
        app.route(self.metadata.path(), web::get().to(document));
        if self.metadata.path() != WELL_KNOWN {
            app.route(WELL_KNOWN, web::get().to(document));
        }
    }

    /// The keys of the issuer: whether they are there, how old they are, what happened.
    #[must_use]
    pub fn keys(&self) -> &RemoteKeys {
        self.verifier.keys()
    }

    /// The verifier, for tokens that come by another way than a request.
    #[must_use]
    pub fn verifier(&self) -> &RemoteVerifier {
        &self.verifier
    }

    /// The metadata document.
    #[must_use]
    pub fn metadata(&self) -> &ResourceMetadata {
        &self.metadata
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
