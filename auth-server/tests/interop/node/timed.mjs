// Judges access tokens with jose's createRemoteJWKSet and its default cache, at times it is told.
//
// Arguments: address of the key set, issuer, audience. Reads lines {"now": seconds, "token": "…"}
// and answers each with {"ok": true, "fetches": n} or {"ok": false, "error": "…", "fetches": n},
// where n counts the requests for the key set so far.

import { createInterface } from "node:readline";
import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";

let now = 0;
Date.now = () => now * 1000;

let fetches = 0;
function countedFetch(...request) {
  fetches += 1;
  return fetch(...request);
}

const [jwksUrl, issuer, audience] = process.argv.slice(2);
const keys = createRemoteJWKSet(new URL(jwksUrl), { [customFetch]: countedFetch });

async function judge(token) {
  try {
    const currentDate = new Date(now * 1000);
    await jwtVerify(token, keys, { typ: "at+jwt", algorithms: ["ES256"], issuer, audience, currentDate });
    return { ok: true };
  } catch (error) {
    // Also what is no JOSEError: a connection that fails is a TypeError.
    return { ok: false, error: `${error.code ?? error.name}: ${error.message}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  now = request.now;
  const verdict = await judge(request.token);
  process.stdout.write(`${JSON.stringify({ ...verdict, fetches })}\n`);
}
