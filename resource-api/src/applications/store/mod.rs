//! Applications in the database. Who may see one is part of the query; every change names the version
//! that it was decided on.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use self::entity::{Column, Entity, Model};
use super::model::Application;
use crate::id::Id;
use crate::jobs;
use crate::paging::Page;
use crate::store::StoreError;

mod entity;
mod history;

/// Which applications exist for a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Everything, for administrators.
    All,
    /// As a party to them.
    Party {
        /// Those of this candidate.
        candidate: Option<String>,
        /// Those to jobs of this owner.
        recruiter: Option<String>,
    },
}

/// An application that the caller can see.
pub async fn find_visible(
    conn: &impl ConnectionTrait,
    id: &Id,
    sight: &Sight,
) -> Result<Option<Application>, StoreError> {
    let rows = Entity::find_by_id(id.as_str())
        .filter(visible(sight))
        .all(conn)
        .await?;
    Ok(with_histories(conn, rows).await?.pop())
}

/// One page of the applications to a job, newest first, and one more row when there are more.
pub async fn list_of_job(
    conn: &impl ConnectionTrait,
    job_id: &Id,
    page: &Page,
) -> Result<Vec<Application>, StoreError> {
    list(conn, Column::JobId.eq(job_id.as_str()), page).await
}

/// One page of the applications of a candidate, newest first, and one more row when there are more.
pub async fn list_of_candidate(
    conn: &impl ConnectionTrait,
    candidate: &str,
    page: &Page,
) -> Result<Vec<Application>, StoreError> {
    list(conn, Column::Candidate.eq(candidate), page).await
}

/// Keeps a new application if its job is open at this very moment. `false`: the job is not.
///
/// # Errors
/// [`StoreError::Duplicate`] when the candidate has applied already.
pub async fn insert(
    conn: &impl ConnectionTrait,
    application: &Application,
) -> Result<bool, StoreError> {
    let row = [
        (Column::Id, Expr::val(application.id.as_str())),
        (Column::JobId, Expr::val(application.job_id.as_str())),
        (Column::Candidate, Expr::val(application.candidate.as_str())),
        (
            Column::CoverLetter,
            Expr::val(application.content.cover_letter.as_str()),
        ),
        (
            Column::ResumeUrl,
            Expr::val(application.content.resume_url.clone()),
        ),
        (Column::Stage, Expr::val(application.stage.as_str())),
        (Column::Version, Expr::val(application.version)),
        (
            Column::CreatedAt,
            Expr::val(application.created_at.as_millis()),
        ),
        (
            Column::UpdatedAt,
            Expr::val(application.updated_at.as_millis()),
        ),
    ];
    let mut only_if_open = jobs::store::open_job(&application.job_id);
    only_if_open.exprs(row.iter().map(|(_, value)| value.clone()));
    let mut insert = Query::insert();
    insert
        .into_table(Entity)
        .columns(row.map(|(column, _)| column));
    insert
        .select_from(only_if_open)
        .map_err(|cause| StoreError::Database(sea_orm::DbErr::Custom(cause.to_string())))?;
    if conn.execute(&insert).await?.rows_affected() == 0 {
        return Ok(false);
    }
    history::append(conn, application).await?;
    Ok(true)
}

/// Replaces version `from` of an application by `moved`, one version later. `false`: it has another
/// version by now, or is gone.
pub async fn move_stage(
    conn: &impl ConnectionTrait,
    moved: &Application,
    from: i64,
) -> Result<bool, StoreError> {
    let done = Entity::update_many()
        .col_expr(Column::Stage, Expr::val(moved.stage.as_str()))
        .col_expr(Column::Version, Expr::val(moved.version))
        .col_expr(Column::UpdatedAt, Expr::val(moved.updated_at.as_millis()))
        .filter(Column::Id.eq(moved.id.as_str()))
        .filter(Column::Version.eq(from))
        .exec(conn)
        .await?;
    if done.rows_affected == 0 {
        return Ok(false);
    }
    history::append(conn, moved).await?;
    Ok(true)
}

/// Deletes `version` of an application with its history. `false`: it has another version by now, or
/// is gone.
pub async fn delete(
    conn: &impl ConnectionTrait,
    id: &Id,
    version: i64,
) -> Result<bool, StoreError> {
    let done = Entity::delete_many()
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::Version.eq(version))
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}

async fn list(
    conn: &impl ConnectionTrait,
    whose: Expr,
    page: &Page,
) -> Result<Vec<Application>, StoreError> {
    let mut condition = Condition::all().add(whose);
    if let Some(after) = &page.after {
        condition = condition.add(Column::Id.lt(after.as_str()));
    }
    let rows = Entity::find()
        .filter(condition)
        .order_by_desc(Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    with_histories(conn, rows).await
}

async fn with_histories(
    conn: &impl ConnectionTrait,
    rows: Vec<Model>,
) -> Result<Vec<Application>, StoreError> {
    let ids = rows.iter().map(|row| row.id.clone()).collect();
    let mut histories = history::of_all(conn, ids).await?;
    rows.into_iter()
        .map(|row| {
            let history = histories.remove(&row.id).unwrap_or_default();
            row.with_history(history)
        })
        .collect()
}

fn visible(sight: &Sight) -> Condition {
    let Sight::Party {
        candidate,
        recruiter,
    } = sight
    else {
        return Condition::all();
    };
    // An empty "any" would mean everything: begin with what is never true.
    let mut parties = Condition::any().add(Expr::val(1).eq(0));
    if let Some(candidate) = candidate {
        parties = parties.add(Column::Candidate.eq(candidate));
    }
    if let Some(recruiter) = recruiter {
        parties = parties.add(Column::JobId.in_subquery(jobs::store::owned_by(recruiter)));
    }
    parties
}
