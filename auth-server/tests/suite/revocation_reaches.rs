//! What is revoked here is refused there, by services that never ask about a single token: each cause,
//! and how long it takes while fifty verifiers serve traffic (matrix TSL-24, attack RS-04).
//!
//! Everything is on the time of the machine: it is what these tests measure.

#[expect(
    dead_code,
    reason = "shared with the verifier's own tests, which use the rest"
)]
#[path = "../../../shared-claims/tests/injector/mod.rs"]
mod injector;

mod browser;
mod causes;
mod fifty;

use std::time::Duration;

use crate::support::World;

/// How long lists may be cached in these tests.
const TTL: Duration = Duration::from_secs(1);

/// An authorization server whose issuer is where it really listens.
async fn issuer() -> World {
    let port = crate::together::free_port();
    let world = World::with(|inputs| {
        inputs
            .with("issuer", format!("http://127.0.0.1:{port}"))
            .with("listen", format!("127.0.0.1:{port}"))
            .with("revocation.status_ttl", format!("{}s", TTL.as_secs()))
    })
    .await;
    world.clock.set(auth_server::clock::Clock::System.now());
    world
}
