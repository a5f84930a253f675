//! Guessing client secrets is hopeless (256 bit) but loud: failures are counted per client and
//! address, and per address (RFC 6749 §2.3.1; matrix GEN-17, CA-20).
//!
//! Never per client alone: that would let a stranger lock a client out. And an address that fails as
//! one client after the other makes nobody wait who has the right secret: behind one address there may
//! be many, or a proxy that nobody has named in `trusted_proxies`.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Instant;
use crate::error::{Reason, Refusal};
use crate::model::ClientId;

/// Failures of one client from one address before it has to wait.
const MAX_PER_CLIENT: u32 = 20;
/// Failures of one address, whatever the client.
const MAX_PER_ADDRESS: u32 = 100;
/// What they are counted over, and how long the wait is.
const WINDOW: Duration = Duration::from_mins(1);
/// Counters kept; beyond, the finished windows go, then all: an attacker with that many addresses
/// gains nothing against 256 bits.
const MAX_COUNTERS: usize = 20_000;

/// Counts failed client authentications of this instance.
#[derive(Debug, Default)]
pub struct Throttle {
    counters: Mutex<HashMap<Key, Counter>>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    address: IpAddr,
    client: Option<ClientId>,
}

#[derive(Debug, Clone, Copy)]
struct Counter {
    began_at: Instant,
    failures: u32,
}

impl Throttle {
    /// Lets a request through unless its client has failed too often from its address.
    ///
    /// # Errors
    /// [`Reason::ClientThrottled`] with the time to wait.
    pub fn admit(&self, client: &ClientId, address: IpAddr, now: Instant) -> Result<(), Refusal> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.is_empty() {
            return Ok(());
        }
        let [of_client, _] = keys(client, address);
        refuse_full(&mut counters, &of_client, now)
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// As [`Throttle::admit`], when the address has failed too often: what was wrong is not said any
    /// more, and leaves no trace in the audit trail.
    pub fn count_failure(
        &self,
        client: &ClientId,
        address: IpAddr,
        now: Instant,
    ) -> Result<(), Refusal> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= MAX_COUNTERS {
            counters.retain(|_, counter| now.since(counter.began_at) < WINDOW);
            if counters.len() >= MAX_COUNTERS {
                counters.clear();
            }
        }
        let [of_client, of_address] = keys(client, address);
        let verdict = refuse_full(&mut counters, &of_address, now);
        // An address that hears no more still guesses no client's secret more often than others do; but
        // it may not fill the table with names.
        let has_room = counters.len() < MAX_COUNTERS / 2 || counters.contains_key(&of_client.0);
        if verdict.is_ok() || has_room {
            count(&mut counters, of_client.0, now);
        }
        if verdict.is_ok() {
            count(&mut counters, of_address.0, now);
        }
        verdict
    }
}

fn count(counters: &mut HashMap<Key, Counter>, key: Key, now: Instant) {
    let fresh = Counter {
        began_at: now,
        failures: 0,
    };
    let counter = counters.entry(key).or_insert(fresh);
    if now.since(counter.began_at) >= WINDOW {
        *counter = fresh;
    }
    counter.failures = counter.failures.saturating_add(1);
}

/// Refuses when this counter is at its limit.
fn refuse_full(
    counters: &mut HashMap<Key, Counter>,
    (key, limit): &(Key, u32),
    now: Instant,
) -> Result<(), Refusal> {
    let Some(counter) = counters.get_mut(key) else {
        return Ok(());
    };
    // The clock was put back: the wait shall not last until it is there again.
    counter.began_at = counter.began_at.min(now);
    let age = now.since(counter.began_at);
    if counter.failures >= *limit && age < WINDOW {
        let wait = WINDOW.saturating_sub(age);
        return Err(Refusal::from(Reason::ClientThrottled).with_retry_after(wait));
    }
    Ok(())
}

/// The /64 that one IPv6 customer has at least: whoever has all its addresses is still one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

fn keys(client: &ClientId, address: IpAddr) -> [(Key, u32); 2] {
    let address = network(address);
    // A client id is the caller's text: kept only as long as a registered one could be.
    let client = ClientId::new(client.as_str().chars().take(128).collect::<String>());
    [
        (
            Key {
                address,
                client: Some(client),
            },
            MAX_PER_CLIENT,
        ),
        (
            Key {
                address,
                client: None,
            },
            MAX_PER_ADDRESS,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

    /// CA-20.
    #[test]
    fn ca_20_one_client_from_one_address_waits_and_others_do_not() {
        let throttle = Throttle::default();
        let (client, other) = (ClientId::new("a"), ClientId::new("b"));
        let now = Instant::from_seconds(1_000);
        for _ in 0..MAX_PER_CLIENT {
            assert!(throttle.admit(&client, HERE, now).is_ok());
            throttle.count_failure(&client, HERE, now).unwrap();
        }
        let refusal = throttle.admit(&client, HERE, now).unwrap_err();
        assert_eq!(refusal.retry_after, Some(WINDOW));
        assert!(
            throttle.admit(&client, THERE, now).is_ok(),
            "another address is not locked out"
        );
        assert!(throttle.admit(&other, HERE, now).is_ok());
        assert!(throttle.admit(&client, HERE, now.plus(WINDOW)).is_ok());
    }

    /// CA-20: an address that tries many clients hears no more than that it has to wait; whoever has the
    /// right secret does not.
    #[test]
    fn ca_20_an_address_that_tries_many_clients_waits_and_makes_nobody_else_wait() {
        let throttle = Throttle::default();
        let now = Instant::from_seconds(1_000);
        let fail = |name: String, at| throttle.count_failure(&ClientId::new(name), HERE, at);
        for i in 0..MAX_PER_ADDRESS {
            assert!(fail(format!("c{i}"), now).is_ok());
        }
        let refusal = fail("fresh".to_owned(), now).unwrap_err();
        assert_eq!(refusal.retry_after, Some(WINDOW));
        assert!(throttle.admit(&ClientId::new("fresh"), HERE, now).is_ok());
        assert!(fail("fresh".to_owned(), now.plus(WINDOW)).is_ok());
    }

    /// CA-20: filling up the address first does not free anybody from the limit of one client.
    #[test]
    fn ca_20_an_address_that_is_full_still_counts_for_each_client() {
        let throttle = Throttle::default();
        let now = Instant::from_seconds(1_000);
        for i in 0..MAX_PER_ADDRESS {
            let junk = ClientId::new(format!("c{i}"));
            throttle.count_failure(&junk, HERE, now).unwrap();
        }
        let client = ClientId::new("web");
        for _ in 0..MAX_PER_CLIENT {
            assert!(throttle.admit(&client, HERE, now).is_ok());
            assert!(throttle.count_failure(&client, HERE, now).is_err());
        }
        assert!(throttle.admit(&client, HERE, now).is_err());
    }

    /// CA-20: whoever has a network of addresses is throttled like whoever has one.
    #[test]
    fn ca_20_one_ipv6_customer_is_one_address() {
        let throttle = Throttle::default();
        let client = ClientId::new("a");
        let now = Instant::from_seconds(1_000);
        let home = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0).to_bits();
        let at = |number: u32| Ipv6Addr::from_bits(home + u128::from(number)).into();
        for number in 0..MAX_PER_CLIENT {
            throttle.count_failure(&client, at(number), now).unwrap();
        }
        assert!(throttle.admit(&client, at(99), now).is_err());
        let next_door = Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 0).into();
        assert!(throttle.admit(&client, next_door, now).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let now = Instant::from_seconds(1_000);
        for i in 0..30_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(i).into();
            throttle
                .count_failure(&ClientId::new("c"), address, now)
                .unwrap();
        }
        assert!(throttle.counters.lock().unwrap().len() <= MAX_COUNTERS + 2);
    }
}
