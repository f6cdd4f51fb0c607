"""A FHIR server in memory for property tests: the embedded server's own rules, no sockets, every fault scripted.

It stands where `fhirdesk.remote.client.Remote` stands. A fault strikes the next write; see `FAULTS`.
"""

import asyncio
import json as plain_json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from fhirdesk.core.clock import Clock
from fhirdesk.core.exchange import Capabilities, Delivery, Request, Response
from fhirdesk.r4 import json
from fhirdesk.remote import bundle as bundles
from fhirdesk.remote.issues import issues_of
from fhirdesk.sandbox import bundle
from fhirdesk.sandbox.interactions import Ask, Interactions
from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Refusal, Reply
from fhirdesk.sandbox.repository import Repository
from tests.harness.journal import OTHERS, TYPES, Write, mark_of

FAULTS = (
    *("refused", "lost before", "lost after", "late", "500 before", "500 after", "503", "429", "409", "html"),
    *("fewer answers", "other order"),  # of a Bundle
)
NOT_DONE = ("refused", "429", "503", "409")  # told: it may be sent again
CODES = ("create", "read", "update", "delete", "search-type")


class Model:
    """What a profile's remote is for the worker."""

    deadline = longest = 5.0
    gzip = False

    def __init__(self, options: Options, clock: Clock, *, batch: bool):
        self.options, self.clock, self.batch = options, clock, batch
        self.repository = Repository()
        self._interactions = Interactions(self.repository, options, "http://model/fhir")
        self.faults: deque[str] = deque()
        self.crash: str | None = None  # the next write: this process dies "before" it, or "after"
        self.crashed = asyncio.Event()
        self.others: set[tuple[str, str, str]] = set()  # versions that somebody else wrote
        self.asked: list[dict[str, Any]] = []  # as `server.Witness` keeps it
        self._late: list[tuple[float, Request]] = []

    # -- what the worker calls

    async def send(self, request: Request, *, deadline: float | None = None) -> Response:
        """One request, a Bundle too."""
        await asyncio.sleep(0)
        self._catch_up()
        fault = self.faults.popleft() if self.faults and request.method != "GET" else ""
        if request.method != "GET":
            if fault not in NOT_DONE:
                self._note(request)
            await self._perhaps_die(request)
        return self._struck(request, fault)

    async def send_bundle(self, requests: Sequence[Request], *, kind: str) -> tuple[Response, tuple[Response, ...]]:
        """Many at once."""
        whole = await self.send(Request("POST", "", json.loads(json.dumps(bundles.bundle_of(requests, kind)))))
        return whole, bundles.answers_of(requests, whole)

    async def read(self, resource_type: str, logical_id: str) -> Response:
        """GET one."""
        return await self.send(Request("GET", f"{resource_type}/{logical_id}"))

    async def find(self, resource_type: str, system: str, key: str) -> Response:
        """Search by identifier."""
        answer = await self.send(Request("GET", resource_type, params={"identifier": f"{system}|{key}"}))
        empty = not (answer.body or {}).get("entry")
        self.asked.append({"what": "search", "at": self.clock.now(), "key": f"{system}|{key}", "empty": empty})
        return answer

    async def search(self, resource_type: str, params: Mapping[str, str]) -> Response:
        """Any search."""
        return await self.send(Request("GET", resource_type, params=params))

    async def capabilities(self) -> Capabilities:
        """What it takes."""
        o, types = self.options, frozenset(TYPES)
        return Capabilities(
            "4.0.1",
            "model",
            {t: frozenset(CODES) for t in types},
            conditional_create=types if o.conditional_create else frozenset(),
            update_create=types if o.update_create else frozenset(),
            versioned=types,
            batch=self.batch,
            transaction=self.batch,
        )

    # -- faults

    async def _perhaps_die(self, request: Request) -> None:
        if self.crash is None:
            return
        when, self.crash = self.crash, None
        if when == "after":
            self._do(request)
        self.crashed.set()
        await asyncio.Event().wait()

    def _struck(self, request: Request, fault: str) -> Response:
        if fault == "refused":
            return Response(Delivery.NOT_SENT, error_code="why_offline")
        if fault in ("429", "503", "409", "500 before"):
            status = int(fault[:3])
            return Response(Delivery.ANSWERED, status, retry_after=30.0 if status in (429, 503) else None)
        if fault == "html":
            return Response(Delivery.ANSWERED, 200, content_type="text/html")
        if fault == "late":
            self._late.append((self.clock.now() + 3.0, request))
        if fault in ("late", "lost before"):
            return Response(Delivery.LOST, error_code="ReadError")
        answer = self._do(request)
        if fault == "lost after":
            return Response(Delivery.LOST, error_code="ReadError")
        if fault == "500 after":
            return Response(Delivery.ANSWERED, 500)
        return _mangled(answer, fault)

    def _catch_up(self) -> None:
        """Writes of clients that have given up are done when their time has come."""
        due = [request for at, request in self._late if at <= self.clock.now()]
        self._late = [(at, request) for at, request in self._late if at > self.clock.now()]
        for request in due:
            self._do(request)

    # -- the server

    def _do(self, request: Request) -> Response:
        try:
            reply = self._reply(request)
        except Refusal as refusal:
            reply = Reply(refusal.status, refusal.body)
        body = json.loads(reply.body) if isinstance(reply.body, bytes) else _plain(reply.body)
        return Response(
            Delivery.ANSWERED,
            reply.status,
            body,
            content_type="application/fhir+json",
            location=reply.headers.get("Location"),
            etag=reply.headers.get("ETag"),
            issues=issues_of(body),
        )

    def _reply(self, request: Request) -> Reply:
        document = _plain(request.body)
        if request.path == "":
            return bundle.answer(self._interactions, document, minimal=False)
        condition = f"{request.if_none_exist}" if request.if_none_exist else None
        path, query = tuple(request.path.split("/")), tuple(request.params.items())
        ask = Ask(request.method, path, query, document, request.if_match, condition, request.creates)
        return self._interactions.answer(ask)

    def _note(self, request: Request) -> None:
        entries = (request.body or {}).get("entry", ()) if request.path == "" else ()
        alone = [request.body] if request.method == "POST" and request.path and not request.if_none_exist else []
        asked = [e for e in entries if e["request"]["method"] == "POST" and "ifNoneExist" not in e["request"]]
        for made in [*alone, *(e["resource"] for e in asked)]:
            number = (made or {})["identifier"][0]
            row = {"what": "create", "at": self.clock.now(), "key": f"{number['system']}|{number['value']}"}
            self.asked.append(row | {"mark": mark_of(_plain(made))})

    # -- others, and the judge

    def somebody(self, type_: str, key: str, system: str, **elements: Any) -> None:
        """Somebody else changes what is there, or makes it."""
        found = [v.resource for v in self.repository.identified(type_, f"{system}|{key}")]
        before = dict(found[0] or {}) if found else {"identifier": [{"system": system, "value": key}]}
        id_ = str(before.get("id", f"of-others-{key}"))
        body = {"resourceType": type_, "id": id_, **before, **elements}
        version = self.repository.write(type_, id_, "PUT", body)
        self.others.add((type_, id_, version.version_id))

    def writes(self) -> list[Write]:
        """What took effect, oldest first; what others wrote has their mark."""
        keys: dict[tuple[str, str], str] = {}
        found = []
        for row in self.repository.everything():
            place, resource = (row["type"], row["id"]), _plain(row["resource"])
            if resource is not None:
                keys[place] = resource["identifier"][0]["value"]
            mark = None if resource is None else mark_of(resource)
            mark = OTHERS if (*place, row["version"]) in self.others else mark
            found.append(Write(TYPES[row["type"]], keys[place], row["id"], row["version"], mark))
        return found


def _plain(node: Any) -> Any:
    return None if node is None else plain_json.loads(json.dumps(node))


def _mangled(answer: Response, fault: str) -> Response:
    """A Bundle's answer as bad servers give it."""
    body: Mapping[str, Any] = answer.body or {}
    entries = body.get("entry")
    if fault not in ("fewer answers", "other order") or body.get("type") != "batch-response" or not entries:
        return answer
    changed = entries[:-1] if fault == "fewer answers" else entries[::-1]
    return Response(Delivery.ANSWERED, 200, {**body, "entry": changed}, content_type="application/fhir+json")
