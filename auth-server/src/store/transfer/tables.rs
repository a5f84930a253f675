//! The tables a transfer moves, parents before children: the one list. Columns, types and keys come
//! from the entities. A test holds the list to the schema, table by table and column by column, so
//! that a migration cannot add what a copy would leave behind.

use sea_orm::sea_query::{
    Condition, Expr, ExprTrait as _, InsertStatement, Order, Query, SelectStatement,
};
use sea_orm::{
    ColumnTrait as _, EntityTrait, IdenStatic as _, Iterable as _, PrimaryKeyToColumn as _,
    PrimaryKeyTrait as _,
};

use super::cell::{Cell, Kind, Row};
use crate::store::entity;

/// One table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: Vec<Column>,
    /// Positions of the primary key among the columns.
    key: Vec<usize>,
    /// The column that the engine numbers by itself.
    pub(super) numbered: Option<&'static str>,
}

/// One column.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// Every table of the schema, in an order in which foreign keys are never broken.
pub(super) fn all() -> Vec<Table> {
    macro_rules! tables {
        ($($entity:ident),+ $(,)?) => { vec![$(Table::of::<entity::$entity::Entity>()),+] };
    }
    tables![
        role,
        user,
        user_role,
        client,
        client_secret,
        client_role,
        client_registration,
        initial_token,
        resource,
        scope,
        signing_key,
        session,
        session_client,
        logout_delivery,
        family,
        authorization_request,
        authorization_code,
        consent,
        counter,
        change,
        status_list,
        status_block,
        status_revocation,
        audit_event,
        throttle,
        spent_assertion,
        server_state,
    ]
}

impl Table {
    fn of<E: EntityTrait>() -> Self {
        let columns: Vec<Column> = E::Column::iter()
            .map(|column| Column {
                name: column.as_str(),
                // A test compares with the schema and finds what this would get wrong.
                kind: Kind::find(column.def().get_column_type()).unwrap_or(Kind::Text),
            })
            .collect();
        let keys: Vec<&str> = E::PrimaryKey::iter()
            .map(|key| key.into_column().as_str())
            .collect();
        let key = keys
            .iter()
            .filter_map(|key| columns.iter().position(|column| column.name == *key))
            .collect();
        Self {
            name: E::default().table_name(),
            columns,
            key,
            numbered: keys
                .first()
                .copied()
                .filter(|_| E::PrimaryKey::auto_increment()),
        }
    }

    /// At most `limit` rows that follow `last` in the order of the key.
    pub(super) fn select_after(&self, last: Option<&Row>, limit: u64) -> SelectStatement {
        let mut select = Query::select();
        select
            .columns(self.columns.iter().map(|column| column.name))
            .from(self.name)
            .limit(limit);
        for &position in &self.key {
            select.order_by(self.columns[position].name, Order::Asc);
        }
        if let Some(last) = last {
            select.cond_where(self.follows(&self.key, last));
        }
        select.take()
    }

    /// `a > ?`, and for a longer key `a >= ? AND (a > ? OR b > ?)`: unlike the comparison of whole
    /// rows, every engine finds that in the index.
    fn follows(&self, key: &[usize], last: &Row) -> Condition {
        let Some((&first, rest)) = key.split_first() else {
            return Condition::all();
        };
        let column = || Expr::col(self.columns[first].name);
        let value = || last[first].to_value();
        if rest.is_empty() {
            return Condition::all().add(column().gt(value()));
        }
        let beyond = Condition::any()
            .add(column().gt(value()))
            .add(self.follows(rest, last));
        Condition::all().add(column().gte(value())).add(beyond)
    }

    /// Inserts these rows.
    pub(super) fn insert(&self, rows: &[Row]) -> InsertStatement {
        let mut insert = Query::insert();
        insert
            .into_table(self.name)
            .columns(self.columns.iter().map(|column| column.name));
        for row in rows {
            // Panics when a row has another length than the list of columns; both are `self.columns`.
            insert.values_panic(row.iter().map(|cell| Expr::val(cell.to_value())));
        }
        insert.take()
    }

    /// Deletes the row with the key of this one.
    pub(super) fn delete(&self, row: &Row) -> sea_orm::sea_query::DeleteStatement {
        let mut delete = Query::delete();
        delete.from_table(self.name);
        for &position in &self.key {
            delete.and_where(Expr::col(self.columns[position].name).eq(row[position].to_value()));
        }
        delete.take()
    }

    /// The key of a row, for messages.
    pub(super) fn key_text(&self, row: &Row) -> String {
        let texts: Vec<String> = self
            .key
            .iter()
            .map(|&position| match &row[position] {
                Cell::Text(text) => text.clone(),
                Cell::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        texts.join(", ")
    }
}
