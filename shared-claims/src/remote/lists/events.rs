//! The text of an event stream, taken apart as it arrives (HTML Living Standard §9.2.6).
//!
//! Bounded: a line or an event that does not end is an error, not memory.

/// The largest event in bytes: room for a hundred thousand entries.
const LARGEST: usize = 1024 * 1024;

/// One event: a name, data, or at least an id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Its name; `message` when it has none.
    pub(super) name: String,
    /// Its id, for picking up the stream after it.
    pub(super) id: Option<String>,
    /// Its lines of data.
    pub(super) data: String,
}

/// A line or an event is too large.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// What has arrived of the next event.
#[derive(Debug, Default)]
pub(super) struct EventReader {
    line: Vec<u8>,
    after_return: bool,
    name: String,
    id: Option<String>,
    data: String,
}

impl EventReader {
    /// Takes a piece of the stream, cut anywhere; returns the events it completes.
    pub(super) fn read(&mut self, piece: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut events = Vec::new();
        for &byte in piece {
            // A line ends with CR, LF, or both.
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            match byte {
                _ if second_half => {}
                b'\r' | b'\n' => events.extend(self.end_line()),
                _ if self.line.len() + self.data.len() == LARGEST => return Err(TooLarge),
                _ => self.line.push(byte),
            }
        }
        Ok(events)
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            return self.end_event();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            // It goes back in a header; what is no number is not from our issuer.
            "id" if value.len() <= 20 && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.id = Some(value.to_owned());
            }
            // Comments, `retry`, and what we do not know.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Event> {
        let (name, id) = (std::mem::take(&mut self.name), self.id.take());
        let mut data = std::mem::take(&mut self.data);
        // Browsers drop an event without data. `reset` needs none, and a bare id says where we are.
        if data.pop().is_none() && name.is_empty() && id.is_none() {
            return None;
        }
        let name = if name.is_empty() {
            "message".to_owned()
        } else {
            name
        };
        Some(Event { name, id, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str = ": welcome\n\nevent: status\nid: 7\ndata: {\"a\":\ndata: 1}\n\n\
                          :\n\nevent:reset\r\n\r\nid: 9\rdata: x\r\rid: evil\n\nretry: 1\nid: 12\n\n";

    fn event(name: &str, id: Option<&str>, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            id: id.map(str::to_owned),
            data: data.to_owned(),
        }
    }

    #[test]
    fn events_are_read_and_comments_are_not() {
        let events = EventReader::default().read(STREAM.as_bytes()).unwrap();
        assert_eq!(
            events,
            [
                event("status", Some("7"), "{\"a\":\n1}"),
                event("reset", None, ""),
                event("message", Some("9"), "x"),
                event("message", Some("12"), ""),
            ]
        );
    }

    #[test]
    fn what_does_not_end_is_an_error() {
        let mut reader = EventReader::default();
        assert!(reader.read(&vec![b'a'; LARGEST]).is_ok());
        assert_eq!(reader.read(b"a"), Err(TooLarge));
        let mut reader = EventReader::default();
        let line = format!("data: {}\n", "x".repeat(10_000));
        let read = (0..110).try_for_each(|_| reader.read(line.as_bytes()).map(|_| ()));
        assert_eq!(read, Err(TooLarge));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_stream_is_cut(cuts in prop::collection::vec(0..STREAM.len(), 0..8)) {
            let mut cuts = cuts;
            cuts.extend([0, STREAM.len()]);
            cuts.sort_unstable();
            let mut reader = EventReader::default();
            let mut events = Vec::new();
            for pair in cuts.windows(2) {
                events.extend(reader.read(&STREAM.as_bytes()[pair[0]..pair[1]]).unwrap());
            }
            prop_assert_eq!(events, EventReader::default().read(STREAM.as_bytes()).unwrap());
        }
    }
}
