//! The table `application`, and how its rows become applications.

use sea_orm::entity::prelude::*;

use crate::applications::model::{Application, Content, Stage, StageChange};
use crate::clock::Instant;
use crate::id::Id;
use crate::store::StoreError;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "application")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub job_id: String,
    pub candidate: String,
    pub cover_letter: String,
    pub resume_url: Option<String>,
    pub stage: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The application of this row with its history.
    pub(super) fn with_history(self, history: Vec<StageChange>) -> Result<Application, StoreError> {
        let damaged = |column| StoreError::Damaged {
            table: "application",
            id: self.id.clone(),
            column,
        };
        Ok(Application {
            id: Id::parse(&self.id).ok_or_else(|| damaged("id"))?,
            job_id: Id::parse(&self.job_id).ok_or_else(|| damaged("job_id"))?,
            stage: Stage::parse(&self.stage).ok_or_else(|| damaged("stage"))?,
            candidate: self.candidate,
            content: Content {
                cover_letter: self.cover_letter,
                resume_url: self.resume_url,
            },
            history,
            version: self.version,
            created_at: Instant::from_millis(self.created_at),
            updated_at: Instant::from_millis(self.updated_at),
        })
    }
}
