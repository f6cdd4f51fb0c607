"""Rows of files: what each says of its record; of FHIR, checked against R4, the resource and whom it refers to."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from fhirdesk.converters import any_resource, bases, registry
from fhirdesk.converters.base import Context
from fhirdesk.errors import InvalidInput, InvalidRecord
from fhirdesk.files import BadRow, Row
from fhirdesk.files.row import Named
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.records import Base, Place, Record, Said
from fhirdesk.resource import Resource, local_id, names, pointer, references
from fhirdesk.store.store import Store

GRAVE = frozenset({"fatal", "error"})
UUID_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a batch of resources: whom the names in them mean, and where entries of Bundles go."""

    here: Mapping[str, Place] = field(default_factory=dict)
    entries: dict[int, Place | None] = field(default_factory=dict)  # by id of what names them


class Intake:
    """Reads rows; what is wrong with one is its result."""

    def __init__(self, store: Store, context: Context):
        self._store, self._context = store, context

    def read(self, rows: Sequence[Row | BadRow], type_: str | None = None) -> list[Said | InvalidInput]:
        """What each row says, or what is wrong with it, in order. `type_`: of records that do not name theirs."""
        texts = {id(row): _texts(row.data) for row in rows if isinstance(row, Row) and row.is_resource}
        known = Known(self._here([r for r in rows if isinstance(r, Row) and id(r) in texts], texts) if texts else {})
        return [self._read(row, type_, texts.get(id(row), ()), known) for row in rows]

    def _read(self, row: Row | BadRow, type_: str | None, texts: Collection[str], known: Known) -> Said | InvalidInput:
        if isinstance(row, BadRow):
            return row.error
        try:
            if row.is_resource:
                return self._resource(row, texts, known)
            return registry.read_row(row.data, type_, self._context, table=row.is_table)
        except InvalidInput as error:
            return error

    def _resource(self, row: Row, texts: Collection[str], known: Known) -> Said:
        """Raises InvalidRecord when it is not R4; its `field` is the expression."""
        for finding in check(row.data):
            if finding.severity in GRAVE:
                error = InvalidRecord(finding.words, field=finding.expression, key=_shown(row.data))
                error.params |= finding.params
                raise error
        return bases.said(*self._place(row), row.data, self._base(row, texts, known), self._context)

    def recalled(self, row: Row) -> Record:
        """The record of a resource that is R4."""
        texts = _texts(row.data)
        base = self._base(row, texts, Known(self._here([row], {id(row): texts})))
        return bases.recalled(*self._place(row), row.data, base, self._context)

    def _base(self, row: Row, texts: Collection[str], known: Known) -> Base:
        return Base(json.dumps(row.data), self._links(row, texts, known))

    def _place(self, row: Row) -> Place:
        """Key: the value under our identifier system, else Type/id; without an id that of its fullUrl, else one made
        from what it says, so that the same comes to the same place again."""
        if "id" in row.data:
            return self._named(row.data)
        made = _uuid(row.full_url) or hashlib.sha256(json.canonical(row.data)).hexdigest()[:40]
        return self._named({"id": made} | row.data)

    def _named(self, resource: Resource) -> Place:
        type_ = registry.type_of(resource, self._context) or any_resource.NAME
        return type_, registry.key_of(resource, type_, self._context)

    # -- whom a resource refers to

    def _links(self, row: Row, texts: Collection[str], known: Known) -> dict[str, Place]:
        """The records that the references in it mean, where they are known: entries of its own Bundle first."""
        found: dict[str, Place] = {}
        for text in texts:
            name = pointer(text) or ""
            entry = row.around.get(text) or row.around.get(name)
            place = self._entry(entry, known) if entry else known.here.get(name)
            if place and place[1] != name:
                found[text] = place
        return found

    def _entry(self, entry: Named, known: Known) -> Place | None:
        """Where another entry of the Bundle goes."""
        if id(entry) not in known.entries:
            id_ = entry.id or _uuid(entry.full_url)
            numbers = [{"system": system, "value": value} for system, value in entry.identifiers]
            resource: Resource = {"resourceType": entry.resource_type, "id": id_, "identifier": numbers}
            known.entries[id(entry)] = self._named(resource) if id_ else None
        return known.entries[id(entry)]

    def _here(self, rows: Sequence[Row], texts: Mapping[int, Collection[str]]) -> dict[str, Place]:
        """Every name that these resources use for a record which is here, or is one of them."""
        own = self._own(rows)
        wanted = {name for row in rows for text in texts[id(row)] if (name := pointer(text))} - own.keys()
        with self._store.reading() as conn:
            found = self._store.records.named(conn, wanted)
            ids = {name: id_ for name in wanted - found.keys() if (id_ := local_id(name))}
            plain = {name: (registry.type_named(name), id_) for name, id_ in ids.items()}
            there = self._store.records.present(conn, set(plain.values()))
        return found | {name: place for name, place in plain.items() if place in there} | own

    def _own(self, rows: Sequence[Row]) -> dict[str, Place]:
        """What each name means among these; a name that two of them have means none."""
        own: dict[str, set[Place]] = {}
        for row in rows:
            place = self._place(row)
            for name in names(row.data):
                own.setdefault(name, set()).add(place)
        return {name: next(iter(places)) for name, places in own.items() if len(places) == 1}


def _texts(resource: Resource) -> set[str]:
    return {r["reference"] for r in references(resource) if isinstance(r.get("reference"), str)}


def _uuid(full_url: str | None) -> str | None:
    return full_url.removeprefix(UUID_URN) if full_url and full_url.startswith(UUID_URN) else None


def _shown(resource: Resource) -> str:
    """How a refused resource is named to people."""
    id_ = resource.get("id")
    return f"{resource.get('resourceType')}/{id_}" if isinstance(id_, str) else str(resource.get("resourceType"))
