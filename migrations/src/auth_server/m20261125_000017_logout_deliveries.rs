//! Which clients took part in a session, and which of them are still to be told of its end
//! (OpenID Connect Back-Channel Logout 1.0 §2.5).
//!
//! Codes and families are forgotten long before a session ends, so who took part has a table of its own.
//! A delivery outlives session and user: whoever ends them writes it in the same transaction.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len};

use super::m20261125_000003_clients::Clients;
use super::m20261125_000006_sessions::Sessions;
use crate::portable::{ID, create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum SessionClients {
    Table,
    SessionId,
    ClientId,
}

#[derive(DeriveIden)]
enum LogoutDeliveries {
    Table,
    SessionId,
    ClientId,
    UserId,
    Tries,
    NextTryAt,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_clients(manager).await?;
        let mut by_client = Index::create();
        by_client.col(SessionClients::ClientId);
        let name = "session_clients_by_client";
        create_index(manager, &mut by_client, SessionClients::Table, name).await?;
        create_deliveries(manager).await?;
        let indexes = [
            ("logout_deliveries_by_try", LogoutDeliveries::NextTryAt),
            ("logout_deliveries_by_client", LogoutDeliveries::ClientId),
        ];
        for (name, column) in indexes {
            let mut index = Index::create();
            index.col(column);
            create_index(manager, &mut index, LogoutDeliveries::Table, name).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, LogoutDeliveries::Table).await?;
        drop_table(manager, SessionClients::Table).await
    }
}

async fn create_clients(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_session = ForeignKey::create();
    of_session
        .name("session_clients_of_session")
        .from(SessionClients::Table, SessionClients::SessionId)
        .to(Sessions::Table, Sessions::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_client = ForeignKey::create();
    of_client
        .name("session_clients_of_client")
        .from(SessionClients::Table, SessionClients::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut key = Index::create();
    key.col(SessionClients::SessionId)
        .col(SessionClients::ClientId)
        .primary();
    manager
        .create_table(
            table(manager, SessionClients::Table)
                .col(string_len(SessionClients::SessionId, ID))
                .col(string_len(SessionClients::ClientId, ID))
                .primary_key(&mut key)
                .foreign_key(&mut of_session)
                .foreign_key(&mut of_client)
                .take(),
        )
        .await
}

async fn create_deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create();
    of_client
        .name("logout_deliveries_of_client")
        .from(LogoutDeliveries::Table, LogoutDeliveries::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut key = Index::create();
    key.col(LogoutDeliveries::SessionId)
        .col(LogoutDeliveries::ClientId)
        .primary();
    manager
        .create_table(
            table(manager, LogoutDeliveries::Table)
                .col(string_len(LogoutDeliveries::SessionId, ID))
                .col(string_len(LogoutDeliveries::ClientId, ID))
                .col(string_len(LogoutDeliveries::UserId, ID))
                .col(big_integer(LogoutDeliveries::Tries))
                .col(instant(LogoutDeliveries::NextTryAt))
                .col(instant(LogoutDeliveries::CreatedAt))
                .primary_key(&mut key)
                .foreign_key(&mut of_client)
                .take(),
        )
        .await
}
