//! One writer in the queue: its work, whether its turn has come, and where its answer goes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::oneshot;

use crate::store::StoreError;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const WITHDRAWN: u8 = 2;

/// What the writer does with a job, whatever its work returns.
pub(super) trait Job: Send {
    /// False when nobody waits for it any more.
    fn is_wanted(&self) -> bool;
    /// Its turn has come, and it can no longer be withdrawn. False when nobody wants it.
    fn begin(&self) -> bool;
    /// Runs the work and keeps its result. True when its savepoint may stay.
    fn attempt<'a>(
        &'a mut self,
        txn: &'a DatabaseTransaction,
    ) -> Pin<Box<dyn Future<Output = bool> + 'a>>;
    /// Answers: with the kept result once it is committed, or with what went wrong.
    fn settle(self: Box<Self>, committed: Result<(), DbErr>);
}

/// A job with its work.
pub(super) struct Pending<F, T> {
    work: F,
    result: Option<Result<T, StoreError>>,
    state: Arc<AtomicU8>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

/// What the one who waits holds.
pub(super) struct Ticket<T> {
    state: Arc<AtomicU8>,
    pub(super) reply: oneshot::Receiver<Result<T, StoreError>>,
}

impl<T> Ticket<T> {
    /// Gives up. False when the turn has come already.
    pub(super) fn withdraw(&self) -> bool {
        self.state
            .compare_exchange(WAITING, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

impl<F, T> Pending<F, T> {
    pub(super) fn new(work: F) -> (Self, Ticket<T>) {
        let state = Arc::new(AtomicU8::new(WAITING));
        let (reply, answer) = oneshot::channel();
        let ticket = Ticket {
            state: state.clone(),
            reply: answer,
        };
        (
            Self {
                work,
                result: None,
                state,
                reply,
            },
            ticket,
        )
    }
}

impl<F, T> Job for Pending<F, T>
where
    T: Send,
    F: AsyncFn(&DatabaseTransaction) -> Result<T, StoreError> + Send,
{
    fn is_wanted(&self) -> bool {
        match self.state.load(Ordering::Acquire) {
            BEGUN => true,
            WAITING => !self.reply.is_closed(),
            _ => false,
        }
    }

    fn begin(&self) -> bool {
        let begun =
            self.state
                .compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire);
        match begun {
            Ok(_) => !self.reply.is_closed(),
            Err(state) => state == BEGUN,
        }
    }

    fn attempt<'a>(
        &'a mut self,
        txn: &'a DatabaseTransaction,
    ) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        Box::pin(async move {
            self.result = catching_panics((self.work)(txn)).await;
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn settle(self: Box<Self>, committed: Result<(), DbErr>) {
        let answer = match (committed, self.result) {
            // A panic: dropping the sender tells.
            (Ok(()), None) => return,
            // Its own error says why, also when it took the whole transaction with it: a full disk.
            (Ok(()), Some(result)) | (Err(_), Some(result @ Err(_))) => result,
            (Err(error), _) => Err(error.into()),
        };
        // The one who waited may have gone.
        drop(self.reply.send(answer));
    }
}

/// `None` when the future panicked: the other writers must not suffer.
async fn catching_panics<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(poll) => poll.map(Some),
            Err(_) => std::task::Poll::Ready(None),
        },
    )
    .await
}
