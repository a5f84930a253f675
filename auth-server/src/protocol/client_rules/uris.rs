//! Every URI of a registration: where browsers are sent, what we call, what people may follow.

use url::Url;

use super::RuleError;
use crate::model::{ApplicationType, Client};
use crate::protocol::redirect_uri::{self, Unfit, parse};

/// URIs of one list.
const MAX_URIS: usize = 50;

pub(super) fn check(client: &Client) -> Result<(), RuleError> {
    let metadata = &client.metadata;
    let kind = metadata.application_type;
    each("redirect_uris", &client.redirect_uris, |uri| {
        redirect_uri::check(uri, kind)
    })?;
    // RP-Initiated Logout 1.0 §3.1 allows the same kinds.
    each(
        "post_logout_redirect_uris",
        &metadata.post_logout_redirect_uris,
        |uri| redirect_uri::check(uri, kind),
    )?;
    each("audiences", &client.audiences, resource)?;
    let called = [
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
        ("jwks_uri", &metadata.jwks_uri),
        ("sector_identifier_uri", &metadata.sector_identifier_uri),
    ];
    for (member, uri) in called {
        one(member, uri.as_deref(), web)?;
    }
    one(
        "frontchannel_logout_uri",
        metadata.frontchannel_logout_uri.as_deref(),
        |uri| framed(uri, &client.redirect_uris),
    )?;
    one(
        "initiate_login_uri",
        metadata.initiate_login_uri.as_deref(),
        https,
    )?;
    let links = [
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("tos_uri", &metadata.tos_uri),
        ("policy_uri", &metadata.policy_uri),
    ];
    for (member, uri) in links {
        one(member, uri.as_deref(), web)?;
    }
    for (name, text) in &metadata.localized {
        for (member, _) in links {
            if name.split('#').next() == Some(member) {
                one(member, Some(text), web)?;
            }
        }
    }
    Ok(())
}

fn each(
    member: &'static str,
    uris: &[String],
    rule: impl Fn(&str) -> Result<(), Unfit>,
) -> Result<(), RuleError> {
    if uris.len() > MAX_URIS {
        return Err(RuleError::new(member, "has too many entries"));
    }
    uris.iter()
        .try_for_each(|uri| one(member, Some(uri), &rule))
}

fn one(
    member: &'static str,
    uri: Option<&str>,
    rule: impl Fn(&str) -> Result<(), Unfit>,
) -> Result<(), RuleError> {
    uri.map_or(Ok(()), |uri| {
        rule(uri).map_err(|Unfit(what)| RuleError::of(member, what, uri))
    })
}

/// https, or http on loopback for applications under development (matrix LO-23, GEN-28).
fn web(uri: &str) -> Result<(), Unfit> {
    let is_safe = match parse(uri)?.scheme() {
        "https" => true,
        "http" => redirect_uri::check(uri, ApplicationType::Web).is_ok(),
        _ => false,
    };
    if is_safe {
        Ok(())
    } else {
        Err(Unfit("must be an https URI; http is for loopback only"))
    }
}

/// Matrix OC-76, DCR-14.
fn https(uri: &str) -> Result<(), Unfit> {
    match parse(uri)?.scheme() {
        "https" => Ok(()),
        _ => Err(Unfit("must be an https URI")),
    }
}

/// Front-Channel Logout 1.0 §2: scheme, host and port of a redirect URI (matrix LO-31).
fn framed(uri: &str, redirect_uris: &[String]) -> Result<(), Unfit> {
    web(uri)?;
    let origin = parse(uri)?.origin();
    let is_known = redirect_uris
        .iter()
        .any(|known| Url::parse(known).is_ok_and(|known| known.origin() == origin));
    if is_known {
        Ok(())
    } else {
        Err(Unfit(
            "must have scheme, host and port of a redirect URI (Front-Channel Logout section 2)",
        ))
    }
}

/// An absolute URI without fragment (RFC 8707 §2): never a client id, which has no colon (AT-12).
fn resource(text: &str) -> Result<(), Unfit> {
    match Url::parse(text) {
        Ok(_) if !text.contains('#') && !text.contains(char::is_whitespace) => Ok(()),
        _ => Err(Unfit(
            "must be absolute URIs without fragment, such as https://jobs.example.com",
        )),
    }
}

/// The host of a web URI, loopback included; private-use schemes have none.
pub fn find_host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    match url.scheme() {
        "https" | "http" => url.host().map(|host| host.to_string()),
        _ => None,
    }
}
