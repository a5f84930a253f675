//! Redirect URIs: what may be registered, and whether one that a request names is registered
//! (RFC 9700 §2.1, §4.1.3, RFC 8252 §7; matrix AZ-05 to AZ-09, NAT-01 to NAT-05).
//!
//! Compared byte by byte, never normalised: two texts that some parser takes for the same are not.

use url::{Host, Url};

use crate::model::{ApplicationType, Client};

/// Schemes that run code or read what is local: never, not even for native applications.
const NEVER: [&str; 8] = [
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "javascript",
    "vbscript",
    "view-source",
];
/// Longest redirect URI.
const MAX_BYTES: usize = 2_048;

/// Why a text cannot be registered, as a sentence that follows the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit(pub &'static str);

impl Client {
    /// The registered redirect URI that `given` stands for: the same byte by byte, or, for a native
    /// application, the same but for the port of an http loopback address (RFC 8252 §7.3, §8.4).
    ///
    /// An answer goes to `given`, whose port is the one the application listens on.
    pub fn find_redirect_uri(&self, given: &str) -> Option<&str> {
        let is_native = self.metadata.application_type == ApplicationType::Native;
        self.redirect_uris
            .iter()
            .map(String::as_str)
            .find(|registered| matches(registered, given, is_native))
    }
}

/// Whether `given` is what was registered.
fn matches(registered: &str, given: &str, is_native: bool) -> bool {
    if registered == given {
        return true;
    }
    let Some(((host, rest), other)) = split_loopback(registered).zip(split_loopback(given)) else {
        return false;
    };
    is_native && (host, rest) == other
}

/// Host and everything after the port of an http loopback URI. Read byte by byte: whatever is not
/// written in the one plain way is no loopback URI.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let after_scheme = uri.strip_prefix("http://")?;
    let host = ["127.0.0.1", "[::1]", "localhost"]
        .into_iter()
        .find(|host| after_scheme.starts_with(host))?;
    let (host, after_host) = after_scheme.split_at(host.len());
    let rest = match after_host.strip_prefix(':') {
        Some(port) => {
            let digits = port.bytes().take_while(u8::is_ascii_digit).count();
            let (port, rest) = port.split_at(digits);
            port.parse::<u16>().ok().filter(|port| *port != 0)?;
            rest
        }
        None => after_host,
    };
    // A path or a query must follow; anything else would still be part of the authority.
    let is_over = rest.is_empty() || rest.starts_with(['/', '?']);
    (is_over && !uri.contains('#')).then_some((host, rest))
}

/// Whether a client may register `uri`: absolute, exact, without fragment; https, or http on loopback,
/// or, for a native application, a private-use scheme with a period (RFC 8252 §7.1).
///
/// # Errors
/// What is wrong with it.
pub fn check(uri: &str, application_type: ApplicationType) -> Result<(), Unfit> {
    let url = parse(uri)?;
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err(Unfit(
            "is not safe: anyone on the way reads the code. http is for loopback only",
        )),
        scheme if NEVER.contains(&scheme) => Err(Unfit("has a scheme that is never safe")),
        scheme if !scheme.contains('.') => Err(Unfit(
            "has a scheme that others may claim: private schemes are a reversed domain name, such \
             as `com.example.app:` (RFC 8252 section 7.1)",
        )),
        _ if application_type == ApplicationType::Web => Err(Unfit(
            "has a private scheme, which only a native application may use",
        )),
        _ => Ok(()),
    }
}

/// What any URI that a browser is sent to, or that we call, must be: absolute, plain ASCII, no
/// fragment, no user info, no pattern.
pub(crate) fn parse(uri: &str) -> Result<Url, Unfit> {
    if uri.len() > MAX_BYTES {
        return Err(Unfit("is too long"));
    }
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Unfit(
            "has spaces or characters that must be percent-encoded",
        ));
    }
    if uri.contains('#') {
        return Err(Unfit("must not have a fragment"));
    }
    if uri.contains('*') {
        return Err(Unfit("is a pattern; each URI is registered by itself"));
    }
    if uri.contains(['\\', '<', '>', '"', '`', '{', '}', '|', '^']) {
        return Err(Unfit("has a character that no URI has (RFC 3986)"));
    }
    let url = Url::parse(uri).map_err(|_| Unfit("must be an absolute URI"))?;
    // The parser forgives `https:evil.example`; a browser goes there too.
    let is_web = matches!(url.scheme(), "http" | "https");
    if is_web && !uri.starts_with(&format!("{}://", url.scheme())) {
        return Err(Unfit("must begin with `https://`, in lower case"));
    }
    if !url.username().is_empty() || url.password().is_some() || has_user_info(uri) {
        return Err(Unfit("must not have a user name"));
    }
    if has_dot_segment(&url, uri) {
        return Err(Unfit("must not have `.` or `..` in its path"));
    }
    Ok(url)
}

/// An `@` in the authority; the parser forgets one that nothing stands before.
fn has_user_info(uri: &str) -> bool {
    let authority = uri.split_once("://").map(|(_, rest)| rest);
    authority
        .and_then(|rest| rest.split(['/', '?']).next())
        .is_some_and(|authority| authority.contains('@'))
}

/// The parser resolves dot segments; a text that it shortens had some.
fn has_dot_segment(url: &Url, uri: &str) -> bool {
    let path = uri.split('?').next().unwrap_or_default();
    let decoded = path.to_ascii_lowercase().replace("%2e", ".");
    !url.cannot_be_a_base() && decoded.split('/').any(|part| part == "." || part == "..")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
#[path = "redirect_uri/tests.rs"]
mod tests;
