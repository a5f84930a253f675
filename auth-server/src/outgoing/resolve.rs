//! Names to addresses, judged in between: the connection is made to exactly the addresses that were
//! looked at, so that a second answer of the name server changes nothing (DNS rebinding, GEN-28).

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{Reach, reach};

/// A name that leads where no client is.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address that is not public")]
pub(super) struct Forbidden;

/// Where addresses come from: the system, or a test.
pub(super) trait Names: Send + Sync + 'static {
    /// Every address of the name.
    fn look_up(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The resolver of the operating system.
pub(super) struct SystemNames;

impl Names for SystemNames {
    fn look_up(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Resolves and judges.
pub(super) struct Guard<N> {
    names: Arc<N>,
    allow_private: bool,
}

impl<N: Names> Guard<N> {
    pub(super) fn new(names: N, allow_private: bool) -> Self {
        Self {
            names: Arc::new(names),
            allow_private,
        }
    }
}

impl<N: Names> Resolve for Guard<N> {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allow_private) = (Arc::clone(&self.names), self.allow_private);
        Box::pin(async move {
            let found = names.look_up(name.as_str().to_owned()).await?;
            // One bad address among good ones is an attempt, not an accident.
            if !found
                .iter()
                .all(|address| is_allowed(*address, allow_private))
            {
                return Err(Forbidden.into());
            }
            // The port follows from the URL.
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// Whether an address may be connected to.
pub(super) fn is_allowed(address: IpAddr, allow_private: bool) -> bool {
    match reach(address) {
        Reach::Public => true,
        Reach::Private => allow_private,
        Reach::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(&'static [&'static str]);

    impl Names for Fixed {
        fn look_up(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let found = self.0.iter().map(|text| text.parse().unwrap()).collect();
            Box::pin(std::future::ready(Ok(found)))
        }
    }

    async fn resolve(
        addresses: &'static [&'static str],
        allow_private: bool,
    ) -> Option<Vec<String>> {
        let guard = Guard::new(Fixed(addresses), allow_private);
        let found = guard.resolve("any.example".parse().unwrap()).await;
        match found {
            Ok(found) => Some(found.map(|address| address.ip().to_string()).collect()),
            Err(error) => {
                assert!(error.is::<Forbidden>());
                None
            }
        }
    }

    /// SS-01, GEN-28: a public name with an inner address.
    #[tokio::test]
    async fn ss_01_a_name_that_resolves_to_an_inner_address_is_refused() {
        for inner in [
            &["127.0.0.1"][..],
            &["10.1.2.3"],
            &["169.254.169.254"],
            &["::1"],
            &["fe80::1"],
            &["::ffff:127.0.0.1"],
            &["64:ff9b::127.0.0.1"],
            &["1.1.1.1", "127.0.0.1"],
        ] {
            assert_eq!(resolve(inner, false).await, None, "{inner:?}");
        }
        let public = resolve(&["1.1.1.1", "2606:4700::1111"], false)
            .await
            .unwrap();
        assert_eq!(public, ["1.1.1.1", "2606:4700::1111"]);
    }

    /// GEN-28: the switch for tests and closed networks opens no metadata service.
    #[tokio::test]
    async fn gen_28_the_switch_lets_private_addresses_through_and_no_others() {
        assert!(
            resolve(&["127.0.0.1", "10.1.2.3", "fd00::1"], true)
                .await
                .is_some()
        );
        assert_eq!(resolve(&["169.254.169.254"], true).await, None);
        assert_eq!(resolve(&["0.0.0.0"], true).await, None);
    }
}
