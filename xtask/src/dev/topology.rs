//! Who listens where. Both services keep their own defaults and their own variables; moving one
//! port is enough to move everything that follows from it, unless that is set as well.

use std::net::{SocketAddr, ToSocketAddrs as _};

use crate::failure::{Failure, Outcome};

/// The two services and how they find each other.
pub(super) struct Topology {
    auth_server: Plan,
    resource_api: Plan,
    /// The auth server's public URL.
    pub(super) issuer: String,
    /// Where a browser or curl on this machine finds the jobs API.
    pub(super) api_url: String,
}

/// How one service is started.
pub(super) struct Plan {
    /// The binary, which is also the name in front of its output.
    pub(super) name: &'static str,
    /// The subcommand.
    pub(super) command: &'static str,
    /// Where it will listen.
    pub(super) listen: SocketAddr,
    /// The variable that moves it.
    pub(super) listen_setting: &'static str,
    /// The variable that sets its log format.
    pub(super) log_format_setting: &'static str,
    /// Variables that follow from moved ports.
    pub(super) derived: Vec<(&'static str, String)>,
}

impl Topology {
    /// Reads the few settings that matter here through `find` (environment, then `.env`).
    pub(super) fn from(find: impl Fn(&str) -> Option<String>) -> Outcome<Self> {
        let auth_listen = address(&find, "AUTH_SERVER_LISTEN", "127.0.0.1:8080")?;
        let api_listen = address(&find, "RESOURCE_API_LISTEN", "127.0.0.1:8081")?;
        let issuer = find("AUTH_SERVER_ISSUER")
            .unwrap_or_else(|| format!("http://localhost:{}", auth_listen.port()));
        let api_url = format!("http://localhost:{}", api_listen.port());

        let mut for_auth_server = Vec::new();
        let mut for_resource_api = Vec::new();
        if auth_listen.port() != 8080 || find("AUTH_SERVER_ISSUER").is_some() {
            for_auth_server.push(("AUTH_SERVER_ISSUER", issuer.clone()));
            for_resource_api.push(("RESOURCE_API_AUTH__ISSUER", issuer.clone()));
        }
        // Swagger UI asks for its token from whatever origin the browser has: people type the address
        // as well as the name, and a moved port is a new origin. The resource identifier stays the one
        // the demo data knows.
        let mut origins = format!("http://127.0.0.1:{}", api_listen.port());
        if api_listen.port() != 8081 {
            origins = format!("{api_url},{origins}");
        }
        for_auth_server.push(("AUTH_SERVER_CORS__ALLOWED_ORIGINS", origins));
        let unless_set = |derived: Vec<(&'static str, String)>| {
            derived
                .into_iter()
                .filter(|(name, _)| find(name).is_none())
                .collect()
        };
        Ok(Self {
            auth_server: Plan {
                name: "auth-server",
                command: "dev",
                listen: auth_listen,
                listen_setting: "AUTH_SERVER_LISTEN",
                log_format_setting: "AUTH_SERVER_LOG__FORMAT",
                derived: unless_set(for_auth_server),
            },
            resource_api: Plan {
                name: "resource-api",
                command: "serve",
                listen: api_listen,
                listen_setting: "RESOURCE_API_LISTEN",
                log_format_setting: "RESOURCE_API_LOG__FORMAT",
                derived: unless_set(for_resource_api),
            },
            issuer,
            api_url,
        })
    }

    /// Both services, in the order in which they start.
    pub(super) fn plans(&self) -> [&Plan; 2] {
        [&self.auth_server, &self.resource_api]
    }
}

fn address(
    find: impl Fn(&str) -> Option<String>,
    setting: &str,
    default: &str,
) -> Outcome<SocketAddr> {
    let text = find(setting).unwrap_or_else(|| default.to_owned());
    text.to_socket_addrs()
        .ok()
        .and_then(|mut found| found.next())
        .ok_or_else(|| {
            Failure::because(format!(
                "{setting} is {text:?}, which is no address like {default}"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Outcome<Topology> {
        Topology::from(|name| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn with_nothing_set_the_services_keep_their_own_defaults() {
        let topology = with(&[]).unwrap();
        assert_eq!(topology.issuer, "http://localhost:8080");
        assert_eq!(topology.api_url, "http://localhost:8081");
        let [auth_server, resource_api] = topology.plans();
        let origin = "http://127.0.0.1:8081".to_owned();
        assert_eq!(
            auth_server.derived,
            [("AUTH_SERVER_CORS__ALLOWED_ORIGINS", origin)]
        );
        assert!(resource_api.derived.is_empty());
    }

    #[test]
    fn moving_the_auth_server_moves_the_issuer_on_both_sides() {
        let topology = with(&[("AUTH_SERVER_LISTEN", "127.0.0.1:9080")]).unwrap();
        let issuer = "http://localhost:9080".to_owned();
        let [auth_server, resource_api] = topology.plans();
        assert!(
            auth_server
                .derived
                .contains(&("AUTH_SERVER_ISSUER", issuer.clone()))
        );
        assert_eq!(
            resource_api.derived,
            [("RESOURCE_API_AUTH__ISSUER", issuer)]
        );
    }

    #[test]
    fn moving_the_api_lets_its_pages_ask_for_tokens() {
        let topology = with(&[("RESOURCE_API_LISTEN", "127.0.0.1:9081")]).unwrap();
        let [auth_server, resource_api] = topology.plans();
        let origins = "http://localhost:9081,http://127.0.0.1:9081".to_owned();
        assert_eq!(
            auth_server.derived,
            [("AUTH_SERVER_CORS__ALLOWED_ORIGINS", origins)]
        );
        assert!(resource_api.derived.is_empty());
    }

    #[test]
    fn what_is_set_by_hand_is_left_alone() {
        let topology = with(&[
            ("AUTH_SERVER_LISTEN", "127.0.0.1:9080"),
            ("AUTH_SERVER_ISSUER", "http://id.localhost:9080"),
            ("RESOURCE_API_AUTH__ISSUER", "http://id.localhost:9080"),
            ("AUTH_SERVER_CORS__ALLOWED_ORIGINS", "http://app.localhost"),
        ])
        .unwrap();
        assert_eq!(topology.issuer, "http://id.localhost:9080");
        assert!(topology.plans().iter().all(|plan| plan.derived.is_empty()));
    }

    #[test]
    fn an_address_that_is_none_names_the_setting() {
        let error = with(&[("RESOURCE_API_LISTEN", "8081")]).err().unwrap();
        assert!(error.to_string().contains("RESOURCE_API_LISTEN"));
    }
}
