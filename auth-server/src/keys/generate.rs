//! New key pairs as PKCS#8 (RFC 5208): RSA by the crate `rsa`, P-256 and Ed25519 by AWS-LC.
//!
//! An RSA key takes tens to hundreds of milliseconds: never on a worker that answers requests.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::rand_core::{Infallible, TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::error::Fault;
use crate::model::Algorithm;
use crate::random::Random;

/// Sizes of RSA keys that settings may ask for (contract §2.2).
pub(super) const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=4096;

const DOING: &str = "making a signing key";

/// Makes a key pair for an algorithm, on a thread for blocking work. `rsa_bits` counts for RSA only.
///
/// # Errors
/// A size outside [`RSA_BITS`], or a library that refuses.
pub(super) async fn generate(
    algorithm: Algorithm,
    rsa_bits: u32,
    random: &Random,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let random = random.clone();
    tokio::task::spawn_blocking(move || pkcs8(algorithm, rsa_bits, &random))
        .await
        .map_err(|error| Fault::broken(DOING, error))?
}

fn pkcs8(
    algorithm: Algorithm,
    rsa_bits: u32,
    random: &Random,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let refused = |_| Fault::broken(DOING, "the library refused");
    // These two draw from the generator inside AWS-LC, which takes no other.
    let system = SystemRandom::new();
    match algorithm {
        Algorithm::RS256 | Algorithm::PS256 => rsa(rsa_bits, random),
        Algorithm::ES256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &system)
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(refused),
        Algorithm::EdDSA => Ed25519KeyPair::generate_pkcs8(&system)
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(refused),
    }
}

fn rsa(bits: u32, random: &Random) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if !RSA_BITS.contains(&bits) || !bits.is_multiple_of(8) {
        return Err(Fault::broken(
            DOING,
            "an RSA key has 2048 to 4096 bits, a multiple of 8",
        ));
    }
    // The exponent is 65537 (matrix JWK-02).
    let key = rsa::PrivateKey::new(&mut Draw(random), bits as usize)
        .map_err(|error| Fault::broken(DOING, error))?;
    let document = key
        .to_pkcs8_der()
        .map_err(|error| Fault::broken(DOING, error))?;
    Ok(document.to_bytes())
}

/// Our randomness as `rsa` draws it.
struct Draw<'a>(&'a Random);

impl TryRng for Draw<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(into);
        Ok(())
    }
}

impl TryCryptoRng for Draw<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::jwk::PublicJwk;
    use crate::keys::signing_key::{SigningKey, SigningKeyError};

    /// JWK-02, JWK-03: a new key of every algorithm parses, checks itself and can be published.
    #[tokio::test]
    async fn jwk_02_a_new_key_of_every_algorithm_signs_and_can_be_published() {
        for algorithm in Algorithm::ALL {
            let pkcs8 = generate(algorithm, 2048, &Random::system()).await.unwrap();
            let key = SigningKey::parse(algorithm, &pkcs8).unwrap();
            let jwk = key.public_key().to_jwk(algorithm);
            assert_eq!(jwk.kid(), key.kid());
            assert_eq!(
                PublicJwk::parse(&serde_json::to_string(&jwk).unwrap()),
                Ok(jwk)
            );
        }
    }

    #[tokio::test]
    async fn sizes_outside_the_range_are_refused() {
        for bits in [0, 512, 1024, 2047, 2049, 4104, 16_384] {
            assert!(
                generate(Algorithm::RS256, bits, &Random::system())
                    .await
                    .is_err(),
                "{bits}"
            );
        }
        assert!(
            generate(Algorithm::RS256, 3072, &Random::system())
                .await
                .is_ok()
        );
    }

    /// OP-09: a key of another kind, or a damaged one, never signs.
    #[tokio::test]
    async fn op_09_a_damaged_key_or_one_of_another_kind_is_rejected() {
        let random = Random::system();
        for algorithm in Algorithm::ALL {
            let good = generate(algorithm, 2048, &random).await.unwrap();
            for at in (0..good.len()).step_by(good.len() / 16 + 1) {
                let mut bad = good.to_vec();
                bad[at] ^= 1;
                match SigningKey::parse(algorithm, &bad) {
                    // Some flips make another whole key (an Ed25519 seed has no check digit): its
                    // thumbprint is another, which the ring compares.
                    Ok(key) => {
                        let original = SigningKey::parse(algorithm, &good).unwrap();
                        assert!(key.kid() != original.kid() || algorithm == Algorithm::EdDSA);
                    }
                    Err(error) => assert!(matches!(
                        error,
                        SigningKeyError::Rejected | SigningKeyError::SelfCheck
                    )),
                }
            }
            for other in Algorithm::ALL {
                let is_rsa = |a| matches!(a, Algorithm::RS256 | Algorithm::PS256);
                if other != algorithm && !(is_rsa(other) && is_rsa(algorithm)) {
                    assert!(
                        SigningKey::parse(other, &good).is_err(),
                        "{other:?} {algorithm:?}"
                    );
                }
            }
        }
    }
}
