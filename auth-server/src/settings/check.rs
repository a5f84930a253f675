//! Rules that tie settings together, or to the world: what no single text can be asked.

use super::reader::Reader;
use super::value::DatabaseKind;
use super::{Mode, Settings};

/// Equally strong parameters of Argon2id: memory in KiB and passes (OWASP Password Storage Cheat
/// Sheet; matrix OW-01, OW-02). More of either is stronger.
const STRONG_ENOUGH: [(u32, u32); 5] = [
    (47_104, 1),
    (19_456, 2),
    (12_288, 3),
    (9_216, 4),
    (7_168, 5),
];

/// Completes the settings and reports what does not fit together.
pub(super) fn check(mut settings: Settings, reader: &mut Reader<'_>) -> Settings {
    settings.database.url = settings.database.url.within(&settings.data_dir);
    issuer(&settings, reader);
    addresses(&settings, reader);
    keys(&settings, reader);
    tokens(&settings, reader);
    passwords(&settings, reader);
    tls(&settings, reader);
    registration(&settings, reader);
    outgoing(&settings, reader);
    settings
}

/// RFC 8414 §2, RFC 9700 §2.6: https, except where nothing leaves the machine (matrix GEN-01).
fn issuer(settings: &Settings, reader: &mut Reader<'_>) {
    let issuer = &settings.issuer;
    let is_switched_off = settings.mode == Mode::Dev { allow_remote: true };
    if !issuer.is_https() && !issuer.is_loopback() && !is_switched_off {
        reader.report(
            "issuer",
            "must be https: over http anyone on the way reads passwords and tokens. http is \
             accepted for localhost, 127.0.0.0/8 and [::1] only",
        );
    }
}

fn addresses(settings: &Settings, reader: &mut Reader<'_>) {
    let management = settings.management.listen;
    if settings.mode
        == (Mode::Dev {
            allow_remote: false,
        })
    {
        let listeners = [
            ("listen", Some(settings.listen)),
            ("management.listen", management),
        ];
        for (key, address) in listeners {
            if address.is_some_and(|address| !address.ip().to_canonical().is_loopback()) {
                reader.report(
                    key,
                    "must be a loopback address in `dev`, because the demo passwords are public; \
                     `--allow-remote-dev` lifts this",
                );
            }
        }
    }
    if management.is_some_and(|address| address.port() != 0 && address == settings.listen) {
        reader.report("management.listen", "must differ from `listen`");
    }
}

fn keys(settings: &Settings, reader: &mut Reader<'_>) {
    let keys = &settings.keys;
    if !keys.rsa_bits.is_multiple_of(256) {
        reader.report("keys.rsa_bits", "must be a multiple of 256");
    }
    if keys.announce_for >= keys.rotate_every {
        reader.report(
            "keys.announce_for",
            "must be shorter than `keys.rotate_every`",
        );
    }
    let may_generate = settings.database.url.kind() == DatabaseKind::Sqlite;
    if settings.mode == Mode::Serve && keys.encryption_key.is_none() && !may_generate {
        reader.report(
            "keys.encryption_key",
            "must be set with PostgreSQL and MySQL, the same for all instances: make one with \
             `openssl rand -base64 32` and keep it outside the database, for instance in the file \
             that AUTH_SERVER_KEYS__ENCRYPTION_KEY_FILE names",
        );
    }
}

fn tokens(settings: &Settings, reader: &mut Reader<'_>) {
    let tokens = &settings.tokens;
    if tokens.access_ttl > super::kind::HOUR && !tokens.allow_long_access_ttl {
        reader.report(
            "tokens.access_ttl",
            "must be at most 1h; refresh tokens are for longer sessions. \
             `tokens.allow_long_access_ttl = true` lifts this",
        );
    }
    // Our default is no mistake of the operator: the family ends first.
    if tokens.refresh_idle_ttl > tokens.refresh_ttl && reader.is_given("tokens.refresh_idle_ttl") {
        reader.report(
            "tokens.refresh_idle_ttl",
            "must be at most `tokens.refresh_ttl`",
        );
    }
}

fn passwords(settings: &Settings, reader: &mut Reader<'_>) {
    let hash = &settings.password_hash;
    let is_strong = STRONG_ENOUGH
        .iter()
        .any(|(memory, passes)| hash.memory_kib >= *memory && hash.iterations >= *passes);
    if !is_strong {
        let pairs: Vec<String> = STRONG_ENOUGH
            .iter()
            .map(|(memory, passes)| format!("{memory} / {passes}"))
            .collect();
        reader.report(
            "password_hash.memory_kib",
            format!(
                "is too weak together with `password_hash.iterations` = {}; at least one of these \
                 pairs is needed: {}",
                hash.iterations,
                pairs.join(", ")
            ),
        );
    }
    let throttle = &settings.throttle;
    if throttle.account_first_delay > throttle.account_max_delay {
        reader.report(
            "throttle.account_first_delay",
            "must be at most `throttle.account_max_delay`",
        );
    }
    if throttle.account_free_failures > throttle.account_max_failures
        && reader.is_given("throttle.account_free_failures")
    {
        reader.report(
            "throttle.account_free_failures",
            "must be at most `throttle.account_max_failures`",
        );
    }
}

/// What strangers are offered must be well-formed, or no registration would ever succeed.
fn registration(settings: &Settings, reader: &mut Reader<'_>) {
    let scopes = settings.registration.scopes.join(" ");
    if shared_claims::ScopeSet::parse(&scopes).is_err() {
        reader.report("registration.scopes", "must list scopes");
    }
}

fn outgoing(settings: &Settings, reader: &mut Reader<'_>) {
    if let Some(path) = &settings.outgoing.extra_ca
        && let Err(error) = std::fs::File::open(path)
    {
        reader.report("outgoing.extra_ca", format!("cannot be read: {error}"));
    }
}

fn tls(settings: &Settings, reader: &mut Reader<'_>) {
    let files = [
        ("tls.certificate", &settings.tls.certificate),
        ("tls.key", &settings.tls.key),
    ];
    for (key, path) in files {
        match path {
            Some(path) => {
                if let Err(error) = std::fs::File::open(path) {
                    reader.report(key, format!("cannot be read: {error}"));
                }
            }
            None if files.iter().any(|(_, other)| other.is_some()) => {
                reader.report(
                    key,
                    "must be set too: TLS needs both a certificate and a key",
                );
            }
            None => {}
        }
    }
}
