//! `user …` from adding to deleting.

use crate::program::{PASSWORD, Program, text};

#[test]
fn a_user_is_added_found_and_deleted() {
    let program = Program::new();
    // The first command on a fresh machine makes the database.
    let anna = program.with_user("Anna@example.com", "recruiter");
    let id = anna["id"].as_str().unwrap();
    assert_eq!(
        (&anna["status"], &anna["roles"][0]),
        (&"active".into(), &"recruiter".into())
    );
    for name in ["anna@example.com", "ANNA@EXAMPLE.COM", id] {
        assert_eq!(program.json(&["user", "show", name])["id"], id, "{name}");
    }
    let table = program.done(&["user", "list"]);
    assert!(
        table.starts_with("ID") && table.contains("Anna@example.com"),
        "{table}"
    );
    program.run(&["user", "delete", id]).refused(2, "--yes");
    program.done(&["user", "delete", id, "--yes"]);
    program
        .run(&["user", "show", id])
        .refused(1, "There is no user");
}

#[test]
fn a_password_comes_by_standard_input_or_file_and_is_never_printed() {
    let program = Program::migrated();
    let file = program.write("password", &format!("{PASSWORD}\n"));
    let add = [
        "user",
        "add",
        "a@example.com",
        "--password-file",
        text(&file),
    ];
    let run = program.run(&add);
    assert_eq!(run.code, 0, "{run:?}");
    run.never_says(PASSWORD);
    program
        .run(&add)
        .refused(1, "another account has this user name");
    let run = program.run_fed(
        &["user", "set-password", "a@example.com", "--password-stdin"],
        "short",
    );
    assert_eq!(run.code, 1, "{run:?}");
    run.never_says("short\n");
    assert!(run.err.contains("15"), "names the rule: {run:?}");
    program
        .run(&["user", "add", "b@example.com"])
        .refused(2, "--password-stdin");
    program
        .run(&["user", "add", "b@example.com", "--password", "x"])
        .refused(2, "unexpected argument");
}

#[test]
fn locking_and_unlocking_show_in_the_account() {
    let program = Program::migrated();
    program.with_user("a@example.com", "candidate");
    let status = || program.json(&["user", "show", "a@example.com"])["status"].clone();
    program.done(&["user", "lock", "a@example.com"]);
    assert_eq!(status(), "locked");
    program.done(&["user", "unlock", "a@example.com"]);
    assert_eq!(status(), "active");
    program.done(&["user", "disable", "a@example.com"]);
    assert_eq!(status(), "disabled");
}

#[test]
fn roles_are_given_taken_and_guarded_against_slips() {
    let program = Program::migrated();
    program.with_user("a@example.com", "candidate");
    let roles = |arguments: &[&str]| {
        program.json(&[&["user", "roles", "a@example.com"], arguments].concat())["roles"].clone()
    };
    assert_eq!(
        roles(&["--add", "admin"]),
        serde_json::json!(["admin", "candidate"])
    );
    assert_eq!(
        roles(&["--remove", "candidate"]),
        serde_json::json!(["admin"])
    );
    assert_eq!(
        roles(&["--only", "recruiter"]),
        serde_json::json!(["recruiter"])
    );
    assert_eq!(roles(&[]), serde_json::json!(["recruiter"]));
    program
        .run(&["user", "roles", "a@example.com", "--add", "amdin"])
        .refused(1, "admin, candidate, recruiter");
    program
        .run(&["user", "roles", "a@example.com", "--remove", "recruitr"])
        .refused(1, "admin, candidate, recruiter");
    assert_eq!(roles(&["--add", "auditor", "--create-roles"])[0], "auditor");
}

#[test]
fn a_list_goes_on_where_the_last_page_ended() {
    let program = Program::migrated();
    for name in ["a", "b", "c"] {
        program.with_user(&format!("{name}@example.com"), "candidate");
    }
    let first = program.json(&["user", "list", "--limit", "2"]);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["next"].as_str().unwrap();
    let second = program.json(&["user", "list", "--limit", "2", "--cursor", cursor]);
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert!(second["next"].is_null());
}

/// NP-08, NP-18
#[test]
fn np_18_a_password_may_be_for_one_login_and_be_called_in() {
    let program = Program::migrated();
    let file = program.write("password", PASSWORD);
    let source = ["--password-file", text(&file)];
    let must_change =
        || program.json(&["user", "show", "a@example.com"])["must_change_password"].clone();
    let add = ["user", "add", "a@example.com", "--one-time"];
    program.done(&[&add[..], &source].concat());
    assert_eq!(must_change(), true);
    let set = ["user", "set-password", "a@example.com"];
    program.done(&[&set[..], &source].concat());
    assert_eq!(must_change(), false);
    let said = program.done(&["user", "expire-password", "a@example.com"]);
    assert!(said.contains("chooses another password"), "{said}");
    assert_eq!(must_change(), true);
    program
        .run(&["user", "expire-password", "nobody"])
        .refused(1, "There is no user");
}
