//! Which scope stands for which claims (OpenID Connect Core 1.0 §5.4).

use super::profile::base;

/// The scopes that stand for claims about a person, with those claims.
pub const CLAIM_SCOPES: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// The scope that a claim belongs to, whatever language it is asked for in.
pub fn scope_of_claim(claim: &str) -> Option<&'static str> {
    CLAIM_SCOPES
        .into_iter()
        .find(|(_, claims)| claims.contains(&base(claim)))
        .map(|(scope, _)| scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Profile;

    #[test]
    fn every_claim_of_a_profile_belongs_to_a_scope() {
        for claim in Profile::claim_names() {
            assert!(scope_of_claim(claim).is_some(), "{claim}");
        }
        assert_eq!(scope_of_claim("family_name#ja"), Some("profile"));
        assert_eq!(scope_of_claim("sub"), None);
    }
}
