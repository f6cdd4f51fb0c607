"""What the embedded server holds: every version of every resource, found by identifier, kept in a file if asked.

The file is an append-only log, one write a line; replayed at start, a line that was cut off by a crash is dropped.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.private_files import open_private
from fhirdesk.r4 import json

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One version: the resource as it was given back, as a document and as the bytes of its answer."""

    method: str
    version_id: str
    last_updated: str
    resource: Resource | None  # None: deleted
    body: bytes = b""


def bare(resource: Mapping[str, Any]) -> Resource:
    """Return a copy without what the server itself writes into meta."""
    meta = {k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated")}
    rest = {k: v for k, v in resource.items() if k != "meta"}
    return rest | {"meta": meta} if meta else rest


def identifiers(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (system, value) of each business identifier."""
    element = resource.get("identifier", [])
    for each in element if isinstance(element, list) else [element]:
        if isinstance(each, dict) and each.get("value"):
            yield str(each.get("system", "")), str(each["value"])


class Repository:
    """Versions by (type, id), oldest first."""

    def __init__(self, path: Path | None = None):
        self.versions: dict[tuple[str, str], list[Version]] = {}
        self._by_identifier: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
        self._by_type: dict[str, dict[tuple[str, str], None]] = {}
        self._order: list[tuple[str, str, int]] = []  # what was written, in order: type, id, index of its version
        self._last = datetime.now(UTC)
        self._undo: list[tuple[str, str]] | None = None
        self._log = self._open(path) if path else None

    # -- the file

    def _open(self, path: Path) -> int:
        whole = 0
        if path.exists():
            for line in path.read_bytes().split(b"\n")[:-1]:
                try:
                    self._replay(json.loads(line))
                except (InvalidDocument, KeyError):
                    break
                whole += len(line) + 1
        log = open_private(path, os.O_RDWR | os.O_CREAT)
        os.ftruncate(log, whole)
        os.lseek(log, 0, os.SEEK_END)
        return log

    def _replay(self, row: dict[str, Any]) -> None:
        version = Version(row["method"], row["version"], row["at"], row["resource"], json.dumps(row["resource"]))
        self._add(row["type"], row["id"], version)
        self._last = max(self._last, datetime.fromisoformat(row["at"]))

    def _append(self, type_: str, id_: str, version: Version) -> None:
        if self._log is not None:
            row: dict[str, Any] = {"type": type_, "id": id_, "method": version.method, "version": version.version_id}
            row |= {"at": version.last_updated, "resource": version.resource}
            os.write(self._log, json.dumps(row) + b"\n")

    def flush(self) -> None:
        """Force the log to the disk, so that what is answered next survives a power cut."""
        if self._log is not None:
            os.fsync(self._log)

    def clear(self) -> None:
        """Remove all versions, from the file too."""
        for held in (self.versions, self._by_identifier, self._by_type, self._order):
            held.clear()
        if self._log is not None:
            os.ftruncate(self._log, 0)
            os.lseek(self._log, 0, os.SEEK_SET)

    def close(self) -> None:
        if self._log is not None:
            os.close(self._log)
            self._log = None

    # -- writing

    def _stamp(self) -> str:
        """Strictly increasing, in milliseconds, so that _lastUpdated orders what was written."""
        now = datetime.now(UTC)
        self._last = max(now, self._last + timedelta(milliseconds=1))
        return self._last.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def write(self, type_: str, id_: str, method: str, resource: Mapping[str, Any] | None) -> Version:
        """Store and return a new version; a resource of None is a deletion."""
        number = str(len(self.versions.get((type_, id_), ())) + 1)
        at = self._stamp()
        document = None
        if resource is not None:
            meta = {**resource.get("meta", {}), "versionId": number, "lastUpdated": at}
            head = {"resourceType": type_, "id": id_, "meta": meta}
            document = head | {k: v for k, v in resource.items() if k not in head}
        version = Version(method, number, at, document, json.dumps(document))
        self._add(type_, id_, version)
        if self._undo is None:
            self._append(type_, id_, version)
        else:
            self._undo.append((type_, id_))
        return version

    def _add(self, type_: str, id_: str, version: Version) -> None:
        place = (type_, id_)
        history = self.versions.setdefault(place, [])
        history.append(version)
        self._order.append((type_, id_, len(history) - 1))
        self._by_type.setdefault(type_, {})[place] = None
        for system, value in identifiers(version.resource or {}):
            for token in (value, f"{system}|{value}"):
                self._by_identifier.setdefault((type_, token), {})[place] = None

    def begin(self) -> None:
        """Start a transaction: what is written until `commit` goes to the file then, or is removed by `rollback`."""
        self._undo = []

    def commit(self) -> None:
        """End the transaction and append its versions to the file."""
        done, self._undo = self._undo or [], None
        for type_, id_ in done:
            self._append(type_, id_, self.versions[type_, id_][-1])

    def rollback(self) -> None:
        """End the transaction and remove its versions."""
        done, self._undo = self._undo or [], None
        for place in reversed(done):
            self.versions[place].pop()
            self._order.pop()
            if not self.versions[place]:
                del self.versions[place]

    # -- reading

    def current(self, type_: str, id_: str) -> Version | None:
        """Return the newest version, without a resource if it was deleted; None: there never was one."""
        history = self.versions.get((type_, id_))
        return history[-1] if history else None

    def history(self, type_: str, id_: str) -> list[Version]:
        """Return all versions of a resource, oldest first."""
        return self.versions.get((type_, id_), [])

    def all_of(self, type_: str) -> Iterator[Version]:
        """Yield the current version of every resource of a type that is not deleted."""
        yield from self._iterate_current(self._by_type.get(type_, ()))

    def identified(self, type_: str, token: str) -> Iterator[Version]:
        """Yield the resources that have an identifier now: `value` or `system|value`."""
        for version in self._iterate_current(self._by_identifier.get((type_, token), ())):
            if any(token in (value, f"{system}|{value}") for system, value in identifiers(version.resource or {})):
                yield version

    def _iterate_current(self, places: Any) -> Iterator[Version]:
        for place in places:
            history = self.versions.get(place)
            if history and history[-1].resource is not None:
                yield history[-1]

    def written(self) -> Iterator[tuple[str, str, Version]]:
        """(type, id, version) of every write that took effect, oldest first."""
        return ((type_, id_, self.versions[type_, id_][index]) for type_, id_, index in self._order)

    def journal(self) -> list[dict[str, Any]]:
        """Every write that took effect, oldest first: what a test compares with what it meant to send."""
        return [self._journal_row(*each) for each in self.written()]

    def everything(self) -> list[dict[str, Any]]:
        """The journal with the resources themselves; None of a deletion."""
        return [{"type": t, "id": i, "version": v.version_id, "resource": v.resource} for t, i, v in self.written()]

    def _journal_row(self, type_: str, id_: str, version: Version) -> dict[str, Any]:
        content = json.canonical(bare(version.resource)) if version.resource else None
        return {
            "at": version.last_updated,
            "method": version.method,
            "type": type_,
            "id": id_,
            "version": version.version_id,
            "deleted": version.resource is None,
            "identifiers": [f"{s}|{v}" for s, v in identifiers(version.resource or {})],
            "sha256": hashlib.sha256(content).hexdigest() if content else None,
        }
