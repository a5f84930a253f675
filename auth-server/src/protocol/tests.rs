//! Tables for the judgements, and the pins of oxide-auth's known deviations (design §3).

use std::time::Duration;

use oxide_auth::code_grant::{client_credentials as machine, refresh as refresh_machine};
use shared_claims::ScopeSet;

use super::refresh::{Presented, Step, Verdict};
use super::{client_credentials, oxide, password, refresh, scope};
use crate::clock::Instant;
use crate::error::{Consequence, Reason, TokenError};
use crate::model::{
    AuthMethod, ClaimsRequest, Client, ClientId, ClientKind, ClientMetadata, Family, FamilyId,
    GrantType, SessionId, UserId,
};

pub(in crate::protocol) const NOW: Instant = Instant::from_seconds(1_800_000_000);
const GRACE: Duration = Duration::from_secs(30);

fn scopes(text: &str) -> ScopeSet {
    ScopeSet::parse(text).unwrap()
}

pub(in crate::protocol) fn client() -> Client {
    Client {
        id: ClientId::new("c_1"),
        name: "One".into(),
        kind: ClientKind::Confidential,
        auth_method: AuthMethod::AnySecret,
        secrets: Vec::new(),
        grant_types: GrantType::ALL.to_vec(),
        redirect_uris: Vec::new(),
        scopes: scopes("jobs:read jobs:write openid"),
        default_scopes: scopes("jobs:read"),
        audiences: vec!["https://api.example".into()],
        roles: Vec::new(),
        access_ttl: None,
        token_alg: None,
        require_pkce: true,
        may_introspect: false,
        password_grant_until: None,
        metadata: ClientMetadata::default(),
        disabled_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn family() -> Family {
    Family {
        id: FamilyId::new("f"),
        client_id: ClientId::new("c_1"),
        user_id: UserId::new("u"),
        session_id: None,
        sid: SessionId::new("s"),
        scope: scopes("jobs:read jobs:write"),
        audiences: Vec::new(),
        auth_time: NOW,
        amr: Vec::new(),
        acr: None,
        claims: ClaimsRequest::default(),
        generation: 5,
        rotated_at: Some(NOW),
        used: false,
        mac_version: 1,
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(1_000)),
        idle_expires_at: NOW.plus(Duration::from_secs(500)),
        revoked_at: None,
        status_index: None,
        status_index_before: None,
    }
}

fn reason<T>(result: Result<T, TokenError>) -> Option<Reason> {
    match result {
        Err(TokenError::Refused(refusal)) => Some(refusal.reason),
        Err(TokenError::Fault(fault)) => panic!("{}", fault.chain()),
        Ok(_) => None,
    }
}

/// TOK-08, TOK-09, TOK-10.
#[test]
fn tok_08_to_10_scope_is_all_or_nothing() {
    let long = "a ".repeat(3_000);
    let table: [(Option<&str>, Result<&str, Reason>); 9] = [
        (None, Ok("jobs:read")),
        (Some("jobs:write"), Ok("jobs:write")),
        (Some("jobs:write jobs:read"), Ok("jobs:read jobs:write")),
        (Some("jobs:read jobs:read"), Ok("jobs:read")),
        (Some("jobs:read unknown"), Err(Reason::ScopeNotAllowed)),
        (Some("jobs:read  jobs:write"), Err(Reason::MalformedScope)),
        (Some("jobs\"read"), Err(Reason::MalformedScope)),
        (Some("jöbs"), Err(Reason::MalformedScope)),
        (Some(&long), Err(Reason::MalformedScope)),
    ];
    for (asked, expected) in table {
        assert_eq!(
            scope::judge(asked, &client()),
            expected.map(scopes),
            "{asked:?}"
        );
    }
    let without = Client {
        default_scopes: ScopeSet::default(),
        ..client()
    };
    assert_eq!(scope::judge(None, &without), Err(Reason::NoDefaultScope));
}

/// CC-01, CC-04.
#[test]
fn cc_01_and_04_clients_speak_for_themselves_only() {
    assert_eq!(
        client_credentials::judge(&client(), Some("jobs:read")).unwrap(),
        scopes("jobs:read")
    );
    assert_eq!(
        reason(client_credentials::judge(&client(), Some("openid"))),
        Some(Reason::ScopeNotAllowed)
    );
    let public = Client {
        kind: ClientKind::Public,
        ..client()
    };
    assert_eq!(
        reason(client_credentials::judge(&public, None)),
        Some(Reason::PublicClient)
    );
}

#[test]
fn the_password_grant_of_a_client_ends_on_its_day() {
    let until = |at| Client {
        password_grant_until: Some(at),
        ..client()
    };
    assert_eq!(
        password::judge(&until(NOW), None, NOW),
        Err(Reason::PasswordGrantEnded)
    );
    let later = until(NOW.plus(Duration::from_millis(1)));
    assert_eq!(password::judge(&later, None, NOW), Ok(scopes("jobs:read")));
}

/// RT-06, RT-07, RT-08, RT-17: which generation does what.
#[test]
fn rt_06_to_08_generations() {
    let used = Family {
        used: true,
        ..family()
    };
    let table = [
        (family(), 5, 0, Some(Step::Rotate { from: 5 })),
        (family(), 4, 0, Some(Step::Repeat)),
        (family(), 4, 29, Some(Step::Repeat)),
        (family(), 4, 30, None),
        (used, 4, 0, None),
        (family(), 3, 0, None),
        (family(), 6, 0, None),
        (
            Family {
                generation: 0,
                rotated_at: None,
                ..family()
            },
            u32::MAX,
            0,
            None,
        ),
    ];
    for (family, generation, later, expected) in table {
        let now = NOW.plus(Duration::from_secs(later));
        let presented = Presented {
            generation,
            scope: None,
            grace: GRACE,
        };
        let verdict = refresh::judge(&client(), &family, presented, now);
        match (verdict, expected) {
            (Ok(Verdict { step, scope }), Some(expected)) => {
                assert_eq!((step, scope), (expected, family.scope));
            }
            (Err(TokenError::Refused(refusal)), None) => {
                assert_eq!(refusal.reason, Reason::ReplayedRefreshToken);
                assert_eq!(
                    refusal.consequence,
                    Some(Consequence::RevokeFamily(FamilyId::new("f")))
                );
            }
            (got, wanted) => panic!("generation {generation}, {later} s: {got:?}, not {wanted:?}"),
        }
    }
}

/// RT-02, RT-03, RT-04, RT-09, RT-11.
#[test]
fn rt_02_03_04_09_11_what_ends_a_refresh() {
    let ask = |family: &Family, scope, now| {
        let presented = Presented {
            generation: 5,
            scope,
            grace: GRACE,
        };
        refresh::judge(&client(), family, presented, now)
    };
    let foreign = Family {
        client_id: ClientId::new("c_2"),
        ..family()
    };
    assert_eq!(
        reason(ask(&foreign, None, NOW)),
        Some(Reason::ForeignRefreshToken)
    );
    let revoked = Family {
        revoked_at: Some(NOW),
        ..family()
    };
    assert_eq!(
        reason(ask(&revoked, None, NOW)),
        Some(Reason::RevokedFamily)
    );
    let idle = NOW.plus(Duration::from_secs(500));
    assert_eq!(
        reason(ask(&family(), None, idle)),
        Some(Reason::ExpiredFamily)
    );
    let end = Family {
        idle_expires_at: NOW.plus(Duration::from_secs(9_999)),
        ..family()
    };
    let absolute = NOW.plus(Duration::from_secs(1_000));
    assert_eq!(
        reason(ask(&end, None, absolute)),
        Some(Reason::ExpiredFamily)
    );
    assert_eq!(
        ask(&family(), Some("jobs:read"), NOW).unwrap().scope,
        scopes("jobs:read")
    );
    assert_eq!(
        reason(ask(&family(), Some("openid"), NOW)),
        Some(Reason::ScopeNotAllowed)
    );
    // OC-70: what was ignored at the login is ignored here.
    assert_eq!(
        ask(&family(), Some("jobs:read offline_access"), NOW)
            .unwrap()
            .scope,
        scopes("jobs:read")
    );
    assert_eq!(
        reason(ask(&family(), Some("offline_access"), NOW)),
        Some(Reason::ScopeNotAllowed)
    );
    assert_eq!(
        reason(ask(&family(), Some("a\"b"), NOW)),
        Some(Reason::MalformedScope)
    );
}

/// What the machines do when they are asked without our corrections. When one of these changes, a
/// correction may go.
#[test]
fn oxide_auth_still_deviates_where_we_correct_it() {
    let id = ClientId::new("c_1");
    let prepared = |scope, grant_type| oxide::Prepared {
        client: &id,
        grant_type,
        scope,
        refresh_token: Some("t"),
    };
    // RFC 6749 §5.2 says `invalid_scope`; the machine says `invalid_request`.
    let mut malformed =
        machine::ClientCredentials::new(&prepared(Some("a\"b"), "client_credentials"));
    let machine::Output::Err(mut error) = malformed.advance(machine::Input::None) else {
        panic!("the machine accepts a malformed scope now");
    };
    let kind = error
        .description()
        .map(|description| format!("{description:?}"));
    assert!(kind.is_some_and(|kind| kind.contains("InvalidRequest")));

    // The machine refuses a grant whose time, by its own reading of the clock, is over.
    let mut machine = refresh_machine::Refresh::new(&prepared(None, "refresh_token"));
    machine.advance(refresh_machine::Input::Authenticated { scope: None });
    let bound = oxide::bind(&id).unwrap();
    let grant = oxide_auth::primitives::grant::Grant {
        owner_id: "u".into(),
        client_id: "c_1".into(),
        scope: oxide::to_oxide(&scopes("jobs:read")).unwrap(),
        redirect_uri: bound.redirect_uri.to_url(),
        until: chrono::DateTime::<chrono::Utc>::MIN_UTC,
        extensions: oxide_auth::primitives::grant::Extensions::new(),
    };
    let input = refresh_machine::Input::Recovered {
        scope: None,
        grant: Some(Box::new(grant)),
    };
    assert!(matches!(
        machine.advance(input),
        refresh_machine::Output::Err(_)
    ));
}
