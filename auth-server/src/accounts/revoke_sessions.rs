//! Ending other people's logins: one session, or every one of a user (matrix RT-11, LO-25).

use serde_json::json;

use super::administer::settle;
use super::browser_sessions::{Ending, end_logins, end_session};
use super::{AccountError, Accounts};
use crate::audit::{self, Actor, Event};
use crate::error::Fault;
use crate::model::UserId;
use crate::store::families::OfSession;
use crate::store::sessions::Session;
use crate::store::{DatabaseTransaction, users};

const REASON: &str = "session_revoked";

impl Accounts {
    /// Ends a session with everything that was authorized in it, offline access included: whoever does
    /// this does not trust it any more. False when it had ended before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_session(&self, session: &Session, by: &Actor) -> Result<bool, Fault> {
        let detail = json!({ "sid": session.id.as_str(), "reason": REASON });
        let event = self.event(by, "session.end", &session.user_id, detail);
        let (id, row) = (session.id.clone(), event.clone());
        let ending = Ending {
            tokens: OfSession::Everything,
            ..Ending::of(REASON, by.now)
        };
        let is_ended = self
            .0
            .store
            .write(async move |txn| {
                let is_ended = end_session(txn, &id, &ending).await?.is_some();
                if is_ended {
                    audit::record(txn, &row).await?;
                }
                Ok(is_ended)
            })
            .await?;
        if is_ended {
            event.log();
        }
        Ok(is_ended)
    }

    /// Ends every login of the user, with its tokens.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn revoke_logins(&self, user: &UserId, by: &Actor) -> Result<(), AccountError> {
        let event: Event = self.event(by, "user.log_out", user, json!({ "reason": REASON }));
        let (id, now, logged) = (user.clone(), by.now, event.clone());
        let work = async move |txn: &DatabaseTransaction| {
            end_logins(txn, &id, now, REASON).await?;
            if users::find_by_id(txn, &id).await?.is_none() {
                return Ok(false);
            }
            audit::record(txn, &event).await.map(|()| true)
        };
        settle(self.0.store.write(work).await, &logged)
    }
}
