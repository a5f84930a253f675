//! The signature algorithms a verifier may accept (RFC 7518 §3.1, RFC 8037, RFC 9864).
//!
//! Asymmetric ones only. `none` and the HMAC family have no variant, so no configuration, key set
//! or token can bring them in (RFC 8725 §3.1, §3.2).

/// An accepted signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 8192 bits.
    Rs256,
    /// RSASSA-PSS with SHA-256, salt as long as the digest, 2048 to 8192 bits.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519; written `EdDSA` or, since RFC 9864, `Ed25519`.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm there is; there may be more one day.
    pub const ALL: &[Self] = &[Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The algorithm of an `alg` member, compared exactly as RFC 7515 §4.1.1 demands.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }

    /// The registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_algorithm() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::find(algorithm.as_str()), Some(*algorithm));
        }
        assert_eq!(Algorithm::find("Ed25519"), Some(Algorithm::EdDsa));
    }

    /// JB-01, JB-02
    #[test]
    fn unsigned_symmetric_and_misspelt_names_find_nothing() {
        for name in [
            "none", "None", "NONE", "nOnE", "HS256", "HS512", "rs256", "RS256 ", "RS1", "",
        ] {
            assert_eq!(Algorithm::find(name), None, "{name:?}");
        }
    }
}
