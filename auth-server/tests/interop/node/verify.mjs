// Judges access tokens with jose, which knows nothing of Chancery but the address of its key set.
//
// Reads {"jwks_url", "cases": [{"name", "token", "issuer", "audience"}]} from standard input and
// writes {"<name>": {"accepted": true, "claims": {…}} or {"accepted": false, "reason": "…"}}.

import { text } from "node:stream/consumers";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

const request = JSON.parse(await text(process.stdin));
const keys = createRemoteJWKSet(new URL(request.jwks_url));

async function judge({ token, issuer, audience }) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      typ: "at+jwt",
      algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
      issuer,
      audience,
      requiredClaims: ["sub", "iat", "exp"],
    });
    return { accepted: true, claims: payload };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { accepted: false, reason: error.code };
  }
}

const verdicts = {};
for (const one of request.cases) verdicts[one.name] = await judge(one);
process.stdout.write(JSON.stringify(verdicts));
