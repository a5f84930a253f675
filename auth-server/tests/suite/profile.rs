//! What is known about a person, set by the command line (contract §2.1; matrix OC-50, OC-10).

use serde_json::{Value, json};

use crate::support::World;

const NAME: &str = "zoe@example.com";

impl World {
    /// The object that a command prints, or what it complains of.
    fn user_command(&self, arguments: &[&str], input: &str) -> Result<Value, String> {
        let arguments = [&["user", "--format", "json"], arguments].concat();
        let output = self.command(&arguments, input);
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout).unwrap())
        } else {
            Err(String::from_utf8(output.stderr).unwrap())
        }
    }

    fn add_zoe(&self, more: &[&str]) -> Result<Value, String> {
        let arguments = ["add", NAME, "--password-stdin", "--name", "Zoë Li"];
        self.user_command(
            &[&arguments[..], more].concat(),
            "a long password of the test",
        )
    }
}

/// OC-50
#[actix_web::test]
async fn oc_50_a_user_is_added_with_claims() {
    let world = World::start().await;
    let added = world
        .add_zoe(&[
            "--given-name",
            "Zoë",
            "--family-name",
            "Li",
            "--claim",
            "birthdate=0000-02-29",
            "--claim",
            "email_verified=true",
            "--claim",
            r#"address={"country":"AT","locality":"Wien"}"#,
            "--claim",
            "family_name#zh-Hans=李",
        ])
        .unwrap();
    assert_eq!(added["name"], "Zoë Li");
    assert_eq!(added["email_verified"], true, "the user name is an address");
    let profile = json!({
        "given_name": "Zoë", "family_name": "Li", "family_name#zh-Hans": "李",
        "birthdate": "0000-02-29", "address": {"country": "AT", "locality": "Wien"},
    });
    assert_eq!(added["profile"], profile);
    let shown = world.user_command(&["show", NAME], "").unwrap();
    assert_eq!(shown["profile"], profile);
}

/// OC-50, OC-10: some claims are set, `null` and `--remove` take others away, the rest stays.
#[actix_web::test]
async fn oc_50_a_profile_is_changed_claim_by_claim() {
    let world = World::start().await;
    world
        .add_zoe(&["--claim", "locale=de-AT", "--claim", "gender=female"])
        .unwrap();
    let file = r#"{"nickname":"Zo","gender":null,"name":"Zoë Maria Li","phone_number":"+431234567",
        "phone_number_verified":true,"email":"z.li@example.com","email_verified":true}"#;
    let changed = world
        .user_command(&["set-profile", NAME, "--file", "-"], file)
        .unwrap();
    assert_eq!(changed["name"], "Zoë Maria Li");
    assert_eq!(
        (&changed["email"], &changed["email_verified"]),
        (&json!("z.li@example.com"), &json!(true))
    );
    assert_eq!(
        changed["profile"],
        json!({
            "nickname": "Zo", "locale": "de-AT",
            "phone_number": "+431234567", "phone_number_verified": true,
        })
    );
    let removed = [
        "set-profile",
        "z.li@example.com",
        "--remove",
        "nickname",
        "--remove",
        "email",
    ];
    let changed = world.user_command(&removed, "").unwrap();
    assert_eq!(changed["email"], Value::Null);
    assert_eq!(changed["email_verified"], false);
    assert!(changed["profile"].get("nickname").is_none());
    let rows = world.audit("user.profile").await;
    let details: Vec<&str> = rows.iter().map(|row| row.detail.as_str()).collect();
    assert!(details[1].contains("nickname"), "{details:?}");
    assert!(!details.concat().contains("Zo\""), "no values: {details:?}");
}

/// OC-50: what does not fit changes nothing, and the complaint says what would.
#[actix_web::test]
async fn oc_50_what_does_not_fit_is_refused() {
    let world = World::start().await;
    world.add_zoe(&[]).unwrap();
    let before = world.user_command(&["show", NAME], "").unwrap();
    for (claim, said) in [
        ("birthdate=1.5.1990", "YYYY-MM-DD"),
        ("locale=de_AT", "BCP 47"),
        ("zoneinfo=Vienna time", "Europe/Vienna"),
        ("phone_number=01/555", "E.164"),
        ("picture=javascript:alert(1)", "http or https"),
        ("email_verified=yes", "true or false"),
        ("phone_number_verified=1", "true or false"),
        ("email=zoe", "e-mail address"),
        ("address={\"planet\":\"Earth\"}", "postal_code"),
        ("address=Ring 1", "not one JSON object"),
        ("sub=other", "no such claim"),
        ("updated_at=1", "no such claim"),
        ("nickname", "CLAIM=VALUE"),
        ("email=admin@example.com", "another account"),
    ] {
        let done = world.user_command(&["set-profile", NAME, "--claim", claim], "");
        let complaint = done.unwrap_err();
        assert!(complaint.contains(said), "{claim}: {complaint}");
    }
    for file in ["", "[]", r#"{"nickname":"a","nickname":"b"}"#] {
        let done = world.user_command(&["set-profile", NAME, "--file", "-"], file);
        assert!(done.is_err(), "{file}");
    }
    let nothing = world.user_command(&["set-profile", NAME], "").unwrap_err();
    assert!(nothing.contains("nothing to change"), "{nothing}");
    assert_eq!(world.user_command(&["show", NAME], "").unwrap(), before);
}
