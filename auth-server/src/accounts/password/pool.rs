//! A few threads that do nothing but hash, each with one piece of memory for its whole life
//! (design §4 rule 6; attack CR-07). What waits is bounded in time and in number.
//!
//! Memory in use is threads × cost, whatever arrives. A caller who gives up leaves the queue, and a
//! job whose caller is gone is not computed.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::stored::Stored;
use super::worker::{Job, PasswordStats, work};
use super::{HashParameters, Prepared, Verdict};
use crate::error::Fault;
use crate::random::Random;

/// Salt of new hashes: 128 bits (matrix NP-15).
pub(super) const SALT_BYTES: usize = 16;
/// Length of new hashes.
pub(super) const OUTPUT_BYTES: usize = 32;

/// One job lies ready beside each thread, so that none idles while the next caller wakes up.
const SEATS_PER_THREAD: usize = 2;
/// With the default cost more than the default waiting time anyway; bounds the memory of waiters
/// where hashes are cheap or the waiting time is long.
const WAITING_PER_THREAD: usize = 256;

/// How much hashing may go on at once.
#[derive(Debug, Clone, Copy)]
pub struct PoolLimits {
    /// Threads; the number of cores is the right one.
    pub max_concurrent: NonZeroUsize,
    /// How long a caller waits for its turn before it is told that we are overloaded.
    pub max_queue_wait: Duration,
}

/// The threads and their queue. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub(crate) struct PasswordPool(Arc<Pool>);

struct Pool {
    parameters: HashParameters,
    max_queue_wait: Duration,
    max_waiting: usize,
    seats: Arc<Semaphore>,
    waiting: AtomicUsize,
    jobs: mpsc::Sender<Job>,
    stats: Arc<PasswordStats>,
    /// Where there is no hash to compare with, as much work is done on this.
    decoy: (Salt, Output),
}

impl PasswordPool {
    /// Starts the threads. They take their memory when they first need it.
    ///
    /// # Errors
    /// When a thread cannot be started or the parameters are impossible.
    pub(crate) fn start(
        parameters: HashParameters,
        limits: PoolLimits,
        random: &Random,
    ) -> Result<Self, Fault> {
        let doing = "starting the password threads";
        let usual = parameters.context()?.params().block_count();
        let (jobs, receiver) = mpsc::channel();
        let receiver = Arc::new(Mutex::new(receiver));
        let stats = Arc::new(PasswordStats::default());
        for number in 0..limits.max_concurrent.get() {
            let (receiver, stats) = (Arc::clone(&receiver), Arc::clone(&stats));
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || work(&receiver, usual, &stats))
                .map_err(|error| Fault::broken(doing, error))?;
        }
        let decoy = (
            Salt::new(&random.bytes::<SALT_BYTES>()).map_err(|e| Fault::broken(doing, e))?,
            Output::new(&random.bytes::<OUTPUT_BYTES>()).map_err(|e| Fault::broken(doing, e))?,
        );
        Ok(Self(Arc::new(Pool {
            parameters,
            max_queue_wait: limits.max_queue_wait,
            max_waiting: limits
                .max_concurrent
                .get()
                .saturating_mul(WAITING_PER_THREAD),
            seats: Arc::new(Semaphore::new(
                limits.max_concurrent.get() * SEATS_PER_THREAD,
            )),
            waiting: AtomicUsize::new(0),
            jobs,
            stats,
            decoy,
        })))
    }

    /// Waits for a turn. Dropping the future leaves the queue.
    ///
    /// # Errors
    /// An overload (503): too many wait already, or the waiting time is over.
    pub(crate) async fn admit(&self) -> Result<Admission, Fault> {
        let overloaded = || {
            metrics::counter!("password_hash_refused_total").increment(1);
            Fault::overloaded("waiting for a password thread")
        };
        let place = Place::take(&self.0).ok_or_else(overloaded)?;
        let seat = Arc::clone(&self.0.seats).acquire_owned();
        // Out of time, or a closed semaphore, which ours never is: no turn to be had either way.
        let Ok(Ok(seat)) = tokio::time::timeout(self.0.max_queue_wait, seat).await else {
            return Err(overloaded());
        };
        drop(place);
        Ok(Admission {
            pool: Arc::clone(&self.0),
            seat,
        })
    }

    /// Counters of the threads.
    pub(crate) fn stats(&self) -> &PasswordStats {
        &self.0.stats
    }
}

/// One waiting caller, counted from arrival to departure.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(pool: &'a Pool) -> Option<Self> {
        let before = pool.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Self(&pool.waiting);
        (before < pool.max_waiting).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The right to have one password hashed now.
pub(crate) struct Admission {
    pool: Arc<Pool>,
    seat: OwnedSemaphorePermit,
}

impl Admission {
    /// Compares a password with a stored hash; with none, spends the same and says no (matrix
    /// PW-03, OW-07).
    ///
    /// # Errors
    /// A broken stored hash, or threads that are gone.
    pub(crate) async fn verify(
        self,
        stored: Option<&str>,
        password: Prepared,
    ) -> Result<Verdict, Fault> {
        let parameters = self.pool.parameters;
        let Some(text) = stored else {
            let (salt, output) = self.pool.decoy;
            let decoy = Stored::new(parameters.context()?, salt, output);
            let computed = self.compute(&decoy, password).await?;
            // Compared as well, and then no in any case.
            let _ = decoy.matches(&computed);
            return Ok(Verdict::Mismatch);
        };
        let stored = Stored::parse(text)?;
        let computed = self.compute(&stored, password).await?;
        Ok(
            match (stored.matches(&computed), stored.is_current(parameters)) {
                (false, _) => Verdict::Mismatch,
                (true, true) => Verdict::Match,
                (true, false) => Verdict::NeedsUpgrade,
            },
        )
    }

    /// Makes a PHC string with today's parameters and a new salt.
    ///
    /// # Errors
    /// Threads that are gone.
    pub(crate) async fn hash(self, password: Prepared, random: &Random) -> Result<String, Fault> {
        let doing = "hashing a password";
        let broken = |error| Fault::broken(doing, error);
        let context = self.pool.parameters.context()?;
        let params = ParamsString::try_from(context.params())
            .map_err(|error| Fault::broken(doing, error))?;
        let salt = Salt::new(&random.bytes::<SALT_BYTES>()).map_err(broken)?;
        let blank = Output::new(&[0; OUTPUT_BYTES]).map_err(broken)?;
        let computed = self
            .compute(&Stored::new(context, salt, blank), password)
            .await?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(salt),
            hash: Some(Output::new(&computed).map_err(broken)?),
        };
        Ok(hash.to_string())
    }

    async fn compute(self, like: &Stored, password: Prepared) -> Result<Vec<u8>, Fault> {
        let doing = "hashing a password";
        let (reply, answer) = oneshot::channel();
        let job = Job {
            context: like.context.clone(),
            salt: like.salt,
            output_len: like.output_len(),
            password,
            span: tracing::Span::current(),
            seat: self.seat,
            reply,
        };
        self.pool
            .jobs
            .send(job)
            .map_err(|_| Fault::broken(doing, "the threads are gone"))?;
        answer
            .await
            .map_err(|_| Fault::broken(doing, "the thread is gone"))?
            .map_err(|error| Fault::broken(doing, error))
    }
}
