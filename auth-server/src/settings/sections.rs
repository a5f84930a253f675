//! Every setting of the server (contract §2.2). The doc comments here are the documentation that
//! users read; see `table` for how. Rules that tie two settings together stand in `check`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::kind::{HOUR, Kind, MINUTE, SECOND, days, millis, mins, secs};
use super::table::{Shape, flag, number, section, span};
use super::value::{Cores, DatabaseUrl, Issuer, LogFormat, Origin, TrustedProxies};
use crate::model::Algorithm;
use crate::secret::SecretKey;

const ADDRESS: Kind = Kind::Text("an IP address and a port such as 127.0.0.1:8080 or [::]:8080");
const FILE: Kind = Kind::Text("the path of a file");
const CLIENT: Kind = Kind::Text("a client id");
const ISSUER: Kind = Kind::Text("an https URL without query, fragment and trailing slash");
const DATABASE: Kind = Kind::Text("a URL that begins with sqlite:, postgres: or mysql:");
const DIRECTORY: Kind = Kind::Text("the path of a directory");
const KEY: Kind = Kind::Text("32 bytes in base64, as `openssl rand -base64 32` prints");
const NETWORKS: Kind = Kind::List("networks in CIDR notation, such as 10.0.0.0/8");
const ORIGINS: Kind = Kind::List("origins such as https://app.example.com");

section! {
    /// Who and where the server is.
    pub(super) RootSettings in "" {
        /// The one public URL of the server, as clients and verifiers see it: `iss` of every token.
        /// https, unless the host is loopback (`localhost`, 127.0.0.0/8, `[::1]`).
        issuer: Issuer = Shape::of(ISSUER).or("http://localhost:8080"),
        /// Address and port to listen on.
        listen: SocketAddr = Shape::of(ADDRESS).or("127.0.0.1:8080"),
        /// Directory of the SQLite file and of the generated key-encryption key.
        data_dir: PathBuf = Shape::of(DIRECTORY).or("./data/auth-server"),
        /// Networks of your own reverse proxies: only their `X-Forwarded-For` is believed.
        trusted_proxies: TrustedProxies = Shape::of(NETWORKS).unset("none"),
    }
}

section! {
    /// The second port.
    pub ManagementSettings in "management." {
        /// Address and port for `/metrics` and the health checks, apart from the public ones.
        listen: Option<SocketAddr> = Shape::of(ADDRESS),
    }
}

section! {
    /// The database.
    pub DatabaseSettings in "database." {
        /// Where the database is. `{data_dir}` stands for the setting of that name. It may
        /// hold a password. TLS that proves who the server is: `?sslmode=verify-full` (PostgreSQL)
        /// or `?ssl-mode=VERIFY_IDENTITY` (MySQL), and `&sslrootcert=FILE` or `&ssl-ca=FILE` for an
        /// authority of one's own; without them TLS is used where offered, and nothing is proved.
        url: DatabaseUrl = Shape::of(DATABASE).or("sqlite://{data_dir}/auth-server.db").secret(),
        /// Where `auth-server copy` copies to when it is not told by `--to`; the server does not use
        /// it. It may hold a password.
        copy_to: Option<DatabaseUrl> = Shape::of(DATABASE).unset("none").secret(),
        /// Most connections this instance opens.
        max_connections: u32 = number(1, 1_000).or("10"),
        /// How long a request waits for a free connection before it is answered 503.
        acquire_timeout: Duration = span(millis(100), MINUTE).or("5s"),
    }
}

section! {
    /// Signing keys and the key that seals them.
    pub KeySettings in "keys." {
        /// Algorithm that tokens are signed with. Keys of other algorithms live on beside it until
        /// `keys retire`.
        algorithm: Algorithm =
            Shape::of(Kind::Choice(&["RS256", "PS256", "ES256", "EdDSA"])).or("RS256"),
        /// Size of new RSA keys in bits, a multiple of 256 (RFC 7518 section 3.3: at least 2048).
        rsa_bits: u32 = number(2048, 4096).or("2048"),
        /// Age at which a signing key is replaced.
        rotate_every: Duration = span(HOUR, days(730)).or("90d"),
        /// How long a new key is published before it signs. At least the five minutes for which
        /// verifiers may cache the key set, and one minute more.
        announce_for: Duration = span(mins(6), days(30)).or("1h"),
        /// Seals private keys and derives the key of refresh tokens; the same for all instances.
        /// With SQLite, and in `dev`, it is made on the first start and kept in `data_dir` (mode
        /// 0600).
        encryption_key: Option<SecretKey> =
            Shape::of(KEY).unset("generated with SQLite and in `dev`, otherwise required").secret(),
    }
}

section! {
    /// Lifetimes of what is issued.
    pub TokenSettings in "tokens." {
        /// Lifetime of access tokens; clients may have their own.
        access_ttl: Duration = span(SECOND, days(30)).or("15m"),
        /// Allows `tokens.access_ttl` to exceed one hour. Long-lived tokens stay dangerous for long
        /// once they leak, and `shared-claims` refuses those of more than a day unless its
        /// `Policy::max_lifetime` says otherwise.
        allow_long_access_ttl: bool = flag().or("false"),
        /// Lifetime of ID tokens.
        id_ttl: Duration = span(SECOND, days(1)).or("15m"),
        /// Lifetime of authorization codes (RFC 6749 section 4.1.2: at most ten minutes).
        code_ttl: Duration = span(SECOND, mins(10)).or("60s"),
        /// Absolute lifetime of a family of refresh tokens; using one does not prolong it.
        refresh_ttl: Duration = span(SECOND, days(366)).or("30d"),
        /// Lifetime of an unused refresh token.
        refresh_idle_ttl: Duration = span(SECOND, days(366)).or("7d"),
        /// How long the previous refresh token still answers with the same successor, for replies
        /// that were lost on the way.
        refresh_grace: Duration = span(secs(0), secs(30)).or("30s"),
    }
}

section! {
    /// Argon2id and its pool. Stored weaker hashes are upgraded at login.
    pub PasswordHashSettings in "password_hash." {
        /// Memory of one hash in KiB.
        memory_kib: u32 = number(7_168, 1_048_576).or("19456"),
        /// Passes over the memory.
        iterations: u32 = number(1, 64).or("2"),
        /// Lanes.
        parallelism: u32 = number(1, 16).or("1"),
        /// Hashes computed at the same time; each holds `memory_kib` of memory.
        max_concurrent: Cores = Shape::of(Kind::Cores(1_024)).or("cores"),
        /// How long a login waits for its turn before it is answered 503 with `Retry-After`.
        max_queue_wait: Duration = span(secs(0), MINUTE).or("2s"),
    }
}

section! {
    /// What passwords are accepted (NIST SP 800-63B-4 section 3.1.1.2).
    pub PasswordPolicySettings in "password_policy." {
        /// Fewest characters of a new password.
        min_length: usize = number(8, 64).or("15"),
    }
}

section! {
    /// The password grant (RFC 6749 section 4.3), for applications that have not moved on yet.
    pub PasswordGrantSettings in "password_grant." {
        /// Offers the password grant and `POST /auth/login`. Each client must be allowed to use it
        /// too.
        enabled: bool = flag().or("false").in_dev("true"),
        /// The first-party client that `POST /auth/login` logs in for.
        login_client: Option<String> =
            Shape::of(CLIENT).in_dev("ats-web").unset("no `/auth/login`"),
    }
}

section! {
    /// Sessions of browsers that are logged in.
    pub SessionSettings in "session." {
        /// An unused session ends after this time.
        idle_ttl: Duration = span(mins(5), days(90)).or("8h"),
        /// A session ends after this time however much it is used; the user logs in again.
        ttl: Duration = span(mins(5), days(366)).or("7d"),
    }
}

section! {
    /// Guessing passwords: limits per account and per address (NIST SP 800-63B-4 section 3.2.2).
    pub ThrottleSettings in "throttle." {
        /// Wrong passwords of one account before it has to wait.
        account_free_failures: u32 = number(1, 100).or("5"),
        /// The first wait; each further failure doubles it.
        account_first_delay: Duration = span(millis(100), MINUTE).or("1s"),
        /// The longest wait.
        account_max_delay: Duration = span(SECOND, days(1)).or("15m"),
        /// Failures in a row after which the account takes no password until it is unlocked.
        account_max_failures: u32 = number(1, 100).or("100"),
        /// Attempts that one address may make at once.
        address_burst: u32 = number(1, 100_000).or("100"),
        /// Time after which an address may make one more attempt.
        address_refill_every: Duration = span(millis(1), HOUR).or("3s"),
    }
}

section! {
    /// Browser applications on other origins.
    pub CorsSettings in "cors." {
        /// Origins that may call the token endpoint, besides those of registered redirect URIs.
        allowed_origins: Vec<Origin> =
            Shape::of(ORIGINS)
                .unset("only the origins of registered redirect URIs"),
    }
}

section! {
    /// Revocation.
    pub RevocationSettings in "revocation." {
        /// How long a verifier may cache the status list.
        status_ttl: Duration = span(SECOND, HOUR).or("10s"),
        /// Verifiers that may listen to the stream of revocations at the same time.
        max_streams: usize = number(1, 100_000).or("1000"),
        /// The same from one address.
        max_streams_per_address: usize = number(1, 100_000).or("100"),
    }
}

section! {
    /// TLS in the server itself. Both or none.
    pub TlsSettings in "tls." {
        /// Certificate chain in PEM, the server's own first.
        certificate: Option<PathBuf> = Shape::of(FILE),
        /// Private key in PEM.
        key: Option<PathBuf> = Shape::of(FILE),
    }
}

section! {
    /// The interactive API documentation at `/docs`.
    pub DocsUiSettings in "docs_ui." {
        /// Serves it.
        enabled: bool = flag().or("true"),
        /// The public client that its Authorize form uses when the client field is left blank.
        default_client_id: Option<String> = Shape::of(CLIENT).in_dev("ats-web").unset("none"),
    }
}

section! {
    /// The pages that people see: login, consent, logout, errors.
    pub PagesSettings in "pages." {
        /// What the pages call this server.
        product_name: String = Shape::of(Kind::Text("a short name")).or("Chancery"),
        /// A logo instead of ours: SVG, PNG, WebP or JPEG, at most 512 KiB. Shown 32 pixels high.
        logo: Option<PathBuf> = Shape::of(FILE).unset("the logo of Chancery"),
        /// A style sheet that is loaded after ours, at most 512 KiB. Custom properties such as
        /// `--accent` and the element ids of the pages are for it.
        stylesheet: Option<PathBuf> = Shape::of(FILE).unset("none"),
        /// Templates instead of ours: each file here that has the name of one of them stands in for it.
        /// Read at the start.
        templates_dir: Option<PathBuf> = Shape::of(DIRECTORY).unset("ours"),
    }
}

section! {
    /// The HTTP server.
    pub HttpSettings in "http." {
        /// Largest request body in bytes.
        max_body: usize = Shape::of(Kind::Size(1 << 10, 1 << 20)).or("64KiB"),
        /// How long a client may take to send its request.
        request_timeout: Duration = span(SECOND, mins(5)).or("15s"),
        /// How long an idle connection is kept. Longer than your proxy keeps its own.
        keep_alive: Duration = span(SECOND, mins(10)).or("75s"),
        /// How long running requests may take to finish when the server is told to stop.
        shutdown_timeout: Duration = span(secs(0), secs(10)).or("8s"),
        /// Worker threads.
        workers: Cores = Shape::of(Kind::Cores(1_024)).or("cores"),
    }
}

section! {
    /// The log.
    pub LogSettings in "log." {
        /// `auto` writes text on a terminal and JSON otherwise. `RUST_LOG` selects what is logged,
        /// `NO_COLOR` switches colours off.
        format: LogFormat = Shape::of(Kind::Choice(&["auto", "text", "json"])).or("auto"),
    }
}
