//! Networks whose `X-Forwarded-For` is believed (matrix GEN-21), in CIDR notation (RFC 4632 §3.1).

use std::net::IpAddr;

use super::FromText;
use crate::settings::kind::Kind;

/// The networks of our own reverse proxies.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// True when the address belongs to one of the networks. IPv4-mapped IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0
            .iter()
            .any(|network| network.contains(address.to_canonical()))
    }

    /// True when no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromText for TrustedProxies {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        Vec::from_text(text, kind).map(Self)
    }

    fn from_list(texts: &[String], kind: &Kind) -> Result<Self, String> {
        Vec::from_list(texts, kind).map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                // Shifting by the whole width is undefined for the machine, `None` here: /0.
                let shift = 32 - self.prefix;
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128 - self.prefix;
                network.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromText for Network {
    fn from_text(text: &str, _: &Kind) -> Result<Self, String> {
        let wrong = || "must list networks such as 10.0.0.0/8 or addresses such as ::1".to_owned();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|bits| *bits <= width)
                .ok_or_else(wrong)?,
            None => width,
        };
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(text: &str) -> Result<TrustedProxies, String> {
        TrustedProxies::from_text(text, &Kind::List(""))
    }

    /// GEN-21
    #[test]
    fn gen_21_only_addresses_inside_the_networks_are_trusted() {
        let trusted = proxies("10.0.0.0/8, 192.0.2.7 2001:db8::/32").unwrap();
        for inside in ["10.255.0.1", "192.0.2.7", "2001:db8::1", "::ffff:10.0.0.1"] {
            assert!(trusted.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "2001:db9::1", "::1"] {
            assert!(!trusted.contains(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn the_widest_network_holds_everything_of_its_family() {
        let trusted = proxies("0.0.0.0/0").unwrap();
        assert!(trusted.contains("203.0.113.9".parse().unwrap()));
        assert!(!trusted.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "10.0.0.0/33",
            "::1/129",
            "10.0.0",
            "proxy.example.com",
            "10.0.0.0/",
            "10.0.0.0/-1",
        ] {
            assert!(proxies(text).is_err(), "{text}");
        }
        assert!(proxies("off").unwrap().is_empty());
    }
}
