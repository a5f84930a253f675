//! The token in the request: in the `Authorization` header and nowhere else (RFC 6750 §2.1).
//!
//! A token in the query or in a cookie is not looked for (RFC 9700 §4.3.2): such a request has no
//! token.

use super::Denial;

const SCHEME: &[u8] = b"bearer";

/// The token of a request, given the values of its `Authorization` headers.
///
/// What follows the scheme is handed on as it is; characters that no token has are the verifier's
/// business, so that they are answered like any other bad token.
pub(crate) fn find_token<'h>(
    mut values: impl Iterator<Item = &'h [u8]>,
) -> Result<&'h str, Denial> {
    let Some(value) = values.next() else {
        return Err(Denial::NoToken);
    };
    if values.next().is_some() {
        return Err(Denial::MalformedRequest);
    }
    let value = value.trim_ascii();
    let (scheme, token) = match value.iter().position(|byte| *byte == b' ') {
        Some(space) => (&value[..space], value[space..].trim_ascii_start()),
        None => (value, &[][..]),
    };
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err(Denial::NoToken);
    }
    if token.is_empty() {
        return Err(Denial::MalformedRequest);
    }
    str::from_utf8(token).map_err(|_| Denial::InvalidToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find<'h>(values: &[&'h str]) -> Result<&'h str, Denial> {
        find_token(values.iter().map(|value| value.as_bytes()))
    }

    /// RS-01, RS-10
    #[test]
    fn the_scheme_is_compared_without_case() {
        for value in [
            "Bearer a.b.c",
            "bearer a.b.c",
            "BEARER a.b.c",
            "Bearer   a.b.c ",
        ] {
            assert_eq!(find(&[value]), Ok("a.b.c"), "{value}");
        }
    }

    /// RS-02
    #[test]
    fn no_header_or_another_scheme_is_no_token() {
        assert_eq!(find(&[]), Err(Denial::NoToken));
        for value in [
            "",
            "Basic YTpi",
            "Digest x",
            "Bearerx a.b.c",
            "Bearer,a.b.c",
            "a.b.c",
        ] {
            assert_eq!(find(&[value]), Err(Denial::NoToken), "{value}");
        }
    }

    /// RS-06
    #[test]
    fn no_token_after_the_scheme_or_two_headers_is_malformed() {
        for values in [
            &["Bearer"][..],
            &["Bearer "],
            &["bearer    "],
            &["Bearer a.b.c", "Bearer a.b.c"],
            &["Basic YTpi", "Bearer a.b.c"],
        ] {
            assert_eq!(find(values), Err(Denial::MalformedRequest), "{values:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_a_bad_token() {
        let values: [&[u8]; 1] = [b"Bearer a.\xff.c"];
        assert_eq!(find_token(values.into_iter()), Err(Denial::InvalidToken));
    }
}
