//! The meaning of single texts. Every error is a sentence that says what is expected; the text of a
//! secret is never repeated.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;

use url::{Host, Url};

/// Any text without control characters, trimmed.
pub(super) fn text(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("the text has control characters".to_owned());
    }
    Ok(text.trim().to_owned())
}

/// An IP address with a port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not an address with a port, such as 127.0.0.1:8081"))
}

/// A whole number within bounds.
pub(super) fn number<T: FromStr + PartialOrd + Display>(
    least: T,
    most: T,
) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        text.parse()
            .ok()
            .filter(|number| *number >= least && *number <= most)
            .ok_or_else(|| format!("`{text}` is not a whole number from {least} to {most}"))
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy>(words: &[(&str, T)]) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                format!("`{text}` is none of {}", known.join(", "))
            })
    }
}

/// An absolute `http` or `https` URL.
pub(super) fn http_url(text: &str) -> Result<Url, String> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| format!("`{text}` is not an http or https URL"))
}

/// The identifier of a service: https unless loopback, nothing after the path, and compared letter by
/// letter (RFC 8414 §2, RFC 9728 §1.2), which is why the text is kept as it is.
pub(super) fn identifier_url(text: &str) -> Result<String, String> {
    let url = http_url(text)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(format!(
            "`{text}` must begin with https:// (http is for loopback hosts only)"
        ));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(format!(
            "`{text}` must not have a user, a query or a fragment"
        ));
    }
    if text.ends_with('/') {
        return Err(format!("`{text}` must not end with a slash"));
    }
    Ok(text.to_owned())
}

/// The origin of a web page: scheme, host and port, nothing else.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let url = http_url(text)?;
    let origin = url.origin().ascii_serialization();
    if origin == text {
        Ok(origin)
    } else {
        Err(format!("`{text}` is not an origin; write it as {origin}"))
    }
}

/// A database URL.
pub(super) fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres:", "postgresql:", "mysql:"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("the URL must begin with sqlite:, postgres: or mysql:".to_owned())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_https_unless_loopback_and_end_with_the_path() {
        for good in [
            "https://api.example.com",
            "http://localhost:8081",
            "http://[::1]:1",
            "https://e/ats",
        ] {
            assert_eq!(identifier_url(good).unwrap(), good);
        }
        for bad in [
            "http://api.example.com",
            "https://e/",
            "https://e/?q",
            "https://e#f",
            "https://u@e",
            "ftp://e",
            "api",
        ] {
            assert!(identifier_url(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(origin("https://app.example.com").is_ok());
        let error = origin("https://app.example.com/").unwrap_err();
        assert!(
            error.contains("write it as https://app.example.com"),
            "{error}"
        );
    }

    #[test]
    fn a_wrong_database_url_is_not_repeated() {
        assert!(
            !database_url("oracle://u:password@h")
                .unwrap_err()
                .contains("password")
        );
    }
}
