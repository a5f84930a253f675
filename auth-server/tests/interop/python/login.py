"""Logs in with Authlib's client: discovery, code + PKCE, ID token, userinfo, refresh, logout.

Talks with the test, which is the person at the browser: the first line in says what this client is
registered as; {"open": URL} out is answered with the URL at which the browser left the server;
{"done": ...} is the last line out.
"""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

from authlib.integrations.base_client import BaseApp, FrameworkIntegration, OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session

# http on the loopback address, as in development.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


class Nowhere(FrameworkIntegration):
    """A web framework that keeps nothing."""

    def update_token(self, token, refresh_token=None, access_token=None):
        pass


class Client(OAuth2Mixin, OpenIDMixin, BaseApp):
    """What Authlib's own classes for Flask and Django are made of."""

    client_cls = OAuth2Session


def open_in_browser(url):
    print(json.dumps({"open": url}), flush=True)
    return sys.stdin.readline().strip()


def parameters(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


settings = json.loads(sys.stdin.readline())
client = Client(
    framework=Nowhere("chancery"),
    client_id=settings["client_id"],
    client_secret=settings["client_secret"],
    server_metadata_url=settings["issuer"] + "/.well-known/openid-configuration",
    client_kwargs={
        "scope": settings["scope"],
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_post",
    },
)
metadata = client.load_server_metadata()

request = client.create_authorization_url(settings["redirect_uri"])
landed = open_in_browser(request["url"])
answer = parameters(landed)
assert answer["state"] == request["state"], answer
assert answer["iss"] == metadata["issuer"], answer
tokens = client.fetch_access_token(
    redirect_uri=settings["redirect_uri"],
    code=answer["code"],
    code_verifier=request["code_verifier"],
)
claims = client.parse_id_token(tokens, nonce=request["nonce"])
userinfo = client.userinfo(token=tokens)

with client._get_oauth_client(**metadata) as session:
    refreshed = session.refresh_token(
        metadata["token_endpoint"], refresh_token=tokens["refresh_token"]
    )
refreshed_claims = None
if "id_token" in refreshed:
    refreshed_claims = client.parse_id_token(refreshed, nonce=None)
client.userinfo(token=refreshed)

logout = client.create_logout_url(
    post_logout_redirect_uri=settings["post_logout_redirect_uri"],
    id_token_hint=tokens["id_token"],
)
left = open_in_browser(logout["url"])
assert parameters(left)["state"] == logout["state"], left

result = {
    "tokens": tokens,
    "claims": claims,
    "userinfo": userinfo,
    "refreshed": refreshed,
    "refreshed_claims": refreshed_claims,
    "left": left,
}
print(json.dumps({"done": result}), flush=True)
