//! The table `stage_change`: the history of applications, numbered by their version.

use std::collections::HashMap;

use sea_orm::ActiveValue::Set;
use sea_orm::QueryOrder as _;
use sea_orm::entity::prelude::*;

use crate::applications::model::{Application, Stage, StageChange};
use crate::clock::Instant;
use crate::store::StoreError;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_change")]
pub(super) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub application_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub stage: String,
    pub changed_at: i64,
    pub changed_by: String,
    pub note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(super) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps the last entry of an application's history.
pub(super) async fn append(
    conn: &impl ConnectionTrait,
    application: &Application,
) -> Result<(), StoreError> {
    let Some(change) = application.history.last() else {
        return Ok(());
    };
    let row = ActiveModel {
        application_id: Set(application.id.to_string()),
        number: Set(application.version),
        stage: Set(change.stage.as_str().to_owned()),
        changed_at: Set(change.at.as_millis()),
        changed_by: Set(change.by.clone()),
        note: Set(change.note.clone()),
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// The histories of several applications in one query, oldest entry first, by application.
pub(super) async fn of_all(
    conn: &impl ConnectionTrait,
    applications: Vec<String>,
) -> Result<HashMap<String, Vec<StageChange>>, StoreError> {
    let mut histories: HashMap<String, Vec<StageChange>> = HashMap::new();
    if applications.is_empty() {
        return Ok(histories);
    }
    let rows = Entity::find()
        .filter(Column::ApplicationId.is_in(applications))
        .order_by_asc(Column::Number)
        .all(conn)
        .await?;
    for row in rows {
        let stage = Stage::parse(&row.stage).ok_or_else(|| StoreError::Damaged {
            table: "stage_change",
            id: format!("{} {}", row.application_id, row.number),
            column: "stage",
        })?;
        let at = Instant::from_millis(row.changed_at);
        let change = StageChange {
            stage,
            at,
            by: row.changed_by,
            note: row.note,
        };
        histories
            .entry(row.application_id)
            .or_default()
            .push(change);
    }
    Ok(histories)
}
