//! How `copy` is told its target: the URL may hold a password, so there are ways that hide it.

use crate::program::Program;

const WITH_PASSWORD: &str = "postgres://app:hunter2@127.0.0.1:1/auth";

#[test]
fn a_password_on_the_command_line_is_refused() {
    let program = Program::migrated();
    let run = program.run(&["copy", "--to", WITH_PASSWORD]);
    run.refused(2, "--to-file");
    run.never_says("hunter2");
}

#[test]
fn the_target_comes_by_a_file_by_standard_input_or_by_a_variable() {
    let program = Program::migrated();
    let target = |name: &str| format!("sqlite:{}", program.path(name).display());
    program.write("url", &format!("{}\n", target("by-file.db")));
    program.done(&["copy", "--to-file", "url"]);
    let run = program.run_fed(&["copy", "--to-stdin"], &target("by-stdin.db"));
    assert_eq!(run.code, 0, "{run:?}");
    let variable = "AUTH_SERVER_DATABASE__COPY_TO";
    let run = program.run_with(&["copy"], &[(variable, &target("by-variable.db"))]);
    assert_eq!(run.code, 0, "{run:?}");
    program.write("url", &target("by-file-of-variable.db"));
    let run = program.run_with(&["copy"], &[(&format!("{variable}_FILE"), "url")]);
    assert_eq!(run.code, 0, "{run:?}");
    // What is said to the command counts more.
    let run = program.run_with(
        &["copy", "--to", &target("by-flag.db")],
        &[(variable, WITH_PASSWORD)],
    );
    assert_eq!(run.code, 0, "{run:?}");
    for way in ["file", "stdin", "variable", "file-of-variable", "flag"] {
        assert!(program.path(&format!("by-{way}.db")).exists(), "{way}");
    }
}

#[test]
fn no_message_repeats_the_password() {
    let program = Program::migrated();
    program.write("url", WITH_PASSWORD);
    for options in [
        &["--format", "table"][..],
        &["--format", "json"],
        &["--dry-run"],
    ] {
        let run = program.run(&[&["copy", "--to-file", "url"], options].concat());
        assert_eq!(run.code, 1, "{run:?}");
        run.never_says("hunter2");
    }
    program.write("url", "oracle://app:hunter2@db/auth");
    let run = program.run(&["copy", "--to-file", "url"]);
    run.refused(78, "sqlite:, postgres: or mysql:");
    run.never_says("hunter2");
}

#[test]
fn without_a_target_or_with_two_it_says_how() {
    let program = Program::migrated();
    program.run(&["copy"]).refused(2, "--to DATABASE_URL");
    program
        .run(&["copy", "--to", "sqlite:a.db", "--to-stdin"])
        .refused(2, "cannot be used with");
}
