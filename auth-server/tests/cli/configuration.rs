//! `config …` and the four places of a setting.

use crate::program::{Program, text};

fn shown(list: &serde_json::Value, key: &str) -> (String, String) {
    let items = list["items"].as_array().unwrap();
    let one = items.iter().find(|one| one["key"] == key).unwrap();
    (
        one["value"].as_str().unwrap().to_owned(),
        one["origin"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn the_command_line_wins_over_the_environment_over_files_over_defaults() {
    let program = Program::new();
    let file = program.write("a.toml", "[tokens]\naccess_ttl = \"1m\"\nid_ttl = \"1m\"\n");
    let env_file = program.write("my.env", "AUTH_SERVER_TOKENS__CODE_TTL=20s\n");
    let run = program.run_with(
        &[
            "config",
            "show",
            "--format",
            "json",
            "--config",
            text(&file),
            "--env-file",
            text(&env_file),
            "--set",
            "tokens.refresh_grace=3s",
        ],
        &[
            ("AUTH_SERVER_TOKENS__ACCESS_TTL", "2m"),
            ("AUTH_SERVER_TOKENS__REFRESH_GRACE", "2s"),
        ],
    );
    assert_eq!(run.code, 0, "{run:?}");
    let list: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    for (key, value, origin) in [
        ("tokens.refresh_ttl", "30d", "default"),
        ("tokens.id_ttl", "1m", text(&file)),
        (
            "tokens.code_ttl",
            "20s",
            &format!("AUTH_SERVER_TOKENS__CODE_TTL in {}", text(&env_file)),
        ),
        ("tokens.access_ttl", "2m", "AUTH_SERVER_TOKENS__ACCESS_TTL"),
        ("tokens.refresh_grace", "3s", "--set"),
    ] {
        assert_eq!(
            shown(&list, key),
            (value.to_owned(), origin.to_owned()),
            "{key}"
        );
    }
}

/// GEN-01
#[test]
fn gen_01_serving_with_an_http_issuer_ends_with_78_and_names_the_setting() {
    let program = Program::new();
    for command in [&["serve"][..], &[], &["config", "check"]] {
        let run = program.run_with(command, &[("AUTH_SERVER_ISSUER", "http://id.example.com")]);
        run.refused(78, "`issuer`");
        assert!(run.err.contains("AUTH_SERVER_ISSUER"), "{run:?}");
    }
    assert!(!program.path("data").exists(), "nothing was made");
}

#[test]
fn check_names_every_problem_for_people_and_programs() {
    let program = Program::new();
    let file = program.write("a.toml", "isuer = \"x\"\n");
    let run = program.run(&[
        "config",
        "check",
        "--config",
        text(&file),
        "--format",
        "json",
    ]);
    run.refused(78, "did you mean `issuer`?");
    let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(verdict["valid"], false);
    assert_eq!(verdict["problems"][0]["key"], "isuer");
    assert!(program.done(&["config", "check"]).contains("valid"));
}

/// A start with these settings would fail, so they are not valid; and it fails before it makes anything.
#[test]
fn check_reads_the_files_that_the_settings_name() {
    let program = Program::new();
    let gone = ["--set", "pages.stylesheet=gone.css"];
    let check = [&["config", "check", "--format", "json"][..], &gone].concat();
    let run = program.run(&check);
    run.refused(78, "gone.css");
    let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(verdict["valid"], false);
    let serve = [&["serve", "--listen", "127.0.0.1:0"][..], &gone].concat();
    program.run(&serve).refused(1, "gone.css");
    assert!(!program.path("data").exists(), "nothing was made");
}

/// OP-09, GEN-18
#[test]
fn op_09_secrets_are_hidden_and_not_taken_from_the_command_line() {
    let program = Program::new();
    let key = "q83vEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0Vng=";
    let run = program.run_with(
        &["config", "show"],
        &[
            ("AUTH_SERVER_KEYS__ENCRYPTION_KEY", key),
            (
                "AUTH_SERVER_DATABASE__URL",
                "postgres://app:hunter2@db/auth",
            ),
        ],
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("[hidden]") && run.out.contains("postgres://app:[hidden]@db/auth"));
    run.never_says(key);
    run.never_says("hunter2");
    let run = program.run(&[
        "config",
        "show",
        "--set",
        "database.url=postgres://app:hunter2@db/x",
    ]);
    run.refused(2, "`database.url` is a secret");
    run.never_says("hunter2");
}

#[test]
fn dev_reads_dot_env_by_itself_and_serve_does_not() {
    let program = Program::new();
    program.write(".env", "AUTH_SERVER_LISTEN=127.0.0.1:9\n");
    let listen = |arguments: &[&str]| shown(&program.json(arguments), "listen").0;
    assert_eq!(listen(&["config", "show", "--dev"]), "127.0.0.1:9");
    assert_eq!(listen(&["config", "show"]), "127.0.0.1:8080");
}

#[test]
fn the_printed_defaults_are_a_valid_file() {
    let program = Program::new();
    let toml = program.done(&["config", "schema", "--as", "toml"]);
    let file = program.write("all.toml", &toml);
    program.done(&["config", "check", "--config", text(&file)]);
    let schema: serde_json::Value =
        serde_json::from_str(&program.done(&["config", "schema"])).unwrap();
    assert_eq!(
        schema["properties"]["tokens"]["properties"]["access_ttl"]["default"],
        "15m"
    );
}
