//! What an instance does beside serving: follow changes, tend keys, prune. Each round is bounded, and
//! a failure is logged and tried again in the next.

use std::time::Duration;

use actix_web::rt::task::JoinHandle;

use crate::context::AppState;
use crate::error::Fault;
use crate::{http, lifecycle};

/// Changes made elsewhere are in force within two of these (design §5, fan-out).
const FOLLOW_EVERY: Duration = Duration::from_secs(1);
const TEND_EVERY: Duration = Duration::from_secs(30);
const PRUNE_EVERY: Duration = Duration::from_mins(10);
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The running tasks; dropping them stops them.
pub(super) struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// Starts the tasks of an instance.
pub(super) fn start(state: &AppState) -> Tasks {
    Tasks(vec![
        every(FOLLOW_EVERY, "following changes", state, follow),
        every(TEND_EVERY, "tending the keys", state, tend),
        every(PRUNE_EVERY, "pruning", state, prune),
        every(UPKEEP_EVERY, "metrics upkeep", state, upkeep),
    ])
}

fn every<F>(
    period: Duration,
    doing: &'static str,
    state: &AppState,
    work: impl Fn(AppState) -> F + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<(), Fault>> + 'static,
{
    let state = state.clone();
    actix_web::rt::spawn(async move {
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(fault) = work(state.clone()).await {
                tracing::warn!(cause = fault.chain(), "{doing} failed; it is tried again");
            }
        }
    })
}

async fn follow(state: AppState) -> Result<(), Fault> {
    if state.directory.refresh().await? {
        state.keys.reload(state.clock.now()).await?;
    }
    Ok(())
}

async fn tend(state: AppState) -> Result<(), Fault> {
    state.keys.tend(state.clock.now()).await.map(drop)
}

async fn prune(state: AppState) -> Result<(), Fault> {
    let removed = lifecycle::prune(&state).await?;
    if removed > 0 {
        tracing::info!(rows = removed, "pruned");
    }
    Ok(())
}

async fn upkeep(_state: AppState) -> Result<(), Fault> {
    http::metrics_upkeep();
    Ok(())
}
