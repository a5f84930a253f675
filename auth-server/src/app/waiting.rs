//! Until the services are there: a waiting room answers on the sockets, and opening is tried again
//! with growing pauses (docs/decisions/0008). A mistake in the configuration ends it at once.

use std::time::Duration;

use actix_web::dev::ServerHandle;

use super::open::{self, Ambient};
use super::sockets::Sockets;
use super::{demo, servers};
use crate::context::AppState;
use crate::error::{Fault, FaultKind};
use crate::http::Obstacle;
use crate::random::Random;
use crate::settings::Settings;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Short enough to be back within five seconds after the cause has gone.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A start that takes no longer needs no waiting room: who comes early waits in the socket's queue and
/// is answered by the real server.
const USUAL_START: Duration = Duration::from_secs(2);

/// Opens the services, as often as it takes while what they need is away.
///
/// # Errors
/// What waiting does not mend, and a waiting room that cannot be opened.
pub(super) async fn open(
    settings: &Settings,
    ambient: &Ambient,
    sockets: &Sockets,
) -> Result<AppState, Fault> {
    let mut attempt = Box::pin(open_with_demo(settings.clone(), ambient.clone()));
    let early = match tokio::time::timeout(USUAL_START, &mut attempt).await {
        Ok(Err(fault)) if fault.kind != FaultKind::Broken => Some(fault),
        Ok(done) => return done,
        Err(_) => None,
    };
    let room = WaitingRoom::enter(settings, sockets)?;
    let done = match early {
        Some(fault) => room.retry(settings, ambient, fault).await,
        None => match attempt.await {
            Err(fault) if fault.kind != FaultKind::Broken => {
                room.retry(settings, ambient, fault).await
            }
            done => done,
        },
    };
    room.leave().await;
    done
}

/// The server that says "not yet".
struct WaitingRoom {
    obstacle: Obstacle,
    server: ServerHandle,
}

impl WaitingRoom {
    fn enter(settings: &Settings, sockets: &Sockets) -> Result<Self, Fault> {
        let obstacle = Obstacle::default();
        let server = servers::waiting_room(settings, sockets, &obstacle)?;
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok(Self {
            obstacle,
            server: handle,
        })
    }

    async fn retry(
        &self,
        settings: &Settings,
        ambient: &Ambient,
        mut fault: Fault,
    ) -> Result<AppState, Fault> {
        let mut pause = FIRST_PAUSE;
        let mut told = String::new();
        loop {
            self.obstacle.put(fault.doing);
            let cause = fault.chain();
            if cause == told {
                tracing::debug!(cause, "still not ready");
            } else {
                tracing::warn!(cause, "not ready; it is tried again until it works");
                told = cause;
            }
            tokio::time::sleep(jittered(pause, &ambient.random)).await;
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            fault = match open_with_demo(settings.clone(), ambient.clone()).await {
                Err(fault) if fault.kind != FaultKind::Broken => fault,
                done => return done,
            };
        }
    }

    /// Answers who is inside and closes. Awaited: until it is over, this server may still take
    /// connections from the shared sockets, and it would drop them unanswered.
    async fn leave(self) {
        self.server.stop(true).await;
    }
}

async fn open_with_demo(settings: Settings, ambient: Ambient) -> Result<AppState, Fault> {
    let state = Box::pin(open::open(settings, ambient)).await?;
    if state.settings.mode.is_dev() {
        Box::pin(demo::ensure(&state)).await?;
    }
    open::warn_of_password_grant(&state).await?;
    Ok(state)
}

/// Half of it to all of it: instances that lost the same database must not come back in step.
fn jittered(pause: Duration, random: &Random) -> Duration {
    let [byte] = random.bytes::<1>();
    pause.mul_f64(0.5 + f64::from(byte) / 510.0)
}
