//! `keys …`.

use crate::program::Program;

/// ES256 keys are made in no time.
const FAST: [&str; 2] = ["--set", "keys.algorithm=ES256"];

#[test]
fn exported_keys_are_public_halves_only() {
    let program = Program::migrated();
    let made = program.json(&[&["keys", "rotate"], &FAST[..]].concat());
    assert_eq!(made["algorithm"], "ES256");
    let set = program.json(&["keys", "export-jwks"]);
    let keys = set["keys"].as_array().unwrap();
    assert!(keys.iter().any(|key| key["kid"] == made["kid"]), "{set}");
    assert!(
        keys.iter()
            .all(|key| key["x"].is_string() && key.get("d").is_none()),
        "{set}"
    );
    let states: Vec<String> = program.json(&["keys", "list"])["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        states,
        ["active", "next"],
        "the first key signs, its successor is announced"
    );
}

#[test]
fn the_active_key_is_not_retired_and_revoking_asks() {
    let program = Program::migrated();
    let next = program.json(&[&["keys", "rotate"], &FAST[..]].concat());
    let list = program.json(&["keys", "list"]);
    let active = list["items"][0]["kid"].as_str().unwrap();
    assert_ne!(next["kid"], active);
    program
        .run(&[&["keys", "retire", active], &FAST[..]].concat())
        .refused(1, "rotate it instead");
    program
        .run(&[&["keys", "revoke", active], &FAST[..]].concat())
        .refused(2, "--yes");
    let revoked = program.json(&[&["keys", "revoke", active, "--yes"], &FAST[..]].concat());
    assert_eq!(revoked["state"], "revoked");
    let set = program.json(&["keys", "export-jwks"]);
    assert!(
        set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .all(|key| key["kid"] != active),
        "{set}"
    );
    let unknown = [&["keys", "revoke", "nonsense", "--yes"], &FAST[..]].concat();
    program.run(&unknown).refused(1, "there is no key nonsense");
}

/// A new key-encryption key opens what the old one sealed, and the old one opens nothing any more.
#[test]
fn after_resealing_only_the_new_key_opens() {
    let program = Program::migrated();
    let before = program.json(&[&["keys", "rotate"], &FAST[..]].concat());
    let new = program.write("new-key", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=\n");
    let new = crate::program::text(&new);
    program
        .run(&["keys", "reseal", "--new-key-file", "nowhere"])
        .refused(1, "nowhere");
    let done = program.json(&["keys", "reseal", "--new-key-file", new]);
    assert!(done["resealed"].as_u64().unwrap() >= 2, "{done}");
    assert_eq!(done["skipped"], serde_json::json!([]));
    program
        .run(&[&["keys", "rotate"], &FAST[..]].concat())
        .refused(1, "encryption key");
    let retire = ["keys", "retire", before["kid"].as_str().unwrap()];
    let variables = [("AUTH_SERVER_KEYS__ENCRYPTION_KEY_FILE", new)];
    let opened = program.run_with(&[&retire[..], &FAST[..]].concat(), &variables);
    assert_eq!(opened.code, 0, "{}", opened.err);
}

/// A leaked key goes at once, and its successor signs at once.
#[test]
fn in_an_emergency_nothing_is_asked_and_nothing_is_announced() {
    let program = Program::migrated();
    let first = program.json(&[&["keys", "rotate"], &FAST[..]].concat());
    let now = program.json(&[&["keys", "rotate", "--emergency"], &FAST[..]].concat());
    assert_eq!(now["state"], "active", "{now}");
    let kid = first["kid"].as_str().unwrap();
    let revoked = program.json(&[&["keys", "revoke", kid, "--emergency"], &FAST[..]].concat());
    assert_eq!(revoked["state"], "revoked");
}
