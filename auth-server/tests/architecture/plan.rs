//! The rooms of each crate, floor by floor from the ground up, and what may be used where. Every
//! exception says why, and one that is no longer needed fails the test.

/// One crate and the rules of its rooms.
pub(crate) struct House {
    /// The directory of the crate.
    pub(crate) name: &'static str,
    /// From the ground up. A room may import from every floor below its own.
    pub(crate) floors: &'static [Floor],
    /// Imports that are meant although the floors forbid them.
    pub(crate) doors: &'static [Door],
    /// What may be used in some rooms only.
    pub(crate) materials: &'static [Material],
}

/// Rooms side by side.
pub(crate) struct Floor {
    /// First parts of module paths.
    pub(crate) rooms: &'static [&'static str],
    /// Whether they may import from each other.
    pub(crate) is_open: bool,
}

/// One import that is meant.
pub(crate) struct Door {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    #[expect(
        dead_code,
        reason = "for the reader: an exception without a sentence is none"
    )]
    pub(crate) why: &'static str,
}

/// Something that only some rooms may touch.
pub(crate) struct Material {
    /// What it is, in the message.
    pub(crate) name: &'static str,
    /// Beginnings of paths that show its use.
    pub(crate) signs: &'static [&'static str],
    /// Rooms, or paths inside one, that may use it.
    pub(crate) rooms: &'static [&'static str],
    /// Further paths that may, and why.
    pub(crate) exceptions: &'static [(&'static str, &'static str)],
}

/// Members of the workspace, all of whose files are measured.
pub(crate) const MEMBERS: [&str; 5] = [
    "auth-server",
    "resource-api",
    "shared-claims",
    "migrations",
    "xtask",
];

/// The crates with a floor plan.
pub(crate) const HOUSES: [House; 3] = [
    House {
        name: "auth-server",
        floors: &[
            open(&[
                "protocol", "model", "settings", "error", "clock", "random", "secret",
            ]),
            walled(&["store"]),
            // Events are written in the transaction of what they report, so every service uses it.
            walled(&["audit"]),
            walled(&[
                "issue",
                "accounts",
                "keys",
                "revocation",
                "mail",
                "directory",
                "outgoing",
                "presentation",
            ]),
            walled(&["context"]),
            walled(&[
                "grants",
                "client_auth",
                "authorize",
                "lifecycle",
                "registration",
                "admin",
            ]),
            walled(&["pages"]),
            walled(&["http"]),
            open(&["app", "cli", "main", "lib"]),
        ],
        doors: &[
            door(
                "issue",
                "context",
                "instant, randomness, keys and settings of a request go together",
            ),
            door(
                "revocation",
                "context",
                "a check needs the keys, the store and the registry of a request",
            ),
            door(
                "context",
                "client_auth",
                "the throttle of failed clients lives as long as the state",
            ),
        ],
        materials: &[
            material(
                "actix",
                &["actix_web", "actix_cors", "actix_http"],
                &["http", "pages", "app"],
            ),
            Material {
                exceptions: &[(
                    "audit",
                    "an event joins the transaction that its caller holds",
                )],
                ..material("sea-orm", SQL, &["store"])
            },
            material("oxide-auth", &["oxide_auth"], &["protocol"]),
            material(
                "templates and translations",
                &["minijinja", "fluent_bundle", "unic_langid"],
                &["presentation", "pages"],
            ),
            material("argon2", &["argon2"], &["accounts/password"]),
            Material {
                exceptions: &[("cli/healthcheck", "asks the server of this machine")],
                ..material("the network", &["reqwest"], &["outgoing"])
            },
            material("rsa", &["rsa"], &["keys"]),
            material("jsonwebtoken", &["jsonwebtoken"], &["keys", "issue"]),
            material(
                "configuration",
                &["config", "std::env", "env"],
                &["settings"],
            ),
            Material {
                exceptions: &[(
                    "app/tls",
                    "compares times of change of the certificate's files",
                )],
                ..material("the clock", CLOCKS, &["clock"])
            },
            material("randomness", &["rand"], &["random"]),
        ],
    },
    House {
        name: "resource-api",
        floors: &[
            open(&["settings", "clock", "random", "secret", "id", "paging"]),
            walled(&["store"]),
            walled(&["problem"]),
            walled(&["http"]),
            walled(&["access", "idempotency"]),
            walled(&["jobs"]),
            walled(&["applications"]),
            walled(&["operation"]),
            walled(&["openapi"]),
            open(&["app", "cli", "main", "lib"]),
        ],
        doors: &[
            door(
                "access",
                "jobs",
                "what a role sees is part of the queries there",
            ),
            door("access", "applications", "as above"),
            door(
                "jobs",
                "app",
                "handlers are given the state, which `app` puts together",
            ),
            door("applications", "app", "as above"),
            door("operation", "app", "as above"),
            door(
                "jobs",
                "openapi",
                "answers that many operations share are described once",
            ),
            door("applications", "openapi", "as above"),
            door(
                "operation",
                "openapi",
                "`/docs` shows the document, the metadata names its scopes",
            ),
        ],
        materials: &[
            Material {
                exceptions: &[(
                    "idempotency",
                    "an answer joins the transaction that its caller holds",
                )],
                ..material("sea-orm", SQL, &["store"])
            },
            material(
                "configuration",
                &["config", "std::env", "env"],
                &["settings"],
            ),
            material("the clock", CLOCKS, &["clock"]),
            material("randomness", &["rand"], &["random"]),
        ],
    },
    House {
        name: "shared-claims",
        floors: &[],
        doors: &[],
        materials: &[
            material("actix", &["actix_web"], &["actix"]),
            material("the network", &["reqwest"], &["remote"]),
            material("the environment", &["std::env", "env"], &[]),
            material("the clock", CLOCKS, &["remote/clock"]),
            material("randomness", &["rand"], &["remote"]),
        ],
    },
];

const SQL: &[&str] = &["sea_orm", "sea_orm_migration", "sqlx"];
/// Durations may be measured anywhere (`std::time::Instant`); what time it is, is asked in one place.
const CLOCKS: &[&str] = &[
    "std::time::SystemTime",
    "SystemTime",
    "Utc::now",
    "Local::now",
];

const fn open(rooms: &'static [&'static str]) -> Floor {
    Floor {
        rooms,
        is_open: true,
    }
}

const fn walled(rooms: &'static [&'static str]) -> Floor {
    Floor {
        rooms,
        is_open: false,
    }
}

const fn door(from: &'static str, to: &'static str, why: &'static str) -> Door {
    Door { from, to, why }
}

const fn material(
    name: &'static str,
    signs: &'static [&'static str],
    rooms: &'static [&'static str],
) -> Material {
    Material {
        name,
        signs,
        rooms,
        exceptions: &[],
    }
}
