//! What tells one kind of token from another (RFC 8725 §3.11, §3.12).
//!
//! The same issuer signs access tokens, ID tokens, logout tokens and status lists with the same
//! keys. Each kind has a type in its header and a set of claims; a token of one kind never passes
//! as another.

use std::borrow::Cow;

use super::Rejection;
use crate::ACCESS_TOKEN_TYP;

/// A kind of token: its type, the claims it must have and those it must not have.
#[derive(Clone, Copy, Debug)]
pub struct TokenKind {
    /// The `typ` of the header.
    pub typ: Typ,
    /// Claims that must be present.
    pub required: &'static [&'static str],
    /// Claims that must be absent.
    pub refused: &'static [&'static str],
}

/// Which `typ` a kind of token has.
#[derive(Clone, Copy, Debug)]
pub enum Typ {
    /// This one, with or without `application/` before it, in any case (RFC 7515 §4.1.9).
    Exactly(&'static str),
    /// `JWT` or no `typ` at all, as ID tokens have it.
    JwtOrAbsent,
}

impl TokenKind {
    /// An access token (RFC 9068). One bound to a key of the client (`cnf`) is refused: accepting
    /// it without the proof would turn it into a bearer token (RFC 9449 §7.1).
    pub const ACCESS_TOKEN: Self = Self {
        typ: Typ::Exactly(ACCESS_TOKEN_TYP),
        required: &["iss", "exp", "aud", "sub", "client_id", "iat", "jti"],
        refused: &["cnf"],
    };

    /// A status list token (draft-ietf-oauth-status-list-21 §5.1). The draft leaves `iss` open;
    /// here the issuer of the tokens vouches for their status.
    pub const STATUS_LIST: Self = Self {
        typ: Typ::Exactly("statuslist+jwt"),
        required: &["iss", "sub", "iat", "status_list"],
        refused: &[],
    };

    /// Judges the names of the claims.
    pub(super) fn check_names(&self, names: &[Cow<'_, str>]) -> Result<(), Rejection> {
        let present = |wanted: &&str| names.iter().any(|name| name == wanted);
        if self.refused.iter().any(present) {
            return Err(Rejection::ClaimRefused);
        }
        if self.required.iter().all(present) {
            Ok(())
        } else {
            Err(Rejection::ClaimMissing)
        }
    }
}

impl Typ {
    /// Judges the header's `typ`.
    pub(super) fn check(self, typ: Option<&str>) -> Result<(), Rejection> {
        let matches = match (self, typ) {
            (Self::Exactly(expected), Some(typ)) => is_media_type(typ, expected),
            (Self::Exactly(_), None) => false,
            (Self::JwtOrAbsent, typ) => typ.is_none_or(|typ| is_media_type(typ, "jwt")),
        };
        if matches {
            Ok(())
        } else {
            Err(Rejection::WrongType)
        }
    }
}

fn is_media_type(typ: &str, expected: &str) -> bool {
    const PREFIX: &str = "application/";
    let short = match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) => rest,
        _ => typ,
    };
    short.eq_ignore_ascii_case(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AT-14
    #[test]
    fn the_type_is_compared_as_a_media_type() {
        let access = TokenKind::ACCESS_TOKEN.typ;
        for typ in [
            "at+jwt",
            "AT+JWT",
            "application/at+jwt",
            "Application/At+Jwt",
        ] {
            assert_eq!(access.check(Some(typ)), Ok(()), "{typ}");
        }
        for typ in [
            "JWT",
            "jwt",
            "logout+jwt",
            "at+jwt ",
            "x/at+jwt",
            "application/",
            "at",
            "",
        ] {
            assert_eq!(access.check(Some(typ)), Err(Rejection::WrongType), "{typ}");
        }
        assert_eq!(access.check(None), Err(Rejection::WrongType));
    }

    /// JB-13
    #[test]
    fn an_access_token_is_no_id_token() {
        assert_eq!(
            Typ::JwtOrAbsent.check(Some("at+jwt")),
            Err(Rejection::WrongType)
        );
        assert_eq!(Typ::JwtOrAbsent.check(Some("JWT")), Ok(()));
        assert_eq!(Typ::JwtOrAbsent.check(None), Ok(()));
    }
}
