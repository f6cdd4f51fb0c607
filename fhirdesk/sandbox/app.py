"""The embedded server over HTTP: FHIR under /fhir, tokens at /token, faults and the journal under /__admin."""

import asyncio
import gzip
import re
import time
import uuid
import zlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.r4 import json
from fhirdesk.sandbox import bundle, capabilities
from fhirdesk.sandbox.callers import ADMIN, JSON_TYPES, check_caller, hosts_of, media_type
from fhirdesk.sandbox.faults import Fault, Faults, fault_of
from fhirdesk.sandbox.interactions import Ask, Interactions
from fhirdesk.sandbox.oauth import Tokens
from fhirdesk.sandbox.openemr import OpenEMR
from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Refusal, Reply, outcome
from fhirdesk.sandbox.repository import Repository

BASE = "/fhir"
ETAG = re.compile(r'"([^"]+)"')
DIALECTS = {"openemr": OpenEMR}
CREATING = 0.02  # seconds that a create takes where two at once collide
COLLIDED = {"error": "An error occurred", "message": "Duplicate entry for key pid", "code": 0}
SMALL = 512  # bytes: a shorter answer is not worth packing


class Server:
    """The ASGI application: routes each request, checks its caller and token, applies the faults that are on."""

    def __init__(self, options: Options, repository: Repository, origin: str):
        self.options, self.repository, self.origin = options, repository, origin
        self.base, self._hosts = origin + BASE, hosts_of(origin)
        self.faults, self.tokens = Faults(), Tokens(options, f"{origin}/token")
        self.log: list[dict[str, Any]] = []
        self._late: set[asyncio.Task[None] | None] = set()  # writes that are done after their client has given up
        self._creating = 0
        self.interactions = DIALECTS.get(options.like, Interactions)(repository, options, self.base)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request: refuse foreign callers, apply a fault that is switched on, log it."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            check_caller(request, self._hosts)
        except Refusal as refusal:
            await self._send_reply(request, _reply_to_refusal(refusal), None, send)
            return
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        admin = request.url.path.startswith(ADMIN)
        fault = None if admin else self.faults.take(request.method, path)
        started = time.monotonic()
        try:
            reply = await self._answer_with_fault(request, fault)
        except ClientDisconnect:
            return
        if not admin:
            self._record_request(request, path, reply, fault, started)
        await self._send_reply(request, reply, fault, send)

    def _record_request(
        self, request: Request, path: str, reply: Reply | None, fault: Fault | None, started: float
    ) -> None:
        headers = {k: v for k, v in request.headers.items() if k != "authorization"}
        status = reply.status if reply else 0
        ms = round((time.monotonic() - started) * 1000)
        row = {"method": request.method, "url": path, "status": status, "fault": fault is not None, "ms": ms}
        self.log.append(row | {"headers": headers, "authorized": "authorization" in request.headers})

    # -- faults

    async def _answer_with_fault(self, request: Request, fault: Fault | None) -> Reply | None:
        """Return the reply, delayed or spoilt as the fault says. None: the connection drops without a reply."""
        if fault and fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        body = await request.body()
        if fault is None or fault.only_delays or fault.truncate is not None:
            return await self._answer(request, body)
        if fault.hold_ms:
            reply = await self._answer(request, body)
            await asyncio.sleep(fault.hold_ms / 1000)
            return reply
        if fault.late_ms:
            self._late.add(asyncio.ensure_future(self._answer_late(request, body, fault.late_ms / 1000)))
        if fault.after:
            await self._answer(request, body)
        return None if fault.drop or fault.late_ms else _reply_to_fault(fault)

    async def _collides(self, request: Request) -> bool:
        """Return whether this is a create that arrives while another one runs, where the server fails at that."""
        creates = request.method == "POST" and request.url.path.startswith(f"{BASE}/")
        if not creates or not self.options.creates_collide:
            return False
        is_second, self._creating = self._creating > 0, self._creating + 1
        await asyncio.sleep(CREATING)
        self._creating -= 1
        return is_second

    async def _answer_late(self, request: Request, body: bytes, seconds: float) -> None:
        """Do the write after the connection was dropped: the client has given up and never learns of it."""
        await asyncio.sleep(seconds)
        await self._answer(request, body)
        self._late.discard(asyncio.current_task())

    async def _answer(self, request: Request, raw: bytes) -> Reply:
        if await self._collides(request):
            return Reply(500, COLLIDED)
        try:
            return self._route(request, self._unpack(request, raw))
        except Refusal as refusal:
            return _reply_to_refusal(refusal)

    def _unpack(self, request: Request, raw: bytes) -> bytes:
        if len(raw) > self.options.max_body:
            raise Refusal(413, "too-long", "The body is too large")
        coding = request.headers.get("content-encoding", "identity").lower()
        if coding == "identity":
            return raw
        if coding != "gzip" or not self.options.request_gzip:
            raise Refusal(415, "not-supported", f"Content-Encoding {coding} is not supported")
        try:
            packed = zlib.decompressobj(31)
            body = packed.decompress(raw, self.options.max_body + 1)
        except zlib.error as error:
            raise Refusal(400, "structure", f"Bad gzip body: {error}") from None
        if len(body) > self.options.max_body:
            raise Refusal(413, "too-long", "The body is too large")
        return body

    # -- where to

    def _route(self, request: Request, body: bytes) -> Reply:
        path = request.url.path
        if path.startswith(ADMIN):
            return self._admin(request.method, path.removeprefix(ADMIN), body)
        if path == "/token" and request.method == "POST":
            token = self.tokens.issue(request.headers.get("authorization", ""), body)
            return Reply(200, token, {"Cache-Control": "no-store", "Content-Type": "application/json"})
        if path == f"{BASE}/.well-known/smart-configuration":
            return Reply(200, capabilities.smart_configuration(f"{self.origin}/token", self.options))
        if path == BASE or path.startswith(BASE + "/"):
            return self._fhir(request, path.removeprefix(BASE), body)
        raise Refusal(404, "not-found", "There is nothing here")

    def _fhir(self, request: Request, path: str, raw: bytes) -> Reply:
        segments = tuple(unquote(p) for p in path.split("/") if p)
        if segments == ("metadata",):
            return Reply(200, capabilities.statement(self.options, self.base))
        self.tokens.check(request.headers.get("authorization", ""), request.method, segments[0] if segments else None)
        minimal = "return=minimal" in request.headers.get("prefer", "")
        body = self._document(request, segments, raw)
        if not segments and request.method == "POST":
            return self._flush(bundle.answer(self.interactions, body, minimal=minimal))
        query = tuple(parse_qsl(request.url.query, keep_blank_values=True))
        match = ETAG.search(request.headers.get("if-match", ""))
        none_exist = request.headers.get("if-none-exist")
        new_only = request.headers.get("if-none-match") == "*"
        ask = Ask(request.method, segments, query, body, match[1] if match else None, none_exist, new_only)
        reply = self._flush(self.interactions.answer(ask))
        return self._add_headers(request, reply, minimal)

    def _flush(self, reply: Reply) -> Reply:
        """Write the resources to the disk before the reply leaves; return the reply."""
        self.repository.flush()
        return reply

    def _document(self, request: Request, segments: tuple[str, ...], raw: bytes) -> Any:
        if request.method not in ("POST", "PUT", "PATCH"):
            return None
        kind = media_type(request)
        if segments[-1:] == ("_search",) and kind == "application/x-www-form-urlencoded":
            return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        if kind not in JSON_TYPES:
            raise Refusal(415, "not-supported", f"Content-Type '{kind}' is not supported; use {JSON_TYPES[0]}")
        try:
            return json.loads(raw)
        except InvalidDocument as error:
            raise Refusal(400, "structure", f"Failed to parse JSON: {error.params.get('detail', error.code)}") from None

    def _add_headers(self, request: Request, reply: Reply, minimal: bool) -> Reply:
        """Set the headers of a single interaction; leave the body out where the client has it or wants none."""
        if location := reply.headers.pop("Location", None):
            if reply.status == 201:
                reply.headers["Location"] = f"{self.base}/{location}"
            reply.headers["Content-Location"] = f"{self.base}/{location}"
            at = datetime.fromisoformat(reply.headers["Last-Modified"])
            reply.headers["Last-Modified"] = format_datetime(at, usegmt=True)
        if request.method == "GET" and request.headers.get("if-none-match") == reply.headers.get("ETag", "-"):
            return Reply(304, None, {"ETag": reply.headers["ETag"]})
        if minimal and request.method in ("POST", "PUT") and isinstance(reply.body, bytes):
            reply.body = None
        return reply

    # -- rehearsals

    def _admin(self, method: str, path: str, raw: bytes) -> Reply:
        command: Any = json.loads(raw) if raw else {}
        match (method, path):
            case ("GET", "journal"):
                return Reply(200, self.repository.journal())
            case ("GET", "versions"):
                return Reply(200, self.repository.everything())
            case ("GET", "log"):
                return Reply(200, self.log)
            case ("POST", "faults"):
                self.faults.add(
                    *(fault_of(use_floats(f)) for f in (command if isinstance(command, list) else [command]))
                )
            case ("DELETE", "faults"):
                self.faults.clear()
            case ("POST", "seed"):
                self.faults.seed(int(command["seed"]))
            case ("POST", "clients"):
                self.tokens.add(command)
            case ("POST", "revoke"):
                self.tokens.revoke()
            case ("POST", "reset"):
                self.reset()
            case _:
                raise Refusal(404, "not-found", "There is no such admin call")
        return Reply(204)

    def reset(self) -> None:
        """Bring the server back to its start: no resources, faults, tokens or log."""
        self.repository.clear()
        self.faults.clear()
        self.tokens.revoke()
        self.log.clear()

    # -- over the wire

    async def _send_reply(self, request: Request, reply: Reply | None, fault: Fault | None, send: Send) -> None:
        if reply is None:
            drop(send)
            return
        reply.headers.setdefault("Date", formatdate(time.time() + self.options.clock_skew, usegmt=True))
        body, headers = _encode(reply, request)
        cut = fault.truncate if fault else None
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        if cut is not None and cut < len(body):
            await send({"type": "http.response.body", "body": body[:cut], "more_body": True})
            drop(send)
            return
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


def use_floats(node: Any) -> Any:
    """Return a document with its numbers as floats, as the settings of a fault need them; `body` stays as it is."""
    if isinstance(node, json.Number):
        return float(node)
    return {k: v if k == "body" else use_floats(v) for k, v in node.items()} if isinstance(node, Mapping) else node


def _reply_to_refusal(refusal: Refusal) -> Reply:
    return Reply(refusal.status, refusal.body, dict(refusal.headers))


def _reply_to_fault(fault: Fault) -> Reply:
    text = "injected after the write" if fault.after else "injected fault"
    body = fault.body if fault.body is not None else outcome("transient", text)
    return Reply(fault.status or 503, body, dict(fault.headers))


def _encode(reply: Reply, request: Request) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Return the bytes of the body, packed if the client takes gzip, and the headers as ASGI wants them."""
    match reply.body:
        case None:
            body = b""
        case bytes():
            body = reply.body
        case str():
            body = reply.body.encode()
        case _:
            body = json.dumps(reply.body)
    headers = {"X-Request-Id": str(uuid.uuid4())} | reply.headers
    if body:
        headers.setdefault("Content-Type", "application/fhir+json; charset=utf-8")
    if len(body) > SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    if reply.status not in (204, 304):
        headers["Content-Length"] = str(len(body))
    return body, [(k.lower().encode(), v.encode("latin-1", "replace")) for k, v in headers.items()]


def drop(send: Send) -> None:
    """Close the connection without another byte: ASGI has no word for it, so the transport behind `send` is asked."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is not None:
        transport.abort()
