//! Jobs in the database. What a caller may see is part of the query; a change happens to the version
//! that was read, or not at all.

use sea_orm::ActiveValue::NotSet;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait as _, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use self::entity::{ActiveModel, Column, Entity};
use super::model::{Job, Status};
use crate::id::Id;
use crate::paging::Page;
use crate::store::StoreError;

mod entity;

/// Which jobs exist for a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Everything, for administrators.
    All,
    /// What is published, and all jobs of this owner.
    PublishedAndOwn(String),
    /// What is published.
    Published,
}

/// Whose jobs a caller may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Everybody's, for administrators.
    All,
    /// Those of this owner.
    Own(String),
    /// Nobody's.
    Nothing,
}

/// What a list is narrowed down to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the title or the description, upper and lower case alike.
    pub text: Option<String>,
    /// Part of the location, upper and lower case alike.
    pub location: Option<String>,
    /// Only jobs with this status.
    pub status: Option<Status>,
}

/// One page of the jobs that the caller can see, newest first, and one more row when there are more.
pub async fn list(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    filter: &Filter,
    page: &Page,
) -> Result<Vec<Job>, StoreError> {
    let mut condition = Condition::all().add(visible(sight));
    if let Some(text) = &filter.text {
        let in_title = contains(Column::Title, text);
        condition = condition.add(in_title.or(contains(Column::Description, text)));
    }
    if let Some(location) = &filter.location {
        condition = condition.add(contains(Column::Location, location));
    }
    if let Some(status) = filter.status {
        condition = condition.add(Column::Status.eq(status.as_str()));
    }
    if let Some(after) = &page.after {
        condition = condition.add(Column::Id.lt(after.as_str()));
    }
    let rows = Entity::find()
        .filter(condition)
        .order_by_desc(Column::Id)
        .limit(page.limit + 1)
        .all(conn)
        .await?;
    rows.into_iter().map(Job::try_from).collect()
}

/// A job that the caller can see.
pub async fn find_visible(
    conn: &impl ConnectionTrait,
    id: &Id,
    sight: &Sight,
) -> Result<Option<Job>, StoreError> {
    let query = Entity::find_by_id(id.as_str()).filter(visible(sight));
    query.one(conn).await?.map(Job::try_from).transpose()
}

/// A job that the caller may change.
pub async fn find_commanded(
    conn: &impl ConnectionTrait,
    id: &Id,
    command: &Command,
) -> Result<Option<Job>, StoreError> {
    let query = Entity::find_by_id(id.as_str()).filter(commanded(command));
    query.one(conn).await?.map(Job::try_from).transpose()
}

/// Keeps a new job.
pub async fn insert(conn: &impl ConnectionTrait, job: &Job) -> Result<(), StoreError> {
    Entity::insert(ActiveModel::from(job))
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Replaces `version` of a job by `job`. `false`: the job has another version by now, or is gone.
pub async fn replace(
    conn: &impl ConnectionTrait,
    job: &Job,
    version: i64,
) -> Result<bool, StoreError> {
    let row = ActiveModel::from(job);
    let done = Entity::update_many()
        .set(ActiveModel {
            id: NotSet,
            owner: NotSet,
            created_at: NotSet,
            ..row
        })
        .filter(Column::Id.eq(job.id.as_str()))
        .filter(Column::Version.eq(version))
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Deletes `version` of a job. `false`: the job has another version by now, or is gone.
///
/// # Errors
/// [`StoreError::Referenced`] when it has applications: the foreign key decides, so that nobody can
/// apply in between.
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

/// The identifiers of the jobs of an owner, as part of another query.
pub fn owned_by(owner: &str) -> SelectStatement {
    let mut jobs = Query::select();
    jobs.column(Column::Id)
        .from(Entity)
        .and_where(Column::Owner.eq(owner));
    jobs
}

/// A selection with one row when the job is open and none otherwise, as part of another statement; the
/// columns are up to that one.
pub fn open_job(id: &Id) -> SelectStatement {
    let mut job = Query::select();
    job.from(Entity)
        .and_where(Column::Id.eq(id.as_str()))
        .and_where(Column::Status.eq(Status::Open.as_str()));
    job
}

fn visible(sight: &Sight) -> Condition {
    let published = Column::Status.ne(Status::Draft.as_str());
    match sight {
        Sight::All => Condition::all(),
        Sight::Published => Condition::all().add(published),
        Sight::PublishedAndOwn(owner) => {
            Condition::any().add(published).add(Column::Owner.eq(owner))
        }
    }
}

fn commanded(command: &Command) -> Condition {
    match command {
        Command::All => Condition::all(),
        Command::Own(owner) => Condition::all().add(Column::Owner.eq(owner)),
        Command::Nothing => Condition::all().add(Expr::val(1).eq(0)),
    }
}

/// `LOWER(column) LIKE LOWER('%text%')`. The database folds both sides, so that its idea of lower case
/// (ASCII only on SQLite) cannot part them; wildcards in the text stand for themselves.
fn contains(column: Column, text: &str) -> Expr {
    let escaped = text
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    let pattern = Func::lower(Expr::val(format!("%{escaped}%")));
    let folded = Expr::from(Func::lower(Expr::col((Entity, column))));
    folded.binary(
        BinOper::Like,
        Expr::from(pattern).binary(BinOper::Escape, Expr::Constant('!'.into())),
    )
}
