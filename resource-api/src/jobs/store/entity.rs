//! The table `job`, and how its rows become jobs.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;

use crate::clock::Instant;
use crate::id::Id;
use crate::jobs::model::{Content, Job, Status};
use crate::store::StoreError;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub owner: String,
    pub title: String,
    pub description: String,
    pub location: String,
    pub employment_type: Option<String>,
    pub salary_min: Option<i64>,
    pub salary_max: Option<i64>,
    pub currency: Option<String>,
    pub status: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Job {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let damaged = |column| StoreError::Damaged {
            table: "job",
            id: row.id.clone(),
            column,
        };
        Ok(Self {
            id: Id::parse(&row.id).ok_or_else(|| damaged("id"))?,
            status: Status::parse(&row.status).ok_or_else(|| damaged("status"))?,
            content: Content {
                title: row.title,
                description: row.description,
                location: row.location,
                employment_type: row.employment_type,
                salary_min: row.salary_min,
                salary_max: row.salary_max,
                currency: row.currency,
            },
            owner: row.owner,
            version: row.version,
            created_at: Instant::from_millis(row.created_at),
            updated_at: Instant::from_millis(row.updated_at),
        })
    }
}

impl From<&Job> for ActiveModel {
    fn from(job: &Job) -> Self {
        let content = job.content.clone();
        Self {
            id: Set(job.id.to_string()),
            owner: Set(job.owner.clone()),
            title: Set(content.title),
            description: Set(content.description),
            location: Set(content.location),
            employment_type: Set(content.employment_type),
            salary_min: Set(content.salary_min),
            salary_max: Set(content.salary_max),
            currency: Set(content.currency),
            status: Set(job.status.as_str().to_owned()),
            version: Set(job.version),
            created_at: Set(job.created_at.as_millis()),
            updated_at: Set(job.updated_at.as_millis()),
        }
    }
}
