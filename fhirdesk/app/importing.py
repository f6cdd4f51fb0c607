"""Rows of files: what each says of its record; of FHIR, checked against R4, the resource and whom it refers to."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fhirdesk.app.resource_keys import UUID_URN, Naming, find_bundle_entry
from fhirdesk.app.same_person import are_different_people
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.converters.types import generic_resource
from fhirdesk.core.errors import InvalidInput, InvalidRecord
from fhirdesk.core.records import Base, Place, Record, SourceRecord, by_type
from fhirdesk.core.resource import Resource, identifiers, local_id, names, pointer, references
from fhirdesk.files import BadRow, DeletedResource, Row
from fhirdesk.files.row import Named
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from fhirdesk.store.store import Store

GRAVE = frozenset({"fatal", "error"})
SUBSETTED = "SUBSETTED"
OUTCOME = "OperationOutcome"
MOST_TEXT = 300  # characters of a server's message


@dataclass(slots=True)
class ImportState:
    """What is known of an import while its files are read. `other_people`: names of patients that another person has
    here."""

    naming: Naming
    type: str | None = None  # of records that do not name theirs
    other_people: dict[str, str] = field(default_factory=dict)  # name → the key here
    ids_made: Counter[str] = field(default_factory=Counter)  # in this file: how often what has no id was there


@dataclass(frozen=True, slots=True)
class NamedResource:
    """A row that is FHIR, the record it belongs to, what its server or source calls it, and what it refers to."""

    row: Row
    place: Place
    name: str
    meanings: Mapping[str, str | None]  # reference → the name that it means


@dataclass(frozen=True, slots=True)
class ResolvedNames:
    """The records that the names in a batch of resources mean, and those that entries of their Bundles become."""

    places: Mapping[str, Place] = field(default_factory=dict)
    entries: dict[int, Place | None] = field(default_factory=dict)  # by id of what names them


class Importer:
    """Reads what rows say of records; a wrong row gives its error instead. `server`: the profile's FHIR base."""

    def __init__(self, store: Store, mapper: Mapper, server: str | None = None):
        self._store, self._mapper, self._server = store, mapper, server

    def begin_import(self, type_: str | None = None, source: str | None = None) -> ImportState:
        """The state of a new import. `type_`: of rows that do not name theirs; `source`: the system they come from."""
        own = (self._server, self._mapper.context.base) if self._server else (self._mapper.context.base,)
        return ImportState(Naming(own, source), type_)

    def read(self, rows: Sequence[Row | BadRow], state: ImportState) -> list[SourceRecord | InvalidInput]:
        """What each row says, or what is wrong with it, in order."""
        resources = [self._name_resource(r, state) for r in rows if isinstance(r, Row) and r.is_resource]
        by_row = {id(p.row): p for p in self._keep_plain_names(resources)}
        resolved = ResolvedNames(self._resolve_names(list(by_row.values()))) if by_row else ResolvedNames()
        others = self._find_other_people(list(by_row.values()), state)
        return [self._read(row, by_row.get(id(row)), resolved, others, state) for row in rows]

    def remember_other_people(self, rows: Sequence[Row], state: ImportState) -> None:
        """Remember which of these patients are other people than those stored under the same id, before the rows that
        refer to them are read."""
        self._find_other_people([self._name_resource(row, state) for row in rows], state)

    def _read(
        self,
        row: Row | BadRow,
        named: NamedResource | None,
        resolved: ResolvedNames,
        others: Collection[int],
        state: ImportState,
    ) -> SourceRecord | InvalidInput:
        if isinstance(row, BadRow):
            return row.error
        try:
            if named is None:
                return self._mapper.read_row(row.data, state.type, table=row.is_table)
            _check_whole(row.data)
            if id(row) in others:
                raise InvalidRecord("another_person", key=named.place[1], name=named.name)
            for name in named.meanings.values():
                if name in state.other_people:
                    raise InvalidRecord("another_person", key=named.place[1], name=name)
            base = self._build_base(named, resolved, state)
            return self._mapper.read_source_record(*named.place, row.data, base)
        except InvalidInput as error:
            return error

    def to_record(self, row: Row) -> Record:
        """The record that a valid resource becomes; nothing is stored."""
        state = self.begin_import()
        named = self._name_resource(row, state)
        base = self._build_base(named, ResolvedNames(self._resolve_names([named])), state)
        return self._mapper.from_fhir(*named.place, row.data, base)

    def _build_base(self, named: NamedResource, resolved: ResolvedNames, state: ImportState) -> Base:
        own = named.name if named.name != _type_id(named.row.data) else None
        return Base(json.dumps(named.row.data), self._resolve_links(named, resolved, state), own)

    # -- what a resource is called

    def _name_resource(self, row: Row, state: ImportState) -> NamedResource:
        resource = row.data if "id" in row.data else {"id": _make_id(row, state.ids_made)} | row.data
        name = state.naming.name(row.full_url, _type_id(resource))
        return NamedResource(
            row,
            self._find_place(resource, name),
            name,
            {t: state.naming.name_meant(row, t) for t in _reference_texts(row.data)},
        )

    def _find_place(self, resource: Resource, name: str) -> Place:
        """The record of a resource: its key is the value under our own identifier system, else the resource's name."""
        type_ = self._mapper.type_of(resource) or generic_resource.NAME
        key = self._mapper.key_of(resource, type_)
        return type_, name if key == _type_id(resource) else key

    def _keep_plain_names(self, resources: Sequence[NamedResource]) -> Sequence[NamedResource]:
        """Keep a record's plain key where the same resource came before without its server's address or its source's
        name."""
        fresh = [p for p in resources if p.place[1] == p.name != _type_id(p.row.data)]
        if not fresh:
            return resources
        with self._store.snapshot() as view:
            present = view.records.find_present({p.place for p in fresh})
            plain = {(p.place[0], _type_id(p.row.data)) for p in fresh if p.place not in present}
            here: dict[Place, Record] = {}
            for type_, keys in by_type(plain).items():
                here |= {(type_, k): r for k, r in view.records.get_many(type_, keys, replacing=True).items()}
        before = {id(p): place for p in fresh if (place := (p.place[0], _type_id(p.row.data))) in here}
        return [
            replace(p, place=before[id(p)]) if id(p) in before and _is_read_from(here[before[id(p)]], p.row.data) else p
            for p in resources
        ]

    # -- who is somebody else

    def find_place_of(self, gone: DeletedResource, state: ImportState) -> Place:
        """The record of a resource that was deleted where it came from."""
        name = state.naming.name(gone.full_url, gone.name)
        with self._store.snapshot() as view:
            place = view.records.find_by_names([name]).get(name)
        return place or (registry.type_named(gone.name), name)

    def _find_other_people(self, resources: Sequence[NamedResource], state: ImportState) -> set[int]:
        """The rows (by id) of patients whose key is a plain Type/id that another person has here, or had before them in
        this batch. Their names are kept in the state, because what refers to them is not the other's."""
        people = [p for p in resources if p.name == p.place[1] == _type_id(p.row.data) and p.place[0] == "patient"]
        if not people:
            return set()
        with self._store.snapshot() as view:
            here = view.records.get_many("patient", [p.name for p in people], replacing=True)
        bodies = {key: json.loads(record.base.body) for key, record in here.items() if record.base}
        others = {id(p.row) for p in people if are_different_people(bodies.setdefault(p.name, p.row.data), p.row.data)}
        state.other_people |= {p.name: p.place[1] for p in people if id(p.row) in others}
        return others

    # -- whom a resource refers to

    def _resolve_links(self, named: NamedResource, resolved: ResolvedNames, state: ImportState) -> dict[str, Place]:
        """The records that the resource's references mean, as far as their text does not say so: entries of its own
        Bundle first."""
        links: dict[str, Place] = {}
        for text, name in named.meanings.items():
            entry = find_bundle_entry(named.row, text)
            place = self._find_entry(entry, resolved, state) if entry else resolved.places.get(name or "")
            if place is None and name and local_id(text) and name != text:  # of another server or source, not here yet
                place = registry.type_named(text), name
            if place and place[1] != (pointer(text) or text):
                links[text] = place
        return links

    def _find_entry(self, entry: Named, resolved: ResolvedNames, state: ImportState) -> Place | None:
        """The record that another entry of the Bundle becomes; None if nothing names it."""
        if id(entry) not in resolved.entries:
            id_ = entry.id or _uuid(entry.full_url)
            numbers = [{"system": system, "value": value} for system, value in entry.identifiers]
            resource: Resource = {"resourceType": entry.resource_type, "id": id_ or "", "identifier": numbers}
            name = state.naming.name(entry.full_url, _type_id(resource))
            here = resolved.places.get(name) if name != _type_id(resource) else None
            place = here or self._find_place(resource, name)
            resolved.entries[id(entry)] = place if id_ or place[1] != _type_id(resource) else None
        return resolved.entries[id(entry)]

    def _resolve_names(self, resources: Sequence[NamedResource]) -> dict[str, Place]:
        """The record that each name in these resources means, if it is stored here or is one of them."""
        own = _names_among(resources)
        unknown = {name for p in resources for name in p.meanings.values() if name} - own.keys()
        with self._store.snapshot() as view:
            named = view.records.find_by_names(unknown)
            ids = {name: id_ for name in unknown - named.keys() if (id_ := local_id(name))}
            plain = {name: (registry.type_named(name), id_) for name, id_ in ids.items()}
            present = view.records.find_present(set(plain.values()))
        return named | {name: place for name, place in plain.items() if place in present} | own


def _names_among(resources: Sequence[NamedResource]) -> dict[str, Place]:
    """The record that each name of these resources means; a name that two of them have means none."""
    own: dict[str, set[Place]] = {}
    for each in resources:
        plain = _type_id(each.row.data)
        for name in {each.name, *names(each.row.data)} - ({plain} if each.name != plain else set()):
            own.setdefault(name, set()).add(each.place)
    return {name: next(iter(places)) for name, places in own.items() if len(places) == 1}


def _is_read_from(record: Record, resource: Resource) -> bool:
    """Whether a record was read from that resource: they share a number, or say the same."""
    body: Resource = json.loads(record.base.body) if record.base else {}
    numbers = [{(i.get("system"), i.get("value")) for i in identifiers(r) if i.get("system")} for r in (body, resource)]
    contents = [json.canonical({n: v for n, v in r.items() if n != "meta"}) for r in (body, resource)]
    return bool(numbers[0] & numbers[1]) or contents[0] == contents[1]


def _check_whole(resource: Resource) -> None:
    """Raises InvalidRecord if the resource is not R4 (`field` is the expression), is no record, or is not whole."""
    if resource.get("resourceType") == OUTCOME:
        raise InvalidRecord("resource_is_outcome", text=_outcome_text(resource))
    for finding in check(resource):
        if finding.severity in GRAVE:
            error = InvalidRecord(finding.words, field=finding.expression, key=_display_name(resource))
            error.params |= finding.params
            raise error
    tags = (resource.get("meta") or {}).get("tag") or ()
    if any(tag.get("code") == SUBSETTED for tag in tags):
        raise InvalidRecord("resource_in_part", key=_display_name(resource))


def _outcome_text(outcome: Resource) -> str:
    """The first message of an OperationOutcome."""
    issues = outcome.get("issue")
    for issue in issues if isinstance(issues, list) else []:
        details = issue.get("details") if isinstance(issue, dict) else None
        text = isinstance(issue, dict) and (
            issue.get("diagnostics") or (details or {}).get("text") or issue.get("code")
        )
        if text:
            return str(text)[:MOST_TEXT]
    return "–"


def _make_id(row: Row, counts: Counter[str]) -> str:
    """The id of a resource without one: that of its fullUrl, else one made from what it says, so that the same comes to
    the same place again; what is in a file twice is two."""
    if uuid := _uuid(row.full_url):
        return uuid
    body = json.canonical(row.data)
    digest = hashlib.sha256(body).hexdigest()[:40]
    counts[digest] += 1
    return digest if counts[digest] == 1 else hashlib.sha256(body + b"#%d" % counts[digest]).hexdigest()[:40]


def _reference_texts(resource: Resource) -> set[str]:
    return {r["reference"] for r in references(resource) if isinstance(r.get("reference"), str)}


def _type_id(resource: Resource) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id', '')}"


def _uuid(full_url: str | None) -> str | None:
    return full_url.removeprefix(UUID_URN) if full_url and full_url.startswith(UUID_URN) else None


def _display_name(resource: Resource) -> str:
    """The name of a refused resource as people see it: Type/id, or the type alone."""
    id_ = resource.get("id")
    return f"{resource.get('resourceType')}/{id_}" if isinstance(id_, str) else str(resource.get("resourceType"))
