"""The door to the converters for all that depends on the record type alone; `mapper` is the other one."""

import functools
import re
from collections.abc import Collection, Mapping
from typing import Any

from fhirdesk.converters import merge, plugins, systems
from fhirdesk.converters.context import RECORD_TYPES, Converter, converter_of
from fhirdesk.converters.references import open_choices, parents, stand_ins
from fhirdesk.converters.row_reader import check_required
from fhirdesk.converters.times import AmbiguousTime
from fhirdesk.converters.times import is_before as is_before
from fhirdesk.converters.types import MODULES, generic_resource
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record, RecordType, SourceRecord
from fhirdesk.core.resource import Resource, is_id

__all__ = ["open_choices", "parents", "stand_ins"]

_CONVERTERS: dict[str, Converter] = {}


def _register(converter_: Converter) -> None:
    _CONVERTERS[converter_.record_type.name] = converter_
    RECORD_TYPES[converter_.record_type.name] = converter_.record_type


for _module in MODULES:
    _register(converter_of(_module))


@functools.cache
def plugin_problems() -> tuple[Reason, ...]:
    """Loads the installed plug-ins, once; returns a problem for each one that cannot be used."""
    plugin_converters, problems = plugins.load(_CONVERTERS)
    for plugin_converter in plugin_converters:
        _register(plugin_converter)
    return tuple(problems)


@functools.cache
def record_types() -> Mapping[str, RecordType]:
    """Returns every record type by name, those of plug-ins too."""
    plugin_problems()
    return {name: c.record_type for name, c in _CONVERTERS.items()}


@functools.cache
def row_types() -> Mapping[str, RecordType]:
    """Returns the record types that rows may have, by name: all but the one for resources without a record type."""
    return {name: kind for name, kind in record_types().items() if name != generic_resource.NAME}


def converter(type_: str) -> Converter:
    """Returns the converter of a record type. Raises InvalidRecord if there is no such type."""
    known_converter = _CONVERTERS.get(type_)
    if known_converter is None:
        plugin_problems()
        known_converter = _CONVERTERS.get(type_)
    if known_converter is None:
        raise InvalidRecord("no_such_type", field="type", **unknown_type(type_))
    return known_converter


def unknown_type(type_: str) -> dict[str, str]:
    """Returns the parameters of the message `no_such_type`."""
    return {"type": type_[:60], "known": ", ".join(row_types())}


def resource_type(record: Record) -> str:
    """Returns the FHIR type that a record becomes."""
    return converter(record.type).resource_type(record)


def same(type_: str, ours: Resource, theirs: Resource) -> bool:
    """Whether the server's copy holds every element of our mapping as we sent it; numbers are compared by value."""
    return merge.same(ours, theirs, converter(type_))


def is_ready(record: Record) -> bool:
    """Whether the record may be sent now; one that may not is stored and not queued."""
    return converter(record.type).ready(record)


def type_named(name: str) -> str:
    """Returns the record type for the text of a reference: Patient/1, Practitioner?identifier=…, urn:uuid:…"""
    kind = re.split(r"[/?:]", name, maxsplit=1)[0]
    fits = (n for n, c in _CONVERTERS.items() if kind in c.record_type.resource_types)
    return next(fits, generic_resource.NAME)


def known_id(record: Record) -> str | None:
    """Returns the logical id that the record names itself (its source knows the server's id), or None."""
    name = converter(record.type).record_type.known_id
    id_ = record.fields.get(name) if name else None
    return id_ if isinstance(id_, str) and is_id(id_) else None


def missing_fields(record: Record) -> tuple[str, ...]:
    """Returns the required fields that a partial record lacks."""
    converter_ = converter(record.type)
    names = tuple(f.name for f in converter_.record_type.fields if f.required and f.name not in record.fields)
    if names:
        return names
    try:
        converter_.check(record)
    except InvalidRecord as error:
        return (error.field,) if error.code == "field_missing" and error.field else ()
    return ()


def build_source_record(type_: str, key: str, fields: Mapping[str, Any]) -> SourceRecord:
    """Returns what a row says, its fields read; of a time that the clinic's clock shows twice the first is meant."""
    later = {n: v.later for n, v in fields.items() if isinstance(v, AmbiguousTime)}
    return SourceRecord(type_, key, {**fields, **{n: str(fields[n]) for n in later}} if later else fields, later=later)


def apply_changes(incoming: SourceRecord, before: Record | None, changes: Mapping[str, Any]) -> Record:
    """Returns the record `before` (None: a new one) with the changes, without the fields that they make outdated.
    Raises InvalidRecord if a required field is missing or the fields contradict each other."""
    converter_ = converter(incoming.type)
    if before:
        real_changes = {n: v for n, v in changes.items() if before.fields.get(n) != v}
        changes = {
            **before.fields,
            **find_outdated(incoming.type, real_changes, incoming.fields),
            **real_changes,
        }
    fields = {n: v for n, v in changes.items() if v is not None}
    for field in converter_.record_type.ends:
        first, later, start = (
            incoming.fields.get(field.name),
            incoming.later.get(field.name),
            fields.get(field.after or ""),
        )
        if first and later and start and first == fields.get(field.name) and is_before(first, start):
            fields[field.name] = later
    record = Record(incoming.type, incoming.key, fields, before.base if before else None)
    try:
        check_required(converter_.record_type.fields, record.fields)
        converter_.check(record)
    except InvalidRecord as error:
        raise with_key(error, incoming.key) from None
    return record


def remarks(incoming: SourceRecord) -> tuple[Reason, ...]:
    """Returns a remark for each unknown name of a code system; the row is accepted all the same."""
    system_names = [
        (f.name, incoming.fields.get(f.name)) for f in converter(incoming.type).record_type.fields if f.is_system
    ]
    unknown_systems = (
        (name, value) for name, value in system_names if isinstance(value, str) and systems.find_system(value) is None
    )
    return tuple(Reason("import_code_system", {"field": name, "system": value[:60]}) for name, value in unknown_systems)


def find_outdated(type_: str, changes: Mapping[str, Any], fields_in_row: Collection[str]) -> dict[str, None]:
    """Returns the fields that the changes make outdated (a flag of an old value), but none of those in the row
    itself."""
    return dict.fromkeys(converter(type_).outdated(changes, fields_in_row))


def with_key(error: InvalidRecord, key: str | None) -> InvalidRecord:
    """Returns the error with the record's key, if it names none."""
    error.key = error.key or key
    return error


plugin_problems()  # whoever asks for a record type, by whatever door, knows those of plug-ins
