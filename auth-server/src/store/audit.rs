//! Rows of the audit trail. Append only: nothing here changes or removes one. What an event is, `audit`
//! knows; the sealer fills position and hashes.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait as _,
};

use super::StoreError;
use super::entity::audit_event;
use crate::clock::Instant;

/// One event, in the words of the table. At most 128 characters for ids, 64 for words.
#[derive(Debug, Clone, Copy)]
pub struct AuditRow<'a> {
    /// Unique.
    pub id: &'a str,
    /// When.
    pub at: Instant,
    /// What, dotted.
    pub kind: &'a str,
    /// `ok` or `refused`.
    pub outcome: &'a str,
    /// The label of the reason.
    pub reason: Option<&'a str>,
    /// The client concerned.
    pub client_id: Option<&'a str>,
    /// The user concerned.
    pub user_id: Option<&'a str>,
    /// Address of the caller.
    pub peer: Option<&'a str>,
    /// The request, as in the log.
    pub request_id: Option<&'a str>,
    /// More, as a JSON object.
    pub detail: &'a str,
}

/// Appends the event, in the transaction of what it reports.
///
/// # Errors
/// Conflict when the id is there.
pub async fn append(txn: &impl ConnectionTrait, event: &AuditRow<'_>) -> Result<(), StoreError> {
    let row = audit_event::ActiveModel {
        seq: NotSet,
        id: Set(event.id.to_owned()),
        at: Set(event.at.as_millis()),
        kind: Set(event.kind.to_owned()),
        outcome: Set(event.outcome.to_owned()),
        reason: Set(event.reason.map(str::to_owned)),
        client_id: Set(event.client_id.map(str::to_owned)),
        user_id: Set(event.user_id.map(str::to_owned)),
        peer: Set(event.peer.map(str::to_owned)),
        request_id: Set(event.request_id.map(str::to_owned)),
        detail: Set(event.detail.to_owned()),
        position: NotSet,
        prev_hash: NotSet,
        hash: NotSet,
    };
    audit_event::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}
