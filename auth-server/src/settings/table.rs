//! The one table of settings: name, meaning, default and range stand together, once.
//!
//! [`section!`] writes the typed struct and its [`Key`]s from the same lines. The check for unknown
//! keys, the schema, `docs/configuration.md`, `.env.example` and `default.toml` all follow from it.

use std::time::Duration;

use super::kind::Kind;

/// What the environment variables begin with.
pub const PREFIX: &str = "AUTH_SERVER";

/// One setting, as a person meets it.
#[derive(Debug)]
pub struct Key {
    /// Dotted name, as in a file: `tokens.access_ttl`.
    pub name: &'static str,
    /// What it is for; the doc comment of the field.
    pub about: &'static str,
    /// Kind, default and the rest.
    pub shape: Shape,
}

impl Key {
    /// The environment variable: `AUTH_SERVER_TOKENS__ACCESS_TTL`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}_{}", self.name.to_uppercase().replace('.', "__"))
    }

    /// The section, empty for keys that stand alone, and the last part of the name.
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.name.rsplit_once('.').unwrap_or(("", self.name))
    }

    /// `about` as one line: a doc comment is broken where the source is.
    pub fn sentence(&self) -> String {
        self.about.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What values a setting takes, and what it is when nobody sets it.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// How its text is read.
    pub kind: Kind,
    /// The text when nobody sets it; `None` for "off".
    pub default: Option<&'static str>,
    /// Another default for `dev`.
    pub dev_default: Option<&'static str>,
    /// What "off" means, for the documentation.
    pub unset_means: &'static str,
    /// Never shown; may also come from the file that `…_FILE` names.
    pub is_secret: bool,
}

impl Shape {
    /// A setting of this kind that is off by default.
    pub(super) const fn of(kind: Kind) -> Self {
        Self {
            kind,
            default: None,
            dev_default: None,
            unset_means: "off",
            is_secret: false,
        }
    }

    /// The default.
    pub(super) const fn or(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }

    /// The default of `dev`.
    pub(super) const fn in_dev(mut self, text: &'static str) -> Self {
        self.dev_default = Some(text);
        self
    }

    /// In words, what happens while it is not set.
    pub(super) const fn unset(mut self, words: &'static str) -> Self {
        self.unset_means = words;
        self
    }

    /// Marks a secret.
    pub(super) const fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }
}

/// A time span between the two.
pub(super) const fn span(min: Duration, max: Duration) -> Shape {
    Shape::of(Kind::Span(min, max))
}

/// A whole number between the two.
pub(super) const fn number(min: u64, max: u64) -> Shape {
    Shape::of(Kind::Number(min, max))
}

/// `true` or `false`.
pub(super) const fn flag() -> Shape {
    Shape::of(Kind::Flag)
}

/// A group of settings that is read together.
pub(super) trait Section: Sized {
    /// Its part of the table.
    const KEYS: &'static [Key];

    /// Reads every key before giving up, so that all problems are found at once.
    fn read(reader: &mut super::reader::Reader<'_>) -> Option<Self>;
}

/// Writes a struct and its keys: `field: Type = shape,` under a doc comment, which is also the
/// documentation of the setting. The text after `in` goes in front of the field's name.
macro_rules! section {
    ($(#[doc = $doc:literal])+ $vis:vis $name:ident in $prefix:literal {
        $($(#[doc = $about:literal])+ $field:ident: $type:ty = $shape:expr,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        $vis struct $name {
            $($(#[doc = $about])+ $vis $field: $type,)+
        }

        impl $crate::settings::table::Section for $name {
            const KEYS: &'static [$crate::settings::table::Key] = &[$(
                $crate::settings::table::Key {
                    name: concat!($prefix, stringify!($field)),
                    about: concat!($($about),+),
                    shape: $shape,
                },
            )+];

            fn read(reader: &mut $crate::settings::reader::Reader<'_>) -> Option<Self> {
                $(let $field = reader.take::<$type>(concat!($prefix, stringify!($field)));)+
                Some(Self { $($field: $field?),+ })
            }
        }
    };
}

pub(super) use section;
