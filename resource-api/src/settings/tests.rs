//! Settings as an operator meets them: precedence, secrets from files, slips of the pen.

use super::*;

fn sources<const N: usize>(variables: [(&str, &str); N]) -> Sources {
    Sources {
        environment: variables.into_iter().collect(),
        ..Sources::default()
    }
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::with_suffix(".toml").unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let settings = Settings::load(&Sources::default()).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(settings.public_url, "http://localhost:8081");
    assert_eq!(settings.auth.issuer, "http://localhost:8080");
    assert_eq!(
        settings.database.url.expose(),
        "sqlite://./data/resource-api/resource-api.db"
    );
    assert_eq!(settings.auth.max_staleness, Duration::from_hours(24));
    assert!(settings.allowed_origins.is_empty() && settings.auth.jwks_url.is_none());
}

#[test]
fn the_command_line_beats_the_environment_beats_the_file() {
    let file = file(
        "listen = '127.0.0.1:1'\npublic_url = 'https://file.example'\n[auth]\nissuer = 'https://file.example'\n",
    );
    let mut sources = sources([
        ("RESOURCE_API_LISTEN", "127.0.0.1:2"),
        ("RESOURCE_API_PUBLIC_URL", "https://environment.example"),
    ]);
    sources.files.push(file.path().to_owned());
    sources
        .overrides
        .push(("listen".to_owned(), "127.0.0.1:3".to_owned()));
    let settings = Settings::load(&sources).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.public_url, "https://environment.example");
    assert_eq!(settings.auth.issuer, "https://file.example");
}

#[test]
fn a_later_file_beats_an_earlier_one_and_lists_are_arrays() {
    let first = file("[cors]\nallowed_origins = ['https://a.example']\n");
    let second = file("[cors]\nallowed_origins = ['https://b.example', 'https://c.example']\n");
    let sources = Sources {
        files: vec![first.path().into(), second.path().into()],
        ..Sources::default()
    };
    let origins = Settings::load(&sources).unwrap().allowed_origins;
    assert_eq!(origins, ["https://b.example", "https://c.example"]);
}

/// `${NAME:-}` of a composition sets a variable to nothing.
#[test]
fn an_empty_variable_counts_as_not_set() {
    let settings = Settings::load(&sources([
        ("RESOURCE_API_LISTEN", ""),
        ("RESOURCE_API_AUTH__ISSUER", ""),
        ("RESOURCE_API_AUTH__JWKS_URL", ""),
        ("RESOURCE_API_DATABASE__URL_FILE", ""),
    ]))
    .unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(settings.auth.issuer, "http://localhost:8080");
}

#[test]
fn texts_stay_texts() {
    let settings = Settings::load(&sources([("RESOURCE_API_DOCS__CLIENT_ID", "00123")])).unwrap();
    assert_eq!(settings.docs_client_id, "00123");
}

#[test]
fn a_secret_comes_from_a_file_without_its_final_newline() {
    let secret = file("postgres://u:00123@db/ats\n");
    let path = secret.path().to_str().unwrap();
    let settings = Settings::load(&sources([("RESOURCE_API_DATABASE__URL_FILE", path)])).unwrap();
    assert_eq!(settings.database.url.expose(), "postgres://u:00123@db/ats");
    let both = sources([
        ("RESOURCE_API_DATABASE__URL_FILE", path),
        ("RESOURCE_API_DATABASE__URL", "sqlite::memory:"),
    ]);
    assert!(
        Settings::load(&both)
            .unwrap_err()
            .to_string()
            .contains("keep one")
    );
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    let error = Settings::load(&sources([("RESOURCE_API_AUTH__ISUER", "https://a")])).unwrap_err();
    assert!(
        error.to_string().contains("did you mean `auth.issuer`?"),
        "{error}"
    );
    let file = file("[auth]\nissuer = 'https://a'\nmax_stalenes = '1h'\n");
    let sources = Sources {
        files: vec![file.path().into()],
        ..Sources::default()
    };
    let error = Settings::load(&sources).unwrap_err().to_string();
    assert!(
        error.contains("did you mean `auth.max_staleness`?"),
        "{error}"
    );
}

#[test]
fn all_problems_are_reported_at_once_with_their_place() {
    let error = Settings::load(&sources([
        ("RESOURCE_API_AUTH__ISSUER", "http://auth.example.com"),
        ("RESOURCE_API_LISTEN", "8081"),
        ("RESOURCE_API_AUTH__ON_STALE", "maybe"),
    ]))
    .unwrap_err();
    assert_eq!(error.problems().len(), 3, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("`auth.issuer`") && text.contains("https://"),
        "{text}"
    );
    assert!(
        text.contains("refuse, accept") && text.contains("the environment"),
        "{text}"
    );
}

/// GEN-18
#[test]
fn gen_18_the_overview_hides_secrets_and_names_the_layer() {
    let lines = overview(&sources([(
        "RESOURCE_API_DATABASE__URL",
        "postgres://u:hunter2@h/d",
    )]))
    .unwrap();
    let text = serde_json::to_string(&lines).unwrap();
    assert!(
        !text.contains("hunter2") && text.contains("[hidden]"),
        "{text}"
    );
    let line = lines
        .iter()
        .find(|line| line.key == "database.url")
        .unwrap();
    assert_eq!(line.origin, "the environment");
}

/// What the schema allows is what a file may say: a switch without quotes.
#[test]
fn a_switch_of_a_file_needs_no_quotes() {
    let file = file("[auth]\nstatus_stream = false\n");
    let sources = Sources {
        files: vec![file.path().into()],
        ..Sources::default()
    };
    assert!(!Settings::load(&sources).unwrap().auth.status_stream);
    let allowed = &schema()["properties"]["auth"]["properties"]["status_stream"]["enum"];
    assert_eq!(*allowed, serde_json::json!([true, false, "true", "false"]));
}

#[test]
fn the_schema_lists_every_key() {
    let schema = schema();
    for key in KEYS {
        let pointer = key.name.replace('.', "/properties/");
        let property = schema.pointer(&format!("/properties/{pointer}"));
        assert!(
            property.is_some_and(|p| p["description"].is_string()),
            "{} is missing",
            key.name
        );
    }
}
