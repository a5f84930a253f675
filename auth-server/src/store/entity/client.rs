//! Table `clients`: registered clients (RFC 7591 §2). Lists are JSON, scopes are separated by spaces.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clients")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub kind: String,
    pub auth_method: String,
    pub grant_types: String,
    pub redirect_uris: String,
    pub scopes: String,
    pub default_scopes: String,
    pub audiences: String,
    pub access_ttl: Option<i64>,
    pub token_alg: Option<String>,
    pub may_introspect: bool,
    pub require_pkce: bool,
    pub password_grant_until: Option<i64>,
    pub metadata: Option<String>,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
