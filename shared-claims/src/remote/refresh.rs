//! The task that keeps the key set fresh. It alone fetches, and it never ends by itself.

use std::{sync::Arc, time::Duration};

use super::{
    FetchFailure,
    backoff::{Backoff, jittered, refresh_after},
    shared::Shared,
    source::{Fetched, Source},
};
use crate::verify::KeySet;

/// Fetches, waits until the set is due or wanted, and fetches again.
pub(super) async fn keep_fresh(shared: Arc<Shared>, mut source: Source) {
    let mut backoff = Backoff::FIRST_LOAD;
    loop {
        let wait = match attempt(&shared, &mut source).await {
            Ok(max_age) => {
                backoff = Backoff::REFRESH;
                // Twice within the time the set may go unconfirmed, however long it is fresh.
                refresh_after(max_age).min(shared.freshness.max_staleness / 2)
            }
            Err(failure) => {
                let wait = backoff.step();
                report(&shared, failure, wait);
                wait
            }
        };
        tokio::select! {
            () = shared.clock.sleep(jittered(wait)) => {}
            () = shared.wanted.notified() => {}
        }
    }
}

/// One attempt, seen by those who wait for it. Returns how long the set stays fresh.
async fn attempt(shared: &Shared, source: &mut Source) -> Result<Duration, FetchFailure> {
    // What was true when we asked is not fresher than that, and older when a cache answered.
    let asked_at = shared.clock.monotonic();
    shared.gate.attempted(asked_at);
    shared.stats.keys.count_fetch();
    shared
        .attempts
        .send_modify(|attempts| attempts.running = true);
    let outcome = match source.fetch(asked_at).await {
        Ok(Fetched::Same(timing)) => {
            shared.confirm(asked_at.saturating_sub(timing.age));
            shared.stats.keys.count_not_modified();
            Ok(timing.max_age)
        }
        Ok(Fetched::New { keys, timing }) => {
            take(shared, keys, asked_at.saturating_sub(timing.age));
            shared.stats.keys.count_replaced();
            Ok(timing.max_age)
        }
        Err(failure) => {
            shared.stats.keys.count_failure(failure);
            Err(failure)
        }
    };
    shared.attempts.send_modify(|attempts| {
        attempts.running = false;
        attempts.finished += 1;
        attempts.succeeded += u64::from(outcome.is_ok());
    });
    outcome
}

fn take(shared: &Shared, keys: KeySet, confirmed_at: Duration) {
    let ids = keys.key_ids().collect::<Vec<_>>().join(" ");
    let skipped = keys.skipped().len();
    if shared.replace(keys, confirmed_at) {
        tracing::info!(
            issuer = shared.issuer,
            key.ids = ids,
            key.skipped = skipped,
            "new key set"
        );
    }
}

fn report(shared: &Shared, failure: FetchFailure, wait: Duration) {
    tracing::warn!(
        issuer = shared.issuer,
        reason = failure.as_str(),
        detail = %failure,
        age_seconds = shared.age().map(|age| age.as_secs()),
        retry_in_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        "key set not refreshed, the last good one stays"
    );
}
