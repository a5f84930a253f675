//! The protected header (RFC 7515 §4), all of it written by whoever made the token.
//!
//! Only `alg`, `typ` and `kid` are read, and only to choose among what the verifier already has.
//! `jwk`, `jku`, `x5u` and `x5c` are never looked at (RFC 8725 §3.10). `crit` is refused whatever
//! it names, because no extension is implemented, and so is `b64` (RFC 7797).

use serde::Deserialize;

#[cfg(feature = "remote")]
use super::base64url;
use super::{
    Rejection,
    json::{self, Flaw},
};
use crate::present::present;

/// The three members that matter.
#[derive(Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    #[serde(default, deserialize_with = "present")]
    pub(super) typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
}

/// The key a token names, for looking it up before anything is proven.
#[cfg(feature = "remote")]
pub(crate) fn key_id(token: &str) -> Option<String> {
    let (header, _) = token.split_once('.')?;
    Header::read(&base64url::decode(header)?).ok()?.kid
}

impl Header {
    /// Reads the decoded header.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Rejection> {
        let text = str::from_utf8(bytes).map_err(|_| Rejection::HeaderMalformed)?;
        let names = json::members(text).map_err(|flaw| match flaw {
            Flaw::Malformed => Rejection::HeaderMalformed,
            Flaw::Duplicate => Rejection::DuplicateMember,
        })?;
        if names.iter().any(|name| name == "crit" || name == "b64") {
            return Err(Rejection::CriticalHeader);
        }
        serde_json::from_str(text).map_err(|_| Rejection::HeaderMalformed)
    }

    /// The key the token names. Trying every key instead would let one token cost many signatures.
    pub(super) fn require_kid(&self) -> Result<&str, Rejection> {
        self.kid.as_deref().ok_or(Rejection::KeyIdMissing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<Rejection> {
        Header::read(text.as_bytes()).err()
    }

    #[test]
    fn members_nobody_asked_for_are_ignored() {
        let text = r#"{"alg":"RS256","kid":"a","jku":"https://evil.example","x":{"y":[1]}}"#;
        let header = Header::read(text.as_bytes()).unwrap();
        assert_eq!(header.require_kid(), Ok("a"));
        assert_eq!(header.typ, None);
    }

    /// JV-07, JB-15
    #[test]
    fn crit_and_b64_are_refused_whatever_they_hold() {
        for member in [
            r#""crit":["bork"]"#,
            r#""crit":[]"#,
            r#""crit":null"#,
            r#""b64":false"#,
            r#""b64":true"#,
            r#""cr\u0069t":["exp"]"#,
        ] {
            let text = format!(r#"{{"alg":"RS256","kid":"a",{member}}}"#);
            assert_eq!(refusal(&text), Some(Rejection::CriticalHeader), "{member}");
        }
    }

    #[test]
    fn wrong_types_are_refused() {
        for text in [
            r#"{"kid":"a"}"#,
            r#"{"alg":null,"kid":"a"}"#,
            r#"{"alg":["RS256"],"kid":"a"}"#,
            r#"{"alg":"RS256","kid":5}"#,
            r#"{"alg":"RS256","kid":null}"#,
            r#"{"alg":"RS256","kid":"a","typ":["at+jwt"]}"#,
        ] {
            assert_eq!(refusal(text), Some(Rejection::HeaderMalformed), "{text}");
        }
        assert_eq!(
            Header::read(b"{\"alg\":\"\xff\"}").err(),
            Some(Rejection::HeaderMalformed)
        );
        let anonymous = Header::read(br#"{"alg":"RS256"}"#).unwrap();
        assert_eq!(anonymous.require_kid(), Err(Rejection::KeyIdMissing));
    }
}
