//! Table `families`: refresh tokens, one row for all generations.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "families")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub client_id: String,
    pub user_id: String,
    pub session_id: Option<String>,
    pub sid: String,
    pub scope: String,
    pub audiences: String,
    pub auth_time: i64,
    pub amr: String,
    pub acr: Option<String>,
    pub generation: i64,
    pub rotated_at: Option<i64>,
    pub used: bool,
    pub mac_version: i64,
    pub status_index: Option<i64>,
    pub created_at: i64,
    pub expires_at: i64,
    pub idle_expires_at: i64,
    pub revoked_at: Option<i64>,
    pub revoked_reason: Option<String>,
    pub status_index_before: Option<i64>,
    pub claims: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
