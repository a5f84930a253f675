//! Scope sets as types: which scopes a token needs for an operation, all of them.

use std::marker::PhantomData;

use crate::ScopeSet;

/// Scopes that must all have been granted.
pub trait RequiredScopes: 'static {
    /// The scopes, as they are written.
    const SCOPES: &'static [&'static str];

    /// Whether these scopes suffice.
    #[must_use]
    fn granted_in(scopes: &ScopeSet) -> bool {
        Self::SCOPES.iter().all(|scope| scopes.contains(scope))
    }
}

/// A single scope as a type, declared by [`scopes!`](crate::scopes!).
pub trait ScopeName: RequiredScopes {
    /// The scope.
    const SCOPE: &'static str;
}

/// Declares scope types for use in [`Caller`](crate::actix::Caller) and [`AllOf`]. What is not a
/// scope by RFC 6749 §3.3 does not compile.
///
/// ```
/// shared_claims::scopes! {
///     /// Read jobs.
///     pub JobsRead = "jobs:read";
/// }
/// ```
///
/// ```compile_fail
/// shared_claims::scopes! {
///     pub TwoScopes = "jobs:read jobs:write";
/// }
/// ```
#[macro_export]
macro_rules! scopes {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $scope:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $visibility enum $name {}

        const _: $crate::Scope = $crate::Scope::from_static($scope);

        impl $crate::access::RequiredScopes for $name {
            const SCOPES: &'static [&'static str] = &[$scope];
        }

        impl $crate::access::ScopeName for $name {
            const SCOPE: &'static str = $scope;
        }
    )+};
}

/// No scope is needed.
#[derive(Clone, Copy, Debug)]
pub enum AnyScope {}

impl RequiredScopes for AnyScope {
    const SCOPES: &'static [&'static str] = &[];
}

/// Several scopes together: `AllOf<(JobsRead, ApplicationsRead)>`.
#[derive(Clone, Copy, Debug)]
pub struct AllOf<T>(PhantomData<T>);

macro_rules! all_of {
    ($($scope:ident)+) => {
        impl<$($scope: ScopeName),+> RequiredScopes for AllOf<($($scope,)+)> {
            const SCOPES: &'static [&'static str] = &[$($scope::SCOPE),+];
        }
    };
}

all_of!(A B);
all_of!(A B C);
all_of!(A B C D);

#[cfg(test)]
mod tests {
    use super::*;

    scopes! {
        JobsRead = "jobs:read";
        JobsWrite = "jobs:write";
    }

    #[test]
    fn every_scope_of_the_set_is_needed() {
        type Both = AllOf<(JobsRead, JobsWrite)>;
        let granted = |text: &str| ScopeSet::parse(text).unwrap();
        assert!(JobsRead::granted_in(&granted("jobs:write jobs:read")));
        assert!(!JobsRead::granted_in(&granted("jobs:write")));
        assert!(Both::granted_in(&granted("jobs:write jobs:read")));
        assert!(!Both::granted_in(&granted("jobs:read")));
        assert!(!Both::granted_in(&granted("")));
        assert!(AnyScope::granted_in(&granted("")));
    }
}
