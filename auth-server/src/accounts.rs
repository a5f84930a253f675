//! People and their passwords: one door to log in, one to administer (design §4 rule 6; matrix NP-*,
//! OW-*, PW-*). Never tells a stranger which account exists.

use std::sync::Arc;

use crate::clock::Clock;
use crate::error::Fault;
use crate::model::User;
use crate::random::Random;
use crate::store::{Store, users};

mod administer;
mod authenticate;
mod blocklist;
mod browser_sessions;
mod describe;
mod login_name;
mod password;
mod password_rules;
mod revoke_sessions;
mod set_password;
mod throttle;

#[cfg(test)]
mod tests;

pub use crate::audit::Actor;
pub use administer::{AccountError, NewAccount};
pub use browser_sessions::{Ending, LoggedIn, SessionLimits, end_logins, end_session};
pub use describe::Person;
pub use login_name::{LoginName, LoginNameError};
pub use password::{HashParameters, PasswordStats, PoolLimits};
pub use password_rules::{PasswordProblem, RulesPolicy};
pub use throttle::{AccountLimits, AddressLimits};

/// What `app` takes from the settings.
#[derive(Debug, Clone)]
pub struct AccountsConfig {
    /// Cost of new hashes.
    pub hashing: HashParameters,
    /// How much hashing may go on at once.
    pub pool: PoolLimits,
    /// Patience with one account.
    pub account_limits: AccountLimits,
    /// Patience with one address.
    pub address_limits: AddressLimits,
    /// How long sessions of browsers live.
    pub session_limits: SessionLimits,
    /// Which new passwords are accepted.
    pub rules: RulesPolicy,
}

/// The accounts of this installation. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    store: Store,
    random: Random,
    passwords: password::PasswordPool,
    rules: password_rules::PasswordRules,
    account_limits: AccountLimits,
    session_limits: SessionLimits,
    addresses: throttle::AddressThrottle,
    gate: throttle::Gate,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounts")
    }
}

impl Accounts {
    /// Starts the password threads and loads the list of common passwords.
    ///
    /// # Errors
    /// Impossible parameters, or threads that do not start.
    pub fn start(
        store: Store,
        config: AccountsConfig,
        clock: Clock,
        random: Random,
    ) -> Result<Self, Fault> {
        let limits = config.account_limits;
        Ok(Self(Arc::new(Inner {
            passwords: password::PasswordPool::start(config.hashing, config.pool, &random)?,
            rules: password_rules::PasswordRules::new(config.rules),
            gate: throttle::Gate::new(limits.free_failures, config.pool.max_queue_wait),
            addresses: throttle::AddressThrottle::new(config.address_limits, clock),
            account_limits: limits,
            session_limits: config.session_limits,
            store,
            random,
        })))
    }

    /// Finds the account of a login name, however it is spelled; `None` also for what is no name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find(&self, login: &str) -> Result<Option<User>, Fault> {
        let Ok(name) = LoginName::parse(login) else {
            return Ok(None);
        };
        Ok(users::find_by_login_key(self.0.store.read(), name.canonical()).await?)
    }

    /// What the password threads have done.
    pub fn password_stats(&self) -> &PasswordStats {
        self.0.passwords.stats()
    }
}
