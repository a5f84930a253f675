//! Three verifiers that know nothing of each other, each with its default cache, all at the same
//! time of day: `shared_claims::remote`, PyJWT's `PyJWKClient`, jose's `createRemoteJWKSet`.

use std::{sync::Arc, time::Duration};

use shared_claims::{
    remote::{Clock as _, ManualClock, RemoteKeys, RemoteVerifier},
    verify::Policy,
};

use crate::{
    AUDIENCE,
    support::{ISSUER, World},
    timed::{Foreign, question, settled},
};

/// In the order of every array of three here.
pub(super) const NAMES: [&str; 3] = ["shared-claims", "PyJWT", "jose"];
const KEY_SET: &str = "/.well-known/jwks.json";
/// For an answer of a process on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// What each of the three said of some tokens: `None` for a token that it accepts.
pub(super) type Verdicts = [Vec<Option<String>>; 3];

/// The three, and the time that is theirs.
pub(super) struct Verifiers {
    clock: ManualClock,
    ours: RemoteVerifier,
    pyjwt: Foreign,
    jose: Foreign,
}

impl Verifiers {
    /// Starts them with the address of the key set and the present time of the clock.
    pub(super) async fn of(world: &World, clock: ManualClock) -> Self {
        let jwks = format!("{}{KEY_SET}", world.base);
        let keys = RemoteKeys::builder(ISSUER)
            .jwks_url(&jwks)
            .clock(Arc::new(clock.clone()))
            .start()
            .unwrap();
        keys.ready().await;
        Self {
            clock,
            ours: RemoteVerifier::new(keys, Policy::new(ISSUER, AUDIENCE)).unwrap(),
            pyjwt: Foreign::pyjwt([&jwks, ISSUER, AUDIENCE]),
            jose: Foreign::jose([&jwks, ISSUER, AUDIENCE]),
        }
    }

    /// All three judge all tokens now.
    pub(super) async fn judge(&self, tokens: &[&str]) -> Verdicts {
        let now = self.clock.now().seconds();
        let lines: Vec<String> = tokens.iter().map(|token| question(now, token)).collect();
        let ours = async {
            settled(self.ours.keys()).await;
            let mut verdicts = Vec::new();
            for token in tokens {
                let refusal = self.ours.verify(token).await.err();
                verdicts.push(refusal.map(|reason| reason.to_string()));
            }
            verdicts
        };
        let (ours, pyjwt, jose) = tokio::join!(
            ours,
            self.pyjwt.judge(&lines, PATIENCE),
            self.jose.judge(&lines, PATIENCE)
        );
        assert_eq!([pyjwt.len(), jose.len()], [tokens.len(); 2], "no answer");
        [ours, pyjwt, jose]
    }

    /// How often each has asked for the key set.
    pub(super) fn fetches(&self) -> [u64; 3] {
        let ours = self.ours.keys().stats().fetches();
        [ours, self.pyjwt.fetches(), self.jose.fetches()]
    }
}
