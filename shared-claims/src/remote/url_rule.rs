//! Which addresses keys are fetched from: https, or plain http on the machine itself.
//!
//! Whoever can change the keys on their way can sign tokens. An operator may state that a network
//! between services is trusted; nobody else can.

use url::{Host, Url};

/// Reads an address and refuses what keys must not be fetched from.
pub(super) fn require_safe(text: &str, allow_plain_http: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let safe = match url.scheme() {
        "https" => true,
        "http" => allow_plain_http || is_loopback(&url),
        _ => false,
    };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (safe && plain && url.has_host()).then_some(url)
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
    fn plain_http_is_for_this_machine_only() {
        for text in [
            "https://auth.example.com/keys",
            "http://localhost:8080/keys",
            "http://127.0.0.1:1/keys",
            "http://[::1]/keys",
            "http://auth.localhost/keys",
        ] {
            assert!(require_safe(text, false).is_some(), "{text}");
        }
        for text in [
            "http://auth.example.com/keys",
            "http://localhost.example.com/keys",
            "http://10.0.0.1/keys",
            "http://127.0.0.1.example.com/",
        ] {
            assert!(require_safe(text, false).is_none(), "{text}");
            assert!(require_safe(text, true).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused_in_any_case() {
        for text in [
            "",
            "auth.example.com",
            "/keys",
            "file:///etc/passwd",
            "data:application/json,{}",
            "https://user:secret@auth.example.com/",
            "https://auth.example.com/#keys",
            "https://",
        ] {
            assert!(require_safe(text, true).is_none(), "{text}");
        }
    }
}
