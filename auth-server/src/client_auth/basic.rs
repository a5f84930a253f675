//! HTTP Basic with form-encoded halves (RFC 6749 §2.3.1, RFC 7617; matrix CA-02, CA-12 to CA-15).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::Reason;
use crate::protocol::form::decode;
use crate::secret::Secret;

/// Longer headers hold no credentials of ours; they are not decoded.
const MAX_HEADER_BYTES: usize = 4096;

/// The two halves of a Basic header, each form-decoded; either may be empty.
#[derive(Debug)]
pub(super) struct Basic {
    pub(super) id: String,
    pub(super) secret: Secret,
}

/// Reads the value of an `Authorization` header.
///
/// # Errors
/// [`Reason::MalformedBasic`] for another scheme, bad base64, no colon, or bytes that are no UTF-8.
pub(super) fn parse(header: &[u8]) -> Result<Basic, Reason> {
    if header.len() > MAX_HEADER_BYTES {
        return Err(Reason::MalformedBasic);
    }
    let text = std::str::from_utf8(header).map_err(|_| Reason::MalformedBasic)?;
    let (scheme, credentials) = text.trim().split_once(' ').ok_or(Reason::MalformedBasic)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Reason::MalformedBasic);
    }
    let bytes = STANDARD
        .decode(credentials.trim_start())
        .map(Zeroizing::new)
        .map_err(|_| Reason::MalformedBasic)?;
    let colon = bytes
        .iter()
        .position(|byte| *byte == b':')
        .ok_or(Reason::MalformedBasic)?;
    let half = |bytes: &[u8]| decode(bytes).map_err(|_| Reason::MalformedBasic);
    Ok(Basic {
        id: half(&bytes[..colon])?.to_string(),
        secret: Secret::new(half(&bytes[colon + 1..])?.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(credentials: &str) -> Vec<u8> {
        format!("Basic {}", STANDARD.encode(credentials)).into_bytes()
    }

    /// CA-02, TV-05.
    #[test]
    fn ca_02_both_halves_are_form_decoded() {
        let basic = parse(&header("a%3Ab+c:p%25%2B%26%C3%BC")).unwrap();
        assert_eq!(
            (basic.id.as_str(), basic.secret.expose()),
            ("a:b c", "p%+&ü")
        );
    }

    /// CA-12, CA-13, TV-04.
    #[test]
    fn tv_04_empty_halves_are_kept_apart_from_malformed_ones() {
        let swagger = parse(b"Basic c3dhZ2dlci11aTo=").unwrap();
        assert_eq!(
            (swagger.id.as_str(), swagger.secret.is_empty()),
            ("swagger-ui", true)
        );
        let blank = parse(b"Basic Og==").unwrap();
        assert!(blank.id.is_empty() && blank.secret.is_empty());
    }

    /// CA-14.
    #[test]
    fn ca_14_malformed_headers_are_told_apart_from_wrong_secrets() {
        for bad in [
            "Basic",
            "Basic !!!",
            "Bearer abc",
            "Basic bm9jb2xvbg==",
            "Basic YTol",
            "",
        ] {
            assert_eq!(
                parse(bad.as_bytes()).unwrap_err(),
                Reason::MalformedBasic,
                "{bad}"
            );
        }
        assert_eq!(
            parse(b"Basic \xff\xfe").unwrap_err(),
            Reason::MalformedBasic
        );
    }

    /// CA-15.
    #[test]
    fn ca_15_the_scheme_is_case_insensitive() {
        for scheme in ["basic", "BASIC", "bAsIc"] {
            let header = format!("{scheme} {}", STANDARD.encode("a:b"));
            assert_eq!(parse(header.as_bytes()).unwrap().id, "a");
        }
    }
}
