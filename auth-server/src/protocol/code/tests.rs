//! The table of judgements about codes, and the pins of oxide-auth's deviations at the token endpoint
//! (design §3). When one of the pins changes, a correction may go.

use std::borrow::Cow;

use oxide_auth::code_grant::accesstoken::{AccessToken, Authorization, Input, Output, Request};
use shared_claims::ScopeSet;

use super::*;
use crate::model::{ClaimsRequest, ClientId, FamilyId, SessionId, UserId};
use crate::protocol::oxide;
use crate::protocol::tests::{NOW, client};

/// RFC 7636 Appendix B (matrix TV-01).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "https://app.example/cb";

fn code() -> AuthorizationCode {
    AuthorizationCode {
        id: "code-1".to_owned(),
        client_id: ClientId::new("c_1"),
        user_id: UserId::new("u"),
        session_id: None,
        family_id: None,
        redirect_uri: Some(CALLBACK.to_owned()),
        scope: ScopeSet::parse("jobs:read").unwrap(),
        audiences: Vec::new(),
        nonce: None,
        code_challenge: Some(CHALLENGE.to_owned()),
        claims: ClaimsRequest::default(),
        auth_time: NOW,
        sid: SessionId::new("s"),
        amr: Vec::new(),
        acr: None,
        created_at: NOW,
        expires_at: NOW.plus(std::time::Duration::from_mins(1)),
        spent_at: None,
    }
}

/// AC-01 to AC-06, AC-10, DEC-06, PK-07 to PK-09: reason and consequence.
#[test]
fn ac_04_to_10_what_is_refused_and_what_it_leaves_behind() {
    let spend = Some(Consequence::SpendCode("code-1".to_owned()));
    let revoke = Some(Consequence::RevokeFamily(FamilyId::new("f")));
    let spent = AuthorizationCode {
        spent_at: Some(NOW),
        family_id: Some(FamilyId::new("f")),
        ..code()
    };
    let foreign = AuthorizationCode {
        client_id: ClientId::new("c_2"),
        ..code()
    };
    let unbound = AuthorizationCode {
        code_challenge: None,
        ..code()
    };
    let late = AuthorizationCode {
        expires_at: NOW,
        ..code()
    };
    let good = (Some(CALLBACK), Some(VERIFIER));
    let table = [
        (code(), good, None),
        (code(), (None, Some(VERIFIER)), None),
        (unbound.clone(), (Some(CALLBACK), None), None),
        (foreign, good, Some((Reason::ForeignCode, None))),
        (late, good, Some((Reason::ExpiredCode, None))),
        (
            code(),
            (Some("https://app.example/other"), Some(VERIFIER)),
            Some((Reason::WrongRedirectUri, None)),
        ),
        (
            unbound.clone(),
            (None, None),
            Some((Reason::WrongRedirectUri, None)),
        ),
        (
            unbound,
            (Some(CALLBACK), Some(VERIFIER)),
            Some((Reason::VerifierWithoutChallenge, None)),
        ),
        (
            code(),
            (Some(CALLBACK), None),
            Some((Reason::WrongVerifier, spend)),
        ),
        (spent.clone(), good, Some((Reason::ReplayedCode, revoke))),
        (
            spent,
            (Some(CALLBACK), None),
            Some((Reason::SpentCode, None)),
        ),
    ];
    for (number, (code, (redirect_uri, verifier), expected)) in table.into_iter().enumerate() {
        let presented = Presented {
            redirect_uri,
            verifier,
        };
        let got = match judge(&client(), &code, presented, NOW) {
            Ok(()) => None,
            Err(TokenError::Refused(refusal)) => Some((refusal.reason, refusal.consequence)),
            Err(TokenError::Fault(fault)) => panic!("{number}: {}", fault.chain()),
        };
        assert_eq!(got, expected, "row {number}");
    }
}

/// A token request as it comes from the wire.
struct Raw {
    redirect_uri: Option<&'static str>,
    client_in_body: bool,
}

impl Request for Raw {
    fn valid(&self) -> bool {
        true
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("code"))
    }

    fn authorization(&self) -> Authorization<'_> {
        Authorization::UsernamePassword(Cow::Borrowed("c_1"), Cow::Borrowed(b"secret"))
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        self.client_in_body.then_some(Cow::Borrowed("c_1"))
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        self.redirect_uri.map(Cow::Borrowed)
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("authorization_code"))
    }

    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// What the machine alone says, and how it would say it on the wire.
fn alone(raw: &Raw, answers: Vec<Input<'_>>) -> String {
    let mut machine = AccessToken::new(raw);
    let mut said = text(machine.advance(Input::None));
    for answer in answers {
        said = text(machine.advance(answer));
    }
    said
}

fn text(output: Output<'_>) -> String {
    match output {
        Output::Err(mut error) => {
            format!("{:?}", error.description())
        }
        Output::Authenticate { .. } => "asks for the client".to_owned(),
        Output::Recover { .. } => "asks for the grant".to_owned(),
        _ => "goes on".to_owned(),
    }
}

/// CA-16, DEC-06, AC-07: what the machine refuses or calls otherwise.
#[test]
fn ac_07_the_machine_still_deviates_where_we_correct_it() {
    let raw = |redirect_uri, client_in_body| Raw {
        redirect_uri,
        client_in_body,
    };
    let plain = raw(Some(CALLBACK), false);
    assert_eq!(alone(&plain, Vec::new()), "asks for the client");
    // RFC 6749 §4.1.3 wants the redirect URI only where the authorization request had it.
    let without = alone(&raw(None, false), Vec::new());
    assert!(without.contains("InvalidRequest"), "{without}");
    // RFC 6749 §2.3.1 allows Basic beside the same `client_id` in the body.
    let twice = alone(&raw(Some(CALLBACK), true), Vec::new());
    assert!(twice.contains("InvalidRequest"), "{twice}");
    // RFC 6749 §5.2: an unknown code is `invalid_grant`.
    let unknown = vec![Input::Authenticated, Input::Recovered(None)];
    let unknown = alone(&plain, unknown);
    assert!(unknown.contains("InvalidRequest"), "{unknown}");
    // It reads the clock: a grant that is over by the wall clock is refused, whatever the time here.
    let over = oxide_auth::primitives::grant::Grant {
        owner_id: "u".into(),
        client_id: "c_1".into(),
        scope: oxide::to_oxide(&ScopeSet::parse("jobs:read").unwrap()).unwrap(),
        redirect_uri: CALLBACK.parse().unwrap(),
        until: chrono::DateTime::<chrono::Utc>::MIN_UTC,
        extensions: oxide_auth::primitives::grant::Extensions::new(),
    };
    let over = vec![Input::Authenticated, Input::Recovered(Some(Box::new(over)))];
    let over = alone(&plain, over);
    assert!(over.contains("InvalidGrant"), "{over}");
}

/// GEN-03: it says `description` where RFC 6749 §5.2 has `error_description`.
#[test]
fn gen_03_the_machine_still_renders_another_member() {
    use oxide_auth::code_grant::accesstoken::ErrorDescription;
    use oxide_auth::code_grant::error::AccessTokenError;
    let mut error = AccessTokenError::default();
    error.explain("why");
    let json = ErrorDescription::new(error).to_json();
    assert!(json.contains("\"description\""), "{json}");
}
