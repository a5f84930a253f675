//! The changes of the lists as events, for verifiers that want to know at once. One log for all who
//! listen: each has a position in it, nobody has a buffer. Who falls too far behind is told to fetch
//! the lists anew.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::store::status::{LIST_SIZE, Revocation as Revoked};

/// Changes kept for those who come back.
const MAX_ENTRIES: usize = 4096;
/// Bytes kept, whatever their number.
const MAX_BYTES: usize = 4 << 20;
/// A change of more indexes than this is a new list rather than an event.
const MAX_INDEXES: i64 = 10_000;

/// One change, as it is sent.
#[derive(Debug)]
struct Entry {
    seq: i64,
    text: Arc<str>,
}

#[derive(Debug, Default)]
struct Log {
    /// The newest change that is not kept any more: who has not seen it has missed something.
    floor: i64,
    /// The newest change there is.
    head: i64,
    entries: VecDeque<Entry>,
    bytes: usize,
}

/// The log and the bell.
pub(super) struct Feed {
    log: Mutex<Log>,
    /// False once the server stops.
    bell: watch::Sender<bool>,
}

/// One who listens.
pub struct Subscription {
    revocation: super::Revocation,
    position: i64,
    bell: watch::Receiver<bool>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            log: Mutex::default(),
            bell: watch::Sender::new(true),
        }
    }
}

impl Feed {
    /// Adds what was revoked, up to change `head`. `uri` is the address of a list that still serves.
    pub(super) fn add(&self, revoked: &[Revoked], head: i64, uri: impl Fn(i64) -> Option<String>) {
        let mut log = self.log();
        for change in revoked.chunk_by(|one, next| one.seq == next.seq) {
            if let (Some(first), Some(text)) = (change.first(), event(change, &uri)) {
                log.push(first.seq, text.into());
            }
        }
        log.head = head;
        drop(log);
        self.bell.send_modify(|_| {});
    }

    /// Everybody has to begin anew: the numbers mean something else from now on.
    pub(super) fn restart(&self) {
        let mut log = self.log();
        *log = Log {
            floor: i64::MAX,
            ..Log::default()
        };
    }

    /// Ends every subscription, and those to come.
    pub(super) fn close(&self) {
        self.bell.send_replace(false);
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn push(&mut self, seq: i64, text: Arc<str>) {
        if self.floor == i64::MAX {
            self.floor = seq - 1;
        }
        self.bytes += text.len();
        self.entries.push_back(Entry { seq, text });
        while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                return;
            };
            self.bytes -= oldest.text.len();
            self.floor = oldest.seq;
        }
    }

    /// What comes after a position, and the position after that.
    fn after(&self, position: i64) -> Option<(i64, Arc<str>)> {
        if position < self.floor || position > self.head {
            return Some((self.head, reset(self.head).into()));
        }
        let next = self.entries.partition_point(|entry| entry.seq <= position);
        let entry = self.entries.get(next)?;
        Some((entry.seq, Arc::clone(&entry.text)))
    }
}

impl Subscription {
    /// Whether silence means that nothing was revoked.
    pub fn is_current(&self) -> bool {
        self.revocation.is_current()
    }

    /// Listens from `last_event_id` on, or from now on. The first text names the position.
    pub(super) fn new(
        revocation: super::Revocation,
        last_event_id: Option<&str>,
    ) -> (Self, String) {
        let feed = &revocation.0.feed;
        let head = feed.log().head;
        let position = match last_event_id {
            None => head,
            // What is no number of ours is beyond all: the answer is `reset`.
            Some(id) => id.trim().parse().unwrap_or(i64::MAX),
        };
        let bell = feed.bell.subscribe();
        let greeting = match last_event_id {
            None => format!("retry: 1000\nid: {head}\n\n"),
            Some(_) => "retry: 1000\n\n".to_owned(),
        };
        let subscription = Self {
            revocation,
            position,
            bell,
        };
        (subscription, greeting)
    }

    /// The next event, as text. `None` when the server stops.
    pub async fn next(&mut self) -> Option<Arc<str>> {
        loop {
            if !*self.bell.borrow_and_update() {
                return None;
            }
            let next = self.revocation.0.feed.log().after(self.position);
            if let Some((position, text)) = next {
                self.position = position;
                return Some(text);
            }
            self.bell.changed().await.ok()?;
        }
    }
}

/// One change as events, one for each list it touches. Only the last has an id: who is cut off in
/// between gets all of them again.
fn event(change: &[Revoked], uri: &impl Fn(i64) -> Option<String>) -> Option<String> {
    let seq = change.first()?.seq;
    if change.iter().map(|one| one.run.size).sum::<i64>() > MAX_INDEXES {
        return Some(reset(seq));
    }
    let mut events: Vec<String> = Vec::new();
    for of_list in change.chunk_by(|one, next| one.run.list() == next.run.list()) {
        let Some(uri) = of_list.first().and_then(|one| uri(one.run.list())) else {
            continue;
        };
        let indexes: Vec<i64> = of_list
            .iter()
            .flat_map(|one| one.run.first..one.run.first + one.run.size)
            .map(|index| index.rem_euclid(LIST_SIZE))
            .collect();
        events.push(serde_json::json!({ "uri": uri, "idx": indexes }).to_string());
    }
    let last = events.pop()?;
    let mut text = String::new();
    for data in events {
        // Writing to a string cannot fail.
        let _ = write!(text, "event: status\ndata: {data}\n\n");
    }
    let _ = write!(text, "event: status\nid: {seq}\ndata: {last}\n\n");
    Some(text)
}

fn reset(seq: i64) -> String {
    format!("event: reset\nid: {seq}\ndata: {{}}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::store::status::Run;

    fn revoked(seq: i64, first: i64, size: i64) -> Revoked {
        Revoked {
            seq,
            run: Run { first, size },
            at: Instant::from_seconds(1),
        }
    }

    fn uri(number: i64) -> Option<String> {
        (number < 9).then(|| format!("https://a.example/{number}"))
    }

    #[test]
    fn a_change_is_one_event_for_each_list_and_the_last_has_its_number() {
        let change = [
            revoked(7, 1, 2),
            revoked(7, 5, 1),
            revoked(7, LIST_SIZE + 3, 1),
        ];
        assert_eq!(
            event(&change, &uri).unwrap(),
            "event: status\ndata: {\"uri\":\"https://a.example/0\",\"idx\":[1,2,5]}\n\n\
             event: status\nid: 7\ndata: {\"uri\":\"https://a.example/1\",\"idx\":[3]}\n\n"
        );
        assert_eq!(event(&[revoked(7, 9 * LIST_SIZE, 1)], &uri), None);
    }

    #[test]
    fn a_change_of_very_many_indexes_is_a_reset() {
        let change: Vec<Revoked> = (0..3).map(|n| revoked(8, n * 4096, 4096)).collect();
        assert_eq!(
            event(&change, &uri).unwrap(),
            "event: reset\nid: 8\ndata: {}\n\n"
        );
    }

    #[test]
    fn who_is_in_the_log_goes_on_and_who_is_not_begins_anew() {
        let feed = Feed::default();
        feed.add(&[revoked(3, 1, 1), revoked(5, 2, 1)], 6, uri);
        let at = |position| {
            feed.log()
                .after(position)
                .map(|(to, text)| (to, text.starts_with("event: reset")))
        };
        assert_eq!(at(0), Some((3, false)));
        assert_eq!(at(3), Some((5, false)));
        assert_eq!(at(4), Some((5, false)));
        assert_eq!(at(6), None);
        assert_eq!(at(7), Some((6, true)), "a number that is not there yet");
        for seq in 10..10 + i64::try_from(MAX_ENTRIES).unwrap() {
            feed.add(&[revoked(seq, seq, 1)], seq, uri);
        }
        let head = 9 + i64::try_from(MAX_ENTRIES).unwrap();
        assert_eq!(at(4), Some((head, true)), "change 5 is not kept any more");
        assert_eq!(at(5), Some((10, false)));
        assert_eq!(feed.log().entries.len(), MAX_ENTRIES);
    }

    #[test]
    fn after_a_restart_every_old_number_begins_anew() {
        let feed = Feed::default();
        feed.add(&[revoked(3, 1, 1)], 9, uri);
        feed.restart();
        feed.add(&[], 4, uri);
        let at = |position| feed.log().after(position).map(|(to, _)| to);
        assert_eq!(at(3), Some(4));
        assert_eq!(at(9), Some(4));
    }

    #[test]
    fn the_log_is_bounded_in_bytes_too() {
        let feed = Feed::default();
        let change: Vec<Revoked> = (0..2).map(|n| revoked(1, n * 4096, 4096)).collect();
        for seq in 1..500 {
            let change: Vec<Revoked> = change.iter().map(|one| Revoked { seq, ..*one }).collect();
            feed.add(&change, seq, uri);
        }
        let log = feed.log();
        assert!(log.bytes <= MAX_BYTES && log.entries.len() > 10);
        assert_eq!(
            log.bytes,
            log.entries
                .iter()
                .map(|entry| entry.text.len())
                .sum::<usize>()
        );
    }
}
