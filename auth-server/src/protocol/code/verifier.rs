//! The verifier of RFC 7636 §4.5, §4.6.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::error::Reason;

/// RFC 7636 §4.1.
const LENGTH: std::ops::RangeInclusive<usize> = 43..=128;

/// Whether the verifier fits the challenge.
///
/// # Errors
/// [`Reason::WrongVerifier`]; [`Reason::VerifierWithoutChallenge`]: somebody took the challenge out of
/// the authorization request (matrix PK-09).
pub(super) fn judge(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Reason> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Reason::VerifierWithoutChallenge),
        (Some(_), None) => Err(Reason::WrongVerifier),
        (Some(challenge), Some(verifier)) => {
            let computed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            let fits = computed.as_bytes().ct_eq(challenge.as_bytes());
            if is_well_formed(verifier) && bool::from(fits) {
                Ok(())
            } else {
                Err(Reason::WrongVerifier)
            }
        }
    }
}

fn is_well_formed(verifier: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    LENGTH.contains(&verifier.len()) && verifier.bytes().all(is_unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 Appendix B (matrix TV-01).
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// PK-01, PK-07, PK-08, PK-09, PK-10, GR-05
    #[test]
    fn pk_07_only_the_verifier_behind_the_challenge_fits() {
        let long = "a".repeat(129);
        let table = [
            (Some(CHALLENGE), Some(VERIFIER), Ok(())),
            (None, None, Ok(())),
            (Some(CHALLENGE), None, Err(Reason::WrongVerifier)),
            (Some(CHALLENGE), Some(CHALLENGE), Err(Reason::WrongVerifier)),
            (Some(CHALLENGE), Some("short"), Err(Reason::WrongVerifier)),
            (Some(CHALLENGE), Some(&long), Err(Reason::WrongVerifier)),
            (None, Some(VERIFIER), Err(Reason::VerifierWithoutChallenge)),
        ];
        for (challenge, verifier, expected) in table {
            assert_eq!(judge(challenge, verifier), expected, "{verifier:?}");
        }
    }

    /// PK-10: a verifier whose digest fits, but which no RFC 7636 client makes.
    #[test]
    fn pk_10_a_malformed_verifier_is_refused_whatever_its_digest() {
        for verifier in ["a".repeat(42), format!("{} ", "a".repeat(43))] {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            assert_eq!(
                judge(Some(&challenge), Some(&verifier)),
                Err(Reason::WrongVerifier)
            );
        }
    }
}
