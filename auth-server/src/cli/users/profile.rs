//! `user set-profile`, and the claims of `user add`. What a claim looks like decides `model`.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value};

use super::act::report;
use super::view::require;
use super::{AddArgs, ProfileArgs};
use crate::accounts::Person;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::workbench::Workbench;
use crate::model::ProfileError;
use crate::model::strict_json::{self, Bounds};

/// More than any profile holds.
const BOUNDS: Bounds = Bounds {
    bytes: 64 * 1024,
    depth: 3,
    entries: 100,
};

/// `user set-profile`.
pub(super) async fn set(
    bench: &Workbench,
    format: Format,
    args: ProfileArgs,
) -> Result<(), Failure> {
    let user = require(bench, &args.user.name).await?;
    let mut claims = match &args.file {
        Some(path) => read(path)?,
        None => Map::new(),
    };
    claims.extend(parse(&args.claims.claims)?);
    claims.extend(args.remove.into_iter().map(|claim| (claim, Value::Null)));
    if claims.is_empty() {
        return Err(Failure::usage(
            "There is nothing to change: use --claim, --remove or --file.",
        ));
    }
    let mut person = Person::of(&user);
    person.patch(claims).map_err(refused)?;
    bench
        .accounts()?
        .describe(&user.id, person, &bench.actor())
        .await?;
    let sentence = format!("What is known about {} is changed.", user.username);
    report(bench, format, &user, &sentence).await
}

/// The person that the options of `user add` describe.
pub(super) fn of_options(args: &AddArgs) -> Result<Person, Failure> {
    let options = [
        ("name", &args.display_name),
        ("email", &args.email),
        ("given_name", &args.given_name),
        ("family_name", &args.family_name),
    ];
    let mut claims = parse(&args.claims.claims)?;
    for (claim, value) in options {
        if let Some(value) = value {
            claims.insert(claim.to_owned(), value.as_str().into());
        }
    }
    let mut person = Person::default();
    person.patch(claims).map_err(refused)?;
    Ok(person)
}

/// Reads `CLAIM=VALUE`: a text, except for the claims that are none.
fn parse(options: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut claims = Map::new();
    for option in options {
        let (claim, text) = option
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("`{option}` is not CLAIM=VALUE.")))?;
        let value = match (claim, text) {
            ("email_verified" | "phone_number_verified", "true") => true.into(),
            ("email_verified" | "phone_number_verified", "false") => false.into(),
            ("address", text) => Value::Object(strict(text, "the address")?),
            (_, text) => text.into(),
        };
        claims.insert(claim.to_owned(), value);
    }
    Ok(claims)
}

fn read(path: &Path) -> Result<Map<String, Value>, Failure> {
    let mut text = String::new();
    let most = BOUNDS.bytes as u64 + 1;
    let name = path.display().to_string();
    let done = if name == "-" {
        std::io::stdin().take(most).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_string(&mut text))
    };
    done.map_err(|error| Failure::failed(format!("Cannot read {name}: {error}.")))?;
    strict(&text, &name)
}

fn strict(text: &str, name: &str) -> Result<Map<String, Value>, Failure> {
    strict_json::parse(text, BOUNDS)
        .map_err(|error| Failure::failed(format!("Cannot use {name}: {error}.")))
}

fn refused(error: ProfileError) -> Failure {
    let ProfileError { claim, problem } = error;
    Failure::failed(format!("The claim {claim} does not fit: {problem}."))
}
