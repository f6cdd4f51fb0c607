"""Sign-in with a client's secret (RFC 6749 4.4): the token endpoint, and the guard of everything else."""

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Refusal

DEFAULT_CLIENTS = {
    "cdss-client": {"secret": "secret", "scope": "system/*.read system/*.write"}
}  # a practice server's own


class Tokens:
    """The clients that may sign in, and the tokens that are valid."""

    def __init__(self, options: Options):
        self._options = options
        self._clients: dict[str, Mapping[str, Any]] = dict(DEFAULT_CLIENTS)
        self._expiries: dict[str, float] = {}  # token → monotonic end

    def add(self, client: Mapping[str, Any]) -> None:
        """Let another client sign in: `client_id`, `secret` and, if it is limited, `scope`."""
        self._clients[str(client["client_id"])] = client

    def revoke(self) -> None:
        """End all tokens at once."""
        self._expiries.clear()

    def issue(self, authorization: str, body: bytes) -> dict[str, Any]:
        """Return a new token for a client's id and secret. Raises Refusal with the body that RFC 6749 5.2 describes."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            raise oauth_error(400, "unsupported_grant_type")
        name, secret = _read_basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
        client = self._clients.get(name)
        if client is None or not hmac.compare_digest(str(client.get("secret", "")).encode(), secret.encode()):
            raise oauth_error(401, "invalid_client")
        token = secrets.token_urlsafe(24)
        self._expiries[token] = time.monotonic() + self._options.token_ttl
        scope = form.get("scope") or client.get("scope", "")
        return {"access_token": token, "token_type": "bearer", "expires_in": self._options.token_ttl, "scope": scope}

    def check(self, authorization: str) -> None:
        """Raise Refusal (401) unless the token is valid or the server needs none."""
        if self._options.auth == "none":
            return
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or self._expiries.get(token, 0.0) < time.monotonic():
            raise Refusal(401, "login", "The access token is missing or has expired", WWW_Authenticate="Bearer")


def oauth_error(status: int, error: str) -> Refusal:
    """Return the refusal of a token endpoint, whose body is {"error": …} and no OperationOutcome."""
    refusal = Refusal(status, "security", error)
    refusal.body = {"error": error}
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
