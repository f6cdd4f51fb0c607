"""The connection, step by step, each with what a person can do: name, TLS, /metadata, version, token, read, writes."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from fhirdesk.core.address import is_this_computer
from fhirdesk.core.errors import ConfigurationError, FhirDeskError, NotAuthorized, ServerError, Unavailable
from fhirdesk.core.exchange import Capabilities, Delivery, Request, Response
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.resource import listed, version_id
from fhirdesk.core.views import CheckStep
from fhirdesk.remote import certificate
from fhirdesk.remote.capabilities import R4, capabilities, version_name, version_of
from fhirdesk.remote.client import Remote
from fhirdesk.remote.outcome import scope_missing

PORTS = {"http": 80, "https": 443}
VERIFY_CODES = {
    10: "tls_expired",
    18: "tls_self_signed",
    19: "tls_self_signed",
    20: "tls_authority",
    62: "tls_host",
    64: "tls_host",
}
FIXES = {
    "check_no_name": "fix_name",
    "check_refused": "fix_port",
    "check_silent": "fix_port",
    "tls_expired": "fix_expired",
    "tls_self_signed": "fix_authority",
    "tls_authority": "fix_authority",
    "tls_host": "fix_tls_host",
    "tls_other": "fix_tls",
    "why_not_fhir": "fix_address",
    "why_moved": "fix_moved",
    "why_offline": "fix_later",
    "wrong_fhir_version": "fix_version",
    "token_refused": "fix_secret",
    "token_wants_key": "fix_key",
    "token_key_refused": "fix_key_refused",
    "token_no_key": "fix_no_key",
    "token_no_client": "fix_no_client",
    "token_scope": "fix_scope_asked",
    "why_scope": "fix_scope",
    "token_none": "fix_token_url",
    "token_kind": "fix_token_url",
    "token_nowhere": "fix_token_url",
    "token_elsewhere": "fix_token_url",
    "token_unavailable": "fix_token_url",
    "why_sign_in": "fix_sign_in",
    "check_read_refused": "fix_scope",
    "check_read_wrong": "fix_address",
    "check_writes_none": "fix_writes",
}


class ConnectionTest:
    """Tests the connection to a server once, step by step, and stops at the first step that fails."""

    def __init__(self, remote: Remote, resource_types: Iterable[str]):
        self._remote, self._types = remote, sorted(resource_types)
        self._url = urlsplit(remote.base)
        self._host = self._url.hostname or ""
        self._port = self._url.port or PORTS[self._url.scheme]
        self._statement: Mapping[str, Any] | None = None
        self._is_r4 = False

    async def run(self) -> tuple[CheckStep, ...]:
        """Run the steps and return them in order, the failed one last."""
        steps: list[CheckStep] = []
        for name, work in self._list_steps():
            steps.append(await self._run_step(name, work))
            if not steps[-1].ok:
                break
        return tuple(steps)

    @property
    def declared(self) -> Capabilities | None:
        """What the server says that it takes, once `run` has ended; None if it said nothing of the kind."""
        return capabilities(self._statement) if self._is_r4 else None

    def _list_steps(self) -> tuple[tuple[str, Callable[[], Awaitable[Reason]]], ...]:
        return (
            ("dns", self._check_name),
            ("tls", self._check_tls),
            ("metadata", self._check_metadata),
            ("version", self._check_version),
            ("token", self._check_token),
            ("read", self._check_read),
            ("writes", self._check_writes),
        )

    async def _run_step(self, name: str, work: Callable[[], Awaitable[Reason]]) -> CheckStep:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._remote.deadline):
                message, ok = await work(), True
        except FhirDeskError as error:
            message, ok = Reason(error.code, error.params), False
        except TimeoutError:
            message, ok = Reason("check_silent", self._place), False
        fix = Reason(FIXES[message.code], message.params) if not ok and message.code in FIXES else None
        return CheckStep(name, ok, round((time.perf_counter() - started) * 1000, 1), message, fix)

    @property
    def _place(self) -> dict[str, str]:
        return {"host": self._host, "port": str(self._port)}

    # -- the steps: what was found, or a FhirDeskError

    async def _check_name(self) -> Reason:
        try:
            addresses = await asyncio.get_running_loop().getaddrinfo(self._host, self._port)
        except OSError as error:
            raise Unavailable("check_no_name", **self._place) from error
        return Reason("check_name", {"host": self._host, "address": str(addresses[0][4][0])})

    async def _check_tls(self) -> Reason:
        secure = self._url.scheme == "https"
        context, name = (self._remote.trust, self._host) if secure else (None, None)
        try:
            _, writer = await asyncio.open_connection(self._host, self._port, ssl=context, server_hostname=name)
        except ssl.SSLError as error:
            raise await self._explain_distrust(error) from error
        except ConnectionRefusedError as error:
            raise Unavailable("check_refused", **self._place) from error
        except OSError as error:
            raise Unavailable("check_silent", **self._place) from error
        tls = writer.get_extra_info("ssl_object")
        await certificate.abort(writer)
        if tls is None:
            return Reason("check_plain" if self._is_local else "check_plain_far", self._place)
        return Reason("check_tls", certificate.describe(self._host, tls.getpeercert(binary_form=True)).params)

    @property
    def _is_local(self) -> bool:
        return is_this_computer(self._host)

    async def _explain_distrust(self, error: ssl.SSLError) -> FhirDeskError:
        """Return the error that says why the server is not trusted, with the certificate that it presents."""
        code = VERIFY_CODES.get(getattr(error, "verify_code", 0), "tls_other")
        presented = await certificate.fetch(self._host, self._port)
        return ConfigurationError(code, **presented.params)

    async def _check_metadata(self) -> Reason:
        self._statement = await self._remote.statement()
        version_of(self._statement)
        software = (self._statement or {}).get("software")
        name = software.get("name") if isinstance(software, Mapping) else None
        return Reason("check_metadata", {"software": str(name or "?")})

    async def _check_version(self) -> Reason:
        version = version_of(self._statement)
        if (name := version_name(version)) != R4:
            raise ServerError("wrong_fhir_version", name=name, version=version)
        self._is_r4 = True
        return Reason("check_version", {"version": version})

    async def _check_token(self) -> Reason:
        tokens = self._remote.tokens
        if not tokens.wanted:
            return Reason("check_no_token")
        await tokens.get()
        params = {"seconds": str(round(tokens.seconds_left)), "offset": str(round(abs(tokens.clock_offset)))}
        return Reason("check_token_clock" if tokens.clock_offset else "check_token", params)

    async def _check_read(self) -> Reason:
        answer = await self._remote.send(Request("GET", "Patient", params={"_count": "1"}, no_cache=True))
        if scope_missing(answer):
            raise NotAuthorized("why_scope", scope="system/Patient.read")
        if answer.status == 401:
            raise NotAuthorized(answer.error_code or "why_sign_in")
        if answer.delivery is not Delivery.ANSWERED or (answer.status or 0) >= 500:
            raise Unavailable("why_offline")
        if answer.status == 403:
            raise NotAuthorized("check_read_refused", status=403)
        if answer.status == 400 and self._needs_parameters(answer):
            return Reason("check_read_narrow")
        if answer.status != 200 or (answer.body or {}).get("resourceType") != "Bundle":
            raise ServerError("check_read_wrong", status=answer.status)
        return Reason("check_read" if self._shows_versions(answer.body or {}) else "check_read_unversioned")

    @staticmethod
    def _shows_versions(bundle: Mapping[str, Any]) -> bool:
        """Return whether the first patient has a versionId; True if there is no patient."""
        resources = (e.get("resource") for e in listed(bundle.get("entry")) if isinstance(e, Mapping))
        first = next((r for r in resources if isinstance(r, Mapping) and r.get("resourceType") == "Patient"), None)
        return first is None or version_id(first) is not None

    @staticmethod
    def _needs_parameters(answer: Response) -> bool:
        """Return whether the server refuses a search of all patients: some want a name, a number or a birth date."""
        return bool(answer.issues)

    async def _check_writes(self) -> Reason:
        takes = capabilities(self._statement)
        can = {t: [i for i in ("create", "update") if takes.takes(t, i)] for t in self._types}
        taken = [t if len(c) == 2 else f"{t} ({c[0]})" for t, c in can.items() if c]
        missing = [t for t, c in can.items() if not c]
        if not taken:
            raise ServerError("check_writes_none")
        params = {"types": ", ".join(taken), "missing": ", ".join(missing)}
        return Reason("check_writes_some" if missing else "check_writes", params)
