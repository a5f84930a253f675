//! How many may listen to the stream of changes, in all and from one address: each holds a connection
//! for as long as it likes (attack DS-05).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The limits of the settings.
#[derive(Debug, Clone, Copy)]
pub struct ListenerLimits {
    /// In all.
    pub total: usize,
    /// From one address.
    pub per_address: usize,
}

/// Who listens.
#[derive(Debug)]
pub(super) struct Listeners {
    limits: ListenerLimits,
    present: Mutex<HashMap<IpAddr, usize>>,
}

/// The seat of one listener, free again when this is dropped.
#[derive(Debug)]
pub struct Seat {
    listeners: Arc<Listeners>,
    address: IpAddr,
}

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// Too many from this address.
    Address,
    /// Too many in all.
    House,
}

impl Listeners {
    pub(super) fn new(limits: ListenerLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            present: Mutex::default(),
        })
    }

    /// A seat for one more.
    pub(super) fn seat(self: &Arc<Self>, address: IpAddr) -> Result<Seat, Full> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        if present.values().sum::<usize>() >= self.limits.total {
            return Err(Full::House);
        }
        let of_address = present.entry(address).or_default();
        if *of_address >= self.limits.per_address {
            return Err(Full::Address);
        }
        *of_address += 1;
        metrics::gauge!("status_listeners").increment(1.0);
        Ok(Seat {
            listeners: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let listeners = &self.listeners.present;
        let mut present = listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = present.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                present.remove(&self.address);
            }
        }
        metrics::gauge!("status_listeners").decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_limited_in_all_and_for_each_address() {
        let listeners = Listeners::new(ListenerLimits {
            total: 3,
            per_address: 2,
        });
        let [one, other]: [IpAddr; 2] =
            ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let first = listeners.seat(one).unwrap();
        let second = listeners.seat(one).unwrap();
        assert_eq!(listeners.seat(one).err(), Some(Full::Address));
        let third = listeners.seat(other).unwrap();
        assert_eq!(listeners.seat(other).err(), Some(Full::House));
        drop(first);
        assert!(listeners.seat(other).is_ok());
        drop((second, third));
        assert!(listeners.present.lock().unwrap().is_empty());
    }
}
