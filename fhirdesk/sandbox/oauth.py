"""Sign-in of clients by a secret (RFC 6749 4.4) or a signed assertion (RFC 7523): the token endpoint, and the guard of
everything else."""

import base64
import binascii
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from fhirdesk.sandbox.assertions import ALGS, JWT_BEARER, Assertions, NotProved
from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Refusal

DEFAULT_CLIENTS = {
    "cdss-client": {"secret": "secret", "scope": "system/*.read system/*.write"}
}  # a practice server's own
SCOPE = re.compile(r"(?:system|user)/(\*|[A-Za-z]+)\.(read|write|\*|[cruds]+)")
RIGHTS = {"read": "rs", "write": "cud", "*": "cruds"}  # SMART 1 in the letters of SMART 2
NO_SCOPE = {"error": "An error occurred", "message": "Unauthorized", "code": 0}  # OpenEMR's words, with 401


@dataclass(frozen=True, slots=True)
class Grant:
    """What one token may do, and how long."""

    scope: str
    ends: float  # monotonic

    def allows(self, method: str, type_: str | None) -> bool:
        """Return whether the scope covers the method on that type; None: the server as a whole."""
        needed = "rs" if method in ("GET", "HEAD") else "cud"
        scopes = [match for each in self.scope.split() if (match := SCOPE.fullmatch(each))]
        return any(s[1] in ("*", type_) and set(RIGHTS.get(s[2], s[2])) & set(needed) for s in scopes)


class Tokens:
    """The clients that may sign in, and the tokens that are valid."""

    def __init__(self, options: Options, url: str):
        """`url`: the token endpoint."""
        self._options = options
        self._clients: dict[str, Mapping[str, Any]] = dict(DEFAULT_CLIENTS)
        self._grants: dict[str, Grant] = {}
        algs = ALGS[:1] if options.like == "openemr" else ALGS
        self._assertions = Assertions(url, lambda: time.time() + options.clock_skew, algs)

    def add(self, client: Mapping[str, Any]) -> None:
        """Let another client sign in: `client_id`, `secret` or `jwks` and, if it is limited, `scope`."""
        self._clients[str(client["client_id"])] = client

    def revoke(self) -> None:
        """End all tokens at once."""
        self._grants.clear()

    def issue(self, authorization: str, body: bytes) -> dict[str, Any]:
        """Return a new token for a client. Raises Refusal with the body that RFC 6749 5.2 describes."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            raise oauth_error(400, "unsupported_grant_type")
        client = self._identify(authorization, form)
        scope = form.get("scope") or client.get("scope", "")
        if self._options.like == "openemr" and "system/*.rs" in scope.split():
            raise oauth_error(400, "invalid_scope")
        token = secrets.token_urlsafe(24)
        self._grants[token] = Grant(scope, time.monotonic() + self._options.token_ttl)
        return {"access_token": token, "token_type": "bearer", "expires_in": self._options.token_ttl, "scope": scope}

    def _identify(self, authorization: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Return the client that a request proves to be from. Raises Refusal."""
        if "client_assertion" in form:
            return self._identify_by_key(form)
        if self._options.sign_in == "jwt":
            raise oauth_error(400, "invalid_request", "assertion type is not supported")
        name, secret = _read_basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        client = self._clients.get(name, {})
        known = str(client.get("secret", ""))
        if not known or not hmac.compare_digest(known.encode(), secret.encode()):
            raise oauth_error(401, "invalid_client")
        return client

    def _identify_by_key(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        if form.get("client_assertion_type") != JWT_BEARER:
            raise oauth_error(400, "invalid_request", "client_assertion_type")
        try:
            return self._clients[self._assertions.check(form["client_assertion"], self._clients)]
        except NotProved as reason:
            raise oauth_error(400, "invalid_client", str(reason)) from None

    def check(self, authorization: str, method: str, type_: str | None) -> None:
        """Raise Refusal unless the server needs no token, or this one is valid (401) and may do that (403)."""
        if self._options.auth == "none":
            return
        kind, _, token = authorization.partition(" ")
        grant = self._grants.get(token) if kind.lower() == "bearer" else None
        if grant is None or grant.ends < time.monotonic():
            raise Refusal(401, "login", "The access token is missing or has expired", WWW_Authenticate="Bearer")
        if self._options.check_scopes and not grant.allows(method, type_):
            raise self._refuse_scope()

    def _refuse_scope(self) -> Refusal:
        if self._options.like != "openemr":
            return Refusal(403, "forbidden", "The token's scope does not cover this")
        refusal = Refusal(401, "security", "Unauthorized")
        refusal.body = NO_SCOPE
        return refusal


def oauth_error(status: int, error: str, description: str = "") -> Refusal:
    """Return the refusal of a token endpoint, whose body is {"error": …} and no OperationOutcome."""
    refusal = Refusal(status, "security", error)
    refusal.body = {"error": error} | ({"error_description": description} if description else {})
    return refusal


def _read_basic(authorization: str) -> tuple[str, str] | None:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote(name), unquote(secret)
