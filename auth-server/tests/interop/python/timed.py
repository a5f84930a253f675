"""Judges access tokens with PyJWT's PyJWKClient and its default cache, at times it is told.

Arguments: address of the key set, issuer, audience. Reads lines {"now": seconds, "token": "..."} and
answers each with {"ok": true, "fetches": n} or {"ok": false, "error": "...", "fetches": n}, where n
counts the requests for the key set so far.
"""

import datetime
import json
import sys
import time

import jwt

now = 0.0


class Datetime(datetime.datetime):
    """What `exp`, `nbf` and `iat` are compared with."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(now, tz)


class CountingClient(jwt.PyJWKClient):
    fetches = 0

    def fetch_data(self):
        self.fetches += 1
        return super().fetch_data()


jwt.api_jwt.datetime = Datetime
time.time = time.monotonic = lambda: now

jwks_url, issuer, audience = sys.argv[1:]
keys = CountingClient(jwks_url)


def judge(token):
    try:
        key = keys.get_signing_key_from_jwt(token)
        jwt.decode(token, key, algorithms=["ES256"], issuer=issuer, audience=audience)
        return {"ok": True}
    # Also what is no PyJWTError: a key set that is no JSON is a JSONDecodeError.
    except Exception as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    request = json.loads(line)
    now = float(request["now"])
    verdict = judge(request["token"])
    print(json.dumps(verdict | {"fetches": keys.fetches}), flush=True)
