//! The endpoints that clients call directly hold them to the same rules (matrix CA-21; RFC 7009 §2.1,
//! RFC 7662 §2.1, RFC 9126 §2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Answer, SECRET, World, clients};

/// Names and values.
type Form<'a> = &'a [(&'a str, &'a str)];

/// Each with a form that is complete but for the client.
const ENDPOINTS: [(&str, Form<'_>); 4] = [
    ("/oauth2/token", &[("grant_type", "client_credentials")]),
    ("/oauth2/revoke", &[("token", "t")]),
    ("/oauth2/introspect", &[("token", "t")]),
    (
        "/oauth2/par",
        &[
            ("response_type", "code"),
            ("redirect_uri", "https://app.example.com/cb"),
            ("scope", "openid"),
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code_challenge_method", "S256"),
        ],
    ),
];
const ID: &str = "everywhere";

async fn with_client() -> World {
    let world = World::start().await;
    let mut client = clients::confidential(ID, SECRET);
    client.may_introspect = true;
    client.redirect_uris = vec!["https://app.example.com/cb".to_owned()];
    client
        .grant_types
        .push(auth_server::model::GrantType::AuthorizationCode);
    world.add(client).await;
    world
}

/// Sends an endpoint's form, with an `Authorization` header and more fields.
async fn send(
    world: &World,
    endpoint: (&str, Form<'_>),
    authorization: Option<&str>,
    more: Form<'_>,
) -> Answer {
    let mut request = world.request("POST", endpoint.0);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let form = [endpoint.1, more].concat();
    Answer::of(request.form(&form)).await
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// CA-21: and the form is one that works, once the client is who it says.
#[actix_web::test]
async fn ca_21_a_client_proves_itself_everywhere_in_the_same_ways() {
    let world = with_client().await;
    let right = basic(ID, SECRET);
    for endpoint in ENDPOINTS {
        for answer in [
            send(&world, endpoint, Some(&right), &[]).await,
            send(
                &world,
                endpoint,
                None,
                &[("client_id", ID), ("client_secret", SECRET)],
            )
            .await,
        ] {
            let status = answer.status;
            assert!(
                matches!(status, 200 | 201),
                "{} {}",
                endpoint.0,
                answer.text
            );
        }
    }
}

/// CA-21, GEN-13
#[actix_web::test]
async fn ca_21_whoever_does_not_prove_itself_gets_the_same_answer_everywhere() {
    let right = basic(ID, SECRET);
    let refusals: [(&str, Option<String>, Form<'_>, u16); 10] = [
        ("nobody", None, &[], 401),
        ("only an id", None, &[("client_id", ID)], 401),
        ("wrong secret", Some(basic(ID, "wrong")), &[], 401),
        ("unknown client", Some(basic("nobody", SECRET)), &[], 401),
        (
            "wrong in the body",
            None,
            &[("client_id", ID), ("client_secret", "wrong")],
            401,
        ),
        (
            "no colon",
            Some(format!("Basic {}", STANDARD.encode(ID))),
            &[],
            401,
        ),
        ("no base64", Some("Basic ???".to_owned()), &[], 401),
        ("another scheme", Some("Digest abc".to_owned()), &[], 401),
        (
            "two ways",
            Some(right.clone()),
            &[("client_secret", SECRET)],
            400,
        ),
        ("two ids", Some(right), &[("client_id", "ats-web")], 401),
    ];
    for endpoint in ENDPOINTS {
        // A new one each time: guessing is slowed down, and that is another test.
        let world = with_client().await;
        for (what, authorization, more, status) in &refusals {
            let answer = send(&world, endpoint, authorization.as_deref(), more).await;
            assert_eq!(
                answer.status, *status,
                "{what} at {}: {}",
                endpoint.0, answer.text
            );
            let error = if *status == 401 {
                "invalid_client"
            } else {
                "invalid_request"
            };
            answer.is_error(*status, error);
        }
        let (path, form) = endpoint;
        let path = format!("{path}?client_id={ID}&client_secret={SECRET}");
        send(&world, (&path, form), None, &[])
            .await
            .is_error(400, "invalid_request");
    }
}
