//! What an instance does beside serving: follow changes, tend keys, tell logouts, prune. Each round is
//! bounded, and a failure is logged and tried again in the next.

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::{spawn, task::JoinHandle};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};

use super::follow;
use crate::context::AppState;
use crate::error::Fault;
use crate::{http, lifecycle};

const TEND_EVERY: Duration = Duration::from_secs(30);
const PRUNE_EVERY: Duration = Duration::from_mins(10);
/// The end of a session is told within this time, also when another program ended it.
const DELIVER_EVERY: Duration = Duration::from_secs(1);
const UPKEEP_EVERY: Duration = Duration::from_secs(5);
/// A round that takes longer is given up and begun anew: making a large RSA key may take a while.
const ROUND_LIMIT: Duration = Duration::from_mins(5);

/// The running tasks; dropping them stops them.
pub(super) struct Tasks(Vec<JoinHandle<()>>);

impl Tasks {
    /// Stops them and waits until they are gone, with the connections they hold.
    pub(super) async fn stop(mut self) {
        for task in std::mem::take(&mut self.0) {
            task.abort();
            // An error says that it was stopped.
            drop(task.await);
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

/// Starts the tasks of an instance.
pub(super) fn start(state: &AppState) -> Tasks {
    let called = Arc::new(Notify::new());
    Tasks(vec![
        spawn(follow::listen(state.clone(), Arc::clone(&called))),
        spawn(follow::follow(state.clone(), called)),
        every(TEND_EVERY, "tending the keys", state, tend),
        every(PRUNE_EVERY, "pruning", state, prune),
        every(DELIVER_EVERY, "telling logouts", state, deliver),
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
    spawn(async move {
        let mut report = Report::new(doing);
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            report.note(within(ROUND_LIMIT, work(state.clone())).await);
        }
    })
}

/// A round of work, given up after `limit`.
pub(super) async fn within(
    limit: Duration,
    round: impl Future<Output = Result<(), Fault>>,
) -> Result<(), Fault> {
    tokio::time::timeout(limit, round)
        .await
        .unwrap_or_else(|elapsed| Err(Fault::unavailable("waiting for the database", elapsed)))
}

/// Logs when a task begins to fail and when it works again, not each round in between.
pub(super) struct Report {
    doing: &'static str,
    is_failing: bool,
}

impl Report {
    pub(super) fn new(doing: &'static str) -> Self {
        Self {
            doing,
            is_failing: false,
        }
    }

    pub(super) fn note(&mut self, done: Result<(), Fault>) {
        let doing = self.doing;
        let was_failing = std::mem::replace(&mut self.is_failing, done.is_err());
        match done {
            Ok(()) if was_failing => tracing::info!("{doing} works again"),
            Ok(()) => {}
            Err(fault) if was_failing => {
                tracing::debug!(cause = fault.chain(), "{doing} still fails");
            }
            Err(fault) => {
                tracing::warn!(cause = fault.chain(), "{doing} failed; it is tried again");
            }
        }
    }
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

async fn deliver(state: AppState) -> Result<(), Fault> {
    lifecycle::deliver_due(&state).await
}

async fn upkeep(_state: AppState) -> Result<(), Fault> {
    http::metrics_upkeep();
    Ok(())
}
