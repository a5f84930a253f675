//! What the text of a URL must be before anything is resolved (matrix GEN-28).

use std::net::IpAddr;

use url::{Host, Url};

use super::OutgoingError;
use super::resolve::is_allowed;

/// https with a host and without user name; an address in the text is judged like one of a name.
/// http is for loopback, where `allow_private` is on.
pub(super) fn require(text: &str, allow_private: bool) -> Result<Url, OutgoingError> {
    let url = Url::parse(text).map_err(|_| OutgoingError::Url)?;
    let host = url.host().ok_or(OutgoingError::Url)?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_safe =
        url.scheme() == "https" || (url.scheme() == "http" && allow_private && is_loopback(&host));
    if !is_plain || !is_safe {
        return Err(OutgoingError::Url);
    }
    let is_reachable = match host {
        // RFC 6761 §6.3: such names mean this machine, whatever a name server says.
        Host::Domain(name) => allow_private || !is_localhost(name),
        Host::Ipv4(address) => is_allowed(IpAddr::V4(address), allow_private),
        Host::Ipv6(address) => is_allowed(IpAddr::V6(address), allow_private),
    };
    if is_reachable {
        Ok(url)
    } else {
        Err(OutgoingError::Forbidden)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_localhost(name),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The parser has made the name lower case.
fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str, allow_private: bool) -> &'static str {
        match require(text, allow_private) {
            Ok(_) => "ok",
            Err(OutgoingError::Url) => "url",
            Err(_) => "forbidden",
        }
    }

    /// SS-01, in every spelling of an inner address that a URL parser knows.
    #[test]
    fn ss_01_an_inner_address_in_the_text_is_refused_in_every_spelling() {
        for text in [
            "https://127.0.0.1/jwks",
            "https://127.1/jwks",
            "https://2130706433/jwks",
            "https://0x7f.0.0.1/jwks",
            "https://0177.0.0.1/jwks",
            "https://127.0.0.1:8443/jwks",
            "https://[::1]/jwks",
            "https://[::ffff:127.0.0.1]/jwks",
            "https://[64:ff9b::7f00:1]/jwks",
            "https://10.0.0.1/jwks",
            "https://169.254.169.254/latest/meta-data",
            "https://[fe80::1]/jwks",
            "https://localhost/jwks",
            "https://LOCALHOST./jwks",
            "https://app.localhost/jwks",
            "https://\u{ff11}27.0.0.1/jwks",
        ] {
            assert_eq!(judge(text, false), "forbidden", "{text}");
        }
        assert_eq!(judge("https://keys.example.com:8443/jwks?x=1", false), "ok");
        assert_eq!(judge("https://1.1.1.1/jwks", false), "ok");
    }

    /// GEN-28: https only; http on loopback with the switch.
    #[test]
    fn gen_28_other_schemes_and_user_names_are_refused() {
        for text in [
            "http://keys.example.com/jwks",
            "http://10.0.0.1/jwks",
            "file:///etc/passwd",
            "gopher://keys.example.com/",
            "ftp://keys.example.com/",
            "data:application/json,{}",
            "https://user@keys.example.com/",
            "https://user:pass@keys.example.com/",
            "//keys.example.com/jwks",
            "keys.example.com",
            "",
        ] {
            assert_eq!(judge(text, false), "url", "{text}");
            assert_eq!(judge(text, true), "url", "{text}");
        }
        for text in [
            "http://127.0.0.1:9/x",
            "http://localhost:9/x",
            "http://[::1]:9/x",
            "https://10.0.0.1/x",
        ] {
            assert_eq!(judge(text, true), "ok", "{text}");
            assert_ne!(judge(text, false), "ok", "{text}");
        }
        assert_eq!(judge("https://169.254.169.254/", true), "forbidden");
    }
}
