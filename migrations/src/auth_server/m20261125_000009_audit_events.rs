//! Security events, written in the transaction they report.
//!
//! `position`, `prev_hash` and `hash` stay NULL until the sealer chains the row: `seq` numbers may
//! become visible out of order, so the chain has an order of its own. No foreign keys: an event
//! outlives what it is about.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, big_pk_auto, string_len, string_len_null, string_len_uniq, text,
    var_binary_null,
};

use crate::portable::{ID, WORD, create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum AuditEvents {
    Table,
    Seq,
    Id,
    At,
    Kind,
    Outcome,
    Reason,
    ClientId,
    UserId,
    Peer,
    RequestId,
    Detail,
    Position,
    PrevHash,
    Hash,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, AuditEvents::Table)
                    .col(big_pk_auto(AuditEvents::Seq))
                    .col(string_len_uniq(AuditEvents::Id, ID))
                    .col(instant(AuditEvents::At))
                    .col(string_len(AuditEvents::Kind, WORD))
                    .col(string_len(AuditEvents::Outcome, WORD))
                    .col(string_len_null(AuditEvents::Reason, WORD))
                    .col(string_len_null(AuditEvents::ClientId, ID))
                    .col(string_len_null(AuditEvents::UserId, ID))
                    .col(string_len_null(AuditEvents::Peer, WORD))
                    .col(string_len_null(AuditEvents::RequestId, ID))
                    .col(text(AuditEvents::Detail))
                    .col(big_integer_null(AuditEvents::Position).unique_key())
                    .col(var_binary_null(AuditEvents::PrevHash, 32))
                    .col(var_binary_null(AuditEvents::Hash, 32))
                    .take(),
            )
            .await?;
        let indexes = [
            ("audit_events_by_time", AuditEvents::At),
            ("audit_events_by_user", AuditEvents::UserId),
            ("audit_events_by_client", AuditEvents::ClientId),
        ];
        for (name, column) in indexes {
            let mut index = Index::create();
            index.col(column);
            create_index(manager, &mut index, AuditEvents::Table, name).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, AuditEvents::Table).await
    }
}
