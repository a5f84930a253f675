//! The `WWW-Authenticate` header (RFC 6750 §3, RFC 9728 §5.1, RFC 9470 §3).
//!
//! Each attribute at most once. Every value is ours and checked where it was made: none needs
//! escaping, and nothing of the request is ever repeated.

use std::fmt::Write as _;

use super::{Denial, Needs, ResourceMetadata};

/// The challenge of a denial, or `None` where a token would not help.
pub(super) fn challenge(
    denial: Denial,
    needs: &Needs,
    resource: &ResourceMetadata,
) -> Option<String> {
    if !denial.has_challenge() {
        return None;
    }
    let mut text = format!("Bearer realm=\"{}\"", resource.resource());
    if let Some((error, description)) = denial.error() {
        let _ = write!(
            text,
            ", error=\"{error}\", error_description=\"{description}\""
        );
    }
    if !needs.scopes.is_empty() {
        let _ = write!(text, ", scope=\"{}\"", needs.scopes.join(" "));
    }
    if denial == Denial::AuthenticationInsufficient {
        if !needs.acr_values.is_empty() {
            let _ = write!(text, ", acr_values=\"{}\"", needs.acr_values.join(" "));
        }
        if let Some(seconds) = needs.max_age {
            let _ = write!(text, ", max_age=\"{seconds}\"");
        }
    }
    let _ = write!(text, ", resource_metadata=\"{}\"", resource.url());
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENIALS: [Denial; 8] = [
        Denial::NoToken,
        Denial::MalformedRequest,
        Denial::InvalidToken,
        Denial::RoleMissing,
        Denial::ScopeMissing,
        Denial::AuthenticationInsufficient,
        Denial::Unavailable,
        Denial::NotConfigured,
    ];

    const NEEDS: Needs = Needs {
        scopes: &["jobs:read", "jobs:write"],
        acr_values: &["urn:acr:2", "urn:acr:3"],
        max_age: Some(300),
    };

    fn written(denial: Denial) -> Option<String> {
        let resource = ResourceMetadata::new("https://api.example.com").unwrap();
        challenge(denial, &NEEDS, &resource)
    }

    /// RS-02, RS-03, RS-04, RS-06, PRM-03
    #[test]
    fn each_challenge_is_as_the_rfc_has_it() {
        let metadata =
            r#"resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
        let scope = r#"scope="jobs:read jobs:write""#;
        let realm = r#"Bearer realm="https://api.example.com""#;
        let error = |code: &str, denial: Denial| {
            let description = denial.detail();
            format!(
                "{realm}, error=\"{code}\", error_description=\"{description}\", {scope}, {metadata}"
            )
        };
        assert_eq!(
            written(Denial::NoToken).unwrap(),
            format!("{realm}, {scope}, {metadata}")
        );
        for (denial, code) in [
            (Denial::MalformedRequest, "invalid_request"),
            (Denial::InvalidToken, "invalid_token"),
            (Denial::ScopeMissing, "insufficient_scope"),
        ] {
            assert_eq!(written(denial).unwrap(), error(code, denial));
        }
    }

    /// SU-01
    #[test]
    fn su_01_a_step_up_names_what_it_takes() {
        let text = written(Denial::AuthenticationInsufficient).unwrap();
        assert!(
            text.contains(r#"error="insufficient_user_authentication""#),
            "{text}"
        );
        assert!(
            text.contains(r#"acr_values="urn:acr:2 urn:acr:3", max_age="300""#),
            "{text}"
        );
        let resource = ResourceMetadata::new("https://api.example.com").unwrap();
        let recent = Needs {
            max_age: Some(0),
            ..Needs::default()
        };
        let text = challenge(Denial::AuthenticationInsufficient, &recent, &resource).unwrap();
        assert!(
            text.contains(r#"max_age="0""#) && !text.contains("acr_values"),
            "{text}"
        );
    }

    /// RS-05, DEC-08
    #[test]
    fn a_missing_role_has_no_challenge() {
        assert_eq!(written(Denial::RoleMissing), None);
        assert_eq!(written(Denial::Unavailable), None);
    }

    /// RS-09
    #[test]
    fn attributes_stand_once_and_values_need_no_escaping() {
        for text in DENIALS.into_iter().filter_map(written) {
            let mut quoted = text.split('"');
            let (mut names, mut values) = (Vec::new(), Vec::new());
            while let (Some(name), Some(value)) = (quoted.next(), quoted.next()) {
                names.push(
                    name.trim_start_matches("Bearer ")
                        .trim_matches([',', ' ', '=']),
                );
                values.push(value);
            }
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len(), "{text}");
            for value in values {
                assert!(
                    value
                        .bytes()
                        .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E))
                );
            }
        }
    }
}
