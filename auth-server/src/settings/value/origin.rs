//! Web origins for CORS (RFC 6454 §6.2): scheme, host and port, nothing else, no wildcard.

use url::Url;

use super::FromText;
use crate::settings::kind::Kind;

/// An origin exactly as browsers send it in `Origin`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// `https://app.example.com`, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromText for Origin {
    fn from_text(text: &str, _: &Kind) -> Result<Self, String> {
        let serialized = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .map(|url| url.origin().ascii_serialization());
        match serialized {
            Some(origin) if origin == text => Ok(Self(origin)),
            Some(origin) => Err(format!(
                "must list origins as browsers send them: write {origin}"
            )),
            None => Err(
                "must list origins such as https://app.example.com; `*` is not one \
                         (RFC 9700 section 2.6)"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GEN-22
    #[test]
    fn gen_22_origins_are_exact_and_never_a_wildcard() {
        let parse = |text| Origin::from_text(text, &Kind::List(""));
        assert_eq!(
            parse("https://app.example.com").unwrap().as_str(),
            "https://app.example.com"
        );
        assert!(parse("http://localhost:3000").is_ok());
        for text in [
            "*",
            "null",
            "https://app.example.com/",
            "https://*.example.com/x",
            "app.example.com",
            "https://App.example.com",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
