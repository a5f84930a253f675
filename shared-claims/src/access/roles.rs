//! Role sets as types: which roles an operation is open to.
//!
//! A role set never comes by default. An operation open to every valid token says so aloud with
//! [`Authenticated`].

use std::marker::PhantomData;

use crate::Roles;

/// A set of roles, one of which the caller must hold.
pub trait AllowedRoles: 'static {
    /// The roles that are let in, for documents; empty when the set is not a list.
    const ROLES: &'static [&'static str];

    /// Whether a caller with these roles is let in.
    #[must_use]
    fn admits(held: &Roles) -> bool {
        Self::ROLES.iter().any(|role| held.contains(role))
    }
}

/// A single role as a type, declared by [`roles!`](crate::roles!).
pub trait RoleName: AllowedRoles {
    /// The role.
    const ROLE: &'static str;
}

/// Declares role types for use in [`Caller`](crate::actix::Caller) and [`OneOf`].
///
/// ```
/// shared_claims::roles! {
///     /// Signs off on hires.
///     pub HiringManager = "hiring-manager";
/// }
/// ```
#[macro_export]
macro_rules! roles {
    ($($(#[$meta:meta])* $visibility:vis $name:ident = $role:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        $visibility enum $name {}

        impl $crate::access::AllowedRoles for $name {
            const ROLES: &'static [&'static str] = &[$role];
        }

        impl $crate::access::RoleName for $name {
            const ROLE: &'static str = $role;
        }
    )+};
}

roles! {
    /// The role `recruiter`.
    pub Recruiter = "recruiter";
    /// The role `candidate`.
    pub Candidate = "candidate";
    /// The role `admin`.
    pub Admin = "admin";
}

/// At least one role, whichever.
#[derive(Clone, Copy, Debug)]
pub enum AnyRole {}

impl AllowedRoles for AnyRole {
    const ROLES: &'static [&'static str] = &[];

    fn admits(held: &Roles) -> bool {
        !held.is_empty()
    }
}

/// Every valid token, with or without a role.
#[derive(Clone, Copy, Debug)]
pub enum Authenticated {}

impl AllowedRoles for Authenticated {
    const ROLES: &'static [&'static str] = &[];

    fn admits(_: &Roles) -> bool {
        true
    }
}

/// One of several roles: `OneOf<(Recruiter, Admin)>`.
#[derive(Clone, Copy, Debug)]
pub struct OneOf<T>(PhantomData<T>);

macro_rules! one_of {
    ($($role:ident)+) => {
        impl<$($role: RoleName),+> AllowedRoles for OneOf<($($role,)+)> {
            const ROLES: &'static [&'static str] = &[$($role::ROLE),+];
        }
    };
}

one_of!(A B);
one_of!(A B C);
one_of!(A B C D);
one_of!(A B C D E);
one_of!(A B C D E F);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    roles! {
        HiringManager = "hiring-manager";
    }

    fn held(names: &[&str]) -> Roles {
        names
            .iter()
            .map(|name| Role::parse(name).unwrap())
            .collect()
    }

    #[test]
    fn a_role_admits_whoever_holds_it_and_nobody_else() {
        assert!(Recruiter::admits(&held(&["candidate", "recruiter"])));
        for others in [
            &[][..],
            &["candidate"],
            &["admin"],
            &["Recruiter"],
            &["recruiters"],
        ] {
            assert!(!Recruiter::admits(&held(others)), "{others:?}");
        }
        assert!(HiringManager::admits(&held(&["hiring-manager"])));
    }

    #[test]
    fn one_of_admits_each_of_its_roles() {
        type Staff = OneOf<(Recruiter, Admin)>;
        assert_eq!(Staff::ROLES, ["recruiter", "admin"]);
        assert!(Staff::admits(&held(&["recruiter"])));
        assert!(Staff::admits(&held(&["admin"])));
        assert!(!Staff::admits(&held(&["candidate"])));
        assert!(!Staff::admits(&held(&[])));
    }

    #[test]
    fn any_role_wants_one_and_authenticated_wants_none() {
        assert!(AnyRole::admits(&held(&["gardener"])));
        assert!(!AnyRole::admits(&held(&[])));
        assert!(Authenticated::admits(&held(&[])));
    }
}
