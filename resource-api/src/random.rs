//! The only place that draws random bytes: identifiers of objects and of requests.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::clock::Instant;
use crate::id::Id;

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
    /// A repeatable generator. For tests only.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seeded: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))),
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        match &self.seeded {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that draws randomness"
            )]
            None => rand::rng().fill_bytes(&mut bytes),
            Some(seeded) => {
                seeded
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .fill_bytes(&mut bytes);
            }
        }
        bytes
    }

    /// A new object identifier: a UUID of version 7 (RFC 9562 §5.7), so that identifiers sort by the
    /// time of their making and lists can run along the primary key.
    pub fn id(&self, now: Instant) -> Id {
        let millis = u64::try_from(now.as_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>())
            .into_uuid()
            .into()
    }

    /// A new request identifier: 32 hexadecimal digits.
    pub fn request_id(&self) -> String {
        uuid::Uuid::from_bytes(self.bytes::<16>())
            .simple()
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_sort_by_the_time_of_their_making() {
        let random = Random::seeded(1);
        let older = random.id(Instant::from_millis(1_700_000_000_000));
        let newer = random.id(Instant::from_millis(1_700_000_000_001));
        assert!(older < newer, "{older} is not before {newer}");
    }
}
