//! Who does something that is recorded, and when.

use std::net::IpAddr;

use super::{Event, Outcome};
use crate::clock::Instant;
use crate::model::UserId;
use crate::random::Random;

/// The hand behind a change: a person at a page, a person at the console, or the server itself.
#[derive(Debug, Clone)]
pub struct Actor {
    /// When; the instant of everything that is written because of it.
    pub now: Instant,
    /// From where; `None` for the console and the server itself.
    pub peer: Option<IpAddr>,
    /// The request, as in the log.
    pub request_id: Option<String>,
    /// The account of the person, where there is one.
    pub user: Option<UserId>,
    /// The word for it in the audit trail when there is no account.
    pub role: &'static str,
}

impl Actor {
    /// Somebody at the command line.
    pub fn console(now: Instant) -> Self {
        Self {
            now,
            peer: None,
            request_id: None,
            user: None,
            role: "console",
        }
    }

    /// Somebody at a page, about the own account.
    pub fn person(now: Instant, (peer, request_id): (IpAddr, &str), user: UserId) -> Self {
        Self {
            now,
            peer: Some(peer),
            request_id: Some(request_id.to_owned()),
            user: Some(user),
            role: "user",
        }
    }

    /// The server, by its own rules.
    pub fn server(now: Instant) -> Self {
        Self {
            role: "server",
            ..Self::console(now)
        }
    }

    /// An event of this actor. `detail` is an object; who did it is added to it.
    pub fn event(
        &self,
        random: &Random,
        kind: &'static str,
        mut detail: serde_json::Value,
    ) -> Event {
        if let Some(detail) = detail.as_object_mut() {
            let by = self.user.as_ref().map_or(self.role, UserId::as_str);
            detail.insert("by".to_owned(), by.into());
        }
        Event {
            outcome: Outcome::Done,
            peer: self.peer,
            request_id: self.request_id.clone(),
            detail,
            ..Event::new(random.text::<16>(), self.now, kind)
        }
    }
}
