//! What this instance knows of the lists at one moment: which there are, and whose bits are set.
//! Swapped, never locked; bits are only ever added, and a list goes as a whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clock::Instant;
use crate::store::status::{LIST_SIZE, List, Revocation, Run};

/// Every list with its set bits.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// The newest change that is in here.
    pub(super) seen: i64,
    lists: BTreeMap<i64, Arc<Bits>>,
}

/// One list.
#[derive(Debug, Clone)]
pub(super) struct Bits {
    /// What it is.
    pub(super) list: List,
    /// The change that set the newest bit; 0 before the first.
    pub(super) version: i64,
    /// When that was; when the list was opened before.
    pub(super) changed_at: Instant,
    /// All of it was revoked at once: nobody keeps a place in it.
    pub(super) is_closed: bool,
    /// Which bits are set, in the order in which they were.
    pub(super) runs: Vec<Run>,
}

impl View {
    /// The list of this number, while it serves.
    pub(super) fn find(&self, number: i64, now: Instant) -> Option<&Arc<Bits>> {
        self.lists
            .get(&number)
            .filter(|bits| bits.list.expires_at > now)
    }

    /// Whether there is a list of this number, serving or not.
    pub(super) fn has(&self, number: i64) -> bool {
        self.lists.contains_key(&number)
    }

    /// The number of the newest list; -1 before the first.
    pub(super) fn newest(&self) -> i64 {
        self.lists
            .last_key_value()
            .map_or(-1, |(number, _)| *number)
    }

    /// Numbers of the lists that serve, oldest first.
    pub(super) fn numbers(&self, now: Instant) -> impl Iterator<Item = i64> {
        self.lists
            .values()
            .filter(move |bits| bits.list.expires_at > now)
            .map(|bits| bits.list.number)
    }

    /// This view with the lists as they are now and the bits that were set since.
    pub(super) fn with(&self, lists: Vec<List>, revoked: &[Revocation], seen: i64) -> Self {
        let mut new: BTreeMap<i64, Arc<Bits>> = lists
            .into_iter()
            .map(|list| {
                let known = self.lists.get(&list.number).cloned();
                (
                    list.number,
                    known.unwrap_or_else(|| Arc::new(Bits::new(list))),
                )
            })
            .collect();
        for one in revoked {
            // A list that is gone had no living token.
            if let Some(bits) = new.get_mut(&one.run.list()) {
                Arc::make_mut(bits).set(one);
            }
        }
        Self { seen, lists: new }
    }
}

impl Bits {
    fn new(list: List) -> Self {
        Self {
            list,
            version: 0,
            changed_at: list.opened_at,
            is_closed: false,
            runs: Vec::new(),
        }
    }

    fn set(&mut self, revoked: &Revocation) {
        self.version = self.version.max(revoked.seq);
        self.changed_at = self.changed_at.max(revoked.at);
        self.is_closed |= revoked.run.size >= LIST_SIZE;
        self.runs.push(revoked.run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(number: i64) -> List {
        List {
            number,
            opened_at: Instant::from_seconds(1),
            expires_at: Instant::from_seconds(100 + number),
        }
    }

    fn revoked(seq: i64, first: i64) -> Revocation {
        Revocation {
            seq,
            run: Run { first, size: 1 },
            at: Instant::from_seconds(seq),
        }
    }

    #[test]
    fn bits_are_added_to_their_list_and_go_with_it() {
        let now = Instant::from_seconds(50);
        let bits = [
            revoked(5, 3),
            revoked(7, LIST_SIZE + 3),
            revoked(9, 9 * LIST_SIZE),
        ];
        let view = View::default().with(vec![list(0), list(1)], &bits, 9);
        let older = view.find(0, now).unwrap();
        assert_eq!((older.version, older.runs.len()), (5, 1));
        assert_eq!(view.find(9, now).map(|bits| bits.version), None);
        let view = view.with(vec![list(1)], &[revoked(11, LIST_SIZE)], 11);
        assert_eq!(view.numbers(now).collect::<Vec<_>>(), [1]);
        let newer = view.find(1, now).unwrap();
        assert_eq!((newer.version, newer.runs.len()), (11, 2));
        assert_eq!(newer.changed_at, Instant::from_seconds(11));
        assert_eq!(view.seen, 11);
    }

    #[test]
    fn tsl_10_a_list_serves_until_its_last_token_has_expired() {
        let view = View::default().with(vec![list(0)], &[], 1);
        assert!(view.find(0, Instant::from_millis(99_999)).is_some());
        assert!(view.find(0, Instant::from_seconds(100)).is_none());
        assert_eq!(view.numbers(Instant::from_seconds(100)).count(), 0);
    }
}
