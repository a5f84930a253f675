//! An issuer that can be made to misbehave: any verifier, in any language, can be put behind it.
//!
//! A real HTTP server on a free port. It serves the documents it is given, each under its path, and a
//! stream of events, or hands requests on to a real issuer behind it; a fault injected for a path takes
//! the place of its answer until it is lifted. Everything is counted. It knows nothing of tokens:
//! whoever uses it signs.

mod fault;
mod wire;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    net::TcpListener,
    sync::{broadcast, watch},
    task::JoinHandle,
};

pub(crate) use self::fault::{Document, Fault};

/// Where verifiers look for the stream of status changes.
pub(crate) const EVENTS: &str = "/oauth2/status/events";

/// The server, stopped when dropped.
pub(crate) struct Injector {
    address: SocketAddr,
    state: Arc<State>,
    task: Mutex<JoinHandle<()>>,
}

/// What the connections share.
pub(crate) struct State {
    documents: Mutex<HashMap<String, Document>>,
    faults: Mutex<HashMap<String, Fault>>,
    /// Says that the faults are others, for connections that last.
    changed: watch::Sender<()>,
    upstream: Option<SocketAddr>,
    /// Requests by path, counted before they are answered.
    hits: watch::Sender<HashMap<String, usize>>,
    /// Streams that are open.
    listeners: watch::Sender<usize>,
    events: broadcast::Sender<String>,
    bytes: watch::Sender<u64>,
}

impl Injector {
    /// Starts on a free port, without documents.
    pub(crate) async fn start() -> Self {
        Self::open(None).await
    }

    /// Starts on a free port and hands on what it has no document for.
    pub(crate) async fn in_front_of(upstream: SocketAddr) -> Self {
        Self::open(Some(upstream)).await
    }

    async fn open(upstream: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            documents: Mutex::default(),
            faults: Mutex::default(),
            changed: watch::Sender::default(),
            upstream,
            hits: watch::Sender::default(),
            listeners: watch::Sender::new(0),
            events: broadcast::Sender::new(1_024),
            bytes: watch::Sender::new(0),
        });
        let task = tokio::spawn(wire::accept(listener, Arc::clone(&state)));
        Self {
            address,
            state,
            task: Mutex::new(task),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves a document from now on.
    pub(crate) fn publish(&self, path: &str, document: Document) {
        self.state
            .documents
            .lock()
            .unwrap()
            .insert(path.to_owned(), document);
    }

    /// Answers requests for this path by the fault instead.
    pub(crate) fn inject(&self, path: &str, fault: Fault) {
        self.state
            .faults
            .lock()
            .unwrap()
            .insert(path.to_owned(), fault);
        self.state.changed.send_replace(());
    }

    /// All is well again.
    pub(crate) fn lift_all(&self) {
        self.state.faults.lock().unwrap().clear();
    }

    /// Sends text to everybody who listens to the stream.
    pub(crate) fn send(&self, event: &str) {
        // An error says that nobody listens.
        let _ = self.state.events.send(event.to_owned());
    }

    /// How often this path was asked for.
    pub(crate) fn hits(&self, path: &str) -> usize {
        self.state.hits.borrow().get(path).copied().unwrap_or(0)
    }

    /// How often anything was asked for.
    pub(crate) fn all_hits(&self) -> usize {
        self.state.hits.borrow().values().sum()
    }

    /// Bytes sent in answers.
    pub(crate) fn bytes(&self) -> u64 {
        *self.state.bytes.borrow()
    }

    /// Returns once this many listen to the stream.
    pub(crate) async fn is_listened_to(&self, by: usize) {
        let mut listeners = self.state.listeners.subscribe();
        listeners.wait_for(|count| *count >= by).await.unwrap();
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        self.task.lock().unwrap().abort();
    }
}
