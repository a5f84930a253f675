//! Two kinds of failure that never mix.
//!
//! A [`Refusal`] means the caller is wrong: it carries our [`Reason`] (logged, counted, documented in
//! `docs/errors.md`), from which the wire [`Code`] follows by one `match`. A [`Fault`] means we are
//! wrong or something we need is away: the cause chain goes to the log, the caller sees 500 or 503.

use std::time::Duration;

mod code;
mod reason;
pub mod reference;

pub use code::Code;
pub use reason::Reason;

/// Why a request got no answer it hoped for.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The caller is wrong.
    #[error("refused: {}", .0.reason.as_str())]
    Refused(#[from] Refusal),
    /// We are wrong, or what we need is away.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl TokenError {
    /// Names the client in a refusal that does not yet, for the audit trail.
    #[must_use]
    pub fn from_client(self, client: &crate::model::ClientId) -> Self {
        match self {
            Self::Refused(refusal) if refusal.client.is_none() => {
                Self::Refused(refusal.from_client(client.clone()))
            }
            other => other,
        }
    }
}

impl From<Reason> for TokenError {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

/// A request we will not serve, and what must happen because of it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .reason.as_str())]
pub struct Refusal {
    /// Our words for it. Never sent.
    pub reason: Reason,
    /// A fixed sentence for the developer of the client. Sent as `error_description`.
    pub hint: Option<&'static str>,
    /// What the one writer of consequences has to do.
    pub consequence: Option<Consequence>,
    /// Time after which another try makes sense, for throttles.
    pub retry_after: Option<Duration>,
    /// The client it concerns, where known. For the audit trail only.
    pub client: Option<crate::model::ClientId>,
    /// The user it concerns, where known. For the audit trail only.
    pub subject: Option<crate::model::UserId>,
}

impl Refusal {
    /// Adds a sentence for the developer of the client.
    #[must_use]
    pub fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Adds what has to be written because of this refusal.
    #[must_use]
    pub fn with_consequence(mut self, consequence: Consequence) -> Self {
        self.consequence = Some(consequence);
        self
    }

    /// Names the user it concerns, for the audit trail.
    #[must_use]
    pub fn about(mut self, subject: crate::model::UserId) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Names the client it concerns, for the audit trail.
    #[must_use]
    pub fn from_client(mut self, client: crate::model::ClientId) -> Self {
        self.client = Some(client);
        self
    }

    /// Adds the time after which another try makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            hint: reason.hint(),
            consequence: None,
            retry_after: None,
            client: None,
            subject: None,
        }
    }
}

/// What a refusal must leave behind; written in one place (`issue::consequence`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// A spent refresh token or code came back: the family and its access tokens die (RFC 9700 §4.2.4,
    /// §4.14.2).
    RevokeFamily(crate::model::FamilyId),
    /// A code came with a wrong verifier: somebody else holds it as well (matrix AC-10). Names the row.
    SpendCode(String),
}

/// How a fault looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A defect or a broken record: 500 `server_error`.
    Broken,
    /// Something we depend on is away: 503 with `Retry-After`.
    Unavailable,
    /// More work is waiting than we accept: 503 with `Retry-After`.
    Overloaded,
}

/// Our failure. The chain of causes is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Fault {
    /// What we were doing, as a gerund: "reading the client".
    pub doing: &'static str,
    /// How it looks from outside.
    pub kind: FaultKind,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Fault {
    /// A defect or a broken record.
    pub fn broken(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            doing,
            kind: FaultKind::Broken,
            source: Some(source.into()),
        }
    }

    /// Something we depend on is away.
    pub fn unavailable(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            doing,
            kind: FaultKind::Unavailable,
            source: Some(source.into()),
        }
    }

    /// More work is waiting than we accept.
    pub fn overloaded(doing: &'static str) -> Self {
        Self {
            doing,
            kind: FaultKind::Overloaded,
            source: None,
        }
    }

    /// The whole chain in one line, outermost first, for the log. Libraries differ in whether an error
    /// tells its cause: one that the text already ends with is not told again.
    pub fn chain(&self) -> String {
        let mut text = self.doing.to_owned();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let said = error.to_string();
            if !text.ends_with(&said) {
                text.push_str(": ");
                text.push_str(&said);
            }
            cause = error.source();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_of_a_fault_names_every_cause() {
        let inner = Fault::broken("opening the file", "no such file");
        let outer = Fault::unavailable("reading the key", inner);
        assert_eq!(
            outer.chain(),
            "reading the key: opening the file: no such file"
        );
    }

    /// The errors of databases tell their causes themselves, layer by layer.
    #[test]
    fn the_chain_of_a_fault_names_no_cause_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("connection error: {0}")]
        struct Telling(#[source] std::io::Error);

        let inner = Telling(std::io::Error::other("refused"));
        let outer = Fault::unavailable("connecting to the database", inner);
        assert_eq!(
            outer.chain(),
            "connecting to the database: connection error: refused"
        );
    }
}
