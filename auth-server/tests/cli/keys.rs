//! `keys …`.

use crate::program::Program;

/// ES256 keys are made in no time.
const FAST: [&str; 2] = ["--set", "keys.algorithm=ES256"];

#[test]
fn exported_keys_are_public_halves_only() {
    let program = Program::migrated();
    let made = program.json(&[&["keys", "rotate"], &FAST[..]].concat());
    assert_eq!(
        (&made["algorithm"], &made["state"]),
        (&"ES256".into(), &"active".into())
    );
    let set = program.json(&["keys", "export-jwks"]);
    assert_eq!(set["keys"][0]["kid"], made["kid"]);
    assert!(
        set["keys"][0]["x"].is_string() && set["keys"][0].get("d").is_none(),
        "{set}"
    );
    let list = program.json(&["keys", "list"]);
    assert_eq!(list["items"][0]["kid"], made["kid"]);
}

#[test]
fn a_rotation_is_announced_first_and_a_revocation_asks() {
    let program = Program::migrated();
    let rotate = [&["keys", "rotate"], &FAST[..]].concat();
    let first = program.json(&rotate);
    let second = program.json(&rotate);
    assert_eq!(second["state"], "next", "{second}");
    let kid = first["kid"].as_str().unwrap();
    program
        .run(&[&["keys", "retire", kid], &FAST[..]].concat())
        .refused(1, "rotate it instead");
    program
        .run(&[&["keys", "revoke", kid], &FAST[..]].concat())
        .refused(2, "--yes");
    let revoked = program.json(&[&["keys", "revoke", kid, "--yes"], &FAST[..]].concat());
    assert_eq!(revoked["state"], "revoked");
    let set = program.json(&["keys", "export-jwks"]);
    assert!(
        set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .all(|key| key["kid"] != kid),
        "{set}"
    );
    program
        .run(&[&["keys", "revoke", "nonsense", "--yes"], &FAST[..]].concat())
        .refused(1, "no key");
}
