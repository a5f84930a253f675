//! What makes a registration sensible, whoever made it (RFC 9700 §2.1, RFC 8252 §7; matrix CC-01,
//! AT-12, DEC-15, NAT-04). Each error is a sentence that says what to do.

use url::{Host, Url};

use crate::model::{Client, ClientKind, GrantType};

/// Longest client id.
const MAX_ID: usize = 64;

/// A client id that cannot be mistaken for a user's `sub` or for a resource (DEC-15, AT-12).
pub(super) fn check_id(id: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(is_plain) {
        return Err(format!(
            "`{id}` cannot be a client id: 1 to {MAX_ID} of letters, digits, `-`, `_`, `.`, `~`."
        ));
    }
    if uuid::Uuid::try_parse(id).is_ok() {
        return Err(format!(
            "`{id}` cannot be a client id: ids of users look like that."
        ));
    }
    Ok(())
}

/// The whole registration.
pub(super) fn check(client: &Client) -> Result<(), String> {
    let is_public = client.kind == ClientKind::Public;
    if is_public && client.may_use(GrantType::ClientCredentials) {
        return Err(
            "A public client cannot use client_credentials: it has nothing to prove who it \
                    is with (RFC 6749 section 4.4)."
                .to_owned(),
        );
    }
    if client.may_use(GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        return Err("authorization_code needs at least one --redirect-uri.".to_owned());
    }
    let begins = [GrantType::AuthorizationCode, GrantType::Password];
    if client.may_use(GrantType::RefreshToken) && !begins.iter().any(|grant| client.may_use(*grant))
    {
        return Err(
            "refresh_token needs a grant that begins a session: authorization_code or \
                    password."
                .to_owned(),
        );
    }
    if !client.default_scopes.is_subset(&client.scopes) {
        return Err("--default-scope must be part of --scope.".to_owned());
    }
    if !client.grant_types.is_empty() && client.audiences.is_empty() {
        return Err(
            "Tokens need an --audience: the resource they are for (RFC 9068 section 3).".to_owned(),
        );
    }
    client
        .redirect_uris
        .iter()
        .chain(&client.metadata.post_logout_redirect_uris)
        .try_for_each(|uri| check_redirect_uri(uri))?;
    client
        .audiences
        .iter()
        .try_for_each(|audience| check_audience(audience))
}

/// Absolute, exact, no fragment; http on loopback only; private-use schemes with a dot.
fn check_redirect_uri(text: &str) -> Result<(), String> {
    let uri = Url::parse(text)
        .map_err(|_| format!("`{text}` is not a redirect URI: it must be absolute."))?;
    if text.contains('#') {
        return Err(format!(
            "`{text}` is not a redirect URI: it must not have a fragment."
        ));
    }
    if text.contains('*')
        || text
            .chars()
            .any(|one| one.is_whitespace() || one.is_control())
    {
        return Err(format!(
            "`{text}` is not a redirect URI: patterns and spaces are not allowed."
        ));
    }
    match uri.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&uri) => Ok(()),
        "http" => Err(format!(
            "`{text}` is not safe: anyone on the way reads the code. http is for loopback only."
        )),
        scheme if scheme.contains('.') => Ok(()),
        scheme => Err(format!(
            "`{scheme}:` is not safe as a redirect URI; private schemes are a reversed domain name \
             such as `com.example.app:` (RFC 8252 section 7.1)."
        )),
    }
}

fn is_loopback(uri: &Url) -> bool {
    match uri.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An absolute URI without fragment (RFC 8707 §2): never a client id, which has no colon.
fn check_audience(text: &str) -> Result<(), String> {
    match Url::parse(text) {
        Ok(_) if !text.contains('#') && !text.contains(char::is_whitespace) => Ok(()),
        _ => Err(format!(
            "`{text}` is not a resource: it must be an absolute URI without fragment, such as \
             https://jobs.example.com."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NAT-04, RFC 9700 §2.1
    #[test]
    fn nat_04_redirect_uris_are_exact_and_safe() {
        for good in [
            "https://app.example.com/cb?x=1",
            "http://127.0.0.1:3000/callback",
            "http://[::1]/cb",
            "http://localhost:8081/docs/oauth2-redirect.html",
            "com.example.app:/oauth2redirect",
        ] {
            assert_eq!(check_redirect_uri(good), Ok(()), "{good}");
        }
        for bad in [
            "/cb",
            "https://app.example.com/cb#x",
            "https://*.example.com/cb",
            "http://app.example.com/cb",
            "http://localhost.example.com/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/cb",
        ] {
            assert!(check_redirect_uri(bad).is_err(), "{bad}");
        }
    }

    /// AT-12, DEC-15
    #[test]
    fn at_12_no_client_id_is_a_resource_or_a_user_id() {
        for good in ["ats-web", "c_8sQ", "a.b~c"] {
            assert_eq!(check_id(good), Ok(()));
            assert!(check_audience(good).is_err());
        }
        for bad in [
            "",
            "https://api.example.com",
            "a:b",
            "a b",
            "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        ] {
            assert!(check_id(bad).is_err(), "{bad}");
        }
        assert!(check_id(&"x".repeat(65)).is_err());
    }
}
