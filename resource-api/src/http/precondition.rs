//! Entity tags and `If-Match` (RFC 9110 §8.8.3, §13.1.1): nobody overwrites a change unseen.
//!
//! The tag of an object is its version in quotes. A change without `If-Match` is allowed and applies to
//! whatever version there is; with it, the change happens to exactly that version or not at all (412).

use actix_web::HttpRequest;
use actix_web::http::header::{IF_MATCH, IF_NONE_MATCH};

use crate::problem::{Problem, Reason};

/// What `If-Match` demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Nothing: the header is absent.
    Absent,
    /// `*`: any version will do, as long as the object exists.
    Any,
    /// One of these tags.
    Tags(Vec<String>),
}

/// The entity tag of a version.
pub fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

impl IfMatch {
    /// Of a request. Several header lines count as one list (RFC 9110 §5.3).
    ///
    /// # Errors
    /// 400 when the header is neither `*` nor a list of entity tags.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let malformed = || Problem::parameter("if-match", "must be * or a list of entity tags");
        let mut tags = Vec::new();
        let mut given = false;
        for value in request.headers().get_all(IF_MATCH) {
            given = true;
            let text = value.to_str().map_err(|_| malformed())?;
            tags.extend(members(text).map(str::to_owned));
        }
        match tags.as_slice() {
            _ if !given => Ok(Self::Absent),
            [star] if star == "*" => Ok(Self::Any),
            [] => Err(malformed()),
            tags if tags.iter().all(|tag| is_entity_tag(tag)) => Ok(Self::Tags(tags.to_vec())),
            _ => Err(malformed()),
        }
    }

    /// Checks the version of the object. Weak tags never match (RFC 9110 §8.8.3.2).
    ///
    /// # Errors
    /// 412.
    pub fn check(&self, version: i64) -> Result<(), Problem> {
        match self {
            Self::Tags(tags) if !tags.contains(&tag(version)) => {
                Err(Reason::PreconditionFailed.into())
            }
            _ => Ok(()),
        }
    }
}

/// Whether `If-None-Match` says that the caller has this version already: 304.
pub fn is_unchanged(request: &HttpRequest, version: i64) -> bool {
    let tag = tag(version);
    request
        .headers()
        .get_all(IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(members)
        .map(|known| known.strip_prefix("W/").unwrap_or(known))
        .any(|known| known == "*" || known == tag)
}

/// The members of a list of tags. A comma inside a tag belongs to it (RFC 9110 §8.8.3).
fn members(list: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    list.split(move |character| {
        is_quoted ^= character == '"';
        character == ',' && !is_quoted
    })
    .map(str::trim)
    .filter(|member| !member.is_empty())
}

/// `"…"` or `W/"…"` without quotes inside.
fn is_entity_tag(text: &str) -> bool {
    text.strip_prefix("W/")
        .unwrap_or(text)
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .is_some_and(|opaque| !opaque.contains('"'))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn if_match(text: &str) -> Result<IfMatch, Problem> {
        IfMatch::of(
            &TestRequest::default()
                .insert_header((IF_MATCH, text))
                .to_http_request(),
        )
    }

    #[test]
    fn only_the_strong_tag_of_the_version_matches() {
        for (text, matches) in [
            ("\"3\"", true),
            ("*", true),
            ("\"1\", \"3\"", true),
            ("\"a,b\", \"3\"", true),
            ("\"3,4\"", false),
            ("\"4\"", false),
            ("W/\"3\"", false),
        ] {
            assert_eq!(if_match(text).unwrap().check(3).is_ok(), matches, "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["3", "", "\"3", "*, \"3\"", "\"a\"b\""] {
            assert!(if_match(text).is_err(), "{text} was accepted");
        }
    }
}
