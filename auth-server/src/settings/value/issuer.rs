//! The issuer: the one public URL (RFC 8414 §2: https, no query, no fragment). Verifiers compare it
//! byte by byte (RFC 9207 §2.4), so the exact text is kept and only its normal form is accepted.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::FromText;
use crate::settings::kind::Kind;

/// A checked issuer identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    url: Url,
}

impl Issuer {
    /// The exact text: `iss` of tokens and metadata. Never ends in a slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port, without a path: `https://id.example.com`.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The path without a trailing slash; empty for most.
    pub fn path(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// True for https.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// True when only this machine can reach it: `localhost` and names below it (RFC 6761 §6.3),
    /// 127.0.0.0/8, `[::1]`.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
            Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
            None => false,
        }
    }
}

impl FromText for Issuer {
    fn from_text(text: &str, _: &Kind) -> Result<Self, String> {
        let url = Url::parse(text)
            .map_err(|_| "must be an absolute URL such as https://id.example.com".to_owned())?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err("must be an https URL".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name or password".to_owned());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not have a query or a fragment (RFC 8414 section 2)".to_owned());
        }
        let normal = url.as_str().trim_end_matches('/');
        if normal != text {
            return Err(format!(
                "must be in its normal form, as verifiers compare it byte by byte: write {normal}"
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Issuer, String> {
        Issuer::from_text(text, &Kind::Text(""))
    }

    /// GEN-01
    #[test]
    fn gen_01_the_exact_text_of_an_issuer_is_kept() {
        for text in [
            "https://id.example.com",
            "https://example.com/auth",
            "http://localhost:8080",
            "http://[::1]:8080",
        ] {
            assert_eq!(parse(text).unwrap().as_str(), text);
        }
        assert_eq!(
            parse("https://example.com/auth").unwrap().origin(),
            "https://example.com"
        );
        assert_eq!(parse("https://example.com/auth").unwrap().path(), "/auth");
        assert_eq!(parse("https://example.com").unwrap().path(), "");
    }

    /// GEN-01
    #[test]
    fn gen_01_what_is_not_an_issuer_is_refused() {
        for text in [
            "",
            "id.example.com",
            "ftp://example.com",
            "https://",
            "https://user:pw@example.com",
            "https://example.com?x=1",
            "https://example.com#x",
            "https://example.com/",
            "https://Example.com",
            "https://example.com:443",
            "https://example.com/a/../b",
            " https://example.com",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn loopback_is_what_only_this_machine_reaches() {
        for text in [
            "http://localhost:1",
            "http://id.localhost",
            "http://127.1.2.3",
            "http://[::1]:1",
        ] {
            assert!(parse(text).unwrap().is_loopback(), "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://notlocalhost",
            "http://[::2]",
        ] {
            assert!(!parse(text).unwrap().is_loopback(), "{text}");
        }
    }
}
