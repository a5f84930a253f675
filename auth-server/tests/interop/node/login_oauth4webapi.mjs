// Logs in with oauth4webapi, as a public client: discovery, code + PKCE, ID token, userinfo, refresh.

import * as oauth from "oauth4webapi";
import { open, report, settings } from "./conversation.mjs";

const { client_id, redirect_uri, scope } = settings;
const issuer = new URL(settings.issuer);
const client = { client_id };
const authentication = oauth.None();
const options = { [oauth.allowInsecureRequests]: true };

const server = await oauth
  .discoveryRequest(issuer, { algorithm: "oidc", ...options })
  .then((response) => oauth.processDiscoveryResponse(issuer, response));

const verifier = oauth.generateRandomCodeVerifier();
const [state, expectedNonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
const request = new URL(server.authorization_endpoint);
request.search = new URLSearchParams({
  client_id,
  redirect_uri,
  response_type: "code",
  scope,
  state,
  nonce: expectedNonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
});
const parameters = oauth.validateAuthResponse(server, client, await open(request), state);

const answer = await oauth.authorizationCodeGrantRequest(
  server, client, authentication, parameters, redirect_uri, verifier, options,
);
const checks = { expectedNonce, requireIdToken: true };
const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, checks);
await oauth.validateApplicationLevelSignature(server, answer, options);
const claims = oauth.getValidatedIdTokenClaims(tokens);

async function userinfoBy(accessToken) {
  const response = await oauth.userInfoRequest(server, client, accessToken, options);
  return oauth.processUserInfoResponse(server, client, claims.sub, response);
}
const userinfo = await userinfoBy(tokens.access_token);

const again = await oauth.refreshTokenGrantRequest(
  server, client, authentication, tokens.refresh_token, options,
);
const refreshed = await oauth.processRefreshTokenResponse(server, client, again);
await userinfoBy(refreshed.access_token);

report({ tokens, claims, userinfo, refreshed, refreshed_claims: oauth.getValidatedIdTokenClaims(refreshed) });
