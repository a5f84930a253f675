//! Who is calling: the connection's peer, or what a trusted proxy says of it
//! (matrix GEN-21; attack LC-07).

use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest};

use super::access_log::RequestId;
use crate::context::{AppState, RequestContext};
use crate::settings::TrustedProxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What this request carries down to the slices; reads the clock once.
pub(super) fn context(request: &HttpRequest, state: &AppState) -> RequestContext {
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(|id| id.0.clone());
    RequestContext {
        now: state.clock.now(),
        request_id: id.unwrap_or_default(),
        peer: address(request, &state.settings.trusted_proxies),
        state: state.clone(),
    }
}

/// Every value of `Authorization`, as bytes.
pub(super) fn authorization_headers(request: &HttpRequest) -> Vec<&[u8]> {
    request
        .headers()
        .get_all(AUTHORIZATION)
        .map(HeaderValue::as_bytes)
        .collect()
}

fn address(request: &HttpRequest, trusted: &TrustedProxies) -> IpAddr {
    // A Unix socket has no address; nothing listens on one today.
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    origin(canonical(peer), request.headers(), trusted)
}

/// Walks `X-Forwarded-For` from the right while the hop is a trusted proxy. An entry that does not
/// parse ends the walk at the last hop that was believed.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let mut believed = peer;
    if !trusted.contains(believed) {
        return believed;
    }
    let lines: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .filter_map(|value| value.to_str().ok())
        .collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(hop) = entry.trim().parse::<IpAddr>() else {
            return believed;
        };
        believed = canonical(hop);
        if !trusted.contains(believed) {
            return believed;
        }
    }
    believed
}

/// `::ffff:192.0.2.1` and `192.0.2.1` are one caller.
fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}
