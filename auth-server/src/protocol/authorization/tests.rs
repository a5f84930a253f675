//! The pins of oxide-auth's deviations at the authorization endpoint (design §3): what its machine and
//! its URLs do when they are asked without our corrections. When one of these changes, a correction may
//! go.

use std::borrow::Cow;

use oxide_auth::code_grant::authorization::{Authorization, Error, Input, Output, Request};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::registrar::{ExactUrl, IgnoreLocalPortUrl};

use super::*;
use crate::model::ClientId;
use crate::protocol::oxide;
use crate::protocol::tests::client;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A request as it comes from the wire.
struct Raw(AuthorizationForm);

impl Request for Raw {
    fn valid(&self) -> bool {
        true
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        self.0.find("client_id").map(Cow::Borrowed)
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.0.find("scope").map(Cow::Borrowed)
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        self.0.find("redirect_uri").map(Cow::Borrowed)
    }

    fn state(&self) -> Option<Cow<'_, str>> {
        self.0.find("state").map(Cow::Borrowed)
    }

    fn response_type(&self) -> Option<Cow<'_, str>> {
        self.0.find("response_type").map(Cow::Borrowed)
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.0.find(key).map(Cow::Borrowed)
    }
}

/// What the machine alone says to a request of our client, as far as it can be read.
fn alone(query: &str) -> String {
    let raw = Raw(AuthorizationForm::parse(query.as_bytes()).unwrap());
    let mut machine = Authorization::new(&raw);
    machine.advance(Input::None);
    let bound = Input::Bound {
        request: &raw,
        bound_client: oxide::bind(&ClientId::new("c_1")).unwrap(),
    };
    match machine.advance(bound) {
        Output::Err(Error::Redirect(mut error)) => format!("{:?}", error.description()),
        Output::Err(Error::Ignore | Error::PrimitiveError) => "ignored".to_owned(),
        Output::Extend => "goes on".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// What we say to the same request.
fn ours(query: &str) -> Option<Reason> {
    let form = AuthorizationForm::parse(query.as_bytes()).unwrap();
    let client = Client {
        grant_types: vec![GrantType::AuthorizationCode],
        redirect_uris: vec!["https://app.example/cb".to_owned()],
        ..client()
    };
    let address = address(&form, &client).unwrap();
    let server = Server {
        scopes: &HashSet::new(),
        vocabulary: &Vocabulary::default(),
        pushed: None,
    };
    match judge(&form, &client, address, server) {
        Err(TokenError::Refused(refusal)) => Some(refusal.reason),
        Err(TokenError::Fault(fault)) => panic!("{}", fault.chain()),
        Ok(_) => None,
    }
}

/// AZ-10, AZ-13, PK-05: what the machine calls otherwise, or lets pass.
#[test]
fn az_10_the_machine_still_deviates_where_we_correct_it() {
    let base = "client_id=c_1&redirect_uri=https://app.example/cb&scope=openid";
    let pkce = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    // RFC 6749 §4.1.2.1: a missing parameter is `invalid_request`.
    let missing = format!("{base}{pkce}");
    assert!(alone(&missing).contains("UnsupportedResponseType"));
    assert_eq!(ours(&missing), Some(Reason::MissingParameter));
    // It has no opinion on what came twice, on PKCE and on request objects.
    for (more, expected) in [
        ("&nonce=1&nonce=2", Reason::RepeatedParameter),
        ("&code_challenge_method=plain", Reason::MissingChallenge),
        ("&request=e30.e30.", Reason::RequestObject),
    ] {
        let query = format!("{base}&response_type=code{more}");
        assert_eq!(alone(&query), "goes on", "{query}");
        assert_eq!(ours(&query), Some(expected), "{query}");
    }
    assert_eq!(ours(&format!("{base}&response_type=code{pkce}")), None);
}

/// AZ-08, NAT-01: redirect URIs with a fragment, and loopback by name only.
#[test]
fn nat_01_its_urls_still_deviate_where_we_do_not_use_them() {
    assert!(ExactUrl::new("https://app.example/cb#fragment".to_owned()).is_ok());
    let is_same = |one: &str, other: &str| {
        IgnoreLocalPortUrl::new(one).unwrap() == IgnoreLocalPortUrl::new(other).unwrap()
    };
    assert!(is_same("http://localhost:1/cb", "http://localhost:2/cb"));
    assert!(!is_same("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb"));
    assert!(!is_same("http://[::1]:1/cb", "http://[::1]:2/cb"));
}

/// PK-06, PK-09: a challenge of any shape, and a verifier for which there was none.
#[test]
fn pk_09_its_pkce_still_lets_pass_what_we_refuse() {
    let odd = Pkce::required().challenge(Some("S256".into()), Some("short".into()));
    assert!(matches!(odd, Ok(Some(_))));
    assert_eq!(
        Pkce::optional().verify(None, Some("verifier".into())),
        Ok(())
    );
}
