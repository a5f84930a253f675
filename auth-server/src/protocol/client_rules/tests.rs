//! Each rule by a registration that breaks it and nothing else.

use serde_json::json;
use shared_claims::ScopeSet;

use super::*;
use crate::clock::Instant;
use crate::model::{ApplicationType, ClientId, ClientKind, SubjectType};

fn good(kind: ClientKind) -> Client {
    let mut client = Client::new(
        ClientId::new("c_1"),
        kind,
        Instant::from_seconds(1_800_000_000),
    );
    client.grant_types = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    client.redirect_uris = vec!["https://app.example.com/cb".to_owned()];
    client.audiences = vec!["https://jobs.example.com".to_owned()];
    client.scopes = ScopeSet::parse("openid jobs:read").unwrap();
    client
}

/// The member that is complained about.
fn broken(kind: ClientKind, change: impl Fn(&mut Client)) -> Option<&'static str> {
    let mut client = good(kind);
    assert_eq!(check(&client), Ok(()));
    change(&mut client);
    check(&client).err().map(|error| error.member)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "short for the fields that may be absent"
)]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// DEC-02, DEC-11, CC-01, CA-23.
#[test]
fn dec_02_dec_11_a_public_client_keeps_every_protection() {
    let of_public = |change: fn(&mut Client)| broken(ClientKind::Public, change);
    assert_eq!(
        of_public(|client| client.require_pkce = false),
        Some("require_pkce")
    );
    let kept = of_public(|client| client.metadata.rotates_refresh_tokens = false);
    assert_eq!(kept, Some("rotates_refresh_tokens"));
    let asked = of_public(|client| client.metadata.is_first_party = true);
    assert_eq!(asked, Some("is_first_party"));
    let credentials = of_public(|client| client.grant_types.push(GrantType::ClientCredentials));
    assert_eq!(credentials, Some("grant_types"));
    let secret = of_public(|client| client.auth_method = AuthMethod::Basic);
    assert_eq!(secret, Some("token_endpoint_auth_method"));

    let of_confidential = |change: fn(&mut Client)| broken(ClientKind::Confidential, change);
    let free = of_confidential(|client| {
        client.require_pkce = false;
        client.metadata.rotates_refresh_tokens = false;
        client.metadata.is_first_party = true;
    });
    assert_eq!(free, None);
    let nothing = of_confidential(|client| client.auth_method = AuthMethod::None);
    assert_eq!(nothing, Some("token_endpoint_auth_method"));
}

/// DCR-04, DCR-05.
#[test]
fn dcr_04_grants_have_what_they_need() {
    let of = |change: fn(&mut Client)| broken(ClientKind::Confidential, change);
    assert_eq!(
        of(|client| client.redirect_uris.clear()),
        Some("redirect_uris")
    );
    let refresh = of(|client| client.grant_types = vec![GrantType::RefreshToken]);
    assert_eq!(refresh, Some("grant_types"));
    assert_eq!(of(|client| client.audiences.clear()), Some("audiences"));
    let for_logins = of(|client| {
        client.audiences.clear();
        client.scopes = ScopeSet::parse("openid email").unwrap();
    });
    assert_eq!(for_logins, None);
    let wide = of(|client| client.default_scopes = ScopeSet::parse("jobs:write").unwrap());
    assert_eq!(wide, Some("default_scope"));
}

/// LO-09, LO-23, LO-31, OC-76, DCR-14.
#[test]
fn lo_09_lo_23_lo_31_oc_76_uris_are_safe_for_their_purpose() {
    type Put = fn(&mut Client, &str);
    let puts: [(&str, Put); 6] = [
        ("post_logout_redirect_uris", |client, uri| {
            client.metadata.post_logout_redirect_uris = vec![uri.to_owned()];
        }),
        ("backchannel_logout_uri", |client, uri| {
            client.metadata.backchannel_logout_uri = some(uri);
        }),
        ("jwks_uri", |client, uri| {
            client.metadata.jwks_uri = some(uri);
        }),
        ("logo_uri", |client, uri| {
            client.metadata.logo_uri = some(uri);
        }),
        ("initiate_login_uri", |client, uri| {
            client.metadata.initiate_login_uri = some(uri);
        }),
        ("frontchannel_logout_uri", |client, uri| {
            client.metadata.frontchannel_logout_uri = some(uri);
        }),
    ];
    for (member, put) in puts {
        let judge = |uri: &str| broken(ClientKind::Confidential, |client| put(client, uri));
        assert_eq!(judge("https://app.example.com/x?y=1"), None, "{member}");
        for bad in [
            "http://app.example.com/x",
            "https://app.example.com/x#f",
            "/x",
            "javascript:alert(1)",
            "data:image/png;base64,x",
        ] {
            assert_eq!(judge(bad), Some(member), "{bad}");
        }
    }
    let elsewhere = broken(ClientKind::Confidential, |client| {
        client.metadata.frontchannel_logout_uri = some("https://app.example.com:8443/x");
    });
    assert_eq!(
        elsewhere,
        Some("frontchannel_logout_uri"),
        "LO-31: another port"
    );
    let http = broken(ClientKind::Confidential, |client| {
        client.metadata.initiate_login_uri = some("http://localhost/x");
    });
    assert_eq!(
        http,
        Some("initiate_login_uri"),
        "OC-76: https, without exception"
    );
}

/// DCR-06.
#[test]
fn dcr_06_keys_are_public_and_named_in_one_way() {
    let with = |jwks: serde_json::Value| {
        broken(ClientKind::Confidential, move |client| {
            client.auth_method = AuthMethod::PrivateKeyJwt;
            client.metadata.jwks = Some(jwks.clone());
        })
    };
    let public = json!({"kty": "OKP", "crv": "Ed25519", "x": "abc", "kid": "1"});
    assert_eq!(with(json!({"keys": [public]})), None);
    for bad in [
        json!({"keys": []}),
        json!({"keys": [1]}),
        json!({"keys": [{"kid": "1"}]}),
        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "abc", "d": "secret"}]}),
        json!({"keys": [{"kty": "oct", "k": "secret"}]}),
        json!([]),
        json!("x"),
    ] {
        assert_eq!(with(bad.clone()), Some("jwks"), "{bad}");
    }
    let both = broken(ClientKind::Confidential, |client| {
        client.metadata.jwks = Some(json!({"keys": [{"kty": "OKP"}]}));
        client.metadata.jwks_uri = some("https://app.example.com/jwks");
    });
    assert_eq!(both, Some("jwks"));
    let neither = broken(ClientKind::Confidential, |client| {
        client.auth_method = AuthMethod::PrivateKeyJwt;
    });
    assert_eq!(neither, Some("jwks"));
}

/// DCR-08.
#[test]
fn dcr_08_pairwise_subjects_need_one_sector() {
    let mut client = good(ClientKind::Confidential);
    client.metadata.subject_type = SubjectType::Pairwise;
    assert_eq!(check(&client), Ok(()));
    assert_eq!(find_sector(&client), some("app.example.com"));
    client
        .redirect_uris
        .push("https://other.example.com/cb".to_owned());
    assert_eq!(check(&client).unwrap_err().member, "sector_identifier_uri");
    client.metadata.sector_identifier_uri = some("https://sector.example.com/uris.json");
    assert_eq!(check(&client), Ok(()));
    assert_eq!(find_sector(&client), some("sector.example.com"));
    client.metadata.application_type = ApplicationType::Native;
    client.metadata.sector_identifier_uri = None;
    client.redirect_uris = vec!["com.example.app:/cb".to_owned()];
    assert_eq!(check(&client).unwrap_err().member, "sector_identifier_uri");
}

/// DCR-09; attack AZ-08: what people will read.
#[test]
fn dcr_09_names_are_short_and_printable() {
    let named = |name: &'static str| {
        broken(ClientKind::Public, move |client| {
            name.clone_into(&mut client.name);
        })
    };
    assert_eq!(
        named("Bücher & <b>mehr</b>"),
        None,
        "escaping is the page's work"
    );
    assert_eq!(named("Post \u{2709}\u{fe0f}"), None);
    for bad in ["", "a\u{0}b", "a\r\nb", "a\u{202e}b", "a\u{200b}b"] {
        assert_eq!(named(bad), Some("client_name"), "{bad:?}");
    }
    // What looks like nothing, or like another name.
    for bad in [
        "  ",
        "\u{a0}\u{3000}",
        "\u{2800}",
        "\u{fe0f}",
        "\u{3164}",
        "Chan\u{2060}cery",
        "Chan\u{ad}cery",
        "Chancery\u{e0041}",
    ] {
        assert_eq!(named(bad), Some("client_name"), "{bad:?}");
    }
    let translated = |name: &'static str| {
        broken(ClientKind::Public, move |client| {
            let text = "https://app.example.com/de".to_owned();
            client.metadata.localized = [(name.to_owned(), text)].into();
        })
    };
    assert_eq!(translated("client_name#de-AT"), None);
    assert_eq!(translated("logo_uri#de"), None);
    for bad in [
        "client_name#",
        "client_name#<b>",
        "redirect_uris#de",
        "client_name",
    ] {
        assert_eq!(translated(bad), Some("client_name"), "{bad}");
    }
}
