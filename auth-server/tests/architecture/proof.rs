//! Bad snippets, each of which the rules must refuse, and good ones that must pass.

use crate::{
    plan::{Door, Floor, HOUSES, House, Material},
    rules::{find_misshape, misplaced_materials, wrong_imports},
    source::Source,
};

/// What the rules say about imports in a file of the auth server's `src`.
fn imports(path: &str, text: &str) -> Vec<String> {
    let house = House {
        doors: &[],
        ..auth_server()
    };
    wrong_imports(&house, &[Source::new("auth-server", path, text)])
}

/// What the rules say about materials in a file of the auth server's `src`, exceptions aside.
fn materials(path: &str, text: &str) -> Vec<String> {
    let wrong = misplaced_materials(&auth_server(), &[Source::new("auth-server", path, text)]);
    wrong
        .into_iter()
        .filter(|text| !text.contains("no longer needs"))
        .collect()
}

fn auth_server() -> House {
    let [house, ..] = HOUSES;
    house
}

#[track_caller]
fn refused(wrong: &[String], word: &str) {
    assert!(
        wrong.len() == 1 && wrong[0].contains(word),
        "expected one `{word}` in {wrong:?}"
    );
}

#[test]
fn an_import_upwards_is_refused_in_every_spelling() {
    refused(
        &imports("store/codes.rs", "use crate::http::respond::Answer;"),
        "goes up",
    );
    refused(
        &imports(
            "store/codes.rs",
            "use crate::{clock::Clock, http::respond};",
        ),
        "goes up",
    );
    refused(
        &imports(
            "store/codes.rs",
            "use crate::{\n    error::{A, B},\n    grants,\n};",
        ),
        "goes up",
    );
    refused(
        &imports("store/codes.rs", "use super::super::http::respond;"),
        "goes up",
    );
    refused(
        &imports("audit.rs", "fn f() { super::http::send() }"),
        "goes up",
    );
    refused(
        &imports("protocol/form.rs", "fn f(store: &crate::store::Store) {}"),
        "goes up",
    );
}

#[test]
fn an_import_sideways_is_refused_on_a_walled_floor_only() {
    refused(
        &imports("grants/device.rs", "use crate::admin::users;"),
        "goes sideways",
    );
    refused(
        &imports("mail/mod.rs", "use crate::accounts::Accounts;"),
        "goes sideways",
    );
    assert!(imports("protocol/form.rs", "use crate::model::Client;").is_empty());
    assert!(
        imports(
            "grants/device.rs",
            "use crate::grants::Grant; use super::Grant;"
        )
        .is_empty()
    );
}

#[test]
fn an_import_downwards_is_fine() {
    let text = "use crate::{app::run, http, grants::{self, Grant}, store::Store, clock::Clock};";
    assert!(imports("cli/serve.rs", text).is_empty());
}

#[test]
fn a_room_that_is_not_on_the_plan_is_refused() {
    refused(&imports("utils/strings.rs", ""), "on no floor");
    refused(
        &imports("http/token.rs", "use crate::utils::strings;"),
        "on no floor",
    );
}

#[test]
fn a_door_lets_one_import_through_and_must_be_used() {
    const FLOORS: &[Floor] = &[Floor {
        rooms: &["a", "b"],
        is_open: false,
    }];
    const DOORS: &[Door] = &[Door {
        from: "a",
        to: "b",
        why: "for this test",
    }];
    let house = House {
        name: "x",
        floors: FLOORS,
        doors: DOORS,
        materials: &[],
    };
    let file = |text| Source::new("x", "a.rs", text);
    assert!(wrong_imports(&house, &[file("use crate::b;")]).is_empty());
    refused(&wrong_imports(&house, &[file("")]), "close that door");
}

#[test]
fn a_material_outside_its_room_is_refused() {
    for (path, text) in [
        ("grants/password.rs", "use actix_web::HttpRequest;"),
        (
            "issue/mint.rs",
            "fn f(c: &impl sea_orm::ConnectionTrait) {}",
        ),
        ("http/token.rs", "use oxide_auth::code_grant::accesstoken;"),
        ("accounts/users.rs", "let hash = argon2::Argon2::default();"),
        ("store/keys.rs", "use {rsa::RsaPrivateKey, std::fmt};"),
        ("http/token.rs", "jsonwebtoken::encode(&header)"),
        ("http/token.rs", "let a = std::env::var(NAME);"),
        ("http/token.rs", "use std::{env, fmt};"),
        ("app/serve.rs", "use config::Config;"),
        ("issue/mint.rs", "let now = Utc::now();"),
        ("issue/mint.rs", "use std::time::{Duration, SystemTime};"),
        ("keys/make.rs", "let r = rand::rng();"),
    ] {
        refused(&materials(path, text), "belongs to");
    }
}

#[test]
fn an_exception_lets_one_file_through_and_must_be_used() {
    const MATERIALS: &[Material] = &[Material {
        name: "randomness",
        signs: &["rand"],
        rooms: &["random"],
        exceptions: &[("a/b", "for this test")],
    }];
    let house = House {
        name: "x",
        floors: &[],
        doors: &[],
        materials: MATERIALS,
    };
    let rule = |path, text| misplaced_materials(&house, &[Source::new("x", path, text)]);
    assert!(rule("a/b.rs", "rand::rng()").is_empty());
    refused(&rule("a/b.rs", ""), "no longer needs");
    assert_eq!(rule("a/c.rs", "rand::rng()").len(), 2);
}

#[test]
fn a_material_in_its_room_in_words_or_in_tests_is_fine() {
    for (path, text) in [
        ("http/token.rs", "use actix_web::HttpRequest;"),
        ("store/codes.rs", "use sea_orm::ConnectionTrait;"),
        ("accounts/password/pool.rs", "use argon2::Block;"),
        (
            "grants/password.rs",
            "// unlike actix_web::web, this\nlet a = \"sea_orm::x\";",
        ),
        (
            "grants/password.rs",
            "/* rand::rng */ let b = r#\"argon2::x \"quoted\" \"#; let c = '\"';",
        ),
        (
            "grants/password.rs",
            "fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests { use rand::Rng; }",
        ),
        ("cli/mod.rs", "mod config;\nfn f() { config::check() }"),
        (
            "keys/make.rs",
            "let m = crate::random::rand::x(); let n = operand::x();",
        ),
    ] {
        assert_eq!(materials(path, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn code_after_a_string_is_still_read() {
    let text = "let a = \"\\\"\"; let b = '\\''; let c: &'static str = \"\"; rand::rng();";
    refused(&materials("grants/password.rs", text), "belongs to");
}

#[test]
fn a_file_without_a_head_and_a_file_too_large_are_refused() {
    let shape = |text: &str| find_misshape(&Source::new("x", "a.rs", text));
    assert!(shape("use std::fmt;\n").unwrap().contains("`//!`"));
    let long = |lines: usize| format!("//! Long.\n{}", "fn f() {}\n".repeat(lines));
    assert!(shape(&long(350)).unwrap().contains("351 production lines"));
    assert_eq!(shape(&long(349)), None);
    let tests = "#[cfg(test)]\nmod tests {\n".to_owned() + &"    fn f() {}\n".repeat(999) + "}\n";
    assert_eq!(shape(&(long(349) + &tests)), None);
}
