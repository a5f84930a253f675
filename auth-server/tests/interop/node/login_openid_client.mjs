// Logs in with openid-client: discovery, code + PKCE, ID token, userinfo, refresh, logout.

import * as client from "openid-client";
import { open, report, settings } from "./conversation.mjs";

const { issuer, client_id, client_secret, redirect_uri, post_logout_redirect_uri, scope } = settings;
// The signature of each ID token is verified, although it comes from the token endpoint itself.
const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
const authentication = client.ClientSecretBasic(client_secret);
const config = await client.discovery(new URL(issuer), client_id, undefined, authentication, { execute });

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
const request = client.buildAuthorizationUrl(config, {
  redirect_uri,
  scope,
  state: expectedState,
  nonce: expectedNonce,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
});
const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, await open(request), checks);
const claims = tokens.claims();

const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
await client.fetchUserInfo(config, refreshed.access_token, claims.sub);

const state = client.randomState();
const logout = { post_logout_redirect_uri, state, id_token_hint: refreshed.id_token ?? tokens.id_token };
const left = await open(client.buildEndSessionUrl(config, logout));
if (left.searchParams.get("state") !== state) throw new Error(`another state: ${left}`);

report({ tokens, claims, userinfo, refreshed, refreshed_claims: refreshed.claims(), left });
