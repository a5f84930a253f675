//! `healthcheck`: asks the server of this configuration over its own listener, so that an image
//! needs no other program for its health check.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use super::workbench::block_on;
use crate::settings::{Mode, Settings};

/// Arguments of `healthcheck`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Ask only whether the process answers (`/livez`), not whether it can serve (`/readyz`).
    #[arg(long)]
    live: bool,
    /// How long to wait for the answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    timeout: u64,
}

/// Asks; succeeds on 200.
pub(super) fn run(globals: &Globals, args: &Args) -> Result<(), Failure> {
    let settings = globals.load(Mode::Tool)?.settings;
    let url = url(&settings, if args.live { "/livez" } else { "/readyz" });
    block_on(async {
        let response = client(Duration::from_secs(args.timeout))?
            .get(&url)
            .send()
            .await
            .map_err(|error| {
                Failure::failed(format!("{url} does not answer: {}.", innermost(&error)))
            })?;
        if response.status().is_success() {
            output::text(&format!("{url} answers {}", response.status()))
        } else {
            let status = response.status();
            let body = response.text().await.unwrap_or_default();
            Err(Failure::failed(format!("{url} answers {status}: {body}")))
        }
    })
}

/// What the system said, without the layers around it.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.last().map(ToString::to_string).unwrap_or_default()
}

/// The health of a server is where its metrics are; the management listener speaks plain HTTP.
fn url(settings: &Settings, path: &str) -> String {
    let (scheme, listen) = match settings.management.listen {
        Some(listen) => ("http", listen),
        None if settings.tls.certificate.is_some() => ("https", settings.listen),
        None => ("http", settings.listen),
    };
    format!("{scheme}://{}{path}", reachable(listen))
}

/// An address that listens everywhere is asked on the loopback one.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The certificate is for the public name, not for this address: it is not checked. Nothing secret
/// is sent.
fn client(timeout: Duration) -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_danger_accept_invalid_certs(true)
        .timeout(timeout)
        .build()
        .map_err(|error| Failure::failed(format!("Cannot prepare the request: {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Inputs, load};

    #[test]
    fn the_server_is_asked_where_it_can_be_reached() {
        for (key, value, expected) in [
            ("listen", "0.0.0.0:80", "http://127.0.0.1:80/livez"),
            ("listen", "[::]:80", "http://[::1]:80/livez"),
            ("listen", "192.0.2.1:80", "http://192.0.2.1:80/livez"),
            (
                "management.listen",
                "127.0.0.1:9",
                "http://127.0.0.1:9/livez",
            ),
        ] {
            let loaded = load(&Inputs::new(Mode::Tool).with(key, value)).unwrap();
            assert_eq!(url(&loaded.settings, "/livez"), expected);
        }
    }
}
