//! The languages of the pages. A new one is a line in the table here and a file in `locales/`.

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// The language of whoever asks for none that is known.
    #[default]
    English,
    /// German.
    German,
}

impl Locale {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Language tag (BCP 47), as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The messages, in Fluent's syntax.
    pub(super) const fn messages(self) -> &'static str {
        match self {
            Self::English => include_str!("locales/en.ftl"),
            Self::German => include_str!("locales/de.ftl"),
        }
    }

    /// The language of a tag, or of the tag shortened from the right: `de-AT` is German (RFC 4647
    /// §3.4 "Lookup").
    pub fn find(tag: &str) -> Option<Self> {
        let mut range = tag;
        loop {
            let found = Self::ALL
                .into_iter()
                .find(|locale| locale.tag().eq_ignore_ascii_case(range));
            if found.is_some() {
                return found;
            }
            range = range.rsplit_once('-')?.0;
        }
    }
}
