"""Judges access tokens with PyJWT, which knows nothing of Chancery but the address of its key set.

Reads {"jwks_url", "cases": [{"name", "token", "issuer", "audience"}]} from standard input and writes
{"<name>": {"accepted": true, "claims": {...}} or {"accepted": false, "reason": "..."}}.
"""

import json
import sys

import jwt


def judge(keys, case):
    try:
        key = keys.get_signing_key_from_jwt(case["token"])
        claims = jwt.decode(
            case["token"],
            key,
            algorithms=["RS256", "PS256", "ES256", "EdDSA"],
            issuer=case["issuer"],
            audience=case["audience"],
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
        return {"accepted": True, "claims": claims}
    except jwt.PyJWTError as error:
        return {"accepted": False, "reason": type(error).__name__}


request = json.load(sys.stdin)
key_client = jwt.PyJWKClient(request["jwks_url"], cache_keys=True)
json.dump({case["name"]: judge(key_client, case) for case in request["cases"]}, sys.stdout)
