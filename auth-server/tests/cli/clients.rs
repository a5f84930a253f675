//! `client …` from registering to deleting.

use crate::program::{Program, text};

const API: &str = "https://jobs.example.com";

fn add<'a>(id: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [
        &[
            "client",
            "add",
            id,
            "--audience",
            API,
            "--scope",
            "jobs:read",
            "--create-scopes",
        ],
        more,
    ]
    .concat()
}

#[test]
fn a_made_secret_is_shown_once_and_never_again() {
    let program = Program::new();
    let client = program.json(&add("billing", &["--role", "recruiter"]));
    let secret = client["client_secret"].as_str().unwrap();
    assert!(secret.len() > 43, "{secret}");
    // CA-03: encoded for Basic or not, it is the same.
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    assert!(secret.chars().all(is_unreserved), "{secret}");
    assert_eq!(
        client["grant_types"],
        serde_json::json!(["client_credentials"])
    );
    assert_eq!(client["default_scope"], "jobs:read");
    for command in [&["client", "show", "billing"][..], &["client", "list"]] {
        program.run(command).never_says(secret);
        program
            .run(&[command, &["--format", "json"]].concat())
            .never_says(secret);
    }
    program.run(&add("billing", &[])).refused(1, "already");
}

#[test]
fn a_secret_of_ones_own_must_be_strong_and_is_not_repeated() {
    let program = Program::new();
    let strong = "ohFae4chiph0Eiquohreiy8Ahvoghae5Aik5";
    let file = program.write("secret", &format!("{strong}\n"));
    let run = program.run(&add("a", &["--secret-file", text(&file)]));
    assert_eq!(run.code, 0, "{run:?}");
    run.never_says(strong);
    // OP-09
    let run = program.run_fed(&add("b", &["--secret-stdin"]), "demo-secret");
    run.refused(1, "at least 32");
    run.never_says("demo-secret");
}

/// The scopes of OpenID Connect are known without being registered.
#[test]
fn a_client_for_logins_names_where_the_browser_goes_and_the_scopes_of_openid_connect() {
    let program = Program::new();
    let after = "https://app.example.com/goodbye";
    let options = [
        "--grant=authorization_code",
        "--redirect-uri=https://app.example.com/callback",
        "--post-logout-redirect-uri",
        after,
    ];
    program.done(&add("web", &options));
    let scope = "openid profile email offline_access jobs:read";
    let client = program.json(&["client", "update", "web", "--scope", scope]);
    assert_eq!(
        client["post_logout_redirect_uris"],
        serde_json::json!([after])
    );
    assert_eq!(client["scope"].as_str().unwrap().split(' ').count(), 5);
    program
        .run(&[
            "client",
            "update",
            "web",
            "--post-logout-redirect-uri=http://app.example.com",
        ])
        .refused(2, "not safe");
}

/// CA-19: two secrets live while one is replaced.
#[test]
fn ca_19_a_rotated_secret_overlaps_with_the_old_one() {
    let program = Program::new();
    let first = program.json(&add("billing", &[]));
    let second = program.json(&["client", "rotate-secret", "billing", "--overlap", "1h"]);
    assert_ne!(first["client_secret"], second["client_secret"]);
    let ends: Vec<bool> = second["secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|secret| secret["expires_at"].is_string())
        .collect();
    assert_eq!(
        (ends.len(), ends.iter().filter(|ends| **ends).count()),
        (2, 1),
        "{second}"
    );
}

/// CC-01, AT-12, DEC-15, NAT-04
#[test]
fn cc_01_registrations_that_make_no_sense_are_refused() {
    let program = Program::migrated();
    for (arguments, sentence) in [
        (
            add("web", &["--public", "--grant", "client_credentials"]),
            "public client",
        ),
        (
            add("web", &["--public", "--grant", "authorization_code"]),
            "--redirect-uri",
        ),
        (
            add("web", &["--public", "--grant", "refresh_token"]),
            "begins a session",
        ),
        (
            add("web", &["--public", "--secret-stdin"]),
            "cannot be used with",
        ),
        (
            add("web", &["--default-scope", "jobs:write"]),
            "part of the scope",
        ),
        (
            add("web", &["--redirect-uri", "http://app.example.com/cb"]),
            "not safe",
        ),
        (add("https://api.example.com", &[]), "cannot be a client id"),
        (
            add("6fa459ea-ee8a-3ca4-894e-db77e160355e", &[]),
            "ids of users",
        ),
        (
            vec!["client", "add", "x", "--audience", "x", "--create-scopes"],
            "absolute URI",
        ),
        (
            vec![
                "client",
                "add",
                "x",
                "--scope",
                "jobs:read",
                "--create-scopes",
            ],
            "--audience",
        ),
    ] {
        program.run(&arguments).refused(2, sentence);
    }
    let unknown = [
        "client",
        "add",
        "x",
        "--audience",
        API,
        "--scope",
        "jobs:red",
    ];
    program.run(&unknown).refused(1, "Unknown resource");
    program
        .run(&add("x", &["--access-ttl", "2h"]))
        .refused(1, "at most 1h");
    assert_eq!(
        program.json(&["client", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn a_client_is_changed_switched_off_and_deleted() {
    let program = Program::new();
    let public = program.json(&add(
        "web",
        &[
            "--public",
            "--grant",
            "password",
            "--grant",
            "refresh_token",
        ],
    ));
    // CA-23
    assert_eq!(public["token_endpoint_auth_method"], "none");
    assert_eq!(public["secrets"], serde_json::json!([]));
    assert!(public["client_secret"].is_null());
    let client = program.json(&[
        "client",
        "update",
        "web",
        "--name",
        "The web",
        "--access-ttl",
        "5m",
        "--password-grant-until",
        "2027-06-30",
        "--disable",
    ]);
    assert_eq!(client["client_name"], "The web");
    assert_eq!(client["access_ttl_seconds"], 300);
    assert_eq!(client["password_grant_until"], "2027-06-30T00:00:00.000Z");
    assert!(client["disabled_at"].is_string());
    assert_eq!(client["scope"], "jobs:read", "what was not named stays");
    assert!(program.json(&["client", "update", "web", "--enable"])["disabled_at"].is_null());
    program
        .run(&["client", "rotate-secret", "web"])
        .refused(1, "public client");
    program
        .run(&["client", "delete", "web"])
        .refused(2, "--yes");
    program.done(&["client", "delete", "web", "--yes"]);
    program
        .run(&["client", "show", "web"])
        .refused(1, "There is no client");
}

#[test]
fn an_id_is_made_up_when_none_is_given() {
    let program = Program::new();
    let arguments = ["client", "add", "--audience", API, "--create-scopes"];
    let id = program.json(&arguments)["client_id"].clone();
    assert!(id.as_str().unwrap().starts_with("c_"), "{id}");
}
