//! Reserving a block: read where the counter stands and whether the newest list still hands out, then
//! one compare-and-swap. Whoever loses reads again.

use super::lifetimes::Lifetimes;
use crate::clock::Instant;
use crate::error::Fault;
use crate::model::ClientId;
use crate::store::status::{self, LIST_SIZE, List, Reservation, Run};
use crate::store::{Store, StoreError};

const DOING: &str = "reserving places in the status list";
/// Each loser has a winner that goes away: a few instances that start at once need a few rounds.
const ROUNDS: usize = 64;

/// A block and the list it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reserved {
    pub(super) run: Run,
    pub(super) list: List,
}

/// Reserves `size` indexes, in the newest list or in a new one.
///
/// # Errors
/// When the database does not answer, or the client is gone.
pub(super) async fn reserve(
    store: &Store,
    lifetimes: Lifetimes,
    client: Option<&ClientId>,
    (size, now): (i64, Instant),
) -> Result<Reserved, Fault> {
    for _ in 0..ROUNDS {
        let seen = status::next_free(store.read()).await?;
        let newest = status::lists(store.read()).await?.last().copied();
        let current = newest.filter(|list| {
            let is_here = list.number == seen.div_euclid(LIST_SIZE);
            let has_room = seen.rem_euclid(LIST_SIZE) + size <= LIST_SIZE;
            is_here && has_room && now < lifetimes.hands_out_until(*list)
        });
        let list = current.unwrap_or_else(|| {
            let number = seen.div_euclid(LIST_SIZE) + i64::from(seen.rem_euclid(LIST_SIZE) > 0);
            lifetimes.open(number, now)
        });
        let first = if current.is_some() {
            seen
        } else {
            list.number * LIST_SIZE
        };
        let run = Run { first, size };
        let reservation = Reservation {
            seen,
            block: run,
            client: client.cloned(),
            list,
            opens_list: current.is_none(),
            at: now,
        };
        let done = store
            .write(async move |txn| status::reserve(txn, &reservation).await)
            .await;
        match done {
            Ok(true) => return Ok(Reserved { run, list }),
            Ok(false) => {}
            // Switched off since this instance last looked; the next try is refused at the door.
            Err(error @ StoreError::Missing(_)) => return Err(Fault::unavailable(DOING, error)),
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::overloaded(DOING))
}
