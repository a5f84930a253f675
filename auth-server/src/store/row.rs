//! Between rows and nouns: lists as JSON, words of enumerations, numbers that fit.
//!
//! A row that fits no state is our fault, not the caller's: it names the table and the row.

use std::collections::HashMap;

use sea_orm::UpdateResult;
use shared_claims::{Role, ScopeSet};

use super::StoreError;
use crate::clock::Instant;
use crate::error::Fault;
use crate::model::ClaimsRequest;
use crate::secret::SecretDigest;

/// A row that cannot be read: which one, and why.
#[derive(Debug, thiserror::Error)]
#[error("row `{id}` of table `{table}` is broken: {what}")]
struct BrokenRow {
    table: &'static str,
    id: String,
    what: String,
}

/// Reads the columns of one row and knows its name, for the error.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) table: &'static str,
    pub(super) id: &'a str,
}

impl Row<'_> {
    /// The fault of this row.
    pub(super) fn broken(self, what: impl Into<String>) -> StoreError {
        let broken = BrokenRow {
            table: self.table,
            id: self.id.to_owned(),
            what: what.into(),
        };
        StoreError::Fault(Fault::broken("reading a row", broken))
    }

    /// A word of an enumeration.
    pub(super) fn word<T>(
        self,
        column: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        parse(text).ok_or_else(|| self.broken(format!("`{column}` is `{text}`")))
    }

    /// A list of texts.
    pub(super) fn list(self, column: &'static str, json: &str) -> Result<Vec<String>, StoreError> {
        serde_json::from_str(json)
            .map_err(|error| self.broken(format!("`{column}` is no JSON list: {error}")))
    }

    /// A set of scopes.
    pub(super) fn scopes(self, column: &'static str, text: &str) -> Result<ScopeSet, StoreError> {
        ScopeSet::parse(text).map_err(|error| self.broken(format!("`{column}`: {error}")))
    }

    /// The `claims` parameter of an authorization request; nothing when there was none.
    pub(super) fn claims(
        self,
        column: &'static str,
        json: Option<&str>,
    ) -> Result<ClaimsRequest, StoreError> {
        json.map_or_else(
            || Ok(ClaimsRequest::default()),
            |json| {
                serde_json::from_str(json)
                    .map_err(|error| self.broken(format!("`{column}`: {error}")))
            },
        )
    }

    /// A role.
    pub(super) fn role(self, name: &str) -> Result<Role, StoreError> {
        Role::parse(name).map_err(|error| self.broken(format!("`role`: {error}")))
    }

    /// A number that is never negative and never large.
    pub(super) fn number<T: TryFrom<i64>>(
        self,
        column: &'static str,
        value: i64,
    ) -> Result<T, StoreError> {
        T::try_from(value).map_err(|_| self.broken(format!("`{column}` is {value}")))
    }

    /// The SHA-256 of a secret.
    pub(super) fn digest(
        self,
        column: &'static str,
        bytes: &[u8],
    ) -> Result<SecretDigest, StoreError> {
        SecretDigest::from_bytes(bytes)
            .ok_or_else(|| self.broken(format!("`{column}` has {} bytes, not 32", bytes.len())))
    }
}

/// A list of texts as the column holds it.
pub(super) fn list_to_json<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = texts
        .into_iter()
        .map(|text| text.as_ref().to_owned())
        .collect();
    serde_json::Value::from(texts).to_string()
}

/// The `claims` parameter as the column holds it: nothing for the empty one.
pub(super) fn claims_to_json(claims: &ClaimsRequest) -> Option<String> {
    (*claims != ClaimsRequest::default()).then(|| serde_json::json!(claims).to_string())
}

/// An instant of a column.
pub(super) fn instant(millis: Option<i64>) -> Option<Instant> {
    millis.map(Instant::from_millis)
}

/// An instant for a column.
pub(super) fn millis(instant: Option<Instant>) -> Option<i64> {
    instant.map(Instant::as_millis)
}

/// Whether a conditional update of one row met it.
pub(super) fn won(result: &UpdateResult) -> bool {
    result.rows_affected == 1
}

/// PostgreSQL refuses a text with U+0000 as an error; no row of ours holds one on any engine.
pub(super) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// Rows by the key they belong to.
pub(super) fn group_by<T>(rows: Vec<T>, key: impl Fn(&T) -> String) -> HashMap<String, Vec<T>> {
    let mut groups: HashMap<String, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
