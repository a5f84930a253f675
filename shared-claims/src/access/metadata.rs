//! What the service says about itself: protected resource metadata (RFC 9728).

use serde::Serialize;
use url::Url;

use crate::Scope;

/// Where the document is found, between the host and the path of the identifier (RFC 9728 §3.1).
pub const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The metadata document of a resource. Members without a value are left out (RFC 9728 §3.2).
#[derive(Clone, Debug, Serialize)]
pub struct ResourceMetadata {
    resource: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<Scope>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<String>,
    #[serde(skip)]
    path: String,
    #[serde(skip)]
    url: String,
}

/// The identifier is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the resource identifier {0:?} is not an http or https URL without query and fragment")]
pub struct ResourceMetadataError(String);

impl ResourceMetadata {
    /// Metadata of the resource with this identifier, its public URL. It is also the audience of
    /// the tokens it accepts, character by character.
    pub fn new(resource: &str) -> Result<Self, ResourceMetadataError> {
        let error = || ResourceMetadataError(resource.to_owned());
        let url = Url::parse(resource).map_err(|_| error())?;
        let is_identifier = matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            // It stands in a quoted string of a header; the URL parser would clean it up silently.
            && resource.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
        if !is_identifier {
            return Err(error());
        }
        let path = format!("{WELL_KNOWN}{}", url.path().trim_end_matches('/'));
        Ok(Self {
            resource: resource.to_owned(),
            authorization_servers: Vec::new(),
            scopes_supported: Vec::new(),
            bearer_methods_supported: ["header"],
            resource_name: None,
            resource_documentation: None,
            url: format!("{}{path}", url.origin().ascii_serialization()),
            path,
        })
    }

    /// Scopes that operations of this resource ask for.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes_supported = scopes.into_iter().collect();
        self
    }

    /// A name for people.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.resource_name = Some(name.into());
        self
    }

    /// A page for developers.
    #[must_use]
    pub fn documentation(mut self, url: impl Into<String>) -> Self {
        self.resource_documentation = Some(url.into());
        self
    }

    pub(crate) fn issued_by(mut self, issuer: &str) -> Self {
        self.authorization_servers = vec![issuer.to_owned()];
        self
    }

    /// The identifier, as it was given.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The path of the document on this host.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The URL of the document, for challenges (RFC 9728 §5.1).
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// PRM-01
    #[test]
    fn the_well_known_path_is_inserted_between_host_and_path() {
        for (resource, url) in [
            (
                "http://localhost:8081",
                "http://localhost:8081/.well-known/oauth-protected-resource",
            ),
            (
                "https://a.example/",
                "https://a.example/.well-known/oauth-protected-resource",
            ),
            (
                "https://a.example/ats",
                "https://a.example/.well-known/oauth-protected-resource/ats",
            ),
            (
                "https://a.example:8443/ats/v1/",
                "https://a.example:8443/.well-known/oauth-protected-resource/ats/v1",
            ),
        ] {
            let metadata = ResourceMetadata::new(resource).unwrap();
            assert_eq!(metadata.url(), url);
            assert!(url.ends_with(metadata.path()));
        }
    }

    /// PRM-02
    #[test]
    fn the_document_repeats_the_identifier_and_omits_what_is_empty() {
        let bare = ResourceMetadata::new("https://a.example/").unwrap();
        assert_eq!(
            serde_json::to_value(&bare).unwrap(),
            json!({"resource": "https://a.example/", "bearer_methods_supported": ["header"]})
        );
        let full = bare
            .issued_by("https://auth.example")
            .scopes([Scope::from_static("jobs:read")])
            .name("Jobs")
            .documentation("https://a.example/docs");
        assert_eq!(
            serde_json::to_value(&full).unwrap(),
            json!({
                "resource": "https://a.example/",
                "authorization_servers": ["https://auth.example"],
                "scopes_supported": ["jobs:read"],
                "bearer_methods_supported": ["header"],
                "resource_name": "Jobs",
                "resource_documentation": "https://a.example/docs",
            })
        );
    }

    #[test]
    fn what_cannot_be_an_identifier_is_refused() {
        for text in [
            "",
            "api.example.com",
            "urn:ats",
            "https://a.example/?x=1",
            "https://a.example/#x",
            "https://u:p@a.example/",
            "https://a.example/\"x",
            "https://a.example/a b",
            "https://a.example/\n",
            "https://ä.example/",
        ] {
            assert!(ResourceMetadata::new(text).is_err(), "{text:?}");
        }
    }
}
