//! Accounts against a real store: logging in, being slowed down, being administered.

use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use shared_claims::Role;

use super::*;
use crate::clock::{HandClock, Instant};
use crate::error::{Code, Reason, Refusal, TokenError};
use crate::secret::Secret;
use crate::store::testing::{Fresh, NOW, fresh};

mod administering;
mod guessing;
mod hashing;
mod login;
mod timing;

const PASSWORD: &str = "vier blaue Enten am See";
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Cheap to compute; what is tested does not depend on it.
const CHEAP: HashParameters = HashParameters {
    memory_kib: 64,
    iterations: 1,
    parallelism: 1,
};

/// Accounts on a fresh database, with a clock that is moved by hand.
struct World {
    accounts: Accounts,
    hand: HandClock,
    store: Fresh,
}

fn config() -> AccountsConfig {
    AccountsConfig {
        hashing: CHEAP,
        pool: PoolLimits {
            max_concurrent: NonZeroUsize::new(2).unwrap(),
            max_queue_wait: Duration::from_secs(30),
        },
        account_limits: AccountLimits::default(),
        address_limits: AddressLimits {
            burst: NonZeroU32::new(10_000).unwrap(),
            refill_every: Duration::from_secs(3),
        },
        session_limits: SessionLimits {
            idle_ttl: Duration::from_hours(8),
            ttl: Duration::from_hours(7 * 24),
        },
        rules: RulesPolicy::default(),
    }
}

impl World {
    async fn new() -> Self {
        Self::with(config()).await
    }

    async fn with(config: AccountsConfig) -> Self {
        let store = fresh().await;
        let hand = HandClock::at(NOW);
        let clock = Clock::Hand(hand.clone());
        let accounts =
            Accounts::start(store.store.clone(), config, clock, Random::system()).unwrap();
        Self {
            accounts,
            hand,
            store,
        }
    }

    fn now(&self) -> Instant {
        Clock::Hand(self.hand.clone()).now()
    }

    fn console(&self) -> Actor {
        Actor::console(self.now())
    }

    async fn add(&self, username: &str, email: Option<&str>) -> User {
        let new = NewAccount {
            username: username.to_owned(),
            email: email.map(str::to_owned),
            password: Some(Secret::new(PASSWORD)),
            roles: vec![Role::CANDIDATE],
            ..NewAccount::default()
        };
        self.accounts.create(new, &self.console()).await.unwrap()
    }

    async fn login(&self, login: &str, password: &str) -> Result<User, TokenError> {
        self.accounts
            .authenticate(login, &Secret::new(password), PEER, self.now())
            .await
    }

    /// The reason of a login that must be refused.
    async fn refused(&self, login: &str, password: &str) -> Reason {
        refusal(self.login(login, password).await).reason
    }

    async fn stored_hash(&self, user: &User) -> String {
        let user = users::find_by_id(self.store.read(), &user.id)
            .await
            .unwrap()
            .unwrap();
        user.password_hash.unwrap()
    }
}

fn refusal(done: Result<User, TokenError>) -> Refusal {
    match done {
        Err(TokenError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}
