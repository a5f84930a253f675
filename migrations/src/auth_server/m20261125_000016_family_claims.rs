//! Families remember the `claims` parameter of their authorization request (OpenID Connect Core §5.5):
//! userinfo and refreshed ID tokens answer by it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

use super::m20261125_000007_families::Families;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const CLAIMS: &str = "claims";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager
            .has_column(Families::Table.to_string(), CLAIMS)
            .await?
        {
            return Ok(());
        }
        let column = text_null(Alias::new(CLAIMS));
        manager
            .alter_table(
                Table::alter()
                    .table(Families::Table)
                    .add_column(column)
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if !manager
            .has_column(Families::Table.to_string(), CLAIMS)
            .await?
        {
            return Ok(());
        }
        manager
            .alter_table(
                Table::alter()
                    .table(Families::Table)
                    .drop_column(Alias::new(CLAIMS))
                    .take(),
            )
            .await
    }
}
