//! How long an answer takes at present that needs nothing but a process: what a busy machine costs.
//! Promises in seconds are held to the server, not to the machine that it shares with the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use crate::client::Client;
use crate::instance::Instance;

/// How often it is felt.
const BEAT: Duration = Duration::from_millis(20);
/// For scheduling, on a machine that does nothing else.
const SLACK: Duration = Duration::from_secs(1);
/// No machine is that busy: such a pulse is a defect of the server, which holds its workers up.
const STOPPED: Duration = Duration::from_secs(5);

/// Feels the pulse of an instance until it is dropped.
pub(crate) struct Pulse {
    longest: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Pulse {
    /// Begins.
    pub(crate) fn of(client: &Client, instance: &Instance) -> Self {
        let longest = Arc::new(AtomicU64::new(0));
        let (client, base, noted) = (client.clone(), instance.base.clone(), Arc::clone(&longest));
        let task = tokio::spawn(async move {
            let mut beat = tokio::time::interval(BEAT);
            loop {
                beat.tick().await;
                let begun = Instant::now();
                drop(client.get(&base, "/livez").await);
                let took = u64::try_from(begun.elapsed().as_millis()).unwrap();
                noted.fetch_max(took, Ordering::Relaxed);
            }
        });
        Self { longest, task }
    }

    /// What may come on top of a promise: a second, and the longest answer so far.
    pub(crate) fn slack(&self) -> Duration {
        let longest = Duration::from_millis(self.longest.load(Ordering::Relaxed));
        assert!(longest < STOPPED, "/livez took {longest:?}");
        SLACK + longest
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.task.abort();
    }
}
