//! The one writer of a SQLite file (design §4 rule 9). Whoever wants to write waits in a queue; the
//! writer takes up to 64 at once into one transaction, each in a savepoint of its own, so that one
//! failure does not hurt the others, and answers after the commit: eight times the durable rate of
//! one commit each. It has a thread of its own, so that a worker that signs does not hold it up.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::{mpsc, oneshot};

use super::StoreError;
use crate::error::Fault;
use crate::random::Random;

mod group;
mod job;

use group::Groups;
use job::{Job, Pending, Ticket};

/// Writers that may wait. Beyond, a request is refused at once: waiting longer helps nobody.
const QUEUE: usize = 4096;
/// Writers in one transaction.
const GROUP: usize = 64;
const DOING: &str = "writing to the database";

/// The end of the queue where writers line up.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Write(Box<dyn Job>),
    /// Finish what is in the queue, then answer.
    Stop(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the thread. It ends when the writer is dropped or stopped.
    pub(super) fn start(
        db: DatabaseConnection,
        is_in_memory: bool,
        random: Random,
    ) -> Result<Self, Fault> {
        let starting = |error| Fault::broken("starting the writer of the database", error);
        // A runtime of its own: the one that opened the database may end first.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(starting)?;
        let (queue, waiting) = mpsc::channel(QUEUE);
        let groups = Groups {
            db,
            random,
            is_in_memory,
        };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || runtime.block_on(work_off(waiting, groups)))
            .map_err(starting)?;
        Ok(Self { queue })
    }

    /// Waits at most `patience` for its turn; once its turn has come, for the outcome.
    ///
    /// # Errors
    /// Overloaded when the queue is full or the turn did not come in time: then nothing was written.
    pub(super) fn write<T, F>(
        &self,
        work: F,
        patience: Duration,
    ) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: AsyncFn(&DatabaseTransaction) -> Result<T, StoreError> + Send + 'static,
    {
        let (job, ticket) = Pending::new(work);
        let queued = self.queue.try_send(Message::Write(Box::new(job)));
        async move {
            queued.map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Fault::overloaded(DOING),
                mpsc::error::TrySendError::Closed(_) => Fault::unavailable(DOING, "it was closed"),
            })?;
            outcome(ticket, patience).await
        }
    }

    /// Lets everyone in the queue finish. Who comes later is refused.
    pub(super) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            // An error means that the thread has ended, which is what we want.
            drop(stopped.await);
        }
    }
}

async fn outcome<T>(mut ticket: Ticket<T>, patience: Duration) -> Result<T, StoreError> {
    let answer = match tokio::time::timeout(patience, &mut ticket.reply).await {
        Ok(answer) => answer,
        Err(_) if ticket.withdraw() => return Err(Fault::overloaded(DOING).into()),
        Err(_) => ticket.reply.await,
    };
    answer.unwrap_or_else(|_| Err(Fault::broken(DOING, "the work panicked").into()))
}

async fn work_off(mut queue: mpsc::Receiver<Message>, groups: Groups) {
    let mut messages = Vec::with_capacity(GROUP);
    let mut stopping = Vec::new();
    while queue.recv_many(&mut messages, GROUP).await > 0 {
        let mut jobs = Vec::with_capacity(messages.len());
        for message in messages.drain(..) {
            match message {
                Message::Write(job) => jobs.push(job),
                Message::Stop(done) => {
                    queue.close();
                    stopping.push(done);
                }
            }
        }
        groups.write(jobs).await;
    }
    for done in stopping {
        // Whoever asked may have stopped waiting.
        let _ = done.send(());
    }
}
