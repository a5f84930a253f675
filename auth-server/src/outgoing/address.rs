//! Which addresses are on the public internet (RFC 6890 and the IANA special-purpose registries).
//!
//! For IPv6 the allocated unicast block is the only way in, so that whatever is invented later stays
//! outside. Addresses that carry an IPv4 address are judged by that one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anywhere on the internet.
    Public,
    /// This machine or this network; allowed by `outgoing.allow_private`.
    Private,
    /// Nowhere that a client could be: link-local (metadata services of clouds), multicast,
    /// documentation, reserved.
    Never,
}

/// Judges an address.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

/// Networks of IPv4 that are not public: address, length of the prefix, whether private.
const V4: [(Ipv4Addr, u32, Reach); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8, Reach::Never),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Reach::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Reach::Private),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Reach::Private),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Reach::Never),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Reach::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Reach::Never),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Reach::Never),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Reach::Never),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Reach::Private),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Reach::Never),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Reach::Never),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Reach::Never),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Reach::Never),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Reach::Never),
];

fn reach_v4(address: Ipv4Addr) -> Reach {
    let is_in = |network: Ipv4Addr, length: u32| {
        let mask = u32::MAX << (32 - length);
        address.to_bits() & mask == network.to_bits()
    };
    V4.into_iter()
        .find(|(network, length, _)| is_in(*network, *length))
        .map_or(Reach::Public, |(_, _, reach)| reach)
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if address.is_loopback() {
        return Reach::Private;
    }
    if let Some(inner) = carried_v4(address) {
        return reach_v4(inner);
    }
    let [first, second, ..] = address.segments();
    match (first, second) {
        // Unique local, fc00::/7.
        (0xfc00..=0xfdff, _) => Reach::Private,
        // IETF protocol assignments with Teredo, 2001::/23; documentation; 6to4.
        (0x2001, 0x0000..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0x0000..=0x0fff) => {
            Reach::Never
        }
        // Global unicast, 2000::/3.
        (0x2000..=0x3fff, _) => Reach::Public,
        _ => Reach::Never,
    }
}

/// The IPv4 address in `::ffff:0:0/96` (RFC 4291 §2.5.5.2) and `64:ff9b::/96` (NAT64, RFC 6052 §2.1).
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(reached: Reach, addresses: &[&str]) {
        for text in addresses {
            assert_eq!(reach(text.parse().unwrap()), reached, "{text}");
        }
    }

    /// SS-01, GEN-28.
    #[test]
    fn ss_01_special_use_addresses_are_told_from_public_ones() {
        all(
            Reach::Public,
            &[
                "1.1.1.1",
                "9.255.255.255",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.0.1",
                "172.32.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "2001:200::1",
                "::ffff:1.1.1.1",
                "64:ff9b::1.1.1.1",
            ],
        );
        all(
            Reach::Private,
            &[
                "127.0.0.1",
                "127.255.255.255",
                "10.0.0.1",
                "100.64.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "::1",
                "fc00::1",
                "fdff::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::10.0.0.1",
            ],
        );
        all(
            Reach::Never,
            &[
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "192.0.0.192",
                "192.0.2.1",
                "198.18.0.1",
                "198.19.255.255",
                "203.0.113.7",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::127.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "3fff::1",
                "100::1",
                "4000::1",
            ],
        );
    }
}
