//! PKCE at both ends (RFC 7636).

use super::client::confidential;
use super::{CALLBACK, Request, VERIFIER, error_of, native, register};
use crate::support::World;

/// PK-02, PK-03, PK-04, PK-05, PK-06, NAT-07, GR-05, GR-06: no way around it.
#[tokio::test]
async fn pk_05_a_public_client_needs_an_s256_challenge() {
    let world = World::start().await;
    register(&world, native("phone", &["com.example.app:/cb"])).await;
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let requests = [
        Request::new()
            .without("code_challenge")
            .without("code_challenge_method"),
        Request::new().without("code_challenge"),
        Request::new().without("code_challenge_method"),
        Request::new().with("code_challenge_method", "plain"),
        Request::new().with("code_challenge_method", "s256"),
        Request::new().with("code_challenge", &challenge[1..]),
        Request::new().with("code_challenge", &format!("{challenge}=")),
        Request::new().with("code_challenge", &format!("{}+", &challenge[1..])),
        Request::of("phone", "com.example.app:/cb")
            .without("code_challenge")
            .without("code_challenge_method"),
    ];
    for request in requests {
        let seen = world.person().open(&request.url()).await;
        assert_eq!(error_of(seen), "invalid_request", "{}", request.url());
    }
}

/// DEC-02, PK-09: a confidential client may be let off; a verifier for nothing is then a sign that the
/// challenge was taken away.
#[tokio::test]
async fn pk_09_a_verifier_without_a_challenge_is_refused() {
    let world = World::start().await;
    let mut client = confidential("classic");
    client.require_pkce = false;
    register(&world, client).await;
    register(&world, confidential("strict")).await;
    let request = |id| {
        Request::of(id, "https://app.example.com/cb")
            .without("code_challenge")
            .without("code_challenge_method")
    };
    let seen = world.person().open(&request("strict").url()).await;
    assert_eq!(error_of(seen), "invalid_request");
    let redeem = async |verifier: Option<&str>| {
        let code = world.code(&request("classic")).await;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", "https://app.example.com/cb"),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        world
            .token_as(("classic", crate::support::SECRET), &form)
            .await
    };
    redeem(Some(VERIFIER))
        .await
        .is_error(400, "invalid_request");
    assert_eq!(redeem(None).await.status, 200);
}

/// PK-01, PK-07, PK-08, PK-10, AC-08, AC-10, GR-05: the verifier decides, and a wrong one spends the code.
#[tokio::test]
async fn ac_10_a_wrong_verifier_spends_the_code() {
    let world = World::start().await;
    let long = "a".repeat(129);
    for wrong in [
        None,
        Some("x".repeat(43)),
        Some("short".to_owned()),
        Some(long),
    ] {
        let code = world.code(&Request::new()).await;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "ats-web"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ];
        form.extend(wrong.as_deref().map(|wrong| ("code_verifier", wrong)));
        world.token(&form).await.is_error(400, "invalid_grant");
        world.redeem(&code).await.is_error(400, "invalid_grant");
    }
    let code = world.code(&Request::new()).await;
    assert_eq!(world.redeem(&code).await.status, 200);
}

/// PK-12, ISS-02, MD-07: what is offered is said.
#[tokio::test]
async fn pk_12_both_documents_name_s256_and_the_issuer_parameter() {
    let world = World::start().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let document = world.get(path).await.json();
        assert_eq!(document["code_challenge_methods_supported"][0], "S256");
        assert_eq!(
            document["authorization_response_iss_parameter_supported"],
            true
        );
        assert_eq!(document["response_types_supported"][0], "code");
    }
}

/// PK-11: neither challenge nor verifier comes back.
#[tokio::test]
async fn pk_11_the_challenge_is_never_part_of_an_answer() {
    let world = World::start().await;
    let answer = world.authorize(&Request::new()).await;
    let tokens = world.redeem(&answer["code"]).await;
    let shown = format!("{answer:?} {}", tokens.text);
    assert!(!shown.contains("E9Melhoa2Owv") && !shown.contains(VERIFIER));
}
