//! Security events as data, not as logging (matrix TOK-14; attack corpus, standing oracle 6).
//!
//! An event about something that is written goes into the same transaction as what it reports. An
//! event about a refusal is a row of its own. Client credentials write no row per token (design §4
//! rule 8): their event goes to the log stream `audit` only, see `docs/decisions/0002`.

use std::net::IpAddr;

use sea_orm::ConnectionTrait;

use crate::clock::Instant;
use crate::error::Fault;
use crate::store::audit::{self, AuditRow};
use crate::store::{Store, StoreError};

mod actor;

pub use actor::Actor;

/// One event. Never holds a secret: ids, labels and the peer's address only.
#[derive(Debug, Clone)]
pub struct Event {
    /// Random, for de-duplication between the log and the table.
    pub id: String,
    /// When.
    pub at: Instant,
    /// What, dotted: `token.issue`, `login.refuse`, `family.revoke`, `user.lock`.
    pub kind: &'static str,
    /// `ok` or `refused`.
    pub outcome: Outcome,
    /// The label of the reason, for refusals.
    pub reason: Option<&'static str>,
    /// The client concerned.
    pub client_id: Option<String>,
    /// The user concerned.
    pub user_id: Option<String>,
    /// Who called; `None` for the command line.
    pub peer: Option<IpAddr>,
    /// The request, as in the log; `None` for the command line.
    pub request_id: Option<String>,
    /// More, as a JSON object.
    pub detail: serde_json::Value,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It happened.
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

impl Event {
    /// An event of the present request or command with nothing known but its kind.
    pub fn new(id: String, at: Instant, kind: &'static str) -> Self {
        Self {
            id,
            at,
            kind,
            outcome: Outcome::Done,
            reason: None,
            client_id: None,
            user_id: None,
            peer: None,
            request_id: None,
            detail: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    /// Puts the event on the log stream `audit`. Once per event, by whoever does not write a row.
    pub fn log(&self) {
        tracing::info!(
            target: "audit",
            event_id = %self.id,
            kind = self.kind,
            outcome = self.outcome.as_str(),
            reason = self.reason,
            client_id = self.client_id.as_deref(),
            user_id = self.user_id.as_deref(),
            detail = %self.detail,
            "security event"
        );
    }
}

/// Writes an event in the transaction of what it reports. The transaction may run again, so the
/// log stream gets the event from the caller, after the commit.
///
/// # Errors
/// When the row cannot be written; the caller's transaction must then not commit.
pub async fn record(conn: &impl ConnectionTrait, event: &Event) -> Result<(), StoreError> {
    let peer = event.peer.map(|peer| peer.to_string());
    let detail = event.detail.to_string();
    audit::append(
        conn,
        &AuditRow {
            id: &event.id,
            at: event.at,
            kind: event.kind,
            outcome: event.outcome.as_str(),
            reason: event.reason,
            client_id: event.client_id.as_deref(),
            user_id: event.user_id.as_deref(),
            peer: peer.as_deref(),
            request_id: event.request_id.as_deref(),
            detail: &detail,
        },
    )
    .await
}

/// Writes an event about something that is not otherwise written: a refusal.
///
/// # Errors
/// When the row cannot be written.
pub async fn record_alone(store: &Store, event: Event) -> Result<(), Fault> {
    event.log();
    store
        .write(async move |txn| record(txn, &event).await)
        .await
        .map_err(Fault::from)
}
