"""The interactions (https://hl7.org/fhir/R4/http.html): create, read, update, delete, history, search, $validate.

The same functions answer a request of its own and an entry of a Bundle.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.outcomes import Refusal, Reply, outcome
from fhirdesk.sandbox.pages import Pages
from fhirdesk.sandbox.repository import Repository, Version, bare
from fhirdesk.sandbox.search import search
from fhirdesk.sandbox.types import RESOURCE_TYPES

ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(/_history/.*)?")


@dataclass(frozen=True, slots=True)
class Ask:
    """One interaction as it was asked for. `path` is relative to the base, without a query."""

    method: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    if_match: str | None = None  # a version id
    if_none_exist: str | None = None  # a query
    new_only: bool = False  # If-None-Match: * (RFC 9110 13.1.2): a PUT that makes, and never changes


class Interactions:
    """Does one interaction on the repository and returns the reply."""

    def __init__(self, repository: Repository, options: Options, base: str):
        self.repository, self.options, self.base = repository, options, base
        self._pages = Pages(repository, options, base)
        self.late_references: list[tuple[str, str]] | None = None  # inside a transaction: checked at its end

    def answer(self, ask: Ask) -> Reply:
        """Do what was asked for and return the reply. Raises Refusal."""
        if ask.path != ("_history",) and (not ask.path or ask.path[0] not in RESOURCE_TYPES):
            raise Refusal(404, "not-supported", f"Unknown resource type '{ask.path[0] if ask.path else ''}'")
        act = ACTS.get((ask.method, _shape(ask.path)))
        if act is None:
            raise Refusal(405, "not-supported", f"{ask.method} /{'/'.join(ask.path)} is not supported")
        return act(self, ask)

    # -- writes

    def create(self, ask: Ask) -> Reply:
        """POST [type]; with If-None-Exist, a resource that matches is returned instead of a second one."""
        type_ = ask.path[0]
        self._assert_type(ask.body, type_)
        if ask.if_none_exist and self.options.conditional_create:
            matches = search(self.repository, type_, parse_qsl(ask.if_none_exist, keep_blank_values=True))
            if len(matches) > 1:
                raise Refusal(412, "multiple-matches", f"If-None-Exist matches {len(matches)} resources")
            if matches:
                return self._reply_with(200, matches[0])
        self._assert_valid(ask.body)
        return self._reply_with(201, self._store(type_, str(uuid.uuid4()), "POST", bare(ask.body)))

    def update(self, ask: Ask) -> Reply:
        """PUT [type]/[id]: 201 for a new resource, 200 for a new version or for one that says nothing new."""
        type_, id_ = ask.path
        self._assert_type(ask.body, type_)
        if ask.body.get("id") != id_:
            raise Refusal(400, "invalid", "The id of the resource differs from the one in the address")
        now = self.repository.current(type_, id_)
        exists = now is not None and now.resource is not None
        restores = self.options.deleted_put_back and now is not None and not exists
        if not restores:
            self._assert_match(ask, now, exists)
        self._assert_valid(ask.body)
        new = bare(ask.body)
        if exists and now and self._is_unchanged(now, new):
            return self._reply_with(200, now)
        return self._reply_with(200 if exists or restores else 201, self._store(type_, id_, "PUT", new))

    def _is_unchanged(self, now: Version, new: Mapping[str, Any]) -> bool:
        """Equal content makes no new version, unless the server counts every write."""
        return not self.options.equal_update_is_new and json.canonical(bare(now.resource or {})) == json.canonical(new)

    def _assert_match(self, ask: Ask, now: Version | None, exists: bool) -> None:
        options = self.options
        if ask.new_only and exists:
            raise Refusal(412, "conflict", f"{'/'.join(ask.path)} is there already")
        if not options.versions:
            return
        if ask.if_match is not None and (not exists or now is None or now.version_id != ask.if_match):
            raise Refusal(options.stale_status, "conflict", "The version is not the current one")
        if ask.if_match is None and exists and options.if_match != "optional":
            raise Refusal(428 if options.if_match == "required" else 412, "required", "If-Match is required")
        if not exists and not options.update_create:
            raise Refusal(405, "not-supported", f"{'/'.join(ask.path)} does not exist; an update does not make it")
        if not exists and not options.numeric_ids and ask.path[1].isdigit():
            raise Refusal(400, "invalid", "Clients may only assign ids which hold a non-numeric character")

    def delete(self, ask: Ask) -> Reply:
        """DELETE [type]/[id]: 204 or 200, as the server is used to; a stale version or a referrer refuses it."""
        type_, id_ = ask.path
        now = self.repository.current(type_, id_)
        exists = now is not None and now.resource is not None
        stale = ask.if_match is not None and (now is None or now.version_id != ask.if_match)
        if stale and self.options.stale_delete_refused:
            raise Refusal(412, "conflict", "The version is not the current one")
        if now is None and self.options.absent_delete_status == 404:
            raise Refusal(404, "not-found", f"{type_}/{id_} is not known")
        if exists and self.options.referenced_delete_refused and (referrer := self._find_referrer(f"{type_}/{id_}")):
            raise Refusal(409, "conflict", f"{referrer} refers to {type_}/{id_}")
        if exists:
            self.repository.write(type_, id_, "DELETE", None)
        if self.options.delete_status == 204:
            return Reply(204)
        return Reply(200, outcome("informational", "Deleted", severity="information"))

    def _find_referrer(self, reference: str) -> str | None:
        for (type_, id_), history in self.repository.versions.items():
            resource = history[-1].resource
            if resource is not None and any(target == reference for target, _ in _iterate_references(resource, type_)):
                return f"{type_}/{id_}"
        return None

    def _store(self, type_: str, id_: str, method: str, resource: Mapping[str, Any]) -> Version:
        if self.options.check_references:
            references = list(_iterate_references(resource, type_))
            if self.late_references is not None:
                self.late_references += references
            else:
                self.assert_references(references)
        return self.repository.write(type_, id_, method, resource)

    def assert_references(self, references: list[tuple[str, str]]) -> None:
        """Raise Refusal (400) for the first reference whose target does not exist."""
        for reference, path in references:
            parts = REFERENCE.fullmatch(reference)
            if parts and parts[1] in RESOURCE_TYPES:
                target = self.repository.current(parts[1], parts[2])
                if target is None or target.resource is None:
                    text = f"Resource {parts[1]}/{parts[2]} not found, specified in path: {path}"
                    raise Refusal(400, "invalid", text, expression=path)

    def _assert_type(self, body: Any, type_: str) -> None:
        if not isinstance(body, dict) or body.get("resourceType") != type_:
            raise Refusal(400, "invalid", f"The body is not a {type_}")

    def _assert_valid(self, body: dict[str, Any]) -> None:
        if not self.options.validate:
            return
        errors = [f for f in check(body) if f.severity in ("error", "fatal")]
        if errors:
            raise Refusal.with_body(self.options.invalid_status, _build_outcome(errors))

    def _reply_with(self, status: int, version: Version) -> Reply:
        resource = version.resource or {}
        if not self.options.versions:
            shown = resource | {"meta": resource.get("meta", {}) | {"versionId": "1"}}
            location = f"{resource.get('resourceType')}/{resource.get('id')}"
            return Reply(status, json.dumps(shown), {"Location": location, "Last-Modified": version.last_updated})
        location = f"{resource.get('resourceType')}/{resource.get('id')}/_history/{version.version_id}"
        headers = {"ETag": f'W/"{version.version_id}"', "Last-Modified": version.last_updated, "Location": location}
        return Reply(status, version.body, headers)

    # -- reads

    def read(self, ask: Ask) -> Reply:
        """GET [type]/[id]: 404 for what never was, 410 for what was deleted."""
        type_, id_ = ask.path
        now = self.repository.current(type_, id_)
        if now is None or not ID.fullmatch(id_):
            raise Refusal(404, "not-found", f"{type_}/{id_} is not known")
        if now.resource is None:
            raise Refusal(410, "deleted", f"{type_}/{id_} was deleted")
        return self._reply_with(200, now)

    def vread(self, ask: Ask) -> Reply:
        """GET [type]/[id]/_history/[vid]: one version, however old."""
        type_, id_, _, number = ask.path
        version = next((v for v in self.repository.history(type_, id_) if v.version_id == number), None)
        if version is None:
            raise Refusal(404, "not-found", f"{type_}/{id_} has no version {number}")
        if version.resource is None:
            raise Refusal(410, "deleted", "This version is the deletion")
        return self._reply_with(200, version)

    def history(self, ask: Ask) -> Reply:
        """GET [type]/[id]/_history, [type]/_history, _history."""
        return Reply(200, self._pages.history(ask.path[:-1], ask.query))

    def search(self, ask: Ask) -> Reply:
        """GET [type]?…, or POST [type]/_search."""
        query = [*ask.query, *(ask.body if isinstance(ask.body, (list, tuple)) else ())]
        return Reply(200, self._pages.search(ask.path[0], query))

    def validate(self, ask: Ask) -> Reply:
        """POST [type]/$validate: the findings, always with 200."""
        body = ask.body
        if isinstance(body, dict) and body.get("resourceType") == "Parameters":
            body = next((p.get("resource") for p in body.get("parameter", []) if p.get("name") == "resource"), None)
        findings = check(body)
        if not findings:
            return Reply(200, outcome("informational", "No issues detected", severity="information"))
        return Reply(200, _build_outcome(findings))


def _build_outcome(findings: Any) -> dict[str, Any]:
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": f.severity, "code": f.code, "expression": [f.expression], "details": {"text": f.text()}}
            for f in findings
        ],
    }


def _iterate_references(node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (reference, path) of everything that a resource refers to, except from its contained resources."""
    if isinstance(node, dict):
        reference = node.get("reference")
        if isinstance(reference, str):
            yield reference, path
        for name, value in node.items():
            if name != "contained" and isinstance(value, (dict, list)):
                yield from _iterate_references(value, f"{path}.{name}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            if isinstance(value, (dict, list)):
                yield from _iterate_references(value, f"{path}[{index}]")


def _shape(path: tuple[str, ...]) -> str:
    """_history · type · type/_history · type/_search · type/$validate · type/id · type/id/_history · …/_history/id"""
    if path == ("_history",):
        return "_history"
    marks = [p if p.startswith(("_", "$")) else "id" for p in path[1:]]
    return "/".join(["type", *marks])


ACTS = {
    ("POST", "type"): Interactions.create,
    ("PUT", "type/id"): Interactions.update,
    ("DELETE", "type/id"): Interactions.delete,
    ("GET", "type/id"): Interactions.read,
    ("GET", "_history"): Interactions.history,
    ("GET", "type/_history"): Interactions.history,
    ("GET", "type/id/_history"): Interactions.history,
    ("GET", "type/id/_history/id"): Interactions.vread,
    ("GET", "type"): Interactions.search,
    ("POST", "type/_search"): Interactions.search,
    ("POST", "type/$validate"): Interactions.validate,
}
