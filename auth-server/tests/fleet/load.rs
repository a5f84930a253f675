//! Applications under way: each refreshes in a loop and keeps what it was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::client::{Client, Reply, generation};

/// Pause of an application between two requests.
const BREATH: Duration = Duration::from_millis(2);

/// One application: the newest refresh token it was handed, and the one before it.
pub(crate) struct Session {
    pub(crate) held: String,
    pub(crate) spent: Option<String>,
}

/// What applications were answered.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// New tokens.
    pub(crate) acknowledged: usize,
    /// 503 with `Retry-After`.
    pub(crate) unavailable: usize,
    /// Connections that were refused or broke.
    pub(crate) lost: usize,
    /// The longest wait for any answer.
    pub(crate) longest: Duration,
    /// Anything else, in words.
    pub(crate) wrong: Vec<String>,
}

/// Applications at work.
pub(crate) struct Load {
    is_over: Arc<AtomicBool>,
    /// Answers of any kind so far.
    pub(crate) answers: Arc<AtomicUsize>,
    acknowledged: Arc<AtomicUsize>,
    workers: Vec<JoinHandle<(Session, Tally)>>,
}

impl Session {
    /// Logs in.
    pub(crate) async fn begin(client: &Client, base: &str) -> Self {
        Self {
            held: client.session(base).await,
            spent: None,
        }
    }

    /// Refreshes once, which must work: with the successor of what is held, never another.
    pub(crate) async fn go_on(&mut self, client: &Client, base: &str) {
        let answer = client.refresh(base, &self.held).await.answer();
        let next = answer.refresh_token();
        assert_eq!(generation(&next), generation(&self.held) + 1);
        self.spent = Some(std::mem::replace(&mut self.held, next));
    }
}

impl Load {
    /// Every session works on its own, going round the instances.
    pub(crate) fn begin(client: &Client, bases: Vec<String>, sessions: Vec<Session>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let answers = Arc::new(AtomicUsize::new(0));
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let work = |(number, session)| {
            let worker = Worker {
                client: client.clone(),
                bases: bases.clone(),
                is_over: Arc::clone(&is_over),
                answers: Arc::clone(&answers),
                acknowledged: Arc::clone(&acknowledged),
            };
            tokio::spawn(worker.work(number, session))
        };
        let workers = sessions.into_iter().enumerate().map(work).collect();
        Self {
            is_over,
            answers,
            acknowledged,
            workers,
        }
    }

    /// New tokens so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits for the requests under way.
    pub(crate) async fn end(self) -> (Vec<Session>, Tally) {
        self.is_over.store(true, Ordering::Relaxed);
        let mut sessions = Vec::new();
        let mut sum = Tally::default();
        for worker in self.workers {
            let (session, tally) = worker.await.unwrap();
            sessions.push(session);
            sum.add(tally);
        }
        (sessions, sum)
    }
}

struct Worker {
    client: Client,
    bases: Vec<String>,
    is_over: Arc<AtomicBool>,
    answers: Arc<AtomicUsize>,
    acknowledged: Arc<AtomicUsize>,
}

impl Worker {
    async fn work(self, number: usize, mut session: Session) -> (Session, Tally) {
        let mut tally = Tally::default();
        let mut breath = tokio::time::interval(BREATH);
        let mut turn = number;
        while !self.is_over.load(Ordering::Relaxed) {
            breath.tick().await;
            turn += 1;
            let base = &self.bases[turn % self.bases.len()];
            let reply = self.client.refresh(base, &session.held).await;
            if tally.note(&mut session, reply) {
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        (session, tally)
    }
}

impl Tally {
    /// True when a new token was acknowledged.
    fn note(&mut self, session: &mut Session, reply: Reply) -> bool {
        let Some(answer) = reply.find() else {
            self.lost += 1;
            return false;
        };
        self.longest = self.longest.max(answer.took);
        match answer.status {
            200 => {
                let next = answer.refresh_token();
                session.spent = Some(std::mem::replace(&mut session.held, next));
                self.acknowledged += 1;
            }
            503 if answer.retry_after.is_some() => self.unavailable += 1,
            _ => self.wrong.push(format!("{answer:?}")),
        }
        answer.status == 200
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.unavailable += other.unavailable;
        self.lost += other.lost;
        self.longest = self.longest.max(other.longest);
        self.wrong.extend(other.wrong);
    }
}
