"""A small FHIR server on the loopback whose answers a test scripts, with a journal of what it was asked and did."""

import gzip
import itertools
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Body = dict[str, Any]
KINDS = ("Patient", "Encounter", "Observation", "Procedure", "ServiceRequest", "MedicationRequest", "ImagingStudy")
FORWARDED = ("If-Match", "If-None-Match", "If-None-Exist", "Cache-Control", "Content-Encoding")


@dataclass
class RecordedRequest:
    """One line of the journal."""

    method: str
    path: str
    body: Body | None
    headers: dict[str, str]
    status: int = 0


@dataclass
class Reply:
    """What happens instead: an answer, or none; `after`: only once the request was done."""

    status: int | None = None  # None: the connection is closed without an answer
    body: Body | None = None
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False


Script = Callable[[RecordedRequest], Reply | None]
Rewrite = Callable[[list[Body]], list[Body]]


def issue(code: str, expression: str | None = None) -> Body:
    """An OperationOutcome of one issue."""
    one: Body = {"severity": "error", "code": code} | ({"expression": [expression]} if expression else {})
    return {"resourceType": "OperationOutcome", "issue": [one]}


class FakeFhirServer:
    """Resources of a few types in memory, with versions; `drops`: elements it does not store."""

    def __init__(
        self,
        *,
        conditional: bool = True,
        update_create: bool = False,
        batch: bool = False,
        honours_if_match_on_delete: bool = True,
        drops: tuple[str, ...] = (),
        versions: bool = True,
        transaction: bool = False,
        stale: int = 412,
        takes: tuple[str, ...] = ("create", "read", "update", "delete", "search-type"),
    ):
        self.conditional, self.update_create, self.batch = conditional, update_create, batch
        self.strict_delete, self.drops = honours_if_match_on_delete, drops
        self.versions, self.takes = versions, takes
        self.transaction, self.stale = transaction, stale
        self.rewrites: list[Rewrite] = []  # of the next answers to Bundles
        self.held: dict[str, Body] = {}  # "Patient/1" → resource
        self.journal: list[RecordedRequest] = []
        self.script: Script = lambda asked: None
        self._ids, self._lock = itertools.count(1), threading.RLock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "FakeFhirServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/fhir"

    def asked(self, method: str, kind: str = "") -> list[RecordedRequest]:
        """What was asked, in order, without /metadata."""
        return [a for a in self.journal if a.method == method and a.path.startswith(kind) and a.path != "metadata"]

    def put(self, kind: str, id_: str, **elements: Any) -> Body:
        """Something that others wrote."""
        before = self.held.get(f"{kind}/{id_}", {"meta": {"versionId": "0"}})
        version = str(int(before["meta"]["versionId"]) + 1)
        made = {"resourceType": kind, "id": id_, "meta": {"versionId": version}} | elements
        self.held[f"{kind}/{id_}"] = made
        return made

    def shown(self, act: Reply) -> Reply:
        """Without versions the answers name none."""
        if self.versions:
            return act
        body = {k: v for k, v in act.body.items() if k != "meta"} if act.body else None
        headers = {k: v for k, v in act.headers.items() if k not in ("ETag", "Location")}
        return Reply(act.status, body, headers)

    # -- what a FHIR server does

    def answer(self, asked: RecordedRequest) -> tuple[int, Body | None, dict[str, str]]:
        """Status, body, headers."""
        path, _, query = asked.path.partition("?")
        kind, _, id_ = path.partition("/")
        if path == "metadata":
            return 200, self._metadata(), {}
        if asked.method == "POST":
            return self._create(kind, asked)
        if asked.method == "GET" and id_:
            found = self.held.get(path)
            return (200, found, _etag(found)) if found else (404, issue("not-found"), {})
        if asked.method == "GET":
            return 200, self._searchset(kind, parse_qs(query).get("identifier", ["|"])[0]), {}
        return self._delete(path, asked) if asked.method == "DELETE" else self._update(kind, id_, asked)

    def _create(self, kind: str, asked: RecordedRequest) -> tuple[int, Body | None, dict[str, str]]:
        condition = asked.headers.get("If-None-Exist")
        if condition and self.conditional:
            found = self._found(kind, unquote(condition.removeprefix("identifier=")))
            if found:
                return 200, found[0], _etag(found[0])
        return 201, *self._stored(kind, str(next(self._ids)), asked.body or {})

    def _update(self, kind: str, id_: str, asked: RecordedRequest) -> tuple[int, Body | None, dict[str, str]]:
        before = self.held.get(f"{kind}/{id_}")
        if before is None and not self.update_create:
            return 404, issue("not-found"), {}
        if before and (not _matches(asked, before) or asked.headers.get("If-None-Match") == "*"):
            return self.stale, issue("conflict"), {}
        return 200 if before else 201, *self._stored(kind, id_, asked.body or {})

    def _delete(self, path: str, asked: RecordedRequest) -> tuple[int, Body | None, dict[str, str]]:
        before = self.held.get(path)
        if before and self.strict_delete and not _matches(asked, before):
            return 412, issue("conflict"), {}
        self.held.pop(path, None)
        return 204, None, {}

    def _stored(self, kind: str, id_: str, body: Body) -> tuple[Body, dict[str, str]]:
        made = self.put(kind, id_, **{k: v for k, v in body.items() if k not in ("id", "meta", *self.drops)})
        return made, _etag(made) | {"Location": f"{self.url}/{kind}/{id_}/_history/{made['meta']['versionId']}"}

    def _found(self, kind: str, token: str) -> list[Body]:
        held = [r for path, r in self.held.items() if path.startswith(f"{kind}/")]
        asked = [_wanted(one) for one in re.findall(r"(?:\\.|[^\\,])+", token)]
        return [r for r in held if any(w.items() <= i.items() for i in r.get("identifier", ()) for w in asked)]

    def _searchset(self, kind: str, token: str) -> Body:
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [{"resource": r} for r in self._found(kind, token)],
        }

    def _metadata(self) -> Body:
        codes = [{"code": c} for c in self.takes]
        kind = {"interaction": codes, "conditionalCreate": self.conditional, "updateCreate": self.update_create}
        rest = {"mode": "server", "resource": [kind | {"type": k, "versioning": "versioned-update"} for k in KINDS]}
        kinds = {"batch": self.batch, "transaction": self.transaction}
        rest["interaction"] = [{"code": name} for name, on in kinds.items() if on]
        return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [rest]}

    # -- HTTP

    def handle(self, asked: RecordedRequest) -> Reply:
        """One request: the script first."""
        with self._lock:
            self.journal.append(asked)
            act = self.script(asked)
            if act and not act.after:
                asked.status = act.status or 0
                return act
            status, body, headers = self._bundle(asked) if asked.path == "" else self.answer(asked)
            asked.status = status if act is None else act.status or 0
            return act or self.shown(Reply(status, body, headers))

    def _bundle(self, asked: RecordedRequest) -> tuple[int, Body, dict[str, str]]:
        """A batch entry by entry; a transaction all or none, its references by fullUrl resolved."""
        body, before = asked.body or {}, dict(self.held)
        whole = body.get("type") == "transaction"
        acts = [self._inner(e) for e in (_resolved(body, self._peek) if whole else body).get("entry", ())]
        refused = next((a for a in acts if whole and (a.status or 0) >= 400), None)
        if refused:
            self.held = before
            return refused.status or 400, refused.body or {}, {}
        made = [_responded(a) for a in acts]
        if self.rewrites:
            made = self.rewrites.pop(0)(made)
        return 200, {"resourceType": "Bundle", "type": f"{body.get('type')}-response", "entry": made}, {}

    def _inner(self, entry: Body) -> Reply:
        inner = entry["request"]
        named = {"If-Match": "ifMatch", "If-None-Match": "ifNoneMatch", "If-None-Exist": "ifNoneExist"}
        headers = {header: inner.get(name, "") for header, name in named.items()}
        return self.handle(RecordedRequest(inner["method"], inner["url"], entry.get("resource"), headers))

    def _peek(self, count: int) -> list[str]:
        """The ids that the next creates will get."""
        ids = [str(next(self._ids)) for _ in range(count)]
        self._ids = itertools.chain(ids, self._ids)  # type: ignore[assignment]
        return ids

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                parts = urlsplit(self.path)
                path = parts.path.removeprefix("/fhir").strip("/") + (f"?{parts.query}" if parts.query else "")
                headers = {n: self.headers[n] for n in FORWARDED if self.headers.get(n)}
                data = gzip.decompress(data) if headers.get("Content-Encoding") == "gzip" else data
                act = server.handle(RecordedRequest(self.command, path, json.loads(data) if data else None, headers))
                if act.status is None:
                    self.close_connection = True
                    return
                body = json.dumps(act.body).encode() if act.body is not None else b""
                self.send_response(act.status)
                for name, value in act.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = serve  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                """Nothing to stderr."""

        return Handler


def _wanted(token: str) -> dict[str, str]:
    """`system|value`, or a value of any system; a backslash makes the next character plain."""
    parts = [re.sub(r"\\(.)", r"\1", part) for part in re.findall(r"(?:\\.|[^\\|])+", token)]
    return {"system": parts[0], "value": parts[1]} if len(parts) > 1 else {"value": parts[-1] if parts else ""}


def _etag(resource: Body | None) -> dict[str, str]:
    return {"ETag": f'W/"{resource["meta"]["versionId"]}"'} if resource else {}


def _matches(asked: RecordedRequest, before: Body) -> bool:
    wanted = asked.headers.get("If-Match")
    return not wanted or wanted == _etag(before)["ETag"]


def _responded(act: Reply) -> Body:
    response = {"status": str(act.status), "location": act.headers.get("Location"), "etag": act.headers.get("ETag")}
    return {"response": {k: v for k, v in response.items() if v}, "resource": act.body}


def _resolved(bundle: Body, ids: Callable[[int], list[str]]) -> Body:
    """The Bundle with the ids that its creates will get in place of their fullUrls."""
    posts = [e for e in bundle["entry"] if e["request"]["method"] == "POST"]
    text = json.dumps(bundle)
    for entry, id_ in zip(posts, ids(len(posts)), strict=True):
        text = text.replace(f'"{entry["fullUrl"]}"', f'"{entry["request"]["url"]}/{id_}"')
    resolved: Body = json.loads(text)
    return resolved
