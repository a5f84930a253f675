//! The simple kinds: flags, numbers, words, texts, paths, addresses and secrets.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{FromText, must_be, size};
use crate::model::Algorithm;
use crate::secret::Secret;
use crate::settings::kind::Kind;

impl FromText for bool {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        text.parse().map_err(|_| must_be(kind))
    }
}

/// A whole number inside the bounds of its kind.
fn number(text: &str, kind: &Kind) -> Result<u64, String> {
    let (value, min, max) = match kind {
        Kind::Number(min, max) => (text.parse().ok(), *min, *max),
        Kind::Cores(max) => (text.parse().ok(), 1, *max),
        Kind::Size(min, max) => (size::parse(text), *min, *max),
        _ => (None, 0, 0),
    };
    value
        .filter(|value| (min..=max).contains(value))
        .ok_or_else(|| must_be(kind))
}

impl FromText for u32 {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        number(text, kind)?.try_into().map_err(|_| must_be(kind))
    }
}

impl FromText for usize {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        number(text, kind)?.try_into().map_err(|_| must_be(kind))
    }
}

/// A number of threads: what was asked for, or as many as the machine gives us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cores(usize);

impl Cores {
    /// How many; never zero.
    pub const fn count(self) -> usize {
        self.0
    }
}

impl FromText for Cores {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        if text == "cores" {
            // Honours the CPU quota of a container. Where the system does not tell, one is safe.
            return Ok(Self(
                std::thread::available_parallelism().map_or(1, usize::from),
            ));
        }
        usize::from_text(text, kind).map(Self)
    }
}

impl FromText for String {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(must_be(kind));
        }
        Ok(text.to_owned())
    }
}

impl FromText for PathBuf {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        String::from_text(text, kind).map(Self::from)
    }
}

impl FromText for Secret {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        if text.is_empty() {
            Err(must_be(kind))
        } else {
            Ok(Self::new(text))
        }
    }
}

impl FromText for SocketAddr {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        text.parse().map_err(|_| must_be(kind))
    }
}

impl FromText for Algorithm {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| must_be(kind))
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text when standard error is a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

impl FromText for LogFormat {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(must_be(kind)),
        }
    }
}
