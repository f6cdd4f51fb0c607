"""Compares what a source says of a record with what it said last: only a difference is a change (rule 1).

So an old full export does not undo what an edit, a colleague or a pull has changed since.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidInput
from fhirdesk.core.records import Record, SourceRecord
from fhirdesk.store.records.source_marks import Marks, compute_marks, hash_name

BODY = ""  # the name under which the whole resource is marked, beside its fields


class SourceResult(NamedTuple):
    """The resulting record, and the marks of what the source said this time."""

    record: Record
    marks: Marks


def fill_unnamed(incoming: SourceRecord) -> SourceRecord:
    """The row taken as complete: fields that it does not name are empty."""
    if incoming.base:
        return incoming
    every = {f.name: None for f in registry.record_types()[incoming.type].fields}
    return replace(incoming, fields=every | dict(incoming.fields))


def apply_source(incoming: SourceRecord, before: Record | None, last: Marks, mapper: Mapper) -> SourceResult:
    """Apply what a source says to the stored record. `last`: the marks of what it said before; a field that it names
    for the first time is compared with the record. Raises InvalidRecord."""
    if before is None or not before.fields:  # no fields: the row is damaged, and is replaced
        before, last = None, {}
    return (
        _apply_resource(incoming, before, last, mapper) if incoming.base else _apply_row(incoming, before, last, mapper)
    )


def _apply_row(incoming: SourceRecord, before: Record | None, last: Marks, mapper: Mapper) -> SourceResult:
    now = compute_marks(incoming.fields)
    if before is None:
        return SourceResult(_check(registry.apply_changes(incoming, None, incoming.fields), mapper), now)
    fields = before.fields
    changes = {n: v for n, v in incoming.fields.items() if _is_changed(n, now, last, fields.get(n) != v)}
    if not changes:
        return SourceResult(before, now)
    now |= compute_marks(registry.find_outdated(incoming.type, changes, incoming.fields))
    if all(fields.get(n) == v for n, v in changes.items()):
        return SourceResult(before, now)
    return SourceResult(_check(registry.apply_changes(incoming, before, changes), mapper), now)


def _check(record: Record, mapper: Mapper) -> Record:
    mapper.to_valid_resource(record)
    return record


def _is_changed(name: str, now: Marks, last: Marks, differs: bool) -> bool:
    mark = hash_name(name)
    return last[mark] != now[mark] if mark in last else differs


def _apply_resource(incoming: SourceRecord, before: Record | None, last: Marks, mapper: Mapper) -> SourceResult:
    assert incoming.base
    now = compute_marks({**incoming.fields, BODY: incoming.base.body})
    body = hash_name(BODY)
    if before is not None and (last.get(body) == now[body] or _says_no_more(before, incoming, mapper)):
        return SourceResult(before, now)
    record = mapper.update_record(before, incoming)
    if before is None:
        return SourceResult(record, now)
    unchanged = {n for n in {**before.fields, **record.fields} if last.get(hash_name(n)) == now.get(hash_name(n))}
    return SourceResult(replace(record, fields=_keep_unchanged(record.fields, before.fields, unchanged)), now)


def _keep_unchanged(values: Mapping[str, Any], stored: Mapping[str, Any], unchanged: set[str]) -> dict[str, Any]:
    """The fields as the source says them, except the unchanged ones: they stay as they are stored."""
    return {n: v for n, v in values.items() if n not in unchanged} | {n: v for n, v in stored.items() if n in unchanged}


def _says_no_more(before: Record, incoming: SourceRecord, mapper: Mapper) -> bool:
    """True if the source's resource is one that this program built from the stored record."""
    if incoming.base is None or before.base is not None:
        return False
    try:
        return mapper.draft(before).says_the_same(incoming.base)
    except InvalidInput:  # the stored record cannot become a resource
        return False
