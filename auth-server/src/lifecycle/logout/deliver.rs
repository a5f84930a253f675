//! Telling clients of the end of a session (Back-Channel Logout 1.0 §2.5, §2.8; matrix LO-20, LO-24;
//! attack SS-04): from the outbox, by whichever instance takes a delivery first, a bounded number of times.

use std::time::Duration;

use futures_util::future::join_all;

use crate::audit::{self, Actor, Event, Outcome};
use crate::context::AppState;
use crate::error::Fault;
use crate::issue;
use crate::outgoing::OutgoingError;
use crate::store::logout_deliveries::{self, Delivery};

/// A delivery that was taken is free again after this: longer than a call may take.
pub(super) const LEASE: Duration = Duration::from_secs(15);
/// Pauses after the tries that failed; after one more the client is given up.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
    Duration::from_mins(30),
];
/// Deliveries of one round.
const BATCH: u64 = 64;
/// The user who logs out waits this long for the first tries (matrix LO-07).
const PATIENCE: Duration = Duration::from_secs(5);
/// In a crowd somebody is always slow: with more clients than this the user waits less (attack SS-04).
const CROWD: usize = 8;
const PATIENCE_WITH_A_CROWD: Duration = Duration::from_millis(500);

/// What became of a try.
enum Told {
    /// The client knows.
    Yes,
    /// The client is gone, or does not want to be told any more.
    NeedNot,
    /// Another try may end differently.
    NotYet(String),
    /// Another try would end in the same way.
    Never(String),
}

/// Tells these clients at once, all at the same time, and waits for a while. What takes longer goes on
/// behind the answer to the browser; what fails is tried again by [`deliver_due`].
pub(super) async fn first_tries(state: &AppState, deliveries: Vec<Delivery>) {
    if deliveries.is_empty() {
        return;
    }
    let patience = if deliveries.len() > CROWD {
        PATIENCE_WITH_A_CROWD
    } else {
        PATIENCE
    };
    let state = state.clone();
    let tries = tokio::spawn(async move {
        if let Err(fault) = deliver_all(&state, deliveries).await {
            tracing::warn!(
                cause = fault.chain(),
                "a logout is told later than it should be"
            );
        }
    });
    // Neither a long wait nor a task that died keeps the user: the outbox remembers.
    drop(tokio::time::timeout(patience, tries).await);
}

/// Tells the clients whose time has come. A round of every instance's housekeeping.
///
/// # Errors
/// When the database does not answer; the next round goes on.
pub async fn deliver_due(state: &AppState) -> Result<(), Fault> {
    let now = state.clock.now();
    let due = logout_deliveries::due(state.store.read(), now, BATCH).await?;
    deliver_all(state, due).await
}

async fn deliver_all(state: &AppState, deliveries: Vec<Delivery>) -> Result<(), Fault> {
    let tries = deliveries
        .into_iter()
        .map(|delivery| deliver(state, delivery));
    join_all(tries).await.into_iter().collect()
}

async fn deliver(state: &AppState, found: Delivery) -> Result<(), Fault> {
    let until = state.clock.now().plus(LEASE);
    let delivery = Delivery {
        tries: found.tries.saturating_add(1),
        ..found.clone()
    };
    let is_ours = state
        .store
        .write(async move |txn| logout_deliveries::take(txn, &found, until).await)
        .await?;
    if !is_ours {
        return Ok(());
    }
    let told = call(state, &delivery).await?;
    settle(state, delivery, told).await
}

async fn call(state: &AppState, delivery: &Delivery) -> Result<Told, Fault> {
    let found = state.directory.find_client(&delivery.client_id).await?;
    let Some(client) = found.filter(|client| client.disabled_at.is_none()) else {
        return Ok(Told::NeedNot);
    };
    let Some(uri) = &client.metadata.backchannel_logout_uri else {
        return Ok(Told::NeedNot);
    };
    let whose = (&delivery.user_id, &delivery.session_id);
    let token = issue::logout_token(state, &client, whose, state.clock.now())?;
    let form = [("logout_token", token.expose())];
    Ok(judge(state.outgoing.post_form(uri, &form).await))
}

/// 200 is the answer of a client that has logged the user out; some frameworks make 204 of it (§2.8).
fn judge(answer: Result<u16, OutgoingError>) -> Told {
    let error = match answer {
        Ok(200 | 204) => return Told::Yes,
        Ok(status) => OutgoingError::Status(status),
        Err(error) => error,
    };
    if error.is_passing() {
        Told::NotYet(error.to_string())
    } else {
        Told::Never(error.to_string())
    }
}

async fn settle(state: &AppState, delivery: Delivery, told: Told) -> Result<(), Fault> {
    let (cause, pause) = match told {
        Told::Yes => return remove(state, delivery, "told").await,
        Told::NeedNot => return remove(state, delivery, "not_wanted").await,
        Told::NotYet(cause) => (cause, pause_after(delivery.tries)),
        Told::Never(cause) => (cause, None),
    };
    let (client_id, tried) = (&delivery.client_id, delivery.tries);
    if let Some(pause) = pause {
        tracing::info!(%client_id, cause, tried, "a client could not be told of a logout yet");
        put_back(state, delivery, pause).await
    } else {
        tracing::warn!(%client_id, cause, tried, "a client could not be told of a logout");
        give_up(state, delivery, &cause).await
    }
}

/// Until the next try; `None` after the last.
fn pause_after(tries: u32) -> Option<Duration> {
    let index = usize::try_from(tries.saturating_sub(1)).ok()?;
    PAUSES.get(index).copied()
}

async fn remove(state: &AppState, delivery: Delivery, outcome: &'static str) -> Result<(), Fault> {
    count(outcome);
    let removed = state
        .store
        .write(async move |txn| logout_deliveries::remove(txn, &delivery).await);
    Ok(removed.await.map(drop)?)
}

async fn put_back(state: &AppState, delivery: Delivery, pause: Duration) -> Result<(), Fault> {
    count("put_back");
    let at = state.clock.now().plus(pause);
    let done = state
        .store
        .write(async move |txn| logout_deliveries::put_back(txn, &delivery, at).await);
    Ok(done.await.map(drop)?)
}

/// The client may go on believing that the user is logged in: that is on record.
async fn give_up(state: &AppState, delivery: Delivery, cause: &str) -> Result<(), Fault> {
    count("given_up");
    let detail = serde_json::json!({
        "sid": delivery.session_id.as_str(), "tries": delivery.tries, "cause": cause,
    });
    let server = Actor::server(state.clock.now());
    let event = Event {
        outcome: Outcome::Refused,
        client_id: Some(delivery.client_id.as_str().to_owned()),
        user_id: Some(delivery.user_id.as_str().to_owned()),
        ..server.event(&state.random, "logout.give_up", detail)
    };
    let row = event.clone();
    let is_ours = state
        .store
        .write(async move |txn| {
            let is_ours = logout_deliveries::remove(txn, &delivery).await?;
            if is_ours {
                audit::record(txn, &row).await?;
            }
            Ok(is_ours)
        })
        .await?;
    if is_ours {
        event.log();
    }
    Ok(())
}

fn count(outcome: &'static str) {
    metrics::counter!("auth_logout_deliveries_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LO-24: no retransmission but after faults that pass.
    #[test]
    fn lo_24_only_faults_that_pass_are_tried_again() {
        for status in [200, 204] {
            assert!(matches!(judge(Ok(status)), Told::Yes), "{status}");
        }
        for status in [429, 500, 502, 503] {
            assert!(matches!(judge(Ok(status)), Told::NotYet(_)), "{status}");
        }
        for status in [201, 301, 302, 400, 401, 404] {
            assert!(matches!(judge(Ok(status)), Told::Never(_)), "{status}");
        }
        assert!(matches!(
            judge(Err(OutgoingError::TimedOut)),
            Told::NotYet(_)
        ));
        assert!(matches!(
            judge(Err(OutgoingError::Forbidden)),
            Told::Never(_)
        ));
    }

    /// A lease that ends while the call still runs would tell a client twice.
    #[test]
    fn the_lease_is_longer_than_the_users_patience() {
        assert!(LEASE >= 2 * PATIENCE);
    }
}
