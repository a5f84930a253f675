//! One fault, from the moment before it: what three verifiers say of valid and of invalid tokens while
//! it lasts, with keys that they have just fetched and with keys that are too old for them.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use shared_claims::{
    remote::{ManualClock, RemoteKeys, RemoteVerifier},
    verify::Policy,
};

use crate::{
    injector::{Document, Fault, Injector},
    signing::{API, ISSUER, NOW, TestKey, jwks, now},
    timed::{Foreign, question, settled},
};

/// Seconds after the fetch: later than the cool-downs of all three (30 s), earlier than any cache ends.
const WARM: i64 = 40;
/// Later than the caches of PyJWT (300 s) and jose (600 s) end; ours keeps keys for a day.
const AGED: i64 = 900;
/// For a process to start on a busy machine.
const START: Duration = Duration::from_mins(1);
/// For an answer while the fault lasts; jose gives up after five seconds by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(7);
/// Ours tries again after 1, 2, 4 … seconds, and once per 30 s for unknown key ids.
const RETRIES: usize = 8;
const WINDOW: usize = 30;

/// What goes wrong, and what is asked meanwhile.
pub(super) struct Case {
    pub(super) name: &'static str,
    fault: Option<Fault>,
    rounds: u32,
    has_unknown_ids: bool,
    is_by_the_key_that_goes: bool,
}

impl Case {
    pub(super) fn of(name: &'static str, fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::without_fault(name).rounds(super::ROUNDS).flooded()
        }
    }

    pub(super) fn without_fault(name: &'static str) -> Self {
        Self {
            name,
            fault: None,
            rounds: 0,
            has_unknown_ids: false,
            is_by_the_key_that_goes: false,
        }
    }

    pub(super) fn rounds(self, rounds: u32) -> Self {
        Self { rounds, ..self }
    }

    pub(super) fn flooded(self) -> Self {
        Self {
            has_unknown_ids: true,
            ..self
        }
    }

    pub(super) fn by_the_key_that_goes(self) -> Self {
        Self {
            is_by_the_key_that_goes: true,
            ..self
        }
    }
}

/// A token to be judged at this second.
struct Question {
    now: i64,
    token: String,
    is_valid: bool,
}

/// What one verifier said in one state of its cache.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) valid: usize,
    pub(super) accepted: usize,
    pub(super) invalid_accepted: usize,
    /// An answer took longer than the patience; nothing was asked after it.
    pub(super) is_silent: bool,
    pub(super) fetches: usize,
    /// Why the first valid token was refused.
    pub(super) refusal: Option<String>,
}

/// What came of a case: for ours, PyJWT and jose, warm and aged.
pub(super) struct Row {
    pub(super) case: Case,
    pub(super) seen: [[Seen; 2]; 3],
}

impl Row {
    /// What must hold.
    pub(super) fn judge(&self) {
        let (name, [ours, ..]) = (self.case.name, &self.seen);
        for seen in self.seen.iter().flatten() {
            assert_eq!(seen.invalid_accepted, 0, "{name}: {seen:?}");
        }
        let rounds = self.case.rounds as usize;
        for seen in ours {
            assert!(
                seen.fetches <= RETRIES + rounds / WINDOW,
                "{name}: {seen:?}"
            );
            // A key that the issuer no longer publishes is withdrawn: its tokens are not valid.
            if !self.case.is_by_the_key_that_goes {
                assert_eq!(
                    (seen.valid, seen.accepted),
                    (rounds, rounds),
                    "{name}: {seen:?}"
                );
            }
        }
    }
}

/// An issuer with two keys, and somebody who is not the issuer.
pub(super) struct Outage {
    issuer: Injector,
    pub(super) kept: TestKey,
    pub(super) gone: TestKey,
    pub(super) stranger: TestKey,
    /// The stranger's key under the name of the issuer's.
    forger: TestKey,
}

impl Outage {
    pub(super) async fn start() -> Self {
        Self {
            issuer: Injector::start().await,
            kept: TestKey::es256("kept"),
            gone: TestKey::es256("gone"),
            stranger: TestKey::es256("stranger"),
            forger: TestKey::es256("kept"),
        }
    }

    /// All six at the same time, each with an address of its own.
    pub(super) async fn suffered(&self, case: Case) -> Row {
        let name: String = case
            .name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let [of_ours, of_pyjwt, of_jose] =
            [0, 1, 2].map(|verifier| [0, 1].map(|state| format!("/{name}/{verifier}/{state}")));
        let (warm, aged) = (self.questions(&case, WARM), self.questions(&case, AGED));
        let seen = tokio::join!(
            self.by_ours(&case, &of_ours[0], &warm),
            self.by_ours(&case, &of_ours[1], &aged),
            self.by(Foreign::pyjwt, &case, &of_pyjwt[0], &warm),
            self.by(Foreign::pyjwt, &case, &of_pyjwt[1], &aged),
            self.by(Foreign::jose, &case, &of_jose[0], &warm),
            self.by(Foreign::jose, &case, &of_jose[1], &aged),
        );
        let seen = [[seen.0, seen.1], [seen.2, seen.3], [seen.4, seen.5]];
        Row { case, seen }
    }

    fn questions(&self, case: &Case, from: i64) -> Vec<Question> {
        let signer = if case.is_by_the_key_that_goes {
            &self.gone
        } else {
            &self.kept
        };
        let (valid, forged) = (token(signer, None), token(&self.forger, None));
        let mut questions = Vec::new();
        for round in 0..case.rounds {
            let now = NOW + from + i64::from(round);
            let mut ask = |token: String, is_valid| {
                questions.push(Question {
                    now,
                    token,
                    is_valid,
                });
            };
            ask(valid.clone(), true);
            ask(forged.clone(), false);
            if case.has_unknown_ids {
                // The first has the name under which the stranger publishes the key.
                let kid = (round > 0).then(|| format!("stranger-{round}"));
                ask(token(&self.stranger, kid), false);
            }
        }
        questions
    }

    async fn by_ours(&self, case: &Case, path: &str, questions: &[Question]) -> Seen {
        let clock = ManualClock::at(now());
        let keys = RemoteKeys::builder(ISSUER)
            .jwks_url(self.publish(path))
            .clock(Arc::new(clock.clone()))
            .start()
            .unwrap();
        keys.ready().await;
        let verifier = RemoteVerifier::new(keys, Policy::new(ISSUER, API)).unwrap();
        let before = self.break_down(case, path);
        let (mut verdicts, mut at) = (Vec::new(), NOW);
        for question in questions {
            let step = u64::try_from(question.now - at).unwrap();
            clock.advance(Duration::from_secs(step));
            at = question.now;
            settled(verifier.keys()).await;
            let refusal = verifier.verify(&question.token).await.err();
            verdicts.push(refusal.map(|reason| reason.to_string()));
        }
        settled(verifier.keys()).await;
        seen(questions, verdicts, self.issuer.hits(path) - before)
    }

    async fn by(
        &self,
        start: fn([&str; 3]) -> Foreign,
        case: &Case,
        path: &str,
        questions: &[Question],
    ) -> Seen {
        let verifier = start([&self.publish(path), ISSUER, API]);
        let first = question(NOW, &token(&self.kept, None));
        assert_eq!(verifier.judge(&[first], START).await, [None]);
        let before = self.break_down(case, path);
        let lines: Vec<String> = questions
            .iter()
            .map(|asked| question(asked.now, &asked.token))
            .collect();
        let verdicts = verifier.judge(&lines, PATIENCE).await;
        seen(questions, verdicts, self.issuer.hits(path) - before)
    }

    /// All is well at this path, whose address is returned.
    fn publish(&self, path: &str) -> String {
        let set = Document::new("application/json", jwks(&[&self.kept, &self.gone]));
        self.issuer
            .publish(path, set.with("Cache-Control", "max-age=300"));
        format!("{}{path}", self.issuer.url())
    }

    /// Now it is not. Returns how often the path was asked for until then.
    fn break_down(&self, case: &Case, path: &str) -> usize {
        if let Some(fault) = &case.fault {
            self.issuer.inject(path, fault.clone());
        }
        self.issuer.hits(path)
    }
}

/// A token that is valid for an hour, if it is the issuer's key that signs.
fn token(key: &TestKey, kid: Option<String>) -> String {
    let header = kid.map_or_else(|| json!({}), |kid| json!({ "kid": kid }));
    key.token(header, json!({ "exp": NOW + 3_600 }))
}

fn seen(questions: &[Question], verdicts: Vec<Option<String>>, fetches: usize) -> Seen {
    let mut seen = Seen {
        is_silent: verdicts.len() < questions.len(),
        fetches,
        ..Seen::default()
    };
    for (question, refusal) in questions.iter().zip(verdicts) {
        seen.valid += usize::from(question.is_valid);
        match (question.is_valid, refusal) {
            (true, None) => seen.accepted += 1,
            (false, None) => seen.invalid_accepted += 1,
            (true, Some(reason)) => {
                seen.refusal.get_or_insert(reason);
            }
            (false, Some(_)) => {}
        }
    }
    seen
}
