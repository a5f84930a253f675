//! Reading a stored PHC string: which parameters made it, and may we afford to repeat them?

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;

use super::parameters::HashParameters;
use crate::error::Fault;

/// A stored hash with other parameters is verified up to this cost; a row that asks for more was
/// not written by us and would be a lever to take the process down.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_WORK_KIB: u64 = 2 * 1024 * 1024;
const MAX_PARALLELISM: u32 = 16;

/// A parsed hash, ready to compare with.
pub(super) struct Stored {
    pub(super) context: Argon2<'static>,
    pub(super) salt: Salt,
    output: Output,
    algorithm: Algorithm,
    version: Version,
}

impl Stored {
    /// A hash of ours.
    pub(super) fn new(context: Argon2<'static>, salt: Salt, output: Output) -> Self {
        Self {
            context,
            salt,
            output,
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
        }
    }

    /// Parses a PHC string of Argon2 and checks that its cost is bearable.
    ///
    /// # Errors
    /// A broken record: the text is no such hash, or its cost is absurd. The hash is not repeated.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let doing = "reading a stored password hash";
        let hash = PasswordHash::new(text).map_err(|error| Fault::broken(doing, error))?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str())
            .map_err(|error| Fault::broken(doing, error))?;
        let version = match hash.version {
            None => Version::V0x10,
            Some(number) => {
                Version::try_from(number).map_err(|error| Fault::broken(doing, error))?
            }
        };
        let params = Params::try_from(&hash).map_err(|error| Fault::broken(doing, error))?;
        let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
        if params.m_cost() > MAX_MEMORY_KIB
            || work > MAX_WORK_KIB
            || params.p_cost() > MAX_PARALLELISM
        {
            return Err(Fault::broken(doing, "its cost is beyond what we compute"));
        }
        let (Some(salt), Some(output)) = (hash.salt, hash.hash) else {
            return Err(Fault::broken(doing, "salt or hash is missing"));
        };
        Ok(Self {
            context: Argon2::new(algorithm, version, params),
            salt,
            output,
            algorithm,
            version,
        })
    }

    /// True when a hash made today would look like this one (matrix OW-05).
    pub(super) fn is_current(&self, parameters: HashParameters) -> bool {
        let params = self.context.params();
        self.algorithm == Algorithm::Argon2id
            && self.version == Version::V0x13
            && params.m_cost() == parameters.memory_kib
            && params.t_cost() == parameters.iterations
            && params.p_cost() == parameters.parallelism
            && self.salt.len() >= super::pool::SALT_BYTES
            && self.output.len() >= super::pool::OUTPUT_BYTES
    }

    /// Bytes of the hash.
    pub(super) fn output_len(&self) -> usize {
        self.output.len()
    }

    /// Compares in constant time.
    pub(super) fn matches(&self, computed: &[u8]) -> bool {
        self.output.as_bytes().ct_eq(computed).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT_AND_HASH: &str =
        "c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";

    fn parse(prefix: &str) -> Result<Stored, Fault> {
        Stored::parse(&format!("{prefix}${SALT_AND_HASH}"))
    }

    /// OW-05: the same algorithm, version and cost, or it is due.
    #[test]
    fn ow_05_only_today_s_parameters_are_current() {
        let current = HashParameters::default();
        for (prefix, expected) in [
            ("$argon2id$v=19$m=19456,t=2,p=1", true),
            ("$argon2id$v=19$m=19456,t=3,p=1", false),
            ("$argon2id$v=19$m=4096,t=2,p=1", false),
            ("$argon2i$v=19$m=19456,t=2,p=1", false),
            ("$argon2id$v=16$m=19456,t=2,p=1", false),
        ] {
            assert_eq!(
                parse(prefix).unwrap().is_current(current),
                expected,
                "{prefix}"
            );
        }
    }

    #[test]
    fn absurd_costs_and_other_texts_are_refused_unhashed() {
        for prefix in [
            "$argon2id$v=19$m=4000000,t=1,p=1",
            "$argon2id$v=19$m=65536,t=4000000,p=1",
            "$argon2id$v=19$m=65536,t=1,p=64",
            "$scrypt$ln=17,r=8,p=1",
        ] {
            assert!(parse(prefix).is_err(), "{prefix}");
        }
        for text in [
            "",
            "plain",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$2b$12$abcdefghijklmnopqrstuv",
        ] {
            assert!(Stored::parse(text).is_err(), "{text}");
        }
    }
}
