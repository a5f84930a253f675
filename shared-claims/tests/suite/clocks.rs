//! The machine's date jumps, as virtual machines and careless administrators make it do. The age of
//! keys and lists is counted by a clock that only runs forward, so nothing becomes stale or fresh by
//! it; tokens are judged by whatever date it is, and all is well once the date is right again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};

use serde_json::json;
use shared_claims::{
    NumericDate,
    remote::{Clock, ManualClock, RemoteVerifier, Sleep},
    verify::{Policy, Rejection},
};

use crate::{
    status::world::{LIST, World},
    support::{API, NOW},
};

const DAY: i64 = 86_400;

/// Another date than the time that passes would give.
#[derive(Clone)]
struct Skewed {
    inner: ManualClock,
    offset: Arc<AtomicI64>,
}

impl Clock for Skewed {
    fn now(&self) -> NumericDate {
        NumericDate::from_seconds(self.inner.now().seconds() + self.offset.load(SeqCst))
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.inner.sleep(duration)
    }
}

#[tokio::test]
async fn a_date_that_jumps_back_and_forward_leaves_keys_and_lists_alone() {
    let world = World::start().await;
    let offset = Arc::new(AtomicI64::new(0));
    let clock = Skewed {
        inner: world.clock.clone(),
        offset: Arc::clone(&offset),
    };
    let keys = shared_claims::remote::RemoteKeys::builder(world.issuer.url())
        .clock(Arc::new(clock))
        .status_stream(false)
        .start()
        .unwrap();
    keys.ready().await;
    let verifier = RemoteVerifier::new(keys, Policy::new(world.issuer.url(), API)).unwrap();
    let at = |date: i64| {
        let status = json!({"status_list": {"idx": 1, "uri": world.uri()}});
        let claims =
            json!({"iss": world.issuer.url(), "iat": date, "exp": date + 900, "status": status});
        world.key.token(json!({}), claims)
    };
    let token = at(NOW);
    assert_eq!(verifier.verify(&token).await.err(), None);
    let lists = world.issuer.hits(LIST);
    println!("jump in s  token of the true date  token of the jumped date");
    for (jump, expected) in [
        (-25, None),
        (25, None),
        (-2 * 3_600, Some(Rejection::IssuedAhead)),
        (2 * 3_600, Some(Rejection::Expired)),
        (-400 * DAY, Some(Rejection::IssuedAhead)),
        (400 * DAY, Some(Rejection::Expired)),
    ] {
        offset.store(jump, SeqCst);
        let (here, there) = (
            verifier.verify_now(&token).err(),
            verifier.verify_now(&at(NOW + jump)).err(),
        );
        println!("{jump:9}  {here:22?}  {there:?}");
        assert_eq!(here, expected, "{jump}");
        assert_eq!(there, None, "neither keys nor list are stale: {jump}");
        assert!(verifier.keys().is_ready());
        offset.store(0, SeqCst);
        assert_eq!(verifier.verify_now(&token).err(), None, "{jump}");
    }
    assert_eq!(world.issuer.hits(LIST), lists, "nothing was fetched for it");
}
