//! Why a token was turned away: our words, for logs, metrics and tests.
//!
//! None of them reaches the caller, who is told one sentence for all (RFC 6750 §3.1): which check
//! failed is of use to an attacker only.

/// Why a token was not accepted. [`as_str`](Self::as_str) is a stable label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
#[error("{}", self.as_str())]
pub enum Rejection {
    /// Longer than the policy allows; not decoded at all.
    TooLarge,
    /// Not three parts separated by dots.
    NotCompact,
    /// A part is not canonical, unpadded base64url.
    NotBase64Url,
    /// The header is not a JSON object with members of the right types.
    HeaderMalformed,
    /// A member name occurs twice, in the header or anywhere in the claims.
    DuplicateMember,
    /// `crit` or `b64` is present.
    CriticalHeader,
    /// `typ` is another kind of token.
    WrongType,
    /// `alg` is unknown or not accepted by the policy.
    AlgorithmRefused,
    /// No `kid`.
    KeyIdMissing,
    /// No key of this `kid`.
    UnknownKey,
    /// The key of this `kid` is for another algorithm.
    AlgorithmMismatch,
    /// The signature is not the key's over this text.
    BadSignature,
    /// The claims are not a JSON object with members of the right types.
    ClaimsMalformed,
    /// A mandatory claim is absent.
    ClaimMissing,
    /// A claim is present that this verifier cannot honour, such as `cnf` (RFC 9449 §7.1).
    ClaimRefused,
    /// `iss` is not exactly the issuer.
    WrongIssuer,
    /// `aud` does not name this service.
    WrongAudience,
    /// `exp` has passed.
    Expired,
    /// `nbf` lies ahead.
    NotYetValid,
    /// `iat` lies further ahead than clocks differ.
    IssuedAhead,
    /// `exp` is not after `iat`.
    LifetimeNegative,
    /// `exp` lies further after `iat` than the policy allows.
    LifetimeTooLong,
    /// The issuer's keys have not been loaded yet.
    KeysMissing,
    /// The issuer's keys are older than the policy allows.
    KeysStale,
    /// The status list says that the token has been revoked.
    Revoked,
    /// The status list says that the token is not to be honoured for now, or holds a value of
    /// unknown meaning.
    Suspended,
    /// The token's place in the status list is beyond its end.
    StatusOutOfBounds,
    /// The token points at a status list that is not the issuer's.
    StatusForeign,
    /// The status list has not been loaded yet.
    StatusMissing,
    /// The status list is older than the policy allows.
    StatusStale,
}

impl Rejection {
    /// Every reason, in the order of declaration. A slice, because there may be more one day.
    pub const ALL: &[Self] = &[
        Self::TooLarge,
        Self::NotCompact,
        Self::NotBase64Url,
        Self::HeaderMalformed,
        Self::DuplicateMember,
        Self::CriticalHeader,
        Self::WrongType,
        Self::AlgorithmRefused,
        Self::KeyIdMissing,
        Self::UnknownKey,
        Self::AlgorithmMismatch,
        Self::BadSignature,
        Self::ClaimsMalformed,
        Self::ClaimMissing,
        Self::ClaimRefused,
        Self::WrongIssuer,
        Self::WrongAudience,
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedAhead,
        Self::LifetimeNegative,
        Self::LifetimeTooLong,
        Self::KeysMissing,
        Self::KeysStale,
        Self::Revoked,
        Self::Suspended,
        Self::StatusOutOfBounds,
        Self::StatusForeign,
        Self::StatusMissing,
        Self::StatusStale,
    ];

    /// The label for logs and metrics. Stable: dashboards depend on it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotCompact => "not_compact",
            Self::NotBase64Url => "not_base64url",
            Self::HeaderMalformed => "header_malformed",
            Self::DuplicateMember => "duplicate_member",
            Self::CriticalHeader => "critical_header",
            Self::WrongType => "wrong_type",
            Self::AlgorithmRefused => "algorithm_refused",
            Self::KeyIdMissing => "key_id_missing",
            Self::UnknownKey => "unknown_key",
            Self::AlgorithmMismatch => "algorithm_mismatch",
            Self::BadSignature => "bad_signature",
            Self::ClaimsMalformed => "claims_malformed",
            Self::ClaimMissing => "claim_missing",
            Self::ClaimRefused => "claim_refused",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongAudience => "wrong_audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::IssuedAhead => "issued_ahead",
            Self::LifetimeNegative => "lifetime_negative",
            Self::LifetimeTooLong => "lifetime_too_long",
            Self::KeysMissing => "keys_missing",
            Self::KeysStale => "keys_stale",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::StatusOutOfBounds => "status_out_of_bounds",
            Self::StatusForeign => "status_foreign",
            Self::StatusMissing => "status_missing",
            Self::StatusStale => "status_stale",
        }
    }

    /// Whether the fault lies with us rather than with the token: nothing could be judged. The
    /// caller should try again later (503), not ask for another token (401).
    #[must_use]
    pub const fn is_outage(self) -> bool {
        matches!(
            self,
            Self::KeysMissing | Self::KeysStale | Self::StatusMissing | Self::StatusStale
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn labels_are_distinct_and_positions_match() {
        let labels: HashSet<_> = Rejection::ALL
            .iter()
            .map(|reason| reason.as_str())
            .collect();
        assert_eq!(labels.len(), Rejection::ALL.len());
        for (position, reason) in Rejection::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, position);
        }
    }

    #[test]
    fn every_label_is_explained_in_the_readme() {
        let readme = include_str!("../../README.md");
        for reason in Rejection::ALL {
            assert!(readme.contains(&format!("`{reason}`")), "{reason}");
        }
    }
}
