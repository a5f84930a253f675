//! The gate per account: only so many passwords of one account are compared at once, in this
//! process. Whoever comes later waits for their outcome, so that a burst of right passwords is served
//! and a burst of wrong ones finds the counter raised (attack CR-04).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Below this many gates nobody looks for closed ones.
const FEW: usize = 1024;

/// One gate per account that is being asked about right now.
#[derive(Debug)]
pub(crate) struct Gate {
    at_once: usize,
    patience: Duration,
    gates: Mutex<Gates>,
}

#[derive(Debug, Default)]
struct Gates {
    open: HashMap<String, Weak<Semaphore>>,
    sweep_at: usize,
}

/// The right to compare one password of the account.
#[derive(Debug)]
pub(crate) struct Pass(#[expect(dead_code, reason = "held for its effect")] OwnedSemaphorePermit);

impl Gate {
    /// Gates that let `at_once` through and have others wait for `patience`.
    pub(crate) fn new(at_once: u32, patience: Duration) -> Self {
        let at_once = usize::try_from(at_once)
            .unwrap_or(usize::MAX)
            .clamp(1, Semaphore::MAX_PERMITS);
        Self {
            at_once,
            patience,
            gates: Mutex::default(),
        }
    }

    /// Waits for a pass; `None` when it took too long. Dropping the future leaves the queue.
    pub(crate) async fn enter(&self, account: &str) -> Option<Pass> {
        let gate = self.gate(account);
        let pass = tokio::time::timeout(self.patience, gate.acquire_owned()).await;
        pass.ok()?.ok().map(Pass)
    }

    fn gate(&self, account: &str) -> Arc<Semaphore> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.open.get(account).and_then(Weak::upgrade) {
            return gate;
        }
        if gates.open.len() >= gates.sweep_at.max(FEW) {
            gates.open.retain(|_, gate| gate.strong_count() > 0);
            gates.sweep_at = 2 * gates.open.len();
        }
        let gate = Arc::new(Semaphore::new(self.at_once));
        gates.open.insert(account.to_owned(), Arc::downgrade(&gate));
        gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn cr_04_only_so_many_are_inside_and_the_next_waits_for_one_to_leave() {
        let gate = Gate::new(2, Duration::from_mins(1));
        let (one, two) = (
            gate.enter("a").await.unwrap(),
            gate.enter("a").await.unwrap(),
        );
        let other = gate.enter("b").await;
        assert!(other.is_some());
        let mut third = std::pin::pin!(gate.enter("a"));
        assert!(futures_pending(third.as_mut()));
        drop(one);
        assert!(third.await.is_some());
        drop(two);
    }

    fn futures_pending<F: Future>(future: std::pin::Pin<&mut F>) -> bool {
        future
            .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
            .is_pending()
    }

    #[tokio::test]
    async fn patience_ends() {
        let gate = Gate::new(1, Duration::ZERO);
        let _inside = gate.enter("a").await.unwrap();
        assert!(gate.enter("a").await.is_none());
    }

    #[tokio::test]
    async fn closed_gates_are_forgotten() {
        let gate = Gate::new(1, Duration::ZERO);
        for number in 0..10 * FEW {
            let _pass = gate.enter(&number.to_string()).await;
        }
        assert!(gate.gates.lock().unwrap().open.len() <= FEW);
    }
}
