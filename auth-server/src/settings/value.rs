//! Texts become values, once: whoever holds a value of these types need not check it again.

mod cidr;
mod database_url;
pub(super) mod duration;
mod encryption_key;
mod issuer;
mod origin;
mod plain;
mod registration_mode;
pub(super) mod size;

pub use cidr::TrustedProxies;
pub use database_url::{DatabaseKind, DatabaseUrl};
pub use issuer::Issuer;
pub use origin::Origin;
pub use plain::{Cores, LogFormat};
pub use registration_mode::RegistrationMode;

use super::kind::Kind;

/// A value that is written as text in files, variables and flags.
pub(super) trait FromText: Sized {
    /// Reads the text. The error completes the sentence "`key` …" and never repeats the text.
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String>;

    /// Reads several texts. Only lists take other than exactly one.
    fn from_list(_texts: &[String], kind: &Kind) -> Result<Self, String> {
        Err(must_be(kind))
    }

    /// The value while nobody set the key; `None` where there must be one.
    fn absent() -> Option<Self> {
        None
    }
}

/// The word that switches an optional setting off again.
const OFF: &str = "off";

impl<T: FromText> FromText for Option<T> {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        if text == OFF {
            Ok(None)
        } else {
            T::from_text(text, kind).map(Some)
        }
    }

    fn from_list(texts: &[String], kind: &Kind) -> Result<Self, String> {
        T::from_list(texts, kind).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromText> FromText for Vec<T> {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        if text == OFF {
            return Ok(Self::new());
        }
        text.split([',', ' '])
            .filter(|word| !word.is_empty())
            .map(|word| T::from_text(word, kind))
            .collect()
    }

    fn from_list(texts: &[String], kind: &Kind) -> Result<Self, String> {
        texts.iter().map(|text| T::from_text(text, kind)).collect()
    }

    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// The sentence for a text that does not fit its kind.
fn must_be(kind: &Kind) -> String {
    format!("must be {}", kind.allowed())
}
