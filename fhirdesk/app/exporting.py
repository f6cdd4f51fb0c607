"""Exports the stored records: as FHIR resources with all their digits, one Bundle of them, records, or a table."""

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from fhirdesk.app.resource_keys import full_url
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Draft, Mapper
from fhirdesk.converters.types import generic_resource
from fhirdesk.core.errors import Refused
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.records import Place, Record
from fhirdesk.core.resource import Resource, is_id, named_as
from fhirdesk.files import out as files_out
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import Snapshot
from fhirdesk.sync.references import build_mapper
from fhirdesk.sync.upload.request_builder import resolve_references

PAGE = 500
Write = Callable[[bytes], object]  # takes the next part: whole rows, or pieces of JSON that are cut between texts


def _row(record: Record) -> dict[str, Any]:
    """A record with every field of its type, empty ones as null, so that who imports it clears what is empty here."""
    names = (f.name for f in registry.record_types()[record.type].fields)
    return {"type": record.type} | dict.fromkeys(names) | dict(record.fields)


class Exporter:
    """Writes records and their resources, a page at a time, from one snapshot."""

    def __init__(self, store: Store, mapper: Mapper):
        self._store, self._mapper = store, mapper

    def write(self, type_: str | None, format_: str, to: Write | Path) -> None:
        """Write the records of a type, or of all. `format_`: ndjson, bundle, records or csv (of one type). A Path
        becomes a private file that appears once it is whole. Raises Refused, DiskFull."""
        if format_ == "csv" and (type_ is None or type_ == generic_resource.NAME):
            raise Refused("export_one_type")
        if isinstance(to, Path):
            with files_out.new_file(to) as file:
                self._write(type_, format_, file.write)
        else:
            self._write(type_, format_, to)

    def write_with_references(self, type_: str, key: str, to: Path) -> int:
        """Write a record and all that it refers to, directly or not, as a collection Bundle, which becomes a private
        file once it is whole. Returns the number of resources. Raises NotFound, Refused, DiskFull."""
        with self._store.snapshot() as view, files_out.new_file(to) as file:
            records = self._find_referred(view, view.records.expect(type_, key))
            resources = self._build_resources(view, iter(records))
            for part in files_out.bundle((self._full_url(name, resource), resource) for name, resource in resources):
                file.write(part)
        return len(records)

    def _find_referred(self, view: Snapshot, first: Record) -> list[Record]:
        """The record, then those that it refers to, as far as they are here."""
        records, waiting = {(first.type, first.key): first}, [first]
        while waiting:
            mapper = build_mapper(view, waiting, self._mapper)
            places = {place for record in waiting for place in mapper.draft(record).references} - set(records)
            waiting = [record for place in sorted(places) if (record := view.records.get(*place))]
            records |= {(record.type, record.key): record for record in waiting}
        return list(records.values())

    @staticmethod
    def save_text(text: str | Path, to: Path) -> None:
        """Save a text, or a copy of a file, as a private file that appears once it is whole. Raises Refused,
        DiskFull."""
        with files_out.new_file(to) as file:
            if isinstance(text, Path):
                with text.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(text.encode())

    def _write(self, type_: str | None, format_: str, write: Write) -> None:
        types = [type_] if type_ else list(registry.record_types())
        with self._store.snapshot() as view:
            for part in self._parts(view, types, format_):
                write(part)

    def _parts(self, view: Snapshot, types: Sequence[str], format_: str) -> Iterator[bytes]:
        if format_ == "csv":
            header = [f.name for f in registry.record_types()[types[0]].fields]
            return files_out.csv_file(header, (r.fields for r in self._records(view, types)))
        if format_ == "records":
            rows = (r for r in self._records(view, types) if r.type != generic_resource.NAME)
            return files_out.ndjson(map(_row, rows))
        resources = self._resources(view, types)
        if format_ == "bundle":
            return files_out.bundle((self._full_url(name, resource), resource) for name, resource in resources)
        return files_out.ndjson(resource for _, resource in resources)

    def _records(self, view: Snapshot, types: Sequence[str]) -> Iterator[Record]:
        return itertools.chain.from_iterable(view.records.iterate(t) for t in types)

    def _full_url(self, name: str | None, resource: Mapping[str, Any]) -> str | None:
        id_ = resource.get("id")
        return full_url(name, f"{resource['resourceType']}/{id_}", self._mapper.context.base) if id_ else None

    # -- resources

    def _resources(self, view: Snapshot, types: Sequence[str]) -> Iterator[tuple[str | None, Resource]]:
        return self._build_resources(view, self._records(view, types))

    def _build_resources(self, view: Snapshot, records: Iterator[Record]) -> Iterator[tuple[str | None, Resource]]:
        """Yields the resource of each record with its name; None if that is its Type/id."""
        while page := list(itertools.islice(records, PAGE)):
            mapper = build_mapper(view, page, self._mapper)
            plain = [r for r in page if r.base is None]
            known = view.id_map.get_many({(r.type, r.key) for r in plain})
            ids = self._find_ids(view, {p for r in plain for p in mapper.draft(r).references})
            for draft in map(mapper.draft, page):
                base = draft.record.base
                yield base.name if base else None, draft.resource if base else self._from_row(draft, known, ids)

    @staticmethod
    def _from_row(draft: Draft, known: Mapping[Place, IdMapping], ids: Mapping[Place, IdMapping]) -> Resource:
        """The resource of a record that came from a row, with what the server added if its copy was read."""
        resource = resolve_references(draft.resource, draft, ids)
        mapping = known.get((draft.record.type, draft.record.key))
        if mapping is None:
            return resource
        if mapping.base_read and mapping.base:
            return draft.merge_into(dict(mapping.base), resource)
        return resource | {"id": mapping.logical_id}

    def _find_ids(self, view: Snapshot, places: Set[Place]) -> dict[Place, IdMapping]:
        """The mappings by which references point at the ids that the export gives: those that came with a resource,
        else the server's."""
        ids = view.id_map.get_many(places)
        for name, place in view.records.find_names(places).items():
            kind, id_ = named_as(name)
            if is_id(id_) and "?" not in name:
                ids[place] = IdMapping(*place, kind, id_, None, None)
        return ids
