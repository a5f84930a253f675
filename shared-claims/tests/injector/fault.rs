//! What a path answers: its document, or one of the things that go wrong.

use std::fmt::Write as _;

/// An answer with status 200.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) media_type: &'static str,
    /// Further headers, each ended by CR LF.
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

impl Document {
    pub(crate) fn new(media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            media_type,
            headers: String::new(),
            body: body.into(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.headers, "{name}: {value}\r\n");
        self
    }
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The connection is accepted and nothing is said.
    Silence,
    /// The head of an answer, then one byte in ten seconds.
    Slow,
    /// The connection is closed at once.
    Close,
    /// This status, with an empty body.
    Status(u16),
    /// A redirect to this address.
    Redirect(String),
    /// The document, labelled as a web page.
    WrongType,
    /// A body of this many bytes.
    Oversized(usize),
    /// A body that never ends.
    Endless,
    /// Another document: an empty key set, one that has shrunk, a list that has expired, a list
    /// signed by somebody else.
    Instead(Document),
}
