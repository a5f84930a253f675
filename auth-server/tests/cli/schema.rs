//! `migrate …`, and commands that meet a database that is not ready.

use crate::program::Program;

#[test]
fn a_command_on_no_database_says_so_and_makes_none() {
    let program = Program::new();
    program.run(&["user", "list"]).refused(1, "migrate up");
    let status = program.json(&["migrate", "status"]);
    assert_eq!(status["items"][0]["applied"], false);
    let down = program.done(&["migrate", "down", "--yes"]);
    assert!(down.starts_with("0 change(s)"), "{down}");
    assert!(!program.path("data").exists());
}

#[test]
fn the_schema_goes_up_and_comes_down() {
    let program = Program::migrated();
    let before = program.json(&["migrate", "status"]);
    let count = before["items"].as_array().unwrap().len();
    assert!(
        count > 0 && before["items"][count - 1]["applied"] == true,
        "{before}"
    );
    program.run(&["migrate", "down"]).refused(2, "--yes");
    program.done(&["migrate", "down", "--yes"]);
    let after = program.json(&["migrate", "status"]);
    assert_eq!(after["items"][count - 1]["applied"], false);
    program.run(&["user", "list"]).refused(1, "migrate up");
    let all = ["migrate", "down", "--yes", "--steps", "99"];
    let said = program.done(&all);
    let left = format!("{} change(s)", count - 1);
    assert!(
        said.starts_with(&left),
        "what was done, not what was asked for: {said}"
    );
    program.done(&["migrate", "up"]);
    program.done(&["user", "list"]);
}
