"""The only door to the converters: record types, raw rows read and checked, record ⇄ resource."""

import functools
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from fhirdesk.converters import merge, plugins, reverse, systems
from fhirdesk.converters import provenance as origins
from fhirdesk.converters.context import RECORD_TYPES, Context, Converter, converter_of
from fhirdesk.converters.provenance import Make
from fhirdesk.converters.references import open_choices, parents, stand_ins
from fhirdesk.converters.row_reader import check_required, read_fields
from fhirdesk.converters.times import AmbiguousTime
from fhirdesk.converters.times import is_before as is_before
from fhirdesk.converters.types import (
    ai_job,
    allergy,
    diagnosis,
    encounter,
    generic_resource,
    lab_result,
    order,
    patient,
    radiology_order,
    radiology_study,
)
from fhirdesk.core.errors import InvalidRecord, Refused
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record, RecordType, Said
from fhirdesk.core.resource import Resource, identifier, is_id
from fhirdesk.core.views import OriginView
from fhirdesk.r4.check import Finding, check

__all__ = ["Make", "open_choices", "parents", "stand_ins"]

_MODULES = (
    patient,
    encounter,
    lab_result,
    ai_job,
    order,
    radiology_order,
    diagnosis,
    radiology_study,
    allergy,
    generic_resource,
)
_CONVERTERS: dict[str, Converter] = {}


def _register(made: Converter) -> None:
    _CONVERTERS[made.record_type.name] = made
    RECORD_TYPES[made.record_type.name] = made.record_type


for _module in _MODULES:
    _register(converter_of(_module))


@functools.cache
def plugin_problems() -> tuple[Reason, ...]:
    """Loads what others have installed beside ours, once; says what cannot be used."""
    found, problems = plugins.load(_CONVERTERS)
    for made in found:
        _register(made)
    return tuple(problems)


@functools.cache
def record_types() -> Mapping[str, RecordType]:
    """Every record type by name."""
    plugin_problems()
    return {name: c.record_type for name, c in _CONVERTERS.items()}


@functools.cache
def row_types() -> Mapping[str, RecordType]:
    """The record types that rows have, by name: all but what comes from FHIR alone."""
    return {name: kind for name, kind in record_types().items() if name != generic_resource.NAME}


def converter(type_: str) -> Converter:
    """The converter of a record type. Raises InvalidRecord."""
    found = _CONVERTERS.get(type_)
    if found is None:
        plugin_problems()
        found = _CONVERTERS.get(type_)
    if found is None:
        raise InvalidRecord("no_such_type", field="type", **unknown_type(type_))
    return found


def unknown_type(type_: str) -> dict[str, str]:
    """What is said of a type that there is not."""
    return {"type": type_[:60], "known": ", ".join(row_types())}


def resource_type(record: Record) -> str:
    """The FHIR type that a record becomes."""
    return converter(record.type).resource_type(record)


def is_ready(record: Record) -> bool:
    """Whether the record is for the server now; else it is stored alone."""
    return converter(record.type).ready(record)


def identifier_system(type_: str, context: Context) -> str:
    """Where the identifiers of a record type live."""
    return context.identifier_system(type_)


def to_resource(record: Record, context: Context) -> Resource:
    """The resource at rest: references by record key."""
    return converter(record.type).to_resource(record, context)


def merge_into(base: Resource, ours: Resource, record: Record, context: Context) -> Resource:
    """What the record changes, laid over the server's resource. `ours`: its resource with the server's ids."""
    return merge.merge_into(base, ours, record, converter(record.type), context)


def from_resource(
    resource: Resource, context: Context, over: Record | None = None, type_: str | None = None
) -> Record | None:
    """The record that a resource tells of, laid over the one it came from; None: no record type is made of it. Fields
    may be missing: then the record is partial."""
    name = over.type if over else type_ or type_of(resource, context)
    if name is None:
        return None
    return reverse.read_back(resource, key_of(resource, name, context), converter(name), context, over)


def provenance(
    record: Record, context: Context, make: Make | None = None, kept: Sequence[Resource] = ()
) -> tuple[OriginView, ...]:
    """Where each value of the record's resource came from, and what of the record was left out. `make`: how the
    resource that is shown is made of it, where that is more than `to_resource`; `kept`: what it is laid over."""
    found = converter(record.type)
    return origins.trace_origins(record, found, make or origins.plain_maker(found, context), kept)


def field_at(record: Record, sent: Resource, expression: str, context: Context | None = None) -> str | None:
    """The record's own field that an expression such as Patient.telecom[0].value is about, in the body sent."""
    return next(iter(fields_at(record, sent, expression, context)), None)


def fields_at(record: Record, sent: Resource, expression: str, context: Context | None = None) -> tuple[str, ...]:
    """All of the record's own fields that it may be about, the likeliest one first."""
    return origins.fields_at(record, sent, expression, converter(record.type), context or Context())


def type_of(resource: Resource, context: Context) -> str | None:
    """The record type of a resource: the one whose identifier it carries, else the first that becomes its type."""
    fits = [name for name, kind in record_types().items() if resource.get("resourceType") in kind.resource_types]
    named = (n for n in fits if identifier(resource, context.identifier_system(n)) is not None)
    return next(named, fits[0] if fits else None)


def type_named(name: str) -> str:
    """The record type of what a reference names so: Patient/1, Practitioner?identifier=…, urn:uuid:…"""
    kind = re.split(r"[/?:]", name, maxsplit=1)[0]
    fits = (n for n, c in _CONVERTERS.items() if kind in c.record_type.resource_types)
    return next(fits, generic_resource.NAME)


def key_of(resource: Resource, type_: str, context: Context) -> str:
    """The record's key: the value under our identifier system, else Type/id."""
    found = identifier(resource, context.identifier_system(type_))
    return found or f"{resource.get('resourceType')}/{resource.get('id', '')}"


def known_id(record: Record) -> str | None:
    """The logical id that the record itself names: the server is said to have it already."""
    name = converter(record.type).record_type.known_id
    found = record.fields.get(name) if name else None
    return found if isinstance(found, str) and is_id(found) else None


def missing_fields(record: Record) -> tuple[str, ...]:
    """The required fields that a partial record lacks."""
    found = converter(record.type)
    lacks = tuple(f.name for f in found.record_type.fields if f.required and f.name not in record.fields)
    if lacks:
        return lacks
    try:
        found.check(record)
    except InvalidRecord as error:
        return (error.field,) if error.code == "field_missing" and error.field else ()
    return ()


def convert(
    raw: Mapping[str, Any], type_: str | None, context: Context, *, table: bool = False
) -> tuple[Record, Resource]:
    """A raw row, its record and its resource, which is R4. Raises InvalidRecord naming the record's own field."""
    record = read_record(raw, type_, context, table=table)
    return record, to_valid_resource(record, context)


def read_record(raw: Mapping[str, Any], type_: str | None, context: Context, *, table: bool = False) -> Record:
    """The record that a raw row makes by itself, in canonical spelling. Raises InvalidRecord naming the field and,
    where known, the key."""
    said = read_row(raw, type_, context, table=table)
    return apply_changes(said, None, said.fields)


def read_row(raw: Mapping[str, Any], type_: str | None, context: Context, *, table: bool = False) -> Said:
    """What a raw row says, each field by itself, in canonical spelling. `table`: it is one of a table. Raises
    InvalidRecord naming the field and, where known, the key."""
    name = raw.get("type") or type_
    if not isinstance(name, str):
        raise InvalidRecord("type_missing", field="type")
    kind = converter(name).record_type
    try:
        fields = read_fields(kind, raw, context, table=table)
        if fields.get(kind.key_field) is None:
            raise InvalidRecord("field_missing", field=kind.key_field)
    except InvalidRecord as error:
        key = raw.get(kind.key_field)
        raise _with_key(error, str(key) if isinstance(key, str | int) and not isinstance(key, bool) else None) from None
    return _build_said(name, str(fields[kind.key_field]), fields)


def _build_said(type_: str, key: str, fields: Mapping[str, Any]) -> Said:
    later = {n: v.later for n, v in fields.items() if isinstance(v, AmbiguousTime)}
    return Said(type_, key, {**fields, **{n: str(fields[n]) for n in later}} if later else fields, later=later)


def apply_changes(said: Said, before: Record | None, changes: Mapping[str, Any]) -> Record:
    """The record that results where `changes` of what is said are laid over the one that is here, and what they make
    outdated goes. Raises InvalidRecord where it lacks a field, or its fields do not go together."""
    found = converter(said.type)
    if before:
        real = {n: v for n, v in changes.items() if before.fields.get(n) != v}
        changes = {**before.fields, **find_outdated(said.type, real, said.fields), **real}
    there = {n: v for n, v in changes.items() if v is not None}
    for field in found.record_type.ends:
        first, later, start = said.fields.get(field.name), said.later.get(field.name), there.get(field.after or "")
        if first and later and start and first == there.get(field.name) and is_before(first, start):
            there[field.name] = later
    record = Record(said.type, said.key, there, before.base if before else None)
    try:
        check_required(found.record_type.fields, record.fields)
        found.check(record)
    except InvalidRecord as error:
        raise _with_key(error, said.key) from None
    return record


def to_valid_resource(record: Record, context: Context) -> Resource:
    """The record's resource, which is R4. Raises InvalidRecord naming the record's own field."""
    made = to_resource(record, context)
    for finding in check(made):
        if finding.severity in ("error", "fatal"):
            raise _to_invalid_record(record, made, finding, context)
    return made


def remarks(said: Said) -> tuple[Reason, ...]:
    """What is to be said of a row, though it is taken: a name that no code system is known by."""
    named = [(f.name, said.fields.get(f.name)) for f in converter(said.type).record_type.fields if f.is_system]
    strange = ((name, value) for name, value in named if isinstance(value, str) and systems.find_system(value) is None)
    return tuple(Reason("import_code_system", {"field": name, "system": value[:60]}) for name, value in strange)


def find_outdated(type_: str, changes: Mapping[str, Any], named: Collection[str]) -> dict[str, None]:
    """The fields that are over with those changes of a record, where what is said does not name them itself."""
    return dict.fromkeys(converter(type_).outdated(changes, named))


def edit_record(record: Record, fields: Mapping[str, Any], context: Context) -> Record:
    """The record edited: with those fields, by name or alias ("" or None removes one), read by the same rules as any
    other row. Raises InvalidRecord; Refused where its key would become another."""
    kind = record_types()[record.type]
    said = _build_said(record.type, record.key, read_fields(kind, fields, context))
    if str(said.fields.get(kind.key_field, record.key)) != record.key:
        raise Refused("key_stays", key=record.key)
    changes = {n: v for n, v in said.fields.items() if record.fields.get(n) != v}
    gone = {f.name: None for f in kind.fields if f.goes_with in changes and f.name not in said.fields}
    made = apply_changes(said, record, changes | gone)
    to_valid_resource(made, context)
    return made


def _with_key(error: InvalidRecord, key: str | None) -> InvalidRecord:
    error.key = error.key or key
    return error


def _to_invalid_record(record: Record, made: Resource, finding: Finding, context: Context) -> InvalidRecord:
    error = InvalidRecord(finding.words, field=field_at(record, made, finding.expression, context), key=record.key)
    error.params |= finding.params
    return error
