//! Help, completions, and wrong usage.

use crate::program::Program;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["dev"],
    &["migrate"],
    &["migrate", "up"],
    &["migrate", "status"],
    &["migrate", "down"],
    &["user"],
    &["user", "add"],
    &["user", "list"],
    &["user", "show"],
    &["user", "set-password"],
    &["user", "expire-password"],
    &["user", "lock"],
    &["user", "unlock"],
    &["user", "roles"],
    &["client", "add"],
    &["client", "list"],
    &["client", "show"],
    &["client", "rotate-secret"],
    &["client", "delete"],
    &["keys", "list"],
    &["keys", "export-jwks"],
    &["config", "check"],
    &["config", "show"],
    &["config", "schema"],
    &["healthcheck"],
    &["openapi"],
    &["completions"],
];

#[test]
fn every_command_explains_itself() {
    let program = Program::new();
    for command in COMMANDS {
        let help = program.done(&[*command, &["--help"]].concat());
        assert!(help.contains("Usage: auth-server"), "{command:?}: {help}");
        assert!(help.contains("--config <FILE>"), "{command:?}: {help}");
    }
}

#[test]
fn wrong_usage_ends_with_two_and_touches_nothing() {
    let program = Program::new();
    program
        .run(&["no-such-command"])
        .refused(2, "unrecognized subcommand");
    program
        .run(&["user", "list", "--limit", "0"])
        .refused(2, "--limit");
    program
        .run(&["--set", "nonsense", "config", "show"])
        .refused(2, "KEY=VALUE");
    assert_eq!(std::fs::read_dir(program.path(".")).unwrap().count(), 0);
}

#[test]
fn completions_are_scripts_for_the_shell() {
    let program = Program::new();
    assert!(
        program
            .done(&["completions", "bash"])
            .contains("complete -F _auth__server")
    );
    assert!(
        program
            .done(&["completions", "zsh"])
            .starts_with("#compdef auth-server")
    );
}

#[test]
fn the_api_description_needs_no_server() {
    let program = Program::new();
    let text = program.done(&["openapi", "--set", "issuer=https://id.example.com"]);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document["servers"][0]["url"], "https://id.example.com");
}
