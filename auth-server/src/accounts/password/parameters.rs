//! How expensive a hash is (matrix OW-01). What is too cheap, `settings` refuses (OW-02).

use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::Fault;

/// Cost of an Argon2id hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParameters {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes. They are computed one after the other: more lanes cost an attacker less.
    pub parallelism: u32,
}

impl Default for HashParameters {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
        }
    }
}

impl HashParameters {
    /// The context of new hashes.
    pub(super) fn context(self) -> Result<Argon2<'static>, Fault> {
        let params = Params::new(self.memory_kib, self.iterations, self.parallelism, None)
            .map_err(|error| Fault::broken("reading the password hash parameters", error))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}
