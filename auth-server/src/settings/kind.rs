//! How the text of a setting is read, and how that is said to people: in errors, in the schema and
//! in the documentation.

use std::time::Duration;

use super::value::{duration, size};

/// What texts a setting takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text of the described form.
    Text(&'static str),
    /// `true` or `false`.
    Flag,
    /// A whole number between the two, both included.
    Number(u64, u64),
    /// `cores`, or a number from one to this.
    Cores(u64),
    /// A number of bytes between the two: `64KiB`, `1MiB`, `4096`.
    Size(u64, u64),
    /// A time span between the two: `90d`, `12h`, `30m`, `15s`, `500ms`.
    Span(Duration, Duration),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any number of texts of the described form.
    List(&'static str),
}

/// One second.
pub(super) const SECOND: Duration = secs(1);
/// One minute.
pub(super) const MINUTE: Duration = mins(1);
/// One hour.
pub(super) const HOUR: Duration = mins(60);

/// Days, of 24 hours.
pub(super) const fn days(count: u64) -> Duration {
    Duration::from_hours(24 * count)
}

/// Minutes.
pub(super) const fn mins(count: u64) -> Duration {
    Duration::from_mins(count)
}

/// Seconds.
pub(super) const fn secs(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Milliseconds.
pub(super) const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

impl Kind {
    /// What is allowed, to complete the sentence "it must be …".
    pub fn allowed(&self) -> String {
        match self {
            Self::Text(form) => (*form).to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Number(min, max) => format!("a whole number from {min} to {max}"),
            Self::Cores(max) => format!("`cores` or a whole number from 1 to {max}"),
            Self::Size(min, max) => {
                format!("a size from {} to {}", size::text(*min), size::text(*max))
            }
            Self::Span(min, max) => {
                format!(
                    "a time span from {} to {}",
                    duration::text(*min),
                    duration::text(*max)
                )
            }
            Self::Choice(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                format!("one of {}", quoted.join(", "))
            }
            Self::List(form) => format!("a list of {form}"),
        }
    }

    /// True where a bare number in a file would lose what was written (`1e3`, `0x10`).
    pub(super) fn wants_quotes(&self) -> bool {
        matches!(self, Self::Text(_) | Self::List(_))
    }
}
