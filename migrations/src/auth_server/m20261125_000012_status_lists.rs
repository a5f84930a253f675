//! Token Status Lists (draft-ietf-oauth-status-list): which lists there are, which indexes a client
//! has reserved, and which indexes are revoked. The one source of truth of what verifiers download.
//!
//! Indexes count over all lists: index 5 of list 2 is `2 * LIST_SIZE + 5`. The next free one is in
//! `counters`. A row of revocations is a run of indexes, so that a client's block is one row.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string_len};

use super::m20261125_000003_clients::Clients;
use super::m20261125_000007_families::Families;
use super::m20261125_000008_change_log::start_counter;
use crate::portable::{ID, create_index, drop_table, instant, table};

/// Name of the counter of the next free index.
pub const STATUS_COUNTER: &str = "status_index";
/// The index a family had before its present one, while tokens with it may still be good.
const BEFORE: &str = "status_index_before";

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum StatusLists {
    Table,
    Number,
    OpenedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum StatusBlocks {
    Table,
    First,
    Size,
    ClientId,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum StatusRevocations {
    Table,
    Seq,
    First,
    Size,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        start_counter(manager, STATUS_COUNTER).await?;
        manager
            .create_table(
                table(manager, StatusLists::Table)
                    .col(big_integer(StatusLists::Number).primary_key())
                    .col(instant(StatusLists::OpenedAt))
                    .col(instant(StatusLists::ExpiresAt))
                    .take(),
            )
            .await?;
        create_blocks(manager).await?;
        create_revocations(manager).await?;
        add_column(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager).await?;
        drop_table(manager, StatusRevocations::Table).await?;
        drop_table(manager, StatusBlocks::Table).await?;
        drop_table(manager, StatusLists::Table).await
    }
}

async fn create_blocks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // A block reserved for a client that is being deleted would escape the revocation.
    let mut of_client = ForeignKey::create();
    of_client
        .name("status_blocks_of_client")
        .from(StatusBlocks::Table, StatusBlocks::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    manager
        .create_table(
            table(manager, StatusBlocks::Table)
                .col(big_integer(StatusBlocks::First).primary_key())
                .col(big_integer(StatusBlocks::Size))
                .col(string_len(StatusBlocks::ClientId, ID))
                .col(instant(StatusBlocks::ExpiresAt))
                .foreign_key(&mut of_client)
                .take(),
        )
        .await?;
    for (name, column) in [
        ("status_blocks_by_client", StatusBlocks::ClientId),
        ("status_blocks_by_expiry", StatusBlocks::ExpiresAt),
    ] {
        let mut index = Index::create();
        index.col(column);
        create_index(manager, &mut index, StatusBlocks::Table, name).await?;
    }
    Ok(())
}

async fn create_revocations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            table(manager, StatusRevocations::Table)
                .col(big_integer(StatusRevocations::Seq))
                .col(big_integer(StatusRevocations::First))
                .col(big_integer(StatusRevocations::Size))
                .col(instant(StatusRevocations::At))
                .primary_key(
                    Index::create()
                        .col(StatusRevocations::Seq)
                        .col(StatusRevocations::First),
                )
                .take(),
        )
        .await?;
    let mut by_index = Index::create();
    by_index.col(StatusRevocations::First);
    create_index(
        manager,
        &mut by_index,
        StatusRevocations::Table,
        "status_revocations_by_index",
    )
    .await
}

async fn add_column(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let families = || Families::Table.to_string();
    if !manager.has_column(families(), BEFORE).await? {
        let column = big_integer_null(Alias::new(BEFORE));
        let mut change = Table::alter();
        change.table(Families::Table).add_column(column);
        manager.alter_table(change.take()).await?;
    }
    // One token names its family by this index when it is revoked alone (RFC 7009).
    let mut index = Index::create();
    index.col(Alias::new(BEFORE));
    let name = "families_by_status_index_before";
    create_index(manager, &mut index, Families::Table, name).await
}

async fn drop_column(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let families = || Families::Table.to_string();
    let name = "families_by_status_index_before";
    if manager.has_index(families(), name).await? {
        let mut index = Index::drop();
        index.name(name).table(Families::Table);
        manager.drop_index(index.clone()).await?;
    }
    if manager.has_column(families(), BEFORE).await? {
        let mut change = Table::alter();
        change
            .table(Families::Table)
            .drop_column(Alias::new(BEFORE));
        manager.alter_table(change.take()).await?;
    }
    Ok(())
}
