//! The people of the demo. One of them has every standard claim of OpenID Connect (matrix OC-61), so
//! that applications and conformance tests see what each looks like.

use serde_json::{Map, Value, json};
use shared_claims::Role;

use super::PASSWORD;
use crate::accounts::{NewAccount, Person};
use crate::error::Fault;
use crate::secret::Secret;

/// The account of a person whose user name is the e-mail address.
pub(super) fn account(
    email: &str,
    role: Role,
    [given, family]: [&str; 2],
) -> Result<NewAccount, Fault> {
    let mut person = Person {
        name: Some(format!("{given} {family}")),
        email: Some(email.to_owned()),
        email_verified: true,
        ..Person::default()
    };
    let mut claims = Map::new();
    claims.insert("given_name".to_owned(), given.into());
    claims.insert("family_name".to_owned(), family.into());
    if role == Role::CANDIDATE
        && let Value::Object(rest) = everything_else()
    {
        claims.extend(rest);
    }
    person
        .patch(claims)
        .map_err(|error| Fault::broken("making the demo users", error))?;
    Ok(NewAccount {
        username: email.to_owned(),
        name: person.name,
        email: person.email,
        email_verified: person.email_verified,
        profile: person.profile,
        password: Some(Secret::new(PASSWORD)),
        roles: vec![role],
        must_change_password: false,
    })
}

fn everything_else() -> Value {
    json!({
        "middle_name": "Maria",
        "nickname": "Carli",
        "preferred_username": "carla.novak",
        "profile": "https://people.example.com/carla.novak",
        "picture": "https://people.example.com/carla.novak/portrait.jpg",
        "website": "https://carla-novak.example",
        "gender": "female",
        "birthdate": "1990-05-01",
        "zoneinfo": "Europe/Vienna",
        "locale": "de-AT",
        "phone_number": "+4315550100",
        "phone_number_verified": true,
        "address": {
            "formatted": "Musterring 1/2\n1010 Wien\nAustria",
            "street_address": "Musterring 1/2",
            "locality": "Wien",
            "region": "Wien",
            "postal_code": "1010",
            "country": "AT",
        },
    })
}
