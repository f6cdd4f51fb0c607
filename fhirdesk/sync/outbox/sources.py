"""What a source says of a record against what it said last: only what it says otherwise is a change (rule 1).

An old full export takes nothing back that an edit, a colleague or a pull has changed since.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from fhirdesk.converters import registry, source_resource
from fhirdesk.converters.context import Context
from fhirdesk.core.errors import InvalidInput
from fhirdesk.core.records import Record, Said
from fhirdesk.store.records.source_marks import Marks, compute_marks, hash_name

BODY = ""  # the whole resource, beside its fields


class SourceResult(NamedTuple):
    """The record that results, and what the source has said of it now."""

    record: Record
    said: Marks


def completed(said: Said) -> Said:
    """A row taken as whole: what it does not name is empty."""
    if said.base:
        return said
    every = {f.name: None for f in registry.record_types()[said.type].fields}
    return replace(said, fields=every | dict(said.fields))


def apply_source(said: Said, before: Record | None, last: Marks, context: Context) -> SourceResult:
    """What becomes of the record that is here. `last`: what its source said of it before; a first meeting, field by
    field, is compared with the record. Raises InvalidRecord."""
    if before is None or not before.fields:  # no fields: its row is damaged, and is mended
        before, last = None, {}
    return _resource(said, before, last, context) if said.base else _row(said, before, last, context)


def _row(said: Said, before: Record | None, last: Marks, context: Context) -> SourceResult:
    now = compute_marks(said.fields)
    if before is None:
        return SourceResult(_right(registry.apply_changes(said, None, said.fields), context), now)
    here = before.fields
    changes = {n: v for n, v in said.fields.items() if _is_otherwise(n, now, last, here.get(n) != v)}
    if not changes:
        return SourceResult(before, now)
    now |= compute_marks(registry.find_outdated(said.type, changes, said.fields))
    if all(here.get(n) == v for n, v in changes.items()):
        return SourceResult(before, now)
    return SourceResult(_right(registry.apply_changes(said, before, changes), context), now)


def _right(record: Record, context: Context) -> Record:
    registry.to_valid_resource(record, context)
    return record


def _is_otherwise(name: str, now: Marks, last: Marks, differs: bool) -> bool:
    mark = hash_name(name)
    return last[mark] != now[mark] if mark in last else differs


def _resource(said: Said, before: Record | None, last: Marks, context: Context) -> SourceResult:
    assert said.base
    now = compute_marks({**said.fields, BODY: said.base.body})
    body = hash_name(BODY)
    if before is not None and (last.get(body) == now[body] or _says_no_more(before, said, context)):
        return SourceResult(before, now)
    told = source_resource.update_record(before, said, context)
    if before is None:
        return SourceResult(told, now)
    stays = {n for n in {**before.fields, **told.fields} if last.get(hash_name(n)) == now.get(hash_name(n))}
    return SourceResult(replace(told, fields=_mixed(told.fields, before.fields, stays)), now)


def _mixed(told: Mapping[str, Any], here: Mapping[str, Any], stays: set[str]) -> dict[str, Any]:
    """What is told, but for the fields that stay as they are here."""
    return {n: v for n, v in told.items() if n not in stays} | {n: v for n, v in here.items() if n in stays}


def _says_no_more(before: Record, said: Said, context: Context) -> bool:
    """Whether it was read from a resource that we made ourselves of the record that is here."""
    if said.base is None or before.base is not None:
        return False
    try:
        return source_resource.says_the_same(before, said.base, context)
    except InvalidInput:  # the one that is here cannot be made a resource
        return False
