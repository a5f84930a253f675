//! Texts that must not leak: they print `[hidden]` and wipe themselves on drop (matrix GEN-18).

use zeroize::Zeroizing;

/// A secret text, for instance a database URL with its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text in clear, for its one user; never for a log or an answer.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GEN-18
    #[test]
    fn gen_18_a_secret_prints_as_hidden() {
        assert_eq!(
            format!("{:?}", Secret::new("postgres://u:p@h/d")),
            "[hidden]"
        );
    }
}
