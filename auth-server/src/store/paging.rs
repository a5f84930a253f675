//! Lists in pages along a key: the cursor is the last key of the page before.

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Pass it as `after` to get the next page; `None` on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// From `limit + 1` rows: the one too many tells that there is more.
    pub(super) fn of(mut items: Vec<T>, limit: u64, key: impl Fn(&T) -> &str) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let next = if items.len() > limit {
            items.truncate(limit);
            items.last().map(|item| key(item).to_owned())
        } else {
            None
        };
        Self { items, next }
    }
}
