//! openidconnect, the Rust client, on the HTTP client of these tests.

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreUserInfoClaims},
    http,
};
use serde_json::{Value, json, to_value};

use super::USER;
use crate::person::Person;

/// Logs in, refreshes and logs out, with `person` at the browser.
pub(super) async fn visit(settings: &Value, person: &mut Person) -> Value {
    let text = |name: &str| settings[name].as_str().unwrap().to_owned();
    let issuer = IssuerUrl::new(text("issuer")).unwrap();
    let metadata = ProviderMetadataWithLogout::discover_async(issuer, &send)
        .await
        .unwrap();
    let end_session = metadata.additional_metadata().end_session_endpoint.clone();
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(text("client_id")),
        Some(ClientSecret::new(text("client_secret"))),
    )
    .set_redirect_uri(RedirectUrl::new(text("redirect_uri")).unwrap());

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let scope = text("scope");
    let (url, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        // It adds `openid` by itself.
        .add_scopes(
            scope
                .split(' ')
                .skip(1)
                .map(|word| Scope::new(word.to_owned())),
        )
        .set_pkce_challenge(challenge)
        .url();
    let landed = person.log_in(url.as_str(), USER.0, USER.1).await;
    let answered = |name: &str| {
        let mut pairs = landed.query_pairs();
        let (_, value) = pairs.find(|(known, _)| known == name).unwrap();
        value.into_owned()
    };
    assert_eq!(answered("state"), *state.secret());

    let code = AuthorizationCode::new(answered("code"));
    let request = client.exchange_code(code).unwrap();
    let tokens = request
        .set_pkce_verifier(verifier)
        .request_async(&send)
        .await
        .unwrap();
    let id_token = tokens.id_token().unwrap();
    let checks = client.id_token_verifier();
    let claims = id_token.claims(&checks, &nonce).unwrap();
    let at_hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().unwrap(),
        id_token.signing_key(&checks).unwrap(),
    );
    assert_eq!(claims.access_token_hash(), Some(&at_hash.unwrap()));

    let subject = Some(claims.subject().clone());
    let request = client.user_info(tokens.access_token().clone(), subject);
    let userinfo: CoreUserInfoClaims = request.unwrap().request_async(&send).await.unwrap();

    let refresh_token = tokens.refresh_token().unwrap();
    let request = client.exchange_refresh_token(refresh_token).unwrap();
    let refreshed = request.request_async(&send).await.unwrap();
    // There is no nonce in a refreshed ID token (OpenID Connect Core §12.2).
    let no_nonce = |nonce: Option<&Nonce>| match nonce {
        None => Ok(()),
        Some(nonce) => Err(format!("a nonce: {nonce:?}")),
    };
    let refreshed_claims = refreshed.id_token().unwrap().claims(&checks, no_nonce);

    let state = CsrfToken::new_random();
    let after = PostLogoutRedirectUrl::new(text("post_logout_redirect_uri")).unwrap();
    let logout = LogoutRequest::from(end_session.unwrap())
        .set_id_token_hint(id_token)
        .set_post_logout_redirect_uri(after)
        .set_state(state.clone());
    let left = person.log_out(logout.http_get_url().as_str()).await.away();
    assert!(left.query().unwrap().contains(state.secret()), "{left}");

    json!({
        "tokens": to_value(&tokens).unwrap(),
        "claims": to_value(claims).unwrap(),
        "userinfo": to_value(&userinfo).unwrap(),
        "refreshed": to_value(&refreshed).unwrap(),
        "refreshed_claims": to_value(refreshed_claims.unwrap()).unwrap(),
    })
}

/// openidconnect brings no HTTP client along.
async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let answer = client.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = http::Response::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
