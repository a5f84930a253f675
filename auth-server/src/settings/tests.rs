//! Precedence, secrets from files, unknown keys, and the defaults of the contract.

use std::path::{Path, PathBuf};

use super::*;

/// A directory of its own, removed afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("settings-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn with_variables<const N: usize>(variables: [(&str, &str); N]) -> Inputs {
    Inputs {
        variables: variables.into_iter().collect(),
        ..Inputs::new(Mode::Serve)
    }
}

fn refused(inputs: &Inputs) -> String {
    load(inputs).unwrap_err().to_string()
}

fn value(loaded: &Loaded, key: &str) -> (Option<String>, String) {
    let found = loaded
        .effective
        .iter()
        .find(|one| one.key.name == key)
        .unwrap();
    (found.value.clone(), found.origin.clone())
}

#[test]
fn every_default_is_the_one_of_the_contract() {
    let loaded = load(&Inputs::new(Mode::Serve)).unwrap();
    for (key, default) in [
        ("issuer", Some("http://localhost:8080")),
        ("listen", Some("127.0.0.1:8080")),
        ("management.listen", None),
        ("data_dir", Some("./data/auth-server")),
        (
            "database.url",
            Some("sqlite://./data/auth-server/auth-server.db"),
        ),
        ("keys.algorithm", Some("RS256")),
        ("keys.rsa_bits", Some("2048")),
        ("keys.rotate_every", Some("90d")),
        ("keys.announce_for", Some("1h")),
        ("keys.encryption_key", None),
        ("tokens.access_ttl", Some("15m")),
        ("tokens.id_ttl", Some("15m")),
        ("tokens.code_ttl", Some("60s")),
        ("tokens.refresh_ttl", Some("30d")),
        ("tokens.refresh_idle_ttl", Some("7d")),
        ("tokens.refresh_grace", Some("30s")),
        ("password_hash.memory_kib", Some("19456")),
        ("password_hash.iterations", Some("2")),
        ("password_hash.parallelism", Some("1")),
        ("password_hash.max_concurrent", Some("cores")),
        ("password_hash.max_queue_wait", Some("2s")),
        ("password_grant.enabled", Some("false")),
        ("cors.allowed_origins", None),
        ("trusted_proxies", None),
        ("revocation.status_ttl", Some("10s")),
        ("tls.certificate", None),
        ("tls.key", None),
        ("log.format", Some("auto")),
    ] {
        assert_eq!(
            value(&loaded, key),
            (default.map(str::to_owned), "default".to_owned()),
            "{key}"
        );
    }
    let dev = load(&Inputs::new(Mode::Dev {
        allow_remote: false,
    }))
    .unwrap();
    assert_eq!(
        value(&dev, "password_grant.enabled").0.as_deref(),
        Some("true")
    );
    assert_eq!(
        dev.settings.password_grant.login_client.as_deref(),
        Some("ats-web")
    );
}

#[test]
fn each_layer_overrides_the_ones_below() {
    let scratch = Scratch::new("layers");
    let first = scratch.file(
        "first.toml",
        "[tokens]\naccess_ttl = \"1m\"\nrefresh_grace = \"1s\"",
    );
    let second = scratch.file("second.toml", "[tokens]\naccess_ttl = \"2m\"");
    let env_file = scratch.file(
        ".env",
        "AUTH_SERVER_TOKENS__ACCESS_TTL=3m\nRUST_LOG=debug\n",
    );
    let mut inputs = Inputs::new(Mode::Serve);
    let expect = |inputs: &Inputs, text: &str, origin: &str| {
        let loaded = load(inputs).unwrap();
        assert_eq!(
            value(&loaded, "tokens.access_ttl"),
            (Some(text.into()), origin.into())
        );
        loaded
    };
    expect(&inputs, "15m", "default");
    inputs.files.push(first.clone());
    expect(&inputs, "1m", &shown(&first));
    inputs.files.push(second.clone());
    let loaded = expect(&inputs, "2m", &shown(&second));
    assert_eq!(
        loaded.settings.tokens.refresh_grace,
        std::time::Duration::from_secs(1)
    );
    inputs.env_file = EnvFile::Required(env_file.clone());
    let in_file = format!("AUTH_SERVER_TOKENS__ACCESS_TTL in {}", shown(&env_file));
    let loaded = expect(&inputs, "3m", &in_file);
    assert_eq!(loaded.log_filter.as_deref(), Some("debug"));
    inputs.variables = [
        ("AUTH_SERVER_TOKENS__ACCESS_TTL", "4m"),
        ("RUST_LOG", "info"),
    ]
    .into_iter()
    .collect();
    let loaded = expect(&inputs, "4m", "AUTH_SERVER_TOKENS__ACCESS_TTL");
    assert_eq!(loaded.log_filter.as_deref(), Some("info"));
    inputs = inputs.with("tokens.access_ttl", "5m");
    expect(&inputs, "5m", "command line");
}

#[test]
fn a_secret_in_a_file_stays_the_text_it_is() {
    let scratch = Scratch::new("secret");
    // A database whose password is all digits, with a leading zero.
    let file = scratch.file("url", "postgres://app:00123@db/auth\n\n");
    let inputs = Inputs {
        mode: Mode::Tool,
        ..with_variables([("AUTH_SERVER_DATABASE__URL_FILE", file.to_str().unwrap())])
    };
    let loaded = load(&inputs).unwrap();
    let url = loaded.settings.database.url.expose().expose();
    assert_eq!(
        url, "postgres://app:00123@db/auth\n",
        "exactly one line end is cut"
    );
    let (text, origin) = value(&loaded, "database.url");
    assert!(
        origin.ends_with("named by AUTH_SERVER_DATABASE__URL_FILE"),
        "{origin}"
    );
    assert!(!text.unwrap().contains("00123"));
}

#[test]
fn digits_in_a_variable_stay_text() {
    let inputs = with_variables([("AUTH_SERVER_PASSWORD_GRANT__LOGIN_CLIENT", "00123")]);
    let settings = load(&inputs).unwrap().settings;
    assert_eq!(
        settings.password_grant.login_client.as_deref(),
        Some("00123")
    );
}

#[test]
fn a_secret_given_twice_or_unreadable_is_refused_without_showing_it() {
    let scratch = Scratch::new("twice");
    let file = scratch.file("key", "hunter2hunter2");
    let text = refused(&with_variables([
        ("AUTH_SERVER_KEYS__ENCRYPTION_KEY", "hunter2"),
        (
            "AUTH_SERVER_KEYS__ENCRYPTION_KEY_FILE",
            file.to_str().unwrap(),
        ),
    ]));
    assert!(
        text.contains("set one of them") && !text.contains("hunter2"),
        "{text}"
    );
    let text = refused(&with_variables([(
        "AUTH_SERVER_KEYS__ENCRYPTION_KEY_FILE",
        "/no/such/file",
    )]));
    assert!(
        text.contains("`keys.encryption_key`") && text.contains("/no/such/file"),
        "{text}"
    );
    // OP-09: too short a key, from a file.
    let text = refused(&with_variables([(
        "AUTH_SERVER_KEYS__ENCRYPTION_KEY_FILE",
        file.to_str().unwrap(),
    )]));
    assert!(
        text.contains("32 bytes") && !text.contains("hunter2"),
        "{text}"
    );
}

/// OP-09: an unknown key stops the server, wherever it stands, and says what was meant.
#[test]
fn op_09_unknown_keys_are_refused_with_a_suggestion() {
    let scratch = Scratch::new("unknown");
    let toml = scratch.file(
        "a.toml",
        "isuer = \"x\"\n[token]\naccess_ttl = \"1m\"\n[nonsense]\n",
    );
    let mut inputs = with_variables([
        ("AUTH_SERVER_DATABASE_URL", "postgres://u:hunter2@h/d"),
        ("AUTH_SERVER_PORT", "8080"),
        ("AUTH_SERVER_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("OTHER_PROGRAM", "x"),
    ]);
    inputs.files.push(toml.clone());
    let text = refused(&inputs);
    for expected in [
        "`isuer`",
        "did you mean `issuer`?",
        "`token`",
        "`nonsense`",
        "did you mean `database.url`?",
        "AUTH_SERVER_DATABASE_URL",
        "AUTH_SERVER_PORT)",
        &shown(&toml),
    ] {
        assert!(text.contains(expected), "{expected} in:\n{text}");
    }
    assert!(
        !text.contains("hunter2") && !text.contains("OTHER") && !text.contains("8080"),
        "{text}"
    );
}

/// GEN-01
#[test]
fn gen_01_an_issuer_over_http_is_refused_by_name_unless_nothing_leaves_the_machine() {
    let text = refused(&Inputs::new(Mode::Serve).with("issuer", "http://id.example.com"));
    assert!(
        text.contains("`issuer`") && text.contains("must be https"),
        "{text}"
    );
    for (mode, issuer) in [
        (Mode::Serve, "https://id.example.com"),
        (Mode::Serve, "http://127.0.0.1:8080"),
        (Mode::Dev { allow_remote: true }, "http://id.example.com"),
    ] {
        assert!(
            load(&Inputs::new(mode).with("issuer", issuer)).is_ok(),
            "{issuer}"
        );
    }
}

/// Who shortens one lifetime need not know of the defaults of the others.
#[test]
fn a_default_is_never_what_does_not_fit() {
    for (key, value) in [
        ("tokens.refresh_ttl", "5s"),
        ("throttle.account_max_failures", "3"),
    ] {
        let loaded = load(&Inputs::new(Mode::Serve).with(key, value));
        assert!(loaded.is_ok(), "{key}: {loaded:?}");
    }
}

#[test]
fn rules_between_settings_are_checked() {
    let serve = || Inputs::new(Mode::Serve);
    for (inputs, expected) in [
        (serve().with("tokens.access_ttl", "2h"), "at most 1h"),
        (
            serve().with("tokens.refresh_idle_ttl", "31d"),
            "`tokens.refresh_ttl`",
        ),
        (
            serve().with("tokens.refresh_grace", "31s"),
            "from 0s to 30s",
        ),
        (serve().with("keys.rsa_bits", "1024"), "from 2048 to 4096"),
        (serve().with("keys.rsa_bits", "2049"), "multiple of 256"),
        (serve().with("keys.announce_for", "359s"), "from 6m"),
        (serve().with("keys.rotate_every", "1h"), "shorter than"),
        (serve().with("keys.algorithm", "HS256"), "one of `RS256`"),
        (
            serve().with("password_hash.memory_kib", "19455"),
            "too weak",
        ),
        (serve().with("password_hash.iterations", "1"), "47104 / 1"),
        (serve().with("password_policy.min_length", "7"), "from 8"),
        (
            serve().with("tls.key", "/no/such.pem"),
            "`tls.certificate` (not set)",
        ),
        (
            serve().with("management.listen", "127.0.0.1:8080"),
            "differ",
        ),
        (serve().with("http.shutdown_timeout", "11s"), "to 10s"),
        (
            serve().with("listen", "localhost"),
            "an IP address and a port",
        ),
        (
            serve().with("database.url", "postgres://db/auth"),
            "`keys.encryption_key`",
        ),
        (
            Inputs::new(Mode::Dev {
                allow_remote: false,
            })
            .with("listen", "0.0.0.0:80"),
            "--allow-remote-dev",
        ),
    ] {
        let text = refused(&inputs);
        assert!(text.contains(expected), "{expected} in:\n{text}");
    }
}

/// OW-02
#[test]
fn ow_02_equally_strong_hash_parameters_are_accepted() {
    for (memory, passes) in [
        ("47104", "1"),
        ("12288", "3"),
        ("9216", "4"),
        ("7168", "5"),
        ("65536", "3"),
    ] {
        let inputs = Inputs::new(Mode::Serve)
            .with("password_hash.memory_kib", memory)
            .with("password_hash.iterations", passes);
        assert!(load(&inputs).is_ok(), "{memory} / {passes}");
    }
}

#[test]
fn all_problems_are_found_at_once() {
    let mut inputs = with_variables([("AUTH_SERVER_ISUER", "x")])
        .with("issuer", "x")
        .with("listen", "y")
        .with("http.max_body", "1");
    assert_eq!(load(&inputs).unwrap_err().iter().count(), 4);
    // What is missing may stand in the file that cannot be read.
    inputs.files.push("/no/such/file".into());
    assert!(refused(&inputs).starts_with("/no/such/file"));
}

/// GEN-18: neither a broken file nor a misplaced number repeats what may be a secret.
#[test]
fn gen_18_a_file_that_is_no_toml_is_named_with_its_line_but_not_repeated() {
    let scratch = Scratch::new("broken");
    let broken = scratch.file(
        "broken.toml",
        "[database]\nurl = \"postgres://u:hunter2@h/d\n",
    );
    let number = scratch.file("number.toml", "[keys]\nencryption_key = 1234567\n");
    for (file, expected) in [
        (broken, "line 2"),
        (number, "in quotes"),
        (scratch.0.join("none"), "cannot read"),
    ] {
        let text = refused(&Inputs {
            files: vec![file.clone()],
            ..Inputs::new(Mode::Serve)
        });
        assert!(
            text.contains(expected) && text.contains(&shown(&file)),
            "{text}"
        );
        assert!(
            !text.contains("hunter2") && !text.contains("1234567"),
            "{text}"
        );
    }
}

#[test]
fn lists_are_arrays_in_files_and_separated_texts_in_variables() {
    let scratch = Scratch::new("lists");
    let file = scratch.file("a.toml", "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n");
    let mut inputs = with_variables([(
        "AUTH_SERVER_CORS__ALLOWED_ORIGINS",
        "https://a.example, https://b.example",
    )]);
    inputs.files.push(file);
    let settings = load(&inputs).unwrap().settings;
    let origins: Vec<&str> = settings
        .cors
        .allowed_origins
        .iter()
        .map(Origin::as_str)
        .collect();
    assert_eq!(origins, ["https://a.example", "https://b.example"]);
    assert!(
        settings
            .trusted_proxies
            .contains("10.1.2.3".parse().unwrap())
    );
}

#[test]
fn off_switches_an_optional_setting_off_and_empty_variables_are_not_set() {
    let mut inputs = with_variables([("AUTH_SERVER_ISSUER", "")]);
    inputs.mode = Mode::Dev {
        allow_remote: false,
    };
    let settings = load(&inputs.with("password_grant.login_client", "off"))
        .unwrap()
        .settings;
    assert_eq!(settings.password_grant.login_client, None);
    assert_eq!(settings.issuer.as_str(), "http://localhost:8080");
}

/// Design rule 12: what is generated is fresh.
#[test]
fn generated_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, text) in [
        ("src/settings/default.toml", default_toml()),
        ("../docs/configuration.md", markdown()),
        ("../.env.example", env_example()),
    ] {
        let on_disk = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        assert!(on_disk == text, "{file} is stale: cargo xtask generate");
    }
}

#[test]
fn the_schema_knows_every_key_and_no_other() {
    let schema = json_schema();
    for key in keys() {
        let pointer = match key.parts() {
            ("", name) => format!("/properties/{name}"),
            (section, name) => format!("/properties/{section}/properties/{name}"),
        };
        assert!(schema.pointer(&pointer).is_some(), "{}", key.name);
    }
    assert_eq!(schema["properties"]["keys"]["additionalProperties"], false);
}
