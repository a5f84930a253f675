//! Cursor pagination: `?limit=` and `?cursor=`, answered by `{"items": […], "next": cursor|null}` and a
//! `Link` with `rel="next"` (RFC 8288).
//!
//! A cursor is opaque. It carries the last identifier and a checksum over the list that it belongs to,
//! so that a damaged one, or one of another list, is refused instead of giving a wrong page. It grants
//! nothing: the query behind it asks for the caller's rows again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::id::Id;

/// Entries of a page when the caller does not say.
pub const DEFAULT_LIMIT: u64 = 20;
/// Most entries of a page.
pub const MAX_LIMIT: u64 = 100;

/// Length of the checksum inside a cursor.
const CHECKSUM: usize = 12;

/// Which part of a list is wanted.
#[derive(Debug, Clone)]
pub struct Page {
    /// Most entries, 1 to 100.
    pub limit: u64,
    /// Only entries after this one.
    pub after: Option<Id>,
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Paged<T: ToSchema> {
    /// The entries, newest first.
    pub items: Vec<T>,
    /// Cursor of the next page; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

impl<T: ToSchema> Paged<T> {
    /// Makes a page of rows that were fetched with one more than the limit, to know whether there is
    /// a next page. `list` names the list together with its filters.
    pub fn new(mut rows: Vec<T>, page: &Page, list: &str, id: impl Fn(&T) -> &Id) -> Self {
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|last| encode(id(last), list));
        Self { items: rows, next }
    }
}

/// The cursor after `id` in `list`.
fn encode(id: &Id, list: &str) -> String {
    let mut bytes = checksum(id, list).to_vec();
    bytes.extend_from_slice(id.as_str().as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The identifier inside a cursor of `list`; `None` when the cursor is damaged or of another list.
pub fn decode(cursor: &str, list: &str) -> Option<Id> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (sum, id) = bytes.split_at_checked(CHECKSUM)?;
    let id = Id::parse(std::str::from_utf8(id).ok()?)?;
    (sum == checksum(&id, list)).then_some(id)
}

fn checksum(id: &Id, list: &str) -> [u8; CHECKSUM] {
    let digest = Sha256::new()
        .chain_update(id.as_str())
        .chain_update(list)
        .finalize();
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&digest[..CHECKSUM]);
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> Id {
        Id::parse("0193a5c2-7b1e-7c3d-9f00-0123456789ab").unwrap()
    }

    #[test]
    fn a_cursor_leads_back_to_its_entry_in_its_list_only() {
        let cursor = encode(&id(), "jobs?q=rust");
        assert_eq!(decode(&cursor, "jobs?q=rust"), Some(id()));
        assert_eq!(decode(&cursor, "jobs?q=go"), None);
    }

    proptest! {
        /// AD-06: no change of a cursor gives another page.
        #[test]
        fn ad_06_an_altered_cursor_is_refused(position in 0_usize..64, character in "[A-Za-z0-9_-]") {
            let cursor = encode(&id(), "jobs");
            let mut altered = cursor.clone();
            altered.replace_range(position..=position, &character);
            prop_assume!(altered != cursor);
            prop_assert_eq!(decode(&altered, "jobs"), None);
        }
    }
}
