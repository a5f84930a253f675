//! The binary as an operator meets it: exit codes, output, signals.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The binary with a directory of its own and none of our variables.
fn resource_api(directory: &tempfile::TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resource-api"));
    command
        .current_dir(directory.path())
        .env_clear()
        .args(arguments);
    command
}

fn run(arguments: &[&str]) -> (Output, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let output = resource_api(&directory, arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    (output, out, err)
}

#[test]
fn exit_codes_tell_usage_from_configuration_from_failure() {
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["config", "check"], 0),
        (&["bogus"], 2),
        (&["migrate"], 2),
        (&["--set", "novalue", "config", "check"], 2),
        (&["--set", "lissten=1", "config", "check"], 78),
        (&["--config", "missing.toml", "config", "check"], 78),
        (
            &["--set", "auth.issuer=http://auth.example.com", "serve"],
            78,
        ),
        (&["--set", "listen=127.0.0.1:1", "healthcheck"], 1),
        (
            &[
                "--set",
                "database.url=sqlite:///proc/nowhere/x.db",
                "migrate",
                "up",
            ],
            1,
        ),
    ] {
        let (output, out, err) = run(arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}\n{out}\n{err}"
        );
    }
}

#[test]
fn a_slip_in_the_configuration_is_explained() {
    let (_, _, err) = run(&["--set", "auth.isuer=https://a.example", "config", "check"]);
    assert!(err.contains("did you mean `auth.issuer`?"), "{err}");
    assert!(err.contains("the command line"), "{err}");
}

#[test]
fn config_show_lists_every_setting_with_its_variable() {
    let (_, out, _) = run(&["config", "show", "--format", "json"]);
    let lines: Vec<Value> = serde_json::from_str(&out).unwrap();
    let issuer = lines
        .iter()
        .find(|line| line["key"] == "auth.issuer")
        .unwrap();
    assert_eq!(issuer["variable"], "RESOURCE_API_AUTH__ISSUER");
    assert_eq!(issuer["value"], "http://localhost:8080");
    let (_, table, _) = run(&["config", "show"]);
    assert!(table.starts_with("SETTING"), "{table}");
    assert_eq!(table.lines().count(), lines.len() + 1);
}

#[test]
fn documents_are_json() {
    for arguments in [&["openapi"][..], &["config", "schema"]] {
        let (_, out, _) = run(arguments);
        assert!(
            serde_json::from_str::<Value>(&out).unwrap().is_object(),
            "{arguments:?}"
        );
    }
}

#[test]
fn migrations_go_up_and_down() {
    let directory = tempfile::tempdir().unwrap();
    let states = |step: &[&str]| {
        let arguments = [&["migrate"], step, &["--format", "json"]].concat();
        let output = resource_api(&directory, &arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!states(&["status"]).contains("true"));
    assert!(
        !directory.path().join("data").exists(),
        "looking made a database"
    );
    assert!(!states(&["up"]).contains("false"));
    let down = ["migrate", "down", "--steps", "1"];
    let refused = resource_api(&directory, &down).output().unwrap();
    assert_eq!(
        refused.status.code(),
        Some(2),
        "data are not deleted by a slip"
    );
    assert!(!states(&["status"]).contains("false"));
    assert!(states(&["down", "--steps", "1", "--yes"]).contains("false"));
    assert!(!states(&["up"]).contains("false"));
}

/// Starts with defaults in an empty directory, and stops cleanly on SIGTERM.
#[test]
fn it_serves_from_an_empty_directory_and_stops_on_sigterm() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["--set", "listen=127.0.0.1:0", "--set", "log.format=json"];
    let mut child = resource_api(&directory, &arguments)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = log
        .by_ref()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap())
        .find_map(|line| line["address"].as_str().map(str::to_owned))
        .unwrap();
    let listen = format!("listen={address}");
    let healthcheck = |flags: &[&str]| {
        let arguments = [&["--set", listen.as_str(), "healthcheck"], flags].concat();
        resource_api(&directory, &arguments)
            .output()
            .unwrap()
            .status
            .code()
    };
    assert_eq!(healthcheck(&["--live"]), Some(0));
    assert_eq!(healthcheck(&[]), Some(3), "there is no issuer");
    assert!(
        directory
            .path()
            .join("data/resource-api/resource-api.db")
            .exists()
    );

    let kill = Command::new("kill")
        .arg("-TERM")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(kill.success());
    let rest: String = log.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest}");
    assert!(rest.contains("stopped"), "{rest}");
}

/// A `.env` file is read where it is named; the real environment wins.
#[test]
fn variables_come_from_the_environment_before_the_env_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("demo.env");
    std::fs::write(
        &file,
        "RESOURCE_API_LISTEN=127.0.0.1:1\nRESOURCE_API_DOCS__CLIENT_ID=00123\n",
    )
    .unwrap();
    let output = resource_api(&directory, &["--env-file", "demo.env", "config", "show"])
        .env("RESOURCE_API_LISTEN", "127.0.0.1:2")
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(
        out.contains("127.0.0.1:2") && !out.contains("127.0.0.1:1 "),
        "{out}"
    );
    assert!(out.contains("00123"), "{out}");
}

/// A name that means something in a URL is a name all the same, and a password is in no complaint.
#[test]
fn gen_18_the_database_is_where_it_was_said_and_its_password_is_not_told() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["my data", "50%", "a?b#c", "d\u{e4}ta"] {
        let data_dir = format!("data_dir={name}/x");
        let output = resource_api(&directory, &["--set", &data_dir, "migrate", "up"]).output();
        assert!(output.unwrap().status.success(), "{name}");
        let file = directory.path().join(name).join("x/resource-api.db");
        assert!(file.exists(), "{name}");
        let mode = file
            .parent()
            .unwrap()
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{name}");
    }
    let url = "database.url=postgres://u:hunter2#@h/d";
    let refused = resource_api(&directory, &["--set", url, "migrate", "up"]).output();
    let refused = refused.unwrap();
    assert_eq!(refused.status.code(), Some(78));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains("database.url") && !said.contains("hunter2"),
        "{said}"
    );
}

/// A slip in the filter is told, and does not silence the log.
#[test]
fn a_rust_log_that_is_no_filter_is_named_and_the_usual_is_logged() {
    let directory = tempfile::tempdir().unwrap();
    // Ends at once, after the log has begun.
    let url = "database.url=sqlite:///proc/nowhere/x.db";
    let said = |filter: &str| {
        let run = resource_api(&directory, &["--set", url, "serve"])
            .env("RUST_LOG", filter)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(1), "{run:?}");
        String::from_utf8(run.stderr).unwrap()
    };
    let err = said("info,sqlx=loud");
    assert!(err.contains("RUST_LOG is no filter"), "{err}");
    assert!(err.contains("info,sqlx=loud"), "{err}");
    assert!(!said("info,sqlx=warn").contains("RUST_LOG"));
}
