//! Where the issuer's documents are asked for: under its public URL, or at an internal address
//! that stands for it.
//!
//! An address inside a token is only followed below the issuer, and only when it is plain: what a
//! URL parser might read in two ways is not followed at all.

use url::Url;

use super::url_rule::require_safe;

/// The longest address of a list that is followed.
const LONGEST: usize = 512;
/// What `jwks_url` ends with when the rest of it stands for the issuer.
const KEYS_PATH: &str = "/.well-known/jwks.json";
const EVENTS_PATH: &str = "/oauth2/status/events";
const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

/// The issuer's public URL and the address that answers for it, without a slash at their ends.
#[derive(Clone, Debug)]
pub(super) struct Base {
    public: String,
    internal: String,
    allow_plain_http: bool,
}

/// The part of the address of a key set at the usual path that stands for the issuer.
pub(super) fn around_keys(jwks_url: &str) -> Option<&str> {
    jwks_url.strip_suffix(KEYS_PATH)
}

impl Base {
    /// What is below the issuer is asked for below `internal`, which may be the same.
    pub(super) fn new(issuer: &str, internal: &str, allow_plain_http: bool) -> Self {
        Self {
            public: issuer.trim_end_matches('/').to_owned(),
            internal: internal.trim_end_matches('/').to_owned(),
            allow_plain_http,
        }
    }

    /// The address to ask for `uri`; `None` when that is not plainly below the issuer.
    pub(super) fn locate(&self, uri: &str) -> Option<Url> {
        let path = uri.strip_prefix(&self.public)?;
        let is_plain = uri.len() <= LONGEST
            && path.starts_with('/')
            && path[1..]
                .split('/')
                .all(|part| !matches!(part, "" | "." | "..") && part.bytes().all(is_unreserved));
        is_plain.then(|| self.join(path)).flatten()
    }

    /// The same for addresses of the discovery document, which may be elsewhere.
    pub(super) fn locate_or_follow(&self, uri: &str) -> Option<Url> {
        self.locate(uri)
            .or_else(|| require_safe(uri, self.allow_plain_http))
    }

    /// The stream of changes to status lists.
    pub(super) fn events(&self) -> Option<Url> {
        self.join(EVENTS_PATH)
    }

    /// The discovery document (OpenID Connect Discovery §4): after the issuer, no double slash.
    pub(super) fn discovery(&self) -> Option<Url> {
        self.join(DISCOVERY_PATH)
    }

    fn join(&self, path: &str) -> Option<Url> {
        require_safe(&format!("{}{path}", self.internal), self.allow_plain_http)
    }
}

/// RFC 3986 §2.3: means the same to everybody, escaped or not.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_below_the_issuer_is_asked_for_at_the_internal_address() {
        let uri = "https://auth.example.com/oauth2/status/7";
        let issuer = "https://auth.example.com";
        let public = Base::new("https://auth.example.com/", issuer, false);
        assert_eq!(public.locate(uri).unwrap().as_str(), uri);
        let keys = "http://auth-server:8080/.well-known/jwks.json";
        let inside = Base::new(issuer, around_keys(keys).unwrap(), true);
        assert_eq!(
            inside.locate(uri).unwrap().as_str(),
            "http://auth-server:8080/oauth2/status/7"
        );
        assert_eq!(
            inside.events().unwrap().as_str(),
            "http://auth-server:8080/oauth2/status/events"
        );
        assert!(around_keys("https://k.example/keys").is_none());
        let insecure = Base::new("http://auth.example.com", "http://auth.example.com", false);
        assert!(insecure.locate("http://auth.example.com/1").is_none());
    }

    /// JV-04, TSL-20
    #[test]
    fn nothing_else_is_followed() {
        let base = Base::new(
            "https://auth.example.com",
            "https://auth.example.com",
            false,
        );
        for uri in [
            "",
            "https://auth.example.com",
            "https://auth.example.com/",
            "https://auth.example.com.evil.example/1",
            "https://auth.example.com@evil.example/1",
            "https://auth.example.com:8443/1",
            "http://auth.example.com/1",
            "https://evil.example/https://auth.example.com/1",
            "https://auth.example.com/../1",
            "https://auth.example.com/a/./1",
            "https://auth.example.com//evil.example/1",
            "https://auth.example.com/%2e%2e/1",
            "https://auth.example.com/1?x=1",
            "https://auth.example.com/1#x",
            "https://auth.example.com/1\\2",
            "https://auth.example.com/1 2",
            "HTTPS://auth.example.com/1",
        ] {
            assert!(base.locate(uri).is_none(), "{uri}");
        }
        let long = format!("https://auth.example.com/{}", "a".repeat(LONGEST));
        assert!(base.locate(&long).is_none());
    }
}
