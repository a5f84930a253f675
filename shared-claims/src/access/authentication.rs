//! How well and how recently the user must have logged in, as types (RFC 9470).

use crate::{AccessTokenClaims, NumericDate};

/// What the login behind a token must have been like.
pub trait RequiredAuthentication: 'static {
    /// Authentication contexts, one of which the token's `acr` must be; empty: any.
    const ACR_VALUES: &'static [&'static str];
    /// How many seconds ago the login may have been at most; `None`: any time.
    const MAX_AGE: Option<u64>;

    /// Whether the login behind these claims suffices at this time. A client that acts for itself
    /// has never logged in, and does not suffice when anything is asked.
    #[must_use]
    fn suffices(claims: &AccessTokenClaims, now: NumericDate) -> bool {
        let strong = Self::ACR_VALUES.is_empty()
            || claims
                .acr
                .as_deref()
                .is_some_and(|acr| Self::ACR_VALUES.contains(&acr));
        let recent = Self::MAX_AGE.is_none_or(|max_age| {
            // A login that lies ahead is one of just now, by a clock that differs.
            let age = |auth_time| now.since(auth_time).unwrap_or_default();
            claims
                .auth_time
                .is_some_and(|auth_time| age(auth_time).as_secs() <= max_age)
        });
        strong && recent
    }
}

/// Any login, or none.
#[derive(Clone, Copy, Debug)]
pub enum AnyAuthentication {}

impl RequiredAuthentication for AnyAuthentication {
    const ACR_VALUES: &'static [&'static str] = &[];
    const MAX_AGE: Option<u64> = None;
}

/// Declares what a login must have been like, for use as the third part of a `Caller`. A context
/// that could not stand in a challenge does not compile.
///
/// ```
/// shared_claims::authentications! {
///     /// Logged in within the last five minutes.
///     pub Recent = { max_age: 300 };
///     /// With a second factor.
///     pub TwoFactors = { acr: ["urn:example:2fa", "urn:example:3fa"] };
///     /// With a second factor, just now.
///     pub TwoFactorsNow = { acr: ["urn:example:2fa"], max_age: 60 };
/// }
/// ```
///
/// ```compile_fail
/// shared_claims::authentications! {
///     pub TwoInOne = { acr: ["urn:example:2fa urn:example:3fa"] };
/// }
/// ```
#[macro_export]
macro_rules! authentications {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = {
        $(acr: [$($acr:literal),+ $(,)?])? $(,)? $(max_age: $seconds:literal)? $(,)?
    };)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $visibility enum $name {}

        // The characters of a scope are those that need no escaping (RFC 6749 §3.3).
        $($(const _: $crate::Scope = $crate::Scope::from_static($acr);)+)?

        impl $crate::access::RequiredAuthentication for $name {
            const ACR_VALUES: &'static [&'static str] = &[$($($acr),+)?];
            const MAX_AGE: ::core::option::Option<u64> = {
                let max_age: ::core::option::Option<u64> = ::core::option::Option::None;
                $(let max_age = { let _: ::core::option::Option<u64> = max_age; ::core::option::Option::Some($seconds) };)?
                max_age
            };
        }
    )+};
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Audience, Roles, ScopeSet};

    authentications! {
        Recent = { max_age: 300 };
        Strong = { acr: ["2", "3"] };
        Both = { acr: ["3"], max_age: 300 };
    }

    const NOW: NumericDate = NumericDate::from_seconds(1_800_000_000);

    fn claims(acr: Option<&str>, seconds_ago: Option<i64>) -> AccessTokenClaims {
        let ago = |seconds: i64| NumericDate::from_seconds(NOW.seconds() - seconds);
        AccessTokenClaims {
            iss: "https://auth.example.com".into(),
            sub: "u-1".into(),
            aud: Audience::one("https://api.example.com"),
            client_id: "ats-web".into(),
            iat: NOW,
            exp: NOW,
            jti: "j-1".into(),
            scope: ScopeSet::default(),
            roles: Roles::default(),
            auth_time: seconds_ago.map(ago),
            sid: None,
            amr: None,
            acr: acr.map(str::to_owned),
            status: None,
        }
    }

    /// SU-01
    #[test]
    fn a_login_suffices_when_it_is_recent_and_strong_enough() {
        assert_eq!((Recent::MAX_AGE, Strong::MAX_AGE), (Some(300), None));
        for (acr, ago, recent, strong, both) in [
            (Some("3"), Some(300), true, true, true),
            (Some("3"), Some(301), false, true, false),
            (Some("2"), Some(0), true, true, false),
            (Some("1"), Some(-20), true, false, false),
            (Some(""), Some(0), true, false, false),
            (None, Some(0), true, false, false),
            (Some("3"), None, false, true, false),
            (None, None, false, false, false),
        ] {
            let claims = claims(acr, ago);
            assert_eq!(Recent::suffices(&claims, NOW), recent, "{acr:?} {ago:?}");
            assert_eq!(Strong::suffices(&claims, NOW), strong, "{acr:?} {ago:?}");
            assert_eq!(Both::suffices(&claims, NOW), both, "{acr:?} {ago:?}");
            assert!(AnyAuthentication::suffices(&claims, NOW));
        }
    }
}
