//! The causes of an error in one line, outermost first, for logs and operators.

use std::error::Error;

/// `error` and what lies below it, with a colon between. Libraries differ in whether an error tells
/// its cause: one that the line already ends with is not told again.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("statement refused")]
    struct Silent(#[source] Telling);

    #[derive(Debug, thiserror::Error)]
    #[error("connection error: {0}")]
    struct Telling(#[source] io::Error);

    #[test]
    fn every_cause_is_named_once() {
        let error = Silent(Telling(io::Error::other("reset")));
        assert_eq!(causes(&error), "statement refused: connection error: reset");
    }
}
