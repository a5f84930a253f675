//! How many calls of one kind run at the same time: some for everybody, fewer for one host, so that a
//! slow host delays nobody else's logins (attacks SS-03, SS-04).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::OutgoingError;

/// Calls of the whole instance.
const ALL: usize = 64;
/// Calls to one host.
const PER_HOST: usize = 8;
/// Hosts remembered before those without calls are forgotten.
const MAX_HOSTS: usize = 1_024;

/// Who may call now.
pub(super) struct Lanes {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to call, given back when dropped.
pub(super) struct Pass {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(ALL)),
            hosts: Mutex::new(HashMap::new()),
        }
    }
}

impl Lanes {
    /// Waits for a free lane. The caller's deadline ends the wait.
    pub(super) async fn enter(&self, host: &str) -> Result<Pass, OutgoingError> {
        // The host's first: a crowd before one host must not hold what everybody shares.
        let host = acquire(self.lane_of(host)).await?;
        let all = acquire(Arc::clone(&self.all)).await?;
        Ok(Pass {
            _host: host,
            _all: all,
        })
    }

    fn lane_of(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MAX_HOSTS {
            hosts.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        let lane = hosts
            .entry(host.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(PER_HOST)));
        Arc::clone(lane)
    }
}

/// Nobody closes a lane; if somebody did, no call would be right.
async fn acquire(lane: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, OutgoingError> {
    lane.acquire_owned()
        .await
        .map_err(|_| OutgoingError::TimedOut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    /// SS-03, SS-04.
    #[tokio::test]
    async fn ss_03_a_crowd_before_one_host_leaves_lanes_for_the_others() {
        let lanes = Lanes::default();
        let mut inside = Vec::new();
        for _ in 0..PER_HOST {
            inside.push(lanes.enter("slow.example").await.unwrap());
        }
        assert!(lanes.enter("slow.example").now_or_never().is_none());
        assert!(lanes.enter("other.example").now_or_never().is_some());
        inside.pop();
        assert!(lanes.enter("slow.example").now_or_never().is_some());
    }

    #[tokio::test]
    async fn hosts_without_calls_are_forgotten() {
        let lanes = Lanes::default();
        let kept = lanes.enter("kept.example").await.unwrap();
        for host in 0..3 * MAX_HOSTS {
            drop(lanes.enter(&format!("{host}.example")).await.unwrap());
        }
        assert!(lanes.hosts.lock().unwrap().len() <= MAX_HOSTS);
        assert!(lanes.hosts.lock().unwrap().contains_key("kept.example"));
        drop(kept);
    }
}
