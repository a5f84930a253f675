//! Changes made by other instances or the command line come into force here (design §5 "Fan-out"):
//! looked for each second, and at once where the database calls.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant as Monotonic, MissedTickBehavior, interval};

use super::tasks::{Report, within};
use crate::context::AppState;
use crate::error::Fault;

/// A change is in force within two of these.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A look that takes longer is given up: the connection may be dead without anybody saying so.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

/// Follows until it is aborted. `called` is notified by [`listen`].
pub(super) async fn follow(state: AppState, called: Arc<Notify>) {
    let mut report = Report::new("following changes");
    // It opened a moment ago, from what the database said.
    let now = state.clock.now();
    state.revocation.note_sight(Monotonic::now(), now);
    let mut follower = Follower {
        state,
        is_more_due: false,
    };
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = called.notified() => {}
        }
        let (began, at) = (Monotonic::now(), follower.state.clock.now());
        let done = within(LOOK_LIMIT, follower.look()).await;
        if done.is_ok() {
            follower.state.revocation.note_sight(began, at);
        } else {
            follower.state.store.revive().await;
        }
        report.note(done);
    }
}

/// Passes on the calls of the database, where it makes any.
pub(super) async fn listen(state: AppState, called: Arc<Notify>) {
    state.store.for_each_nudge(|| called.notify_one()).await;
}

struct Follower {
    state: AppState,
    /// The change log has been read further than revocations and keys.
    is_more_due: bool,
}

impl Follower {
    async fn look(&mut self) -> Result<(), Fault> {
        if self.state.directory.refresh().await? {
            self.is_more_due = true;
        }
        if self.is_more_due {
            self.state.revocation.refresh().await?;
            self.state.keys.reload(self.state.clock.now()).await?;
            self.is_more_due = false;
        }
        Ok(())
    }
}
