//! A job and the rules of its life: `draft → open → closed`, never back.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::id::Id;
use crate::problem::Reason;

/// A job that a recruiter offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Job {
    /// Identifier.
    pub id: Id,
    /// What the job is.
    #[serde(flatten)]
    pub content: Content,
    /// Where it is in its life.
    pub status: Status,
    /// Subject of the recruiter or the service that made it.
    #[schema(example = "7c9e6679-7425-40de-944b-e07fc1f90ae7")]
    pub owner: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// Counts the changes; the entity tag of the answer.
    #[serde(skip)]
    pub version: i64,
}

/// The part of a job that its recruiter writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NewJob)]
pub struct Content {
    /// One line, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Rust engineer")]
    pub title: String,
    /// 1 to 16,000 characters.
    #[schema(
        min_length = 1,
        max_length = 16_000,
        example = "You will build our backend."
    )]
    pub description: String,
    /// One line, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Berlin")]
    pub location: String,
    /// One line, 1 to 60 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 60, example = "full-time")]
    pub employment_type: Option<String>,
    /// Per year, in whole units of the currency; at most `salary_max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 60_000)]
    pub salary_min: Option<i64>,
    /// Per year, in whole units of the currency; at least `salary_min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 80_000)]
    pub salary_max: Option<i64>,
    /// Three capital letters (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: Option<String>,
}

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Being written; seen by its owner and by administrators.
    Draft,
    /// Published; candidates can apply.
    Open,
    /// No longer taking applications.
    Closed,
}

impl Status {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Open, Self::Closed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

impl Job {
    /// A new draft.
    pub fn draft(id: Id, owner: &str, content: Content, now: Instant) -> Self {
        let owner = owner.to_owned();
        let status = Status::Draft;
        Self {
            id,
            content,
            status,
            owner,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Opens a draft for applications.
    ///
    /// # Errors
    /// It is not a draft.
    pub fn publish(&mut self) -> Result<(), Reason> {
        match self.status {
            Status::Draft => self.status = Status::Open,
            Status::Open | Status::Closed => return Err(Reason::JobNotDraft),
        }
        Ok(())
    }

    /// Ends the time for applications.
    ///
    /// # Errors
    /// It is not open.
    pub fn close(&mut self) -> Result<(), Reason> {
        match self.status {
            Status::Open => self.status = Status::Closed,
            Status::Draft | Status::Closed => return Err(Reason::JobNotOpen),
        }
        Ok(())
    }
}
