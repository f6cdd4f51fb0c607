"""Rows of files become records: read, checked against R4, with the resource they came from and whom it refers to."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from fhirdesk.converters import any_resource, bases, registry
from fhirdesk.converters.base import Context, Place
from fhirdesk.errors import InvalidInput, InvalidRecord
from fhirdesk.files import BadRow, Row
from fhirdesk.files.row import Named
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.records import Base, Record
from fhirdesk.resource import Resource, local_id, names, pointer, references
from fhirdesk.store.store import Store

GRAVE = frozenset({"fatal", "error"})
UUID_URN = "urn:uuid:"


class Intake:
    """Reads rows; what is wrong with one is its result."""

    def __init__(self, store: Store, context: Context):
        self._store, self._context = store, context

    def read(self, rows: Sequence[Row | BadRow], type_: str | None = None) -> list[Record | InvalidInput]:
        """A record or what is wrong, for each row in order. `type_`: of records that do not name theirs."""
        resources = [row for row in rows if isinstance(row, Row) and row.is_resource]
        here = self._here(resources) if resources else {}
        return [self._read(row, type_, here) for row in rows]

    def _read(self, row: Row | BadRow, type_: str | None, here: Mapping[str, Place]) -> Record | InvalidInput:
        if isinstance(row, BadRow):
            return row.error
        try:
            if row.is_resource:
                return self._resource(row, here)
            return registry.convert(row.data, type_, self._context)[0]
        except InvalidInput as error:
            return error

    def _resource(self, row: Row, here: Mapping[str, Place]) -> Record:
        """Raises InvalidRecord when it is not R4; its `field` is the expression."""
        for finding in check(row.data):
            if finding.severity in GRAVE:
                error = InvalidRecord(finding.words, field=finding.expression, key=_shown(row.data))
                error.params |= finding.params
                raise error
        base = Base(json.dumps(row.data), self._links(row, here))
        return bases.recalled(*self._place(row), row.data, base, self._context)

    def _place(self, row: Row) -> Place:
        """Key: the value under our identifier system, else Type/id; without an id that of its fullUrl, else one made
        from what it says, so that the same comes to the same place again."""
        resource, url = row.data, row.full_url or ""
        made = url.removeprefix(UUID_URN) if url.startswith(UUID_URN) else None
        return self._named(resource, made or hashlib.sha256(json.canonical(resource)).hexdigest()[:40])

    def _named(self, resource: Resource, id_: str) -> Place:
        type_ = registry.type_of(resource, self._context) or any_resource.NAME
        return type_, registry.key_of({"id": id_} | resource, type_, self._context)

    # -- whom a resource refers to

    def _links(self, row: Row, here: Mapping[str, Place]) -> dict[str, Place]:
        """The records that the references in it mean, where they are known: entries of its own Bundle first."""
        found: dict[str, Place] = {}
        for text in _texts(row.data):
            entry, name = row.around.get(text) or row.around.get(pointer(text) or ""), pointer(text)
            place = self._entry(entry) if entry else here.get(name or "")
            if place and place[1] != name:
                found[text] = place
        return found

    def _entry(self, entry: Named) -> Place | None:
        made = entry.full_url.removeprefix(UUID_URN) if entry.full_url and UUID_URN in entry.full_url else None
        if not (entry.id or made):
            return None
        numbers = [{"system": system, "value": value} for system, value in entry.identifiers]
        resource: dict[str, Any] = {"resourceType": entry.resource_type, "identifier": numbers}
        return self._named(resource | ({"id": entry.id} if entry.id else {}), made or "")

    def _here(self, rows: Sequence[Row]) -> dict[str, Place]:
        """Every name that these resources use for a record which is here, or is one of them."""
        own = {name: self._place(row) for row in rows for name in names(row.data)}
        wanted = {name for row in rows for text in _texts(row.data) if (name := pointer(text))} - own.keys()
        with self._store.reading() as conn:
            found = self._store.records.named(conn, wanted)
            ids = {name: id_ for name in wanted - found.keys() if (id_ := local_id(name))}
            plain = {name: (registry.type_named(name), id_) for name, id_ in ids.items()}
            there = self._store.records.present(conn, set(plain.values()))
        return found | {name: place for name, place in plain.items() if place in there} | own


def _texts(resource: Resource) -> set[str]:
    return {r["reference"] for r in references(resource) if isinstance(r.get("reference"), str)}


def _shown(resource: Resource) -> str:
    """How a refused resource is named to people."""
    id_ = resource.get("id")
    return f"{resource.get('resourceType')}/{id_}" if isinstance(id_, str) else str(resource.get("resourceType"))
