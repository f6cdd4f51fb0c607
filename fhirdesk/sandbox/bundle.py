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
MAX_ENTRIES = 10_000


def answer(interactions: Interactions, bundle: Any, *, minimal: bool) -> Reply:
    """Do what the entries ask for and return the batch-response or transaction-response. Raises Refusal when the Bundle
    as a whole is refused."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise Refusal(400, "invalid", "Only a Bundle can be posted here")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        raise Refusal(400 if not isinstance(entries, list) else 413, "too-costly", "Too many entries")
    kind = bundle.get("type")
    if kind == "transaction" and interactions.options.transactions:
        replies = _answer_transaction(interactions, entries)
    elif kind == "batch":
        replies = [_answer_entry(interactions, entry) for entry in entries]
    else:
        raise Refusal(400, "not-supported", f"A Bundle of type {kind} is not taken here")
    response = [_build_entry(interactions, reply, minimal) for reply in replies]
    return Reply(200, {"resourceType": "Bundle", "type": f"{kind}-response", "entry": response})


def _answer_entry(interactions: Interactions, entry: Any) -> Reply:
    """Answer one entry of a batch: a refusal of it does not touch the others."""
    try:
        return interactions.answer(read_entry(entry))
    except Refusal as refusal:
        return Reply(refusal.status, refusal.body)


def _answer_transaction(interactions: Interactions, entries: list[Any]) -> list[Reply]:
    """Do all entries or none; references to a urn:uuid become the ids that the server gave."""
    asks = [read_entry(e) for e in entries]
    replies: list[Reply] = [Reply(200)] * len(asks)
    given: dict[str, str] = {}
    interactions.repository.begin()
    interactions.late_references = []
    try:
        for index in sorted(range(len(asks)), key=lambda i: ORDER.get(asks[i].method, 9)):
            replies[index] = interactions.answer(_resolve(asks[index], given))
            full_url = entries[index].get("fullUrl")
            if full_url and (location := replies[index].headers.get("Location")):
                given[full_url] = location.partition("/_history")[0]
        _resolve_stored(interactions, replies, given)
        late, interactions.late_references = interactions.late_references, None
        interactions.assert_references(late)
    except Refusal:
        interactions.repository.rollback()
        raise
    finally:
        interactions.late_references = None
    interactions.repository.commit()
    return replies


def _resolve(ask: Ask, given: Mapping[str, str]) -> Ask:
    body = _replace_references(ask.body, given) if given and ask.body is not None else ask.body
    return replace(ask, body=body)


def _resolve_stored(interactions: Interactions, replies: list[Reply], given: Mapping[str, str]) -> None:
    """Replace the references of resources that were stored before their target had an id (a reference cycle). The
    version is replaced and not added to: for the client the transaction made one version of each."""
    for reply in replies:
        location = reply.headers.get("Location", "").split("/")
        history = interactions.repository.versions.get((location[0], location[1])) if len(location) > 1 else None
        if not history or history[-1].resource is None:
            continue
        swapped = _replace_references(history[-1].resource, given)
        if swapped != history[-1].resource:
            version = type(history[-1])(
                history[-1].method, history[-1].version_id, history[-1].last_updated, swapped, json.dumps(swapped)
            )
            history[-1] = version
            reply.body = version.body
    if interactions.late_references is not None:
        interactions.late_references = [(given.get(r, r), path) for r, path in interactions.late_references]


def _replace_references(node: Any, given: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            k: given.get(v, v) if k == "reference" and isinstance(v, str) else _replace_references(v, given)
            for k, v in node.items()
        }
    if isinstance(node, list):
        return [_replace_references(v, given) for v in node]
    return node


def read_entry(entry: Any) -> Ask:
    """Return the interaction that an entry of a Bundle asks for. Raises Refusal (400) when the entry names none."""
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict) or "method" not in request or "url" not in request:
        raise Refusal(400, "required", "Each entry needs request.method and request.url")
    parts = urlsplit(str(request["url"]))
    path = tuple(unquote(p) for p in parts.path.split("/") if p)
    version = ETAG.fullmatch(str(request.get("ifMatch", "")))
    return Ask(
        str(request["method"]),
        path,
        tuple(parse_qsl(parts.query, keep_blank_values=True)),
        entry.get("resource"),
        version[1] if version else None,
        request.get("ifNoneExist"),
        request.get("ifNoneMatch") == "*",
    )


def _build_entry(interactions: Interactions, reply: Reply, minimal: bool) -> dict[str, Any]:
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
