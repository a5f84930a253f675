//! Public keys as JWKs (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2) and their thumbprints (RFC 7638).
//!
//! The type has no room for private members, and reading refuses them (matrix JWK-01).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::model::{Algorithm, KeyId};

/// Exponent 65537, the only one we accept (matrix JWK-02).
const EXPONENT: &str = "AQAB";
/// Fewest bits of an RSA modulus (RFC 7518 §3.3).
const MIN_RSA_BITS: usize = 2048;

/// The public members that verify a signature. The order of fields is that of RFC 7638 §3.3, so the
/// serialisation is the input of the thumbprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA (RFC 7518 §6.3).
    Rsa {
        /// Exponent, base64url.
        e: String,
        /// Modulus, base64url.
        n: String,
    },
    /// P-256 (RFC 7518 §6.2).
    Ec {
        /// X coordinate, base64url.
        x: String,
        /// Y coordinate, base64url.
        y: String,
    },
    /// Ed25519 (RFC 8037 §2).
    Okp {
        /// The public key, base64url.
        x: String,
    },
}

/// A JWK of our set, as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicJwk {
    kty: String,
    #[serde(rename = "use")]
    usage: String,
    alg: Algorithm,
    kid: KeyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<String>,
}

/// Why a stored JWK is not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Not JSON, or other members than a public key has.
    #[error("the public key is not a JWK with public members only")]
    Malformed,
    /// The members do not belong together, or do not fit the algorithm.
    #[error("the public key does not fit its algorithm")]
    Mismatch,
    /// RSA below 2048 bits, or an exponent other than 65537 (matrix JWK-02).
    #[error("the RSA key is too weak: at least 2048 bits and exponent 65537 are needed")]
    Weak,
    /// The key id is not the thumbprint (matrix JWK-03).
    #[error("the key id is not the thumbprint of the key")]
    WrongThumbprint,
}

impl PublicKey {
    /// RFC 7638 §3: SHA-256 over the required members in lexical order, base64url without padding.
    pub fn thumbprint(&self) -> KeyId {
        // Every value is base64url: nothing to escape.
        let members = match self {
            Self::Rsa { e, n } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::Ec { x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Self::Okp { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
        };
        KeyId::new(URL_SAFE_NO_PAD.encode(Sha256::digest(members)))
    }

    /// The JWK to publish for use with one algorithm (matrix JWK-06).
    pub fn to_jwk(&self, algorithm: Algorithm) -> PublicJwk {
        let blank = PublicJwk {
            kty: String::new(),
            usage: "sig".to_owned(),
            alg: algorithm,
            kid: self.thumbprint(),
            crv: None,
            x: None,
            y: None,
            n: None,
            e: None,
        };
        let some = |text: &String| Some(text.clone());
        match self {
            Self::Rsa { e, n } => PublicJwk {
                kty: "RSA".to_owned(),
                n: some(n),
                e: some(e),
                ..blank
            },
            Self::Ec { x, y } => PublicJwk {
                kty: "EC".to_owned(),
                crv: Some("P-256".to_owned()),
                x: some(x),
                y: some(y),
                ..blank
            },
            Self::Okp { x } => PublicJwk {
                kty: "OKP".to_owned(),
                crv: Some("Ed25519".to_owned()),
                x: some(x),
                ..blank
            },
        }
    }
}

impl PublicJwk {
    /// Reads a stored JWK and checks that everything in it belongs together.
    ///
    /// # Errors
    /// [`JwkError`]; such a key is isolated, not published.
    pub fn parse(text: &str) -> Result<Self, JwkError> {
        let jwk: Self = serde_json::from_str(text).map_err(|_| JwkError::Malformed)?;
        let key = jwk.public_key().ok_or(JwkError::Mismatch)?;
        if let PublicKey::Rsa { e, n } = &key {
            let modulus = URL_SAFE_NO_PAD.decode(n).map_err(|_| JwkError::Malformed)?;
            let leading = modulus
                .first()
                .map_or(0, |byte| byte.leading_zeros() as usize);
            if e != EXPONENT || (modulus.len() * 8).saturating_sub(leading) < MIN_RSA_BITS {
                return Err(JwkError::Weak);
            }
        }
        if key.thumbprint() != jwk.kid {
            return Err(JwkError::WrongThumbprint);
        }
        // Whatever else was in the row (`use`, stray coordinates) is not ours to publish.
        if key.to_jwk(jwk.alg) == jwk {
            Ok(jwk)
        } else {
            Err(JwkError::Mismatch)
        }
    }

    /// `kid`.
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// `alg`.
    pub fn algorithm(&self) -> Algorithm {
        self.alg
    }

    /// The key, when its kind fits the algorithm.
    fn public_key(&self) -> Option<PublicKey> {
        match (self.alg, self.kty.as_str()) {
            (Algorithm::RS256 | Algorithm::PS256, "RSA") => Some(PublicKey::Rsa {
                e: self.e.clone()?,
                n: self.n.clone()?,
            }),
            (Algorithm::ES256, "EC") => Some(PublicKey::Ec {
                x: self.x.clone()?,
                y: self.y.clone()?,
            }),
            (Algorithm::EdDSA, "OKP") => Some(PublicKey::Okp { x: self.x.clone()? }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7638 §3.1.
    const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aP\
        FFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-\
        65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTW\
        hAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    fn rfc_key() -> PublicKey {
        PublicKey::Rsa {
            e: EXPONENT.to_owned(),
            n: MODULUS.to_owned(),
        }
    }

    /// TV-02, JWK-03: the vector of RFC 7638 §3.1.
    #[test]
    fn tv_02_jwk_03_the_thumbprint_is_that_of_the_rfc() {
        assert_eq!(
            rfc_key().thumbprint().as_str(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    /// RFC 8037 Appendix A.3.
    #[test]
    fn tv_02_the_thumbprint_of_an_ed25519_key_is_that_of_the_rfc() {
        let key = PublicKey::Okp {
            x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned(),
        };
        assert_eq!(
            key.thumbprint().as_str(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        let jwk = rfc_key().to_jwk(Algorithm::RS256);
        let text = serde_json::to_string(&jwk).unwrap();
        assert_eq!(PublicJwk::parse(&text), Ok(jwk));
        assert!(
            text.starts_with(r#"{"kty":"RSA","use":"sig","alg":"RS256","kid":"NzbL"#),
            "{text}"
        );
    }

    /// JWK-01, JWK-02, JWK-06, OP-09: private members, weak keys, wrong ids and algorithms.
    #[test]
    fn jwk_01_jwk_02_op_09_a_row_that_is_not_whole_is_not_published() {
        let good = serde_json::to_value(rfc_key().to_jwk(Algorithm::RS256)).unwrap();
        let changed = |name: &str, value: serde_json::Value| {
            let mut jwk = good.clone();
            jwk[name] = value;
            PublicJwk::parse(&jwk.to_string())
        };
        assert_eq!(changed("d", "AQAB".into()), Err(JwkError::Malformed));
        assert_eq!(changed("kid", "x".into()), Err(JwkError::WrongThumbprint));
        assert_eq!(changed("alg", "ES256".into()), Err(JwkError::Mismatch));
        assert_eq!(changed("alg", "none".into()), Err(JwkError::Malformed));
        assert_eq!(changed("use", "enc".into()), Err(JwkError::Mismatch));
        assert_eq!(changed("x", "AQAB".into()), Err(JwkError::Mismatch));
        assert_eq!(changed("e", "Aw".into()), Err(JwkError::Weak));
        assert_eq!(changed("n", MODULUS[..172].into()), Err(JwkError::Weak));
        assert_eq!(PublicJwk::parse("-----BEGIN"), Err(JwkError::Malformed));
    }
}
