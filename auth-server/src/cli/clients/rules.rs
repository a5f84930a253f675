//! The rules of every registration in the words of the command line (matrix CC-01, AT-12, DEC-15,
//! NAT-04). Each error is a sentence that says what to do.

use crate::model::Client;
use crate::outgoing;
use crate::protocol::client_rules::{self, RuleError, find_sector};
use crate::settings::OutgoingSettings;

/// Longest client id.
const MAX_ID: usize = 64;

/// A client id that cannot be mistaken for a user's `sub` or for a resource (DEC-15, AT-12).
pub(super) fn check_id(id: &str) -> Result<(), String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(is_plain) {
        return Err(format!(
            "`{id}` cannot be a client id: 1 to {MAX_ID} of letters, digits, `-`, `_`, `.`, `~`."
        ));
    }
    if uuid::Uuid::try_parse(id).is_ok() {
        return Err(format!(
            "`{id}` cannot be a client id: ids of users look like that."
        ));
    }
    Ok(())
}

/// The whole registration. Completes what follows from it: the sector of pairwise subjects.
pub(super) fn check(client: &mut Client, calls: &OutgoingSettings) -> Result<(), String> {
    client_rules::check(client).map_err(|rule| sentence(&rule))?;
    client.metadata.sector = find_sector(client);
    let called = [
        ("jwks_uri", &client.metadata.jwks_uri),
        (
            "backchannel_logout_uri",
            &client.metadata.backchannel_logout_uri,
        ),
    ];
    for (member, uri) in called {
        if let Some(uri) = uri
            && outgoing::check_url(uri, calls.allow_private).is_err()
        {
            let option = option(member);
            return Err(format!(
                "{option}: `{uri}` is never called: it must be an https URI with a public address. \
                 The setting `outgoing.allow_private` lifts this."
            ));
        }
    }
    Ok(())
}

fn sentence(rule: &RuleError) -> String {
    let option = option(rule.member);
    match &rule.value {
        Some(value) => format!("{option}: `{value}` {}.", rule.what),
        None => format!("{option} {}.", rule.what),
    }
}

/// The option for a member of RFC 7591.
fn option(member: &str) -> String {
    let name = match member {
        "redirect_uris" => "redirect-uri",
        "post_logout_redirect_uris" => "post-logout-redirect-uri",
        "grant_types" => "grant",
        "audiences" => "audience",
        "client_name" => "name",
        "contacts" => "contact",
        "default_acr_values" => "default-acr-value",
        "is_first_party" => "first-party",
        "jwks" => "jwks-file",
        "rotates_refresh_tokens" => "rotate-refresh-tokens",
        "token_endpoint_auth_method" => "auth-method",
        other => return format!("--{}", other.replace('_', "-")),
    };
    format!("--{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AT-12, DEC-15
    #[test]
    fn at_12_no_client_id_is_a_resource_or_a_user_id() {
        for good in ["ats-web", "c_8sQ", "a.b~c"] {
            assert_eq!(check_id(good), Ok(()));
        }
        for bad in [
            "",
            "https://api.example.com",
            "a:b",
            "a b",
            "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        ] {
            assert!(check_id(bad).is_err(), "{bad}");
        }
        assert!(check_id(&"x".repeat(65)).is_err());
    }

    #[test]
    fn a_broken_rule_names_the_option_and_the_value() {
        let rule = RuleError {
            value: Some("https://x/#f".to_owned()),
            ..RuleError::new("redirect_uris", "must not have a fragment")
        };
        assert_eq!(
            sentence(&rule),
            "--redirect-uri: `https://x/#f` must not have a fragment."
        );
        let rule = RuleError::new("default_scope", "must be part of the scope");
        assert_eq!(
            sentence(&rule),
            "--default-scope must be part of the scope."
        );
    }
}
