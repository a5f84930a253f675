//! What an application needs once to judge tokens and to describe itself.

use std::sync::Arc;

use super::ResourceMetadata;
use crate::{
    remote::{Freshness, RemoteKeys, RemoteVerifier},
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

    /// The same resource with another limit for the age of status lists, for routes that are worth
    /// more, or less, than the others; see [`RemoteVerifier::with_freshness`].
    #[must_use]
    pub fn with_freshness(&self, freshness: Freshness) -> Self {
        Self {
            verifier: self.verifier.with_freshness(freshness),
            metadata: Arc::clone(&self.metadata),
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
