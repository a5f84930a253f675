//! OC-50: the table of the forms, each with what passes and what does not.

use serde_json::{Value, json};

use super::{Profile, check_person};

#[track_caller]
fn takes(claim: &str, values: impl IntoIterator<Item = Value>) {
    for value in values {
        let mut profile = Profile::default();
        let set = profile.set(claim, value.clone());
        assert_eq!(set, Ok(()), "{claim} {value}");
        assert_eq!(profile.find(claim), Some(&value));
    }
}

#[track_caller]
fn refuses(claim: &str, values: impl IntoIterator<Item = Value>) {
    for value in values {
        let mut profile = Profile::default();
        assert!(
            profile.set(claim, value.clone()).is_err(),
            "{claim} {value}"
        );
        assert_eq!(profile, Profile::default());
    }
}

/// OC-50
#[test]
fn oc_50_names_are_texts_on_one_line() {
    for claim in [
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "gender",
    ] {
        takes(claim, ["Zoë", "O’Brien-Li", "山田"].map(Value::from));
        refuses(claim, ["", "  ", "a\nb", "\u{1b}[2J"].map(Value::from));
        refuses(claim, [json!(1), json!(true), json!(["a"]), json!({})]);
        refuses(claim, [Value::from("x".repeat(257))]);
    }
}

/// OC-50
#[test]
fn oc_50_a_birthdate_has_one_of_three_forms() {
    takes(
        "birthdate",
        ["1990-05-01", "0000-02-29", "2000-02-29", "1985"].map(Value::from),
    );
    refuses(
        "birthdate",
        [
            "1990-5-1",
            "1990-13-01",
            "1990-02-30",
            "1900-02-29",
            "0000",
            "90",
            "1990-05",
            "01.05.1990",
            "+990-05-01",
        ]
        .map(Value::from),
    );
}

/// OC-50
#[test]
fn oc_50_zones_locales_and_numbers_follow_their_registries() {
    takes(
        "zoneinfo",
        [
            "Europe/Vienna",
            "America/Argentina/Buenos_Aires",
            "UTC",
            "Etc/GMT+8",
        ]
        .map(Value::from),
    );
    refuses(
        "zoneinfo",
        [
            "",
            "Europe/",
            "/etc/passwd",
            "../UTC",
            "Europe Vienna",
            "+01:00",
        ]
        .map(Value::from),
    );
    takes(
        "locale",
        [
            "de",
            "de-AT",
            "zh-Hant-TW",
            "sl-rozaj-biske",
            "en-US-u-ca-gregory",
            "es-419",
        ]
        .map(Value::from),
    );
    refuses(
        "locale",
        [
            "",
            "d",
            "de_AT",
            "de-",
            "de-AT-",
            "1e",
            "en-u",
            "en-a-b-cc",
            "germanlanguage",
        ]
        .map(Value::from),
    );
    takes(
        "phone_number",
        ["+4315550100", "+16045551234;ext=5678"].map(Value::from),
    );
    refuses(
        "phone_number",
        [
            "015550100",
            "+0431555",
            "+1",
            "+43 1 5550100",
            "+1234567890123456",
            "+431;ext=",
        ]
        .map(Value::from),
    );
}

/// OC-50
#[test]
fn oc_50_links_are_links_of_the_web() {
    for claim in ["profile", "picture", "website"] {
        takes(
            claim,
            ["https://example.com/~me", "http://example.com"].map(Value::from),
        );
        refuses(
            claim,
            [
                "javascript:alert(1)",
                "data:text/html,x",
                "example.com",
                "https://",
                "https://user:password@example.com",
                "https://example.com/a b",
            ]
            .map(Value::from),
        );
    }
}

/// OC-50: Core §5.1.1.
#[test]
fn oc_50_an_address_is_an_object_of_texts() {
    takes(
        "address",
        [
            json!({"country": "AT"}),
            json!({"formatted": "Ring 1\r\n1010 Wien", "street_address": "Ring 1\nTür 2"}),
        ],
    );
    refuses(
        "address",
        [
            json!("Ring 1"),
            json!({}),
            json!({"planet": "Earth"}),
            json!({"country": 43}),
            json!({"locality": "Wien\nGraz"}),
        ],
    );
    takes("phone_number_verified", [json!(true), json!(false)]);
    refuses("phone_number_verified", [json!("true"), json!(1)]);
}

/// OC-51
#[test]
fn oc_51_what_people_read_may_be_there_in_several_languages() {
    let mut profile = Profile::default();
    profile.set("family_name", "Yamada".into()).unwrap();
    profile.set("family_name#ja", "山田".into()).unwrap();
    assert_eq!(profile.find("family_name"), Some(&"Yamada".into()));
    assert_eq!(profile.find("family_name#ja"), Some(&"山田".into()));
    refuses("family_name#", ["x".into()]);
    refuses("birthdate#ja", ["1990".into()]);
    refuses("planet#ja", ["x".into()]);
}

/// OC-10
#[test]
fn oc_10_null_takes_a_claim_away() {
    let mut profile = Profile::default();
    profile.set("nickname", "Zed".into()).unwrap();
    profile.set("nickname", Value::Null).unwrap();
    assert_eq!(profile, Profile::default());
    refuses("planet", [Value::Null]);
}

#[test]
fn columns_of_their_own_are_no_claims_of_a_profile() {
    for claim in [
        "sub",
        "name",
        "email",
        "email_verified",
        "updated_at",
        "iss",
        "roles",
    ] {
        refuses(claim, [json!("x"), json!(1), json!(true)]);
    }
}

#[test]
fn a_profile_survives_its_stored_form_and_stays_small() {
    let mut profile = Profile::default();
    profile.set("nickname", "Zed".into()).unwrap();
    profile.touch(1_900_000_000);
    let read = Profile::from_json(&profile.to_json()).unwrap();
    assert_eq!(read, profile);
    assert_eq!(read.updated_at(), Some(1_900_000_000));
    assert_eq!(Value::Object(read.claims()), json!({"nickname": "Zed"}));
    for n in 0..100 {
        // Two letters each: "aa", "ab" and so on are well-formed tags.
        let tag = format!("{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26));
        let _ = profile.set(&format!("nickname#{tag}"), "x".repeat(200).into());
    }
    assert!(profile.to_json().len() <= 16 * 1024);
    assert!(profile.claims().len() <= 64);
}

/// OC-50: `email` is an address, and both columns follow the rules of the other claims.
#[test]
fn oc_50_the_address_is_an_address() {
    for email in [
        "anna@example.com",
        "o'neil+tag@sub.example.co.uk",
        "zoë@bücher.example",
        "root@localhost",
    ] {
        assert_eq!(check_person(Some("Anna"), Some(email)), Ok(()), "{email}");
    }
    for email in [
        "anna",
        "@example.com",
        "anna@",
        "a@b@c",
        "a..b@example.com",
        "a b@example.com",
        "a@-x.example",
        "a@example.com.",
        "<a@example.com>",
    ] {
        let refused = check_person(None, Some(email)).unwrap_err();
        assert_eq!(refused.claim, "email", "{email}");
    }
    assert_eq!(check_person(Some("\n"), None).unwrap_err().claim, "name");
}
