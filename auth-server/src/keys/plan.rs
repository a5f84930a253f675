//! What has to happen to the keys now (design §5 "Key rotation"; matrix JWK-07). Pure: records, time
//! and policy in, steps out. Any instance may carry them out; the store lets one win.
//!
//! Per algorithm: `next` is published before it signs, longer than verifiers cache the set; `active`
//! signs; `retiring` stays until its last token has expired.

use std::time::Duration;

use crate::clock::Instant;
use crate::model::{Algorithm, KeyId, KeyState, SigningKeyRecord};

/// How long verifiers may cache the set (contract §2.3), and a minute for clocks that differ.
pub(super) const MIN_ANNOUNCEMENT: Duration = Duration::from_mins(5 + 1);

/// When keys change.
#[derive(Debug, Clone)]
pub struct KeyPolicy {
    /// Algorithms that always have a key; the first is the default.
    pub algorithms: Vec<Algorithm>,
    /// Size of new RSA keys.
    pub rsa_bits: u32,
    /// How long a key signs.
    pub rotate_every: Duration,
    /// How long its successor is published before; six minutes at least, whatever is set.
    pub announce_for: Duration,
    /// How long it stays published after: the longest lifetime of a token and clock skew.
    pub retire_after: Duration,
}

impl KeyPolicy {
    /// The announcement that is kept.
    pub fn announcement(&self) -> Duration {
        self.announce_for.max(MIN_ANNOUNCEMENT)
    }
}

/// One change to the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// There is no key at all: make one that signs at once.
    Create(Algorithm),
    /// Make the successor and publish it.
    Announce {
        /// Its algorithm.
        algorithm: Algorithm,
        /// When it may begin to sign.
        activates_at: Instant,
    },
    /// The successor signs from now on.
    Activate {
        /// The successor.
        next: KeyId,
        /// Who signed until now.
        retire: Option<KeyId>,
    },
    /// Rows past their end are deleted.
    Expire,
}

/// Decides what is due.
pub(super) fn plan(records: &[SigningKeyRecord], now: Instant, policy: &KeyPolicy) -> Vec<Step> {
    let mut steps: Vec<Step> = Algorithm::ALL
        .into_iter()
        .filter_map(|algorithm| plan_one(records, algorithm, now, policy))
        .collect();
    if records
        .iter()
        .any(|record| record.expires_at.is_some_and(|at| at <= now))
    {
        steps.push(Step::Expire);
    }
    steps
}

fn plan_one(
    records: &[SigningKeyRecord],
    algorithm: Algorithm,
    now: Instant,
    policy: &KeyPolicy,
) -> Option<Step> {
    let active = find(records, algorithm, KeyState::Active);
    let next = find(records, algorithm, KeyState::Next);
    match (active, next) {
        // An algorithm that was only tried once is not kept alive.
        (None, None) => policy
            .algorithms
            .contains(&algorithm)
            .then_some(Step::Create(algorithm)),
        // The active key was revoked: a key announced too short is better than none.
        (None, Some(next)) => Some(Step::Activate {
            next: next.kid.clone(),
            retire: None,
        }),
        (Some(active), Some(next)) => (next.activates_at <= now).then(|| Step::Activate {
            next: next.kid.clone(),
            retire: Some(active.kid.clone()),
        }),
        (Some(active), None) => {
            let due = active.activates_at.plus(policy.rotate_every);
            let announcement = policy.announcement();
            (due.minus(announcement) <= now).then(|| Step::Announce {
                algorithm,
                activates_at: due.max(now.plus(announcement)),
            })
        }
    }
}

/// The oldest of this algorithm and state.
pub(super) fn find(
    records: &[SigningKeyRecord],
    algorithm: Algorithm,
    state: KeyState,
) -> Option<&SigningKeyRecord> {
    records
        .iter()
        .filter(|record| record.algorithm == algorithm && record.state == state)
        .min_by_key(|record| (record.created_at, record.kid.clone()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    fn policy() -> KeyPolicy {
        KeyPolicy {
            algorithms: vec![Algorithm::RS256],
            rsa_bits: 2048,
            rotate_every: Duration::from_secs(90 * DAY),
            announce_for: Duration::from_hours(1),
            retire_after: Duration::from_secs(1000),
        }
    }

    fn record(kid: &str, state: KeyState, activates_at: Instant) -> SigningKeyRecord {
        SigningKeyRecord {
            kid: KeyId::new(kid),
            algorithm: Algorithm::RS256,
            state,
            public_jwk: String::new(),
            sealed_private: Vec::new(),
            seal_version: 1,
            created_at: activates_at,
            activates_at,
            retired_at: None,
            expires_at: None,
        }
    }

    fn at(seconds: u64) -> Instant {
        Instant::from_seconds(i64::try_from(seconds).unwrap())
    }

    fn activate(next: &str, retire: Option<&str>) -> Step {
        Step::Activate {
            next: KeyId::new(next),
            retire: retire.map(KeyId::new),
        }
    }

    /// JWK-07: the whole life of a key, second by second where it matters.
    #[test]
    fn jwk_07_a_successor_is_announced_an_hour_before_and_signs_on_time() {
        use KeyState::{Active, Next, Revoked};
        let due = 90 * DAY;
        let active = record("a", Active, at(0));
        let next = record("b", Next, at(due));
        let announce = |seconds| {
            vec![Step::Announce {
                algorithm: Algorithm::RS256,
                activates_at: at(seconds),
            }]
        };
        let none = Vec::new;
        for (now, records, expected) in [
            (0, vec![], vec![Step::Create(Algorithm::RS256)]),
            (0, vec![active.clone()], none()),
            (due - 3601, vec![active.clone()], none()),
            (due - 3600, vec![active.clone()], announce(due)),
            // Nobody was there to announce in time: the announcement is not cut short.
            (due + 5, vec![active.clone()], announce(due + 3605)),
            (due - 1, vec![active.clone(), next.clone()], none()),
            (
                due,
                vec![active.clone(), next.clone()],
                vec![activate("b", Some("a"))],
            ),
            (
                5,
                vec![record("a", Revoked, at(0)), next.clone()],
                vec![activate("b", None)],
            ),
            (
                5,
                vec![record("a", Revoked, at(0))],
                vec![Step::Create(Algorithm::RS256)],
            ),
        ] {
            assert_eq!(plan(&records, at(now), &policy()), expected, "{now}");
        }
    }

    /// JWK-07: a policy that announces too briefly is corrected.
    #[test]
    fn jwk_07_the_announcement_outlasts_the_cache_of_verifiers() {
        let hasty = KeyPolicy {
            announce_for: Duration::ZERO,
            ..policy()
        };
        let steps = plan(
            &[record("a", KeyState::Active, at(0))],
            at(91 * DAY),
            &hasty,
        );
        let expected = at(91 * DAY + 360);
        let algorithm = Algorithm::RS256;
        assert_eq!(
            steps,
            [Step::Announce {
                algorithm,
                activates_at: expected
            }]
        );
    }

    /// JWK-11: algorithms have their own rings; one that is live but not configured is kept alive.
    #[test]
    fn jwk_11_algorithms_rotate_side_by_side() {
        let es = |state, activates_at| SigningKeyRecord {
            algorithm: Algorithm::ES256,
            ..record("e", state, activates_at)
        };
        let rs = record("a", KeyState::Active, at(0));
        let records = [rs.clone(), es(KeyState::Active, at(0))];
        assert_eq!(plan(&records, at(90 * DAY), &policy()).len(), 2);
        let records = [rs.clone(), es(KeyState::Retiring, at(0))];
        assert_eq!(plan(&records, at(5), &policy()), []);
        let both = KeyPolicy {
            algorithms: vec![Algorithm::ES256, Algorithm::RS256],
            ..policy()
        };
        assert_eq!(plan(&[rs], at(5), &both), [Step::Create(Algorithm::ES256)]);
    }

    #[test]
    fn rows_past_their_end_are_deleted() {
        let mut gone = record("a", KeyState::Retiring, at(0));
        gone.expires_at = Some(at(100));
        let records = [gone, record("b", KeyState::Active, at(50))];
        assert_eq!(plan(&records, at(99), &policy()), []);
        assert_eq!(plan(&records, at(100), &policy()), [Step::Expire]);
    }

    proptest! {
        /// JWK-07: however seldom somebody looks, no key signs that was published too briefly, and
        /// there is always one that signs.
        #[test]
        fn jwk_07_no_key_signs_unannounced(pauses in prop::collection::vec(1..40 * DAY, 1..60)) {
            let policy = policy();
            let mut records = Vec::new();
            let mut published = std::collections::HashMap::new();
            let mut now = at(0);
            for (number, pause) in pauses.into_iter().enumerate() {
                for step in plan(&records, now, &policy) {
                    let kid = number.to_string();
                    match step {
                        Step::Create(_) => {
                            prop_assert_eq!(number, 0);
                            records.push(record(&kid, KeyState::Active, now));
                        }
                        Step::Announce { activates_at, .. } => {
                            published.insert(KeyId::new(kid.as_str()), now);
                            let next = record(&kid, KeyState::Next, activates_at);
                            records.push(SigningKeyRecord { created_at: now, ..next });
                        }
                        Step::Activate { next, retire } => {
                            prop_assert!(now.since(published[&next]) >= MIN_ANNOUNCEMENT);
                            for record in &mut records {
                                if record.kid == next {
                                    record.state = KeyState::Active;
                                    record.activates_at = now;
                                } else if Some(&record.kid) == retire.as_ref() {
                                    record.state = KeyState::Retiring;
                                }
                            }
                        }
                        Step::Expire => {}
                    }
                }
                let active = records.iter().filter(|r| r.state == KeyState::Active).count();
                prop_assert_eq!(active, 1);
                now = now.plus(Duration::from_secs(pause));
            }
        }
    }
}
