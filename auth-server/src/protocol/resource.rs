//! `resource` (RFC 8707 §2; matrix RI-02 to RI-05): which of the client's resources the tokens are for,
//! and which of the scope goes with them (RFC 9068 §3; matrix AT-10, AT-11).

use std::collections::{BTreeSet, HashMap};

use shared_claims::{Scope, ScopeSet};
use url::Url;

use crate::error::Reason;

/// Which resource each scope belongs to, as registered. A word without a resource is understood by all,
/// and of a resource without words nothing is known.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Vocabulary(HashMap<String, String>);

impl FromIterator<(String, String)> for Vocabulary {
    /// From pairs of a scope and its resource.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Vocabulary {
    /// The resource of a scope. Where it is none of `allowed`, somebody has registered the word for
    /// another resource as well, and it belongs to none.
    fn find_owner<'a>(&self, scope: &Scope, allowed: &'a [String]) -> Option<&'a str> {
        let owner = self.0.get(scope.as_str())?;
        allowed.iter().find(|one| *one == owner).map(String::as_str)
    }

    fn knows(&self, resource: &str) -> bool {
        self.0.values().any(|owner| owner == resource)
    }

    /// What of the scope means something to one of these resources.
    fn within(&self, scope: &ScopeSet, chosen: &[String], allowed: &[String]) -> ScopeSet {
        let is_open = chosen.iter().any(|one| !self.knows(one));
        let fits = |word: &&Scope| {
            is_open
                || self
                    .find_owner(word, allowed)
                    .is_none_or(|owner| chosen.iter().any(|one| one == owner))
        };
        scope.iter().filter(fits).cloned().collect()
    }
}

/// What a grant is for.
#[derive(Debug, PartialEq, Eq)]
pub struct Aim {
    /// Resource identifiers: `aud`.
    pub audiences: Vec<String>,
    /// The scope that goes with them.
    pub scope: ScopeSet,
}

/// The aim of a new grant: the resources asked for, else the one that the scope implies, else all of
/// the client's. `is_named` tells scope that was asked for, which is never narrowed silently.
///
/// # Errors
/// [`Reason::AmbiguousScope`] for scope of several resources when none is named (RFC 9068 §3), and as
/// [`narrow`].
pub fn aim<'a>(
    asked: impl Iterator<Item = &'a str>,
    allowed: &[String],
    (scope, is_named): (ScopeSet, bool),
    vocabulary: &Vocabulary,
) -> Result<Aim, Reason> {
    let mut asked = asked.peekable();
    if asked.peek().is_some() {
        return narrow(asked, allowed, (scope, is_named), vocabulary);
    }
    let owners: BTreeSet<&str> = scope
        .iter()
        .filter_map(|word| vocabulary.find_owner(word, allowed))
        .collect();
    if owners.len() > 1 {
        return Err(Reason::AmbiguousScope);
    }
    let audiences = allowed
        .iter()
        .filter(|one| owners.is_empty() || owners.contains(one.as_str()) || !vocabulary.knows(one));
    Ok(Aim {
        audiences: audiences.cloned().collect(),
        scope,
    })
}

/// The aim of one access token of a grant that is for `allowed`: the resources asked for and what of the
/// scope they know (RFC 8707 §2.2); everything when none is asked for. `is_named` as for [`aim`].
///
/// # Errors
/// [`Reason::UnknownResource`] for what is no absolute URI without fragment, or is not allowed;
/// [`Reason::ForeignScope`].
pub fn narrow<'a>(
    asked: impl Iterator<Item = &'a str>,
    allowed: &[String],
    (scope, is_named): (ScopeSet, bool),
    vocabulary: &Vocabulary,
) -> Result<Aim, Reason> {
    let audiences = judge(asked, allowed)?;
    let left = vocabulary.within(&scope, &audiences, allowed);
    if left.is_empty() || (is_named && left != scope) {
        return Err(Reason::ForeignScope);
    }
    Ok(Aim {
        audiences,
        scope: left,
    })
}

/// Those of `allowed` that are asked for; all of them when none is.
fn judge<'a>(
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

/// Exact, but for the case of scheme and host and one slash at the end (matrix RI-05). What no URI
/// holds is not left to the parser, which would drop it (RFC 3986 §2).
fn find<'a>(resource: &str, allowed: &'a [String]) -> Option<&'a str> {
    let is_uri = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
    if !resource.bytes().all(is_uri) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const JOBS: &str = "https://jobs.example";
    const FILES: &str = "https://files.example";
    const OTHER: &str = "https://other.example";

    fn vocabulary() -> Vocabulary {
        [("jobs:read", JOBS), ("files:read", FILES)]
            .into_iter()
            .map(|(scope, resource)| (scope.to_owned(), resource.to_owned()))
            .collect()
    }

    fn texts(resources: &[&str]) -> Vec<String> {
        resources.iter().map(|one| (*one).to_owned()).collect()
    }

    fn aimed(
        asked: &[&str],
        allowed: &[&str],
        scope: &str,
        is_named: bool,
    ) -> Result<(Vec<String>, String), Reason> {
        let scope = ScopeSet::parse(scope).unwrap();
        let allowed = texts(allowed);
        aim(
            asked.iter().copied(),
            &allowed,
            (scope, is_named),
            &vocabulary(),
        )
        .map(|aim| (aim.audiences, aim.scope.to_string()))
    }

    /// AT-09, AT-10, RFC 9068 §3.
    #[test]
    fn at_10_the_scope_implies_one_resource_or_is_refused() {
        let all = [JOBS, FILES, OTHER];
        for (scope, audiences) in [
            // Of `OTHER` nothing is known: it may understand every word.
            ("jobs:read", &[JOBS, OTHER][..]),
            ("files:read openid", &[FILES, OTHER]),
            ("openid", &all),
        ] {
            let expected = Ok((texts(audiences), scope.to_owned()));
            assert_eq!(aimed(&[], &all, scope, true), expected, "{scope}");
        }
        for is_named in [true, false] {
            assert_eq!(
                aimed(&[], &all, "files:read jobs:read", is_named),
                Err(Reason::AmbiguousScope)
            );
        }
        // Named, they are no riddle.
        let both = aimed(&[JOBS, FILES], &all, "files:read jobs:read", true);
        assert_eq!(both.unwrap().0, [JOBS, FILES]);
    }

    /// AT-11: scope that was asked for is refused where it means nothing, a default is narrowed.
    #[test]
    fn at_11_no_scope_is_for_another_resource_than_the_token() {
        let all = [JOBS, FILES, OTHER];
        let both = "files:read jobs:read openid";
        let narrowed = Ok((texts(&[JOBS]), "jobs:read openid".to_owned()));
        assert_eq!(aimed(&[JOBS], &all, both, false), narrowed);
        for is_named in [true, false] {
            let foreign = aimed(&[JOBS], &all, "files:read", is_named);
            assert_eq!(foreign, Err(Reason::ForeignScope));
        }
        assert_eq!(aimed(&[JOBS], &all, both, true), Err(Reason::ForeignScope));
        let open = aimed(&[OTHER], &all, both, true);
        assert_eq!(open.unwrap().1, both, "of this one nothing is known");
        // A word that is registered for somebody else, with a client that has nothing to do with them.
        let own = aimed(&[], &[OTHER], "jobs:read", true);
        assert_eq!(own.unwrap().0, [OTHER]);
    }

    /// RI-04, RFC 8707 §2.2: one access token may be for less than the grant.
    #[test]
    fn ri_04_a_token_takes_what_its_resources_know() {
        let scope = ScopeSet::parse("files:read jobs:read").unwrap();
        let allowed = texts(&[JOBS, FILES]);
        let narrow = |asked: &[&str]| {
            let scope = (scope.clone(), false);
            narrow(asked.iter().copied(), &allowed, scope, &vocabulary()).unwrap()
        };
        assert_eq!(narrow(&[FILES]).scope.to_string(), "files:read");
        assert_eq!(narrow(&[]).scope, scope);
        assert_eq!(narrow(&[]).audiences, allowed);
    }

    /// RI-02, RI-03, RI-05, TE-06
    #[test]
    fn ri_05_a_resource_is_compared_as_a_uri_and_nothing_is_dropped() {
        let allowed = texts(&["https://files.example/api"]);
        for good in ["https://files.example/api", "HTTPS://Files.example/api/"] {
            assert_eq!(
                judge([good].into_iter(), &allowed),
                Ok(allowed.clone()),
                "{good}"
            );
        }
        for bad in [
            "files",
            "https://files.example/api#x",
            "https://files.example/api\0",
            "https://files.example/api\r\n",
            " https://files.example/api",
            "https://files.example/a\tpi",
            "https://files.example/ápi",
            "https://files.example/other",
        ] {
            let refused = judge([bad].into_iter(), &allowed);
            assert_eq!(refused, Err(Reason::UnknownResource), "{bad:?}");
        }
    }
}
