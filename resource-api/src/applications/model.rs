//! An application and the stages of its life:
//! `applied → screening → interview → offer → hired`, one step at a time, or `rejected` from any stage
//! that is not final. Nothing follows `hired` or `rejected`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::id::Id;

/// What a candidate sent in for a job, and how it went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Application {
    /// Identifier.
    pub id: Id,
    /// The job.
    pub job_id: Id,
    /// Subject of the candidate.
    #[schema(example = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed")]
    pub candidate: String,
    /// What the candidate sent.
    #[serde(flatten)]
    pub content: Content,
    /// The present stage.
    pub stage: Stage,
    /// Every stage so far, oldest first.
    pub history: Vec<StageChange>,
    /// When the candidate applied.
    pub created_at: Instant,
    /// When the stage last changed.
    pub updated_at: Instant,
    /// Counts the changes.
    #[serde(skip)]
    pub version: i64,
}

/// The part of an application that its candidate writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NewApplication)]
pub struct Content {
    /// 1 to 16,000 characters.
    #[schema(
        min_length = 1,
        max_length = 16_000,
        example = "I would love to work with you."
    )]
    pub cover_letter: String,
    /// `http` or `https` URL of at most 2,048 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        format = "uri",
        max_length = 2_048,
        example = "https://example.com/resume.pdf"
    )]
    pub resume_url: Option<String>,
}

/// One entry of the history. Candidates see it too, with the note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StageChange {
    /// The stage that was entered.
    pub stage: Stage,
    /// When.
    pub at: Instant,
    /// Subject of who did it.
    pub by: String,
    /// What they noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where an application is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Just sent in.
    Applied,
    /// Being read.
    Screening,
    /// Being talked about.
    Interview,
    /// The candidate has an offer.
    Offer,
    /// The candidate got the job; only a rejection can still follow.
    Hired,
    /// The candidate did not get the job; nothing follows.
    Rejected,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 6] = [
        Self::Applied,
        Self::Screening,
        Self::Interview,
        Self::Offer,
        Self::Hired,
        Self::Rejected,
    ];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Screening => "screening",
            Self::Interview => "interview",
            Self::Offer => "offer",
            Self::Hired => "hired",
            Self::Rejected => "rejected",
        }
    }

    /// The stage of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Whether it is known how the application ended.
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Hired | Self::Rejected)
    }

    /// Whether `next` may follow this stage.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Applied, Self::Screening)
            | (Self::Screening, Self::Interview)
            | (Self::Interview, Self::Offer)
            | (Self::Offer, Self::Hired) => true,
            (from, Self::Rejected) => from != Self::Rejected,
            _ => false,
        }
    }
}

impl Application {
    /// A new application in the first stage.
    pub fn new(id: Id, job_id: Id, candidate: &str, content: Content, now: Instant) -> Self {
        let stage = Stage::Applied;
        let first = StageChange {
            stage,
            at: now,
            by: candidate.to_owned(),
            note: None,
        };
        Self {
            id,
            job_id,
            candidate: candidate.to_owned(),
            content,
            stage,
            history: vec![first],
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// The same application after a change of its stage.
    #[must_use]
    pub fn moved(mut self, change: StageChange) -> Self {
        self.stage = change.stage;
        self.updated_at = change.at;
        self.version += 1;
        self.history.push(change);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table of 6 × 6 moves against the sentence of the contract.
    #[test]
    fn stages_go_one_step_forward_or_to_rejected() {
        use Stage::{Applied, Hired, Interview, Offer, Rejected, Screening};
        let legal = [
            (Applied, Screening),
            (Screening, Interview),
            (Interview, Offer),
            (Offer, Hired),
            (Applied, Rejected),
            (Screening, Rejected),
            (Interview, Rejected),
            (Offer, Rejected),
            (Hired, Rejected),
        ];
        for from in Stage::ALL {
            for to in Stage::ALL {
                assert_eq!(
                    from.may_become(to),
                    legal.contains(&(from, to)),
                    "{from:?} → {to:?}"
                );
            }
        }
    }

    #[test]
    fn every_stage_has_its_own_name() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.as_str()), Some(stage));
        }
        assert_eq!(Stage::parse("Hired"), None);
    }
}
