//! One table: who is there, what is asked for, what has happened, and what comes next.

use super::*;
use crate::model::{ClaimsRequest, Prompt, ResponseMode, ReturnAddress};
use crate::protocol::tests::{NOW, client};

const MINUTE: Duration = Duration::from_mins(1);

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

fn request(change: impl FnOnce(&mut AuthorizationRequest)) -> AuthorizationRequest {
    let mut request = AuthorizationRequest {
        client_id: client().id,
        address: ReturnAddress {
            redirect_uri: "https://app.example/cb".to_owned(),
            was_sent: true,
            mode: ResponseMode::Query,
            state: None,
        },
        scope: scopes("jobs:read"),
        audiences: Vec::new(),
        nonce: None,
        code_challenge: None,
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        subject: None,
        ui_locales: Vec::new(),
        is_popup: false,
        claims: ClaimsRequest::default(),
        pushed: None,
    };
    change(&mut request);
    request
}

fn silent(change: impl FnOnce(&mut AuthorizationRequest)) -> AuthorizationRequest {
    let mut request = request(change);
    request.prompt.none = true;
    request
}

/// OC-20 to OC-31, OC-36, OC-40, AZ-20.
#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn oc_20_to_40_what_comes_next() {
    let consented = scopes("jobs:read jobs:write");
    // Logged in a minute before the request came, or a second after.
    let (before, after) = (NOW, NOW.plus(MINUTE + Duration::from_secs(1)));
    let acr = |text: &str| ClaimsRequest::parse(text).unwrap();
    let unmet = acr(r#"{"id_token":{"acr":{"essential":true,"values":["urn:mfa"]}}}"#);
    let wished = acr(r#"{"id_token":{"acr":{"values":["urn:mfa"]}}}"#);
    let table = [
        ("nobody", request(|_| ()), None, Step::Login),
        (
            "nobody, silent",
            silent(|_| ()),
            None,
            Step::Refuse(Reason::NotLoggedIn),
        ),
        ("somebody", request(|_| ()), Some(before), Step::Allow),
        ("silent", silent(|_| ()), Some(before), Step::Allow),
        (
            "login",
            request(|r| r.prompt.login = true),
            Some(before),
            Step::Login,
        ),
        (
            "login, done",
            request(|r| r.prompt.login = true),
            Some(after),
            Step::Allow,
        ),
        (
            "choose",
            request(|r| r.prompt.select_account = true),
            Some(before),
            Step::Login,
        ),
        (
            "too old",
            request(|r| r.max_age = Some(30)),
            Some(before),
            Step::Login,
        ),
        (
            "too old, silent",
            silent(|r| r.max_age = Some(30)),
            Some(before),
            Step::Refuse(Reason::NotLoggedIn),
        ),
        (
            "young enough",
            request(|r| r.max_age = Some(600)),
            Some(before),
            Step::Allow,
        ),
        (
            "zero",
            request(|r| r.max_age = Some(0)),
            Some(before),
            Step::Login,
        ),
        (
            "zero, done",
            request(|r| r.max_age = Some(0)),
            Some(after),
            Step::Allow,
        ),
        (
            "ask",
            request(|r| r.prompt.consent = true),
            Some(before),
            Step::Consent,
        ),
        (
            "more",
            request(|r| r.scope = scopes("openid")),
            Some(before),
            Step::Consent,
        ),
        (
            "more, silent",
            silent(|r| r.scope = scopes("openid")),
            Some(before),
            Step::Refuse(Reason::NotConsented),
        ),
        (
            "another user",
            request(|r| r.subject = Some("u-2".to_owned())),
            Some(before),
            Step::Login,
        ),
        (
            "still another user",
            request(|r| r.subject = Some("u-2".to_owned())),
            Some(after),
            Step::Refuse(Reason::AnotherUser),
        ),
        (
            "the right user",
            request(|r| r.subject = Some("u-1".to_owned())),
            Some(before),
            Step::Allow,
        ),
        (
            "unmet",
            request(|r| r.claims = unmet.clone()),
            Some(before),
            Step::Refuse(Reason::UnmetAcr),
        ),
        (
            "wished",
            request(|r| r.claims = wished.clone()),
            Some(before),
            Step::Allow,
        ),
    ];
    for (name, request, authenticated_at, expected) in table {
        let present = authenticated_at.map(|authenticated_at| Present {
            authenticated_at,
            acr: None,
            subject: "u-1",
            consented: Some(&consented),
        });
        let progress = Progress {
            asked_at: Some(NOW.plus(MINUTE)),
            is_allowed: false,
            now: NOW.plus(MINUTE + Duration::from_secs(2)),
        };
        assert_eq!(
            next(&request, &client(), present, progress),
            expected,
            "{name}"
        );
    }
}

/// AZ-20, AZ-21: whose users are asked, by kind of client and redirect.
#[test]
fn az_21_whom_consent_is_remembered_for() {
    let consented = scopes("jobs:read");
    let confidential = client();
    let public = |kind| {
        let mut client = Client {
            kind: crate::model::ClientKind::Public,
            ..client()
        };
        client.metadata.application_type = kind;
        client
    };
    let mut first_party = client();
    first_party.metadata.is_first_party = true;
    let mut pretender = public(ApplicationType::Native);
    pretender.metadata.is_first_party = true;
    let (web, native) = (
        public(ApplicationType::Web),
        public(ApplicationType::Native),
    );
    let https = "https://app.example/cb";
    let loopback = "http://127.0.0.1:5000/cb";
    let private = "com.example.app:/cb";
    let known = Some(&consented);
    let table = [
        (&confidential, loopback, known, Step::Allow),
        (&confidential, https, None, Step::Consent),
        (&first_party, https, None, Step::Allow),
        (&pretender, https, None, Step::Consent),
        (&web, https, known, Step::Allow),
        (&web, loopback, known, Step::Allow),
        (&web, private, known, Step::Consent),
        (&native, https, known, Step::Allow),
        (&native, loopback, known, Step::Consent),
        (&native, private, known, Step::Consent),
    ];
    for (number, (client, redirect_uri, consented, expected)) in table.into_iter().enumerate() {
        let request = request(|r| redirect_uri.clone_into(&mut r.address.redirect_uri));
        let present = Present {
            authenticated_at: NOW,
            acr: None,
            subject: "u-1",
            consented,
        };
        let mut progress = Progress {
            asked_at: None,
            is_allowed: false,
            now: NOW,
        };
        let got = next(&request, client, Some(present), progress);
        assert_eq!(got, expected, "row {number}");
        progress.is_allowed = true;
        assert_eq!(next(&request, client, Some(present), progress), Step::Allow);
    }
}
