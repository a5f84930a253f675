//! `healthcheck`: asks the service on this machine, for `HEALTHCHECK` of a container without a shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use super::failure::Failure;
use super::output;
use crate::settings::Settings;

const TIMEOUT: Duration = Duration::from_secs(4);

pub(super) async fn check(settings: &Settings, live: bool) -> Result<(), Failure> {
    let path = if live { "livez" } else { "readyz" };
    let url = format!("http://{}/{path}", reachable(settings.listen));
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .no_proxy()
        .build()
        .map_err(|cause| Failure::Failed(cause.into()))?;
    let response = client
        .get(&url)
        .send()
        .await
        .map_err(|cause| Failure::Failed(cause.into()))?;
    let status = response.status();
    let body = response
        .text()
        .await
        .map_err(|cause| Failure::Failed(cause.into()))?;
    if status.is_success() {
        output::line(&body);
        Ok(())
    } else {
        Err(Failure::Found(format!("{url} answers {status}: {body}")))
    }
}

/// An unspecified address is listened on, but cannot be called.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
