//! `resource` (RFC 8707 §2; matrix RI-02 to RI-05): which of the client's resources the tokens are for.

use url::Url;

use crate::error::Reason;

/// Those of `allowed` that are asked for; all of them when none is.
///
/// # Errors
/// [`Reason::UnknownResource`] for what is no absolute URI without fragment, or is not allowed.
pub fn judge<'a>(
    asked: impl Iterator<Item = &'a str>,
    allowed: &[String],
) -> Result<Vec<String>, Reason> {
    let mut granted: Vec<String> = Vec::new();
    for resource in asked {
        let known = find(resource, allowed).ok_or(Reason::UnknownResource)?;
        if !granted.iter().any(|one| one == known) {
            granted.push(known.to_owned());
        }
    }
    if granted.is_empty() {
        return Ok(allowed.to_vec());
    }
    Ok(granted)
}

/// Exact, but for the case of scheme and host and one slash at the end (matrix RI-05).
fn find<'a>(resource: &str, allowed: &'a [String]) -> Option<&'a str> {
    if resource.contains('#') {
        return None;
    }
    let asked = Url::parse(resource).ok()?;
    let is_same = |one: &str| {
        one == resource
            || Url::parse(one).is_ok_and(|url| {
                url.as_str().trim_end_matches('/') == asked.as_str().trim_end_matches('/')
            })
    };
    allowed.iter().map(String::as_str).find(|one| is_same(one))
}
