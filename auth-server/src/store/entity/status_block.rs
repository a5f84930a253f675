//! Table `status_blocks`: indexes that an instance reserved for the tokens of one client.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "status_blocks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub first: i64,
    pub size: i64,
    pub client_id: String,
    pub expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
