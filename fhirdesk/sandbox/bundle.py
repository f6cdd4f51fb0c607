"""Batch and transaction Bundles (https://hl7.org/fhir/R4/http.html#transaction)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from fhirdesk.r4 import json
from fhirdesk.sandbox.interactions import Ask, Interactions
from fhirdesk.sandbox.outcomes import Refusal, Reply

ETAG = re.compile(r'(?:W/)?"?([^"]+)"?')
ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}  # of a transaction's entries
MOST = 10_000


def answer(interactions: Interactions, bundle: Any, *, minimal: bool) -> Reply:
    """A batch-response or transaction-response. Raises Refusal when the Bundle as a whole is refused."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Refusal(400, "invalid", "Only a Bundle can be posted here")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or len(entries) > MOST:
        raise Refusal(400 if not isinstance(entries, list) else 413, "too-costly", "Too many entries")
    kind = bundle.get("type")
    if kind == "transaction" and interactions.options.transactions:
        replies = _transaction(interactions, entries)
    elif kind == "batch":
        replies = [_alone(interactions, entry) for entry in entries]
    else:
        raise Refusal(400, "not-supported", f"A Bundle of type {kind} is not taken here")
    response = [_entry(interactions, reply, minimal) for reply in replies]
    return Reply(200, {"resourceType": "Bundle", "type": f"{kind}-response", "entry": response})


def _alone(interactions: Interactions, entry: Any) -> Reply:
    """One entry of a batch: a bad one fails by itself."""
    try:
        return interactions.answer(ask_of(entry))
    except Refusal as refusal:
        return Reply(refusal.status, refusal.body)


def _transaction(interactions: Interactions, entries: list[Any]) -> list[Reply]:
    """All or nothing; urn:uuid references become the ids that were given."""
    asks = [ask_of(e) for e in entries]
    replies: list[Reply] = [Reply(200)] * len(asks)
    given: dict[str, str] = {}
    interactions.repository.begin()
    interactions.late_references = []
    try:
        for place in sorted(range(len(asks)), key=lambda i: ORDER.get(asks[i].method, 9)):
            replies[place] = interactions.answer(_resolved(asks[place], given))
            full_url = entries[place].get("fullUrl")
            if full_url and (location := replies[place].headers.get("Location")):
                given[full_url] = location.partition("/_history")[0]
        _point_at(interactions, replies, given)
        late, interactions.late_references = interactions.late_references, None
        interactions.assert_references(late)
    except Refusal:
        interactions.repository.rollback()
        raise
    finally:
        interactions.late_references = None
    interactions.repository.commit()
    return replies


def _resolved(ask: Ask, given: Mapping[str, str]) -> Ask:
    body = _swap(ask.body, given) if given and ask.body is not None else ask.body
    return replace(ask, body=body)


def _point_at(interactions: Interactions, replies: list[Reply], given: Mapping[str, str]) -> None:
    """What was written before its target got an id is written again with it (a cycle); still version 1 of it all."""
    for reply in replies:
        place = reply.headers.get("Location", "").split("/")
        history = interactions.repository.versions.get((place[0], place[1])) if len(place) > 1 else None
        if not history or history[-1].resource is None:
            continue
        swapped = _swap(history[-1].resource, given)
        if swapped != history[-1].resource:
            version = type(history[-1])(
                history[-1].method, history[-1].version_id, history[-1].last_updated, swapped, json.dumps(swapped)
            )
            history[-1] = version
            reply.body = version.body
    if interactions.late_references is not None:
        interactions.late_references = [(given.get(r, r), path) for r, path in interactions.late_references]


def _swap(node: Any, given: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            k: given.get(v, v) if k == "reference" and isinstance(v, str) else _swap(v, given) for k, v in node.items()
        }
    if isinstance(node, list):
        return [_swap(v, given) for v in node]
    return node


def ask_of(entry: Any) -> Ask:
    """A Bundle's entry as an interaction. Raises Refusal."""
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or "method" not in request or "url" not in request:
        raise Refusal(400, "required", "Each entry needs request.method and request.url")
    parts = urlsplit(str(request["url"]))
    path = tuple(unquote(p) for p in parts.path.split("/") if p)
    found = ETAG.fullmatch(str(request.get("ifMatch", "")))
    return Ask(
        str(request["method"]),
        path,
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
        entry.get("resource"),
        found[1] if found else None,
        request.get("ifNoneExist"),
        request.get("ifNoneMatch") == "*",
    )


def _entry(interactions: Interactions, reply: Reply, minimal: bool) -> dict[str, Any]:
    options = interactions.options
    words = f"{reply.status} {HTTPStatus(reply.status).phrase}" if options.status_words else str(reply.status)
    response: dict[str, Any] = {"status": words}
    if reply.headers.get("Location") and reply.status < 300:
        etag = reply.headers["ETag"]
        response["location"] = reply.headers["Location"]
        response["etag"] = etag if options.weak_etag_in_bundles else etag.removeprefix('W/"').rstrip('"')
        response["lastModified"] = reply.headers["Last-Modified"]
    if reply.status >= 400 and reply.body is not None:
        return {"response": response | {"outcome": reply.body}}
    if minimal or not isinstance(reply.body, bytes):
        document = None if isinstance(reply.body, bytes) else reply.body
        return {"response": response} | ({"resource": document} if document and not minimal else {})
    return {"resource": json.raw(reply.body), "response": response}
