//! The thread that hashes: takes a job, computes it in its own memory, answers, takes the next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use argon2::password_hash::phc::Salt;
use argon2::{Argon2, Block};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::Prepared;

/// One password to hash.
pub(super) struct Job {
    pub(super) context: Argon2<'static>,
    pub(super) salt: Salt,
    pub(super) output_len: usize,
    /// Wiped when the job ends.
    pub(super) password: Prepared,
    pub(super) span: tracing::Span,
    /// Held until the job ends.
    pub(super) seat: OwnedSemaphorePermit,
    pub(super) reply: oneshot::Sender<Result<Vec<u8>, argon2::Error>>,
}

/// What the threads have done since they started.
#[derive(Debug, Default)]
pub struct PasswordStats {
    computed: AtomicU64,
    skipped: AtomicU64,
    allocations: AtomicU64,
}

impl PasswordStats {
    /// Hashes computed.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Jobs left out because their caller was gone.
    pub fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    /// How often a thread had to take memory: once each, unless stored hashes ask for more.
    pub fn allocations(&self) -> u64 {
        self.allocations.load(Ordering::Relaxed)
    }
}

/// Works until the last sender is gone. `usual` is the number of blocks a thread keeps.
pub(super) fn work(jobs: &Mutex<mpsc::Receiver<Job>>, usual: usize, stats: &PasswordStats) {
    let mut memory: Vec<Block> = Vec::new();
    while let Some(job) = next(jobs) {
        if job.reply.is_closed() {
            stats.skipped.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let Job {
            context,
            salt,
            output_len,
            password,
            span,
            seat,
            reply,
        } = job;
        let _entered = span.enter();
        let needed = context.params().block_count();
        if memory.len() < needed {
            memory.resize(needed.max(usual), Block::new());
            stats.allocations.fetch_add(1, Ordering::Relaxed);
        }
        let begun = Instant::now();
        let mut output = vec![0; output_len];
        let done = context.hash_password_into_with_memory(
            password.text().as_bytes(),
            &salt,
            &mut output,
            memory.as_mut_slice(),
        );
        drop(password);
        metrics::histogram!("password_hash_seconds").record(begun.elapsed().as_secs_f64());
        stats.computed.fetch_add(1, Ordering::Relaxed);
        // The seat first: the next caller may wake while this one reads its answer.
        drop(seat);
        // A caller that left meanwhile does not want the answer.
        let _ = reply.send(done.map(|()| output));
        // An old, larger hash does not make the thread larger for ever.
        if memory.len() > usual {
            memory.truncate(usual);
            memory.shrink_to_fit();
        }
    }
}

fn next(jobs: &Mutex<mpsc::Receiver<Job>>) -> Option<Job> {
    // Poisoned only if a thread died while it waited; the queue itself is whole.
    jobs.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .recv()
        .ok()
}
