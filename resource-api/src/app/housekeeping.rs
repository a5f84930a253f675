//! What has to be done now and then: forgetting old idempotency keys, sorting metrics samples.

use std::time::Duration;

use actix_web::web::Data;
use tokio::time::MissedTickBehavior;

use super::State;
use crate::idempotency;

const EVERY: Duration = Duration::from_mins(1);

/// Runs until the task is aborted. Each instance does it; deleting twice is harmless.
pub(super) async fn run(state: Data<State>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        state.metrics.upkeep();
        match idempotency::store::prune(&state.db, state.clock.now()).await {
            Ok(0) => {}
            Ok(pruned) => tracing::debug!(pruned, "old idempotency keys forgotten"),
            Err(cause) => tracing::warn!(%cause, "old idempotency keys could not be deleted"),
        }
    }
}
