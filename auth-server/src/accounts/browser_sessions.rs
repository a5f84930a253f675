//! Login sessions of browsers (matrix AZ-22, OC-41, LO-10; attack LC-03): found by the handle in a
//! cookie, begun and renewed by an authentication, ended by a logout.

use std::time::Duration;

use super::Accounts;
use crate::audit::{self, Event};
use crate::clock::Instant;
use crate::error::Fault;
use crate::model::{Acr, SessionId, User, UserId, UserStatus};
use crate::secret::Secret;
use crate::store::families::{self, OfSession};
use crate::store::logout_deliveries::{self, Delivery, Ended};
use crate::store::sessions::{self, Session};
use crate::store::{ConnectionTrait, StoreError, authorization_codes, users};

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Unused.
    pub idle_ttl: Duration,
    /// At most, however much it is used.
    pub ttl: Duration,
}

/// A live session and its user, who may log in.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The session.
    pub session: Session,
    /// As it is now.
    pub user: User,
}

/// Uses within this part of the idle time are not written down: nothing is written on reads.
const TOUCH_PART: u32 = 10;

impl Accounts {
    /// Whose handle this is. `None` for an unknown one, a session that has ended or expired, and a user
    /// who may not log in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_session(
        &self,
        handle: &Secret,
        now: Instant,
    ) -> Result<Option<LoggedIn>, Fault> {
        let store = &self.0.store;
        let session = sessions::find_by_handle(store.read(), &handle.digest()).await?;
        let Some(session) = session.filter(|session| is_live(session, now)) else {
            return Ok(None);
        };
        let user = users::find_by_id(store.read(), &session.user_id).await?;
        let user = user.filter(|user| user.status == UserStatus::Active);
        Ok(user.map(|user| LoggedIn { session, user }))
    }

    /// Notes that a session was used, so that it does not end idle.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn touch_session(&self, session: &Session, now: Instant) -> Result<(), Fault> {
        let idle_ttl = self.0.session_limits.idle_ttl;
        if now.since(session.last_seen_at) < idle_ttl / TOUCH_PART {
            return Ok(());
        }
        let until = now.plus(idle_ttl).min(session.expires_at);
        let id = session.id.clone();
        self.0
            .store
            .write(async move |txn| sessions::touch(txn, &id, now, until).await)
            .await?;
        Ok(())
    }

    /// The user has just authenticated with a password in a browser. A session of the same user goes on
    /// under a new handle; one of another user ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_session(
        &self,
        user: &User,
        before: Option<&Session>,
        mut event: Event,
    ) -> Result<(Secret, Session), Fault> {
        let now = event.at;
        let handle = Secret::new(self.0.random.text::<32>());
        let same = before.filter(|before| before.user_id == user.id);
        let session = self.session(user, same, &handle, now);
        let fresh = Session {
            id: SessionId::new(self.0.random.text::<16>()),
            created_at: now,
            ..session.clone()
        };
        let other = before
            .filter(|_| same.is_none())
            .map(|before| before.id.clone());
        let is_renewal = same.is_some();
        event.user_id = Some(user.id.as_str().to_owned());
        let row = event.clone();
        let kept = self
            .0
            .store
            .write(async move |txn| {
                if let Some(other) = &other {
                    end_session(txn, other, &Ending::of("another_login", now)).await?;
                }
                let is_renewed = is_renewal && sessions::renew(txn, &session).await?;
                let kept = if is_renewed { &session } else { &fresh };
                if !is_renewed {
                    sessions::insert(txn, kept).await?;
                }
                audit::record(txn, &row).await?;
                Ok(kept.clone())
            })
            .await?;
        event.log();
        Ok((handle, kept))
    }

    fn session(
        &self,
        user: &User,
        same: Option<&Session>,
        handle: &Secret,
        now: Instant,
    ) -> Session {
        let limits = self.0.session_limits;
        let expires_at = now.plus(limits.ttl);
        let new_id = || SessionId::new(self.0.random.text::<16>());
        Session {
            id: same.map_or_else(new_id, |same| same.id.clone()),
            user_id: user.id.clone(),
            handle_digest: handle.digest(),
            amr: Acr::Password.amr(),
            acr: Some(Acr::Password.as_str().to_owned()),
            authenticated_at: now,
            created_at: same.map_or(now, |same| same.created_at),
            last_seen_at: now,
            idle_expires_at: now.plus(limits.idle_ttl).min(expires_at),
            expires_at,
            ended_at: None,
        }
    }
}

fn is_live(session: &Session, now: Instant) -> bool {
    session.ended_at.is_none() && session.idle_expires_at > now && session.expires_at > now
}

/// How a session ends.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// When.
    pub at: Instant,
    /// Why: a word for the record.
    pub reason: &'static str,
    /// What of its tokens ends with it.
    pub tokens: OfSession,
    /// From when on any instance may tell the clients that took part.
    pub tell_from: Instant,
}

impl Ending {
    /// Now, with the tokens that do not outlive a logout (matrix LO-10, OC-73).
    pub fn of(reason: &'static str, now: Instant) -> Self {
        Self {
            at: now,
            reason,
            tokens: OfSession::AllButOffline,
            tell_from: now,
        }
    }
}

/// Ends a session and what hangs on it: open codes first (see
/// [`authorization_codes::spend_all_for_user`]), then the tokens. Whom to tell is written along with it,
/// and returned. `None` when it had ended before.
///
/// # Errors
/// When it cannot be written.
pub async fn end_session(
    txn: &impl ConnectionTrait,
    id: &SessionId,
    ending: &Ending,
) -> Result<Option<Vec<Delivery>>, StoreError> {
    let now = ending.at;
    if !sessions::end(txn, id, now).await? {
        return Ok(None);
    }
    authorization_codes::spend_all_for_session(txn, id, now).await?;
    families::revoke_all_for_session(txn, (id, ending.tokens), now, ending.reason).await?;
    let told = logout_deliveries::add(txn, Ended::One(id), now, ending.tell_from).await?;
    Ok(Some(told))
}

/// Ends every session and family of a user, and with them their tokens.
///
/// # Errors
/// When it cannot be written.
pub async fn end_logins(
    txn: &impl ConnectionTrait,
    user: &UserId,
    now: Instant,
    reason: &str,
) -> Result<(), StoreError> {
    // Codes first: see there.
    authorization_codes::spend_all_for_user(txn, user, now).await?;
    families::revoke_all_for_user(txn, user, now, reason).await?;
    sessions::end_all_for_user(txn, user, now).await?;
    logout_deliveries::add(txn, Ended::OfUser(user, now), now, now).await?;
    Ok(())
}
