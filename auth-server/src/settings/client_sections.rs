//! Settings about clients: how they prove who they are, how they register themselves, and how the
//! server calls the URLs they name.

use std::path::PathBuf;
use std::time::Duration;

use super::kind::{HOUR, Kind, MINUTE, days};
use super::table::{Shape, flag, number, section, span};
use super::value::RegistrationMode;

const FILE: Kind = Kind::Text("the path of a file");
const SCOPES: Kind = Kind::List("scopes such as openid or jobs:read");
const RESOURCES: Kind = Kind::List("resource identifiers such as https://jobs.example.com");

section! {
    /// Client authentication by signed assertions (RFC 7523 section 2.2).
    pub ClientAuthSettings in "client_auth." {
        /// Accepts the URLs of the token and PAR endpoints as the audience of client assertions, as
        /// RFC 9126 section 2 had it. By default only the issuer is one: an assertion that was made for
        /// another server must not work here.
        legacy_assertion_audience: bool = flag().or("false"),
        /// How far ahead the end of a client assertion may lie. Each is good for one request.
        max_assertion_ttl: Duration = span(MINUTE, HOUR).or("5m"),
    }
}

section! {
    /// Authorization requests, of whatever client.
    pub AuthorizationSettings in "authorization." {
        /// Every client must push its authorization requests (RFC 9126): what a browser brings is then
        /// nothing but the name of a request that the client itself has sent. Otherwise each client
        /// decides for itself.
        require_pushed: bool = flag().or("false"),
    }
}

section! {
    /// Dynamic client registration (RFC 7591, RFC 7592, OpenID Connect Registration 1.0).
    pub RegistrationSettings in "registration." {
        /// Who may register a client: nobody, holders of an initial access token (`auth-server client
        /// initial-token add`), or everybody. Whoever registered itself cannot skip consent by itself
        /// and never uses the password grant.
        mode: RegistrationMode = Shape::of(Kind::Choice(&["off", "token", "open"])).or("off"),
        /// Scopes that registered clients may ask for.
        scopes: Vec<String> =
            Shape::of(SCOPES).or("openid, profile, email, address, phone, offline_access"),
        /// Resources that their access tokens are for.
        audiences: Vec<String> =
            Shape::of(RESOURCES).unset("the issuer itself, for its userinfo endpoint"),
        /// Whether confidential clients that register themselves must use PKCE. Public ones always must.
        require_pkce: bool = flag().or("true"),
        /// Registrations and updates that one address may try in an hour.
        max_per_hour: u32 = number(1, 100_000).or("20"),
        /// A client that registered in the mode `open` and was never used is deleted after this time.
        unused_ttl: Duration = span(HOUR, days(366)).or("30d"),
    }
}

section! {
    /// Calls to URLs that clients name: key sets, sector lists, logout endpoints.
    pub OutgoingSettings in "outgoing." {
        /// Certificates in PEM of further authorities to trust, such as your company's own.
        extra_ca: Option<PathBuf> = Shape::of(FILE),
        /// Allows addresses of private networks and of this machine, and http on loopback. Whoever may
        /// register a client can then reach services inside: for tests and closed networks only.
        allow_private: bool = flag().or("false"),
    }
}
