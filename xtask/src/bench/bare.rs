//! The work that nobody can avoid, in this process and with nothing around it: one RSA signature, one
//! Argon2id hash.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Instant,
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::RSA_PKCS1_SHA256,
};

use super::measure::cpu_of;
use crate::failure::{Failure, Outcome};

/// As long as the signed part of an access token.
const MESSAGE: [u8; 420] = [b'a'; 420];

/// Microseconds of CPU time of one RS256 signature with a 2048-bit key.
pub(super) fn signature(count: u32) -> Outcome<f64> {
    let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| Failure::because("no RSA key"))?;
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    let before = cpu_of(process::id())?;
    for _ in 0..count {
        key.sign(&RSA_PKCS1_SHA256, &random, &MESSAGE, &mut signature)
            .map_err(|_| Failure::because("no RSA signature"))?;
    }
    let spent = cpu_of(process::id())?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e6 / f64::from(count))
}

/// Argon2id hashes in a second with the default parameters of the settings, on all cores.
pub(super) fn hashes(count: u32) -> Outcome<f64> {
    let parameters =
        Params::new(19_456, 2, 1, None).map_err(|error| Failure::because(error.to_string()))?;
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let left = AtomicU32::new(count);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters.clone());
                let mut memory = vec![Block::default(); parameters.block_count()];
                let mut hash = [0; 32];
                let take = |left: u32| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    let salt = b"sixteen bytes ok";
                    // The parameters are checked above; there is nothing else to go wrong.
                    let _ = argon2.hash_password_into_with_memory(
                        b"demo-password-1",
                        salt,
                        &mut hash,
                        &mut memory,
                    );
                }
            });
        }
    });
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
