//! The only place that draws random bytes (RFC 6749 §10.10: at least 128 bit, here 256).
//!
//! Everything else receives a [`Random`]; tests may seed it, so that snapshots stay stable.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Source of randomness: the system's generator, or a seeded one in tests.
#[derive(Clone, Default)]
pub struct Random {
    seeded: Option<Arc<Mutex<StdRng>>>,
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.seeded.is_some() {
            "Random(seeded)"
        } else {
            "Random(system)"
        })
    }
}

impl Random {
    /// The process's cryptographically secure generator, seeded by the operating system.
    pub fn system() -> Self {
        Self { seeded: None }
    }

    /// A repeatable generator. For tests only.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seeded: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))),
        }
    }

    /// Fills `into` with random bytes.
    pub fn fill(&self, into: &mut [u8]) {
        match &self.seeded {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that draws randomness"
            )]
            None => rand::rng().fill_bytes(into),
            Some(seeded) => {
                seeded
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(into);
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.fill(&mut bytes);
        bytes
    }

    /// `N` random bytes as unpadded base64url text (unreserved characters only, matrix CA-03).
    pub fn text<const N: usize>(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<N>())
    }

    /// A random UUID (version 4) in text form, as user ids are (matrix DEC-15).
    pub fn uuid(&self) -> String {
        uuid::Builder::from_random_bytes(self.bytes::<16>())
            .into_uuid()
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GEN-14: 256 bit, unreserved characters, no repetition.
    #[test]
    fn gen_14_secrets_have_256_bits_and_do_not_repeat() {
        let random = Random::system();
        let texts: std::collections::HashSet<String> =
            (0..1_000).map(|_| random.text::<32>()).collect();
        assert_eq!(texts.len(), 1_000);
        assert!(texts.iter().all(|text| {
            text.len() == 43
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        }));
    }

    #[test]
    fn a_seed_repeats_itself() {
        assert_eq!(
            Random::seeded(7).text::<16>(),
            Random::seeded(7).text::<16>()
        );
    }
}
