//! Verifiers as services have them, with their default cache: one per instance, whose key set it
//! fetches. Dates are real; the time by which caches age can be pushed ahead.

use std::sync::Arc;
use std::time::Duration;

use shared_claims::NumericDate;
use shared_claims::remote::{Clock, RemoteKeys, RemoteVerifier, Sleep, SystemClock};
use shared_claims::verify::{Algorithm, Policy};
use tokio::sync::watch;

use crate::installation::{AUDIENCE, ISSUER};
use crate::instance::Instance;
use crate::wait::until;

/// More than the `max-age` of the key set.
const EXPIRED: Duration = Duration::from_secs(301);
const PATIENCE: Duration = Duration::from_secs(30);

/// The verifiers, and the clock that they share.
pub(crate) struct Verifiers {
    /// In the order of the instances.
    pub(crate) each: Vec<RemoteVerifier>,
    clock: PushedClock,
}

impl Verifiers {
    /// Starts them and waits until each has its keys.
    pub(crate) async fn of(fleet: &[Instance]) -> Self {
        let clock = PushedClock::new();
        let mut each = Vec::new();
        for instance in fleet {
            let keys = RemoteKeys::builder(ISSUER)
                .jwks_url(format!("{}/.well-known/jwks.json", instance.base))
                .clock(Arc::new(clock.clone()))
                .start()
                .unwrap();
            keys.ready().await;
            let policy = Policy::new(ISSUER, AUDIENCE).algorithms(&[Algorithm::Es256]);
            each.push(RemoteVerifier::new(keys, policy).unwrap());
        }
        Self { each, clock }
    }

    /// Lets every cache expire, and waits until each has asked again.
    pub(crate) async fn look_again(&self) {
        let done = |verifier: &RemoteVerifier| {
            let stats = verifier.keys().stats();
            stats.fetched_anew() + stats.not_modified()
        };
        let before: Vec<u64> = self.each.iter().map(done).collect();
        self.clock.push(EXPIRED);
        let all = async || {
            let mut both = self.each.iter().zip(&before);
            both.all(|(verifier, before)| done(verifier) > *before)
                .then_some(())
        };
        until("every verifier asks again", PATIENCE, all).await;
    }
}

/// The clocks of the machine, of which the monotonic one can be pushed.
#[derive(Clone)]
struct PushedClock {
    real: SystemClock,
    pushed: Arc<watch::Sender<Duration>>,
}

impl PushedClock {
    fn new() -> Self {
        Self {
            real: SystemClock::new(),
            pushed: Arc::new(watch::Sender::new(Duration::ZERO)),
        }
    }

    fn push(&self, by: Duration) {
        self.pushed.send_modify(|pushed| *pushed += by);
    }
}

impl Clock for PushedClock {
    fn now(&self) -> NumericDate {
        self.real.now()
    }

    fn monotonic(&self) -> Duration {
        self.real.monotonic() + *self.pushed.borrow()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        let until = self.monotonic() + duration;
        let mut pushed = self.pushed.subscribe();
        Box::pin(async move {
            while let Some(left) = until.checked_sub(self.monotonic()) {
                tokio::select! {
                    () = self.real.sleep(left) => {}
                    // The sender lives in the clock.
                    _ = pushed.changed() => {}
                }
            }
        })
    }
}
