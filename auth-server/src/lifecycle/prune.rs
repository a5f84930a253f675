//! Housekeeping: what nobody can use any more leaves in small batches, so that no transaction is long.

use std::time::Duration;

use crate::context::Services;
use crate::error::Fault;
use crate::store::{
    authorization_codes, authorization_requests, changes, clients, families, initial_tokens,
    logout_deliveries, registrations, sessions, spent_assertions, status, throttles,
};

/// Rows removed by one transaction.
const BATCH: u64 = 500;
/// An expired family stays this long, so that its replayed tokens are still recognised.
const KEEP_FAMILIES: Duration = Duration::from_hours(24);
/// A spent code stays this long after its end: a replay ends what it gave (matrix AC-05).
const KEEP_CODES: Duration = Duration::from_hours(24);
/// Whoever comes back to an old login page is told that it is too old, not that it never was.
const KEEP_REQUESTS: Duration = Duration::from_hours(1);
/// By then every try is over, or no instance has run for a day.
const KEEP_DELIVERIES: Duration = Duration::from_hours(24);
/// Instances poll changes each second; an hour is plenty for one that was suspended.
const KEEP_CHANGES: Duration = Duration::from_hours(1);
/// A list stays this long after it ended, so that a clock that jumps takes nothing from anybody.
const KEEP_LISTS: Duration = Duration::from_hours(24);
/// Throttles without a failure for this long are forgotten.
const KEEP_THROTTLES: Duration = Duration::from_hours(24 * 30);

/// Removes what has expired. Returns the number of rows removed.
///
/// # Errors
/// When the database does not answer; the next round goes on.
pub async fn prune(services: &Services) -> Result<u64, Fault> {
    let now = services.clock.now();
    let store = &services.store;
    let mut removed = 0;
    macro_rules! batches {
        ($verb:path $(, $before:expr)?) => {
            loop {
                let count = store
                    .write(async move |txn| $verb(txn $(, $before)?, BATCH).await)
                    .await?;
                removed += count;
                if count < BATCH {
                    break;
                }
            }
        };
    }
    batches!(
        authorization_requests::prune_expired,
        now.minus(KEEP_REQUESTS)
    );
    batches!(authorization_codes::prune_expired, now.minus(KEEP_CODES));
    batches!(logout_deliveries::prune, now.minus(KEEP_DELIVERIES));
    batches!(families::prune_expired, now.minus(KEEP_FAMILIES));
    batches!(sessions::prune_expired, now.minus(KEEP_FAMILIES));
    batches!(clients::prune_secrets, now);
    batches!(registrations::prune_unused, now);
    batches!(initial_tokens::prune, now);
    batches!(spent_assertions::prune, now);
    batches!(changes::prune, now.minus(KEEP_CHANGES));
    batches!(throttles::prune, now.minus(KEEP_THROTTLES));
    batches!(status::prune_blocks, now);
    batches!(status::prune_lists, now.minus(KEEP_LISTS));
    batches!(status::prune_revocations);
    Ok(removed)
}
