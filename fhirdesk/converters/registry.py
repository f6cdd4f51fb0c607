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


def _register(converter_: Converter) -> None:
    _CONVERTERS[converter_.record_type.name] = converter_
    RECORD_TYPES[converter_.record_type.name] = converter_.record_type


for _module in _MODULES:
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


def is_ready(record: Record) -> bool:
    """Whether the record may be sent now; one that may not is stored and not queued."""
    return converter(record.type).ready(record)


def identifier_system(type_: str, context: Context) -> str:
    """Returns the identifier system of a record type's keys."""
    return context.identifier_system(type_)


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the record's resource; its references name record keys, not yet the server's ids."""
    return converter(record.type).to_resource(record, context)


def merge_into(base: Resource, ours: Resource, record: Record, context: Context) -> Resource:
    """Returns the server's resource with the record's changes. `ours`: the record's resource with the server's ids."""
    return merge.merge_into(base, ours, record, converter(record.type), context)


def from_resource(
    resource: Resource, context: Context, over: Record | None = None, type_: str | None = None
) -> Record | None:
    """Returns the record that a resource describes, or None if no record type fits. `over`: the record that the
    resource was made of; fields that say the same keep their words. Required fields may be missing: the record is
    partial."""
    name = over.type if over else type_ or type_of(resource, context)
    if name is None:
        return None
    return reverse.read_back(resource, key_of(resource, name, context), converter(name), context, over)


def provenance(
    record: Record, context: Context, make: Make | None = None, kept: Sequence[Resource] = ()
) -> tuple[OriginView, ...]:
    """Returns where each value of the record's resource came from, and the fields that were left out. `make`: makes the
    resource that is shown, if it is not `to_resource`; `kept`: the resources that it is merged into."""
    converter_ = converter(record.type)
    return origins.trace_origins(record, converter_, make or origins.plain_maker(converter_, context), kept)


def field_at(record: Record, sent: Resource, expression: str, context: Context | None = None) -> str | None:
    """Returns the record's field that an expression such as Patient.telecom[0].value is about, or None. `sent`: the
    body."""
    return next(iter(fields_at(record, sent, expression, context)), None)


def fields_at(record: Record, sent: Resource, expression: str, context: Context | None = None) -> tuple[str, ...]:
    """Returns all fields of the record that an expression may be about, the likeliest first."""
    return origins.fields_at(record, sent, expression, converter(record.type), context or Context())


def type_of(resource: Resource, context: Context) -> str | None:
    """Returns the record type of a resource: the one whose identifier it carries, else the first of its FHIR type."""
    fits = [name for name, kind in record_types().items() if resource.get("resourceType") in kind.resource_types]
    with_identifier = (n for n in fits if identifier(resource, context.identifier_system(n)) is not None)
    return next(with_identifier, fits[0] if fits else None)


def type_named(name: str) -> str:
    """Returns the record type for the text of a reference: Patient/1, Practitioner?identifier=…, urn:uuid:…"""
    kind = re.split(r"[/?:]", name, maxsplit=1)[0]
    fits = (n for n, c in _CONVERTERS.items() if kind in c.record_type.resource_types)
    return next(fits, generic_resource.NAME)


def key_of(resource: Resource, type_: str, context: Context) -> str:
    """Returns the record's key: the value under our identifier system, else Type/id."""
    number = identifier(resource, context.identifier_system(type_))
    return number or f"{resource.get('resourceType')}/{resource.get('id', '')}"


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


def convert(
    raw: Mapping[str, Any], type_: str | None, context: Context, *, table: bool = False
) -> tuple[Record, Resource]:
    """Returns the record of a raw row, and its resource, which is valid R4. Raises InvalidRecord naming the record's
    field."""
    record = read_record(raw, type_, context, table=table)
    return record, to_valid_resource(record, context)


def read_record(raw: Mapping[str, Any], type_: str | None, context: Context, *, table: bool = False) -> Record:
    """Returns the record that a raw row makes by itself, in canonical spelling. Raises InvalidRecord naming the field
    and, if it is known, the key."""
    said = read_row(raw, type_, context, table=table)
    return apply_changes(said, None, said.fields)


def read_row(raw: Mapping[str, Any], type_: str | None, context: Context, *, table: bool = False) -> Said:
    """Returns what a raw row says, each field in canonical spelling. `table`: the row comes from a CSV. Raises
    InvalidRecord naming the field and, if it is known, the key."""
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
    """Returns the record `before` (None: a new one) with the changes, without the fields that they make outdated.
    Raises InvalidRecord if a required field is missing or the fields contradict each other."""
    converter_ = converter(said.type)
    if before:
        real_changes = {n: v for n, v in changes.items() if before.fields.get(n) != v}
        changes = {**before.fields, **find_outdated(said.type, real_changes, said.fields), **real_changes}
    fields = {n: v for n, v in changes.items() if v is not None}
    for field in converter_.record_type.ends:
        first, later, start = said.fields.get(field.name), said.later.get(field.name), fields.get(field.after or "")
        if first and later and start and first == fields.get(field.name) and is_before(first, start):
            fields[field.name] = later
    record = Record(said.type, said.key, fields, before.base if before else None)
    try:
        check_required(converter_.record_type.fields, record.fields)
        converter_.check(record)
    except InvalidRecord as error:
        raise _with_key(error, said.key) from None
    return record


def to_valid_resource(record: Record, context: Context) -> Resource:
    """Returns the record's resource, which is valid R4. Raises InvalidRecord naming the record's field."""
    resource = to_resource(record, context)
    for finding in check(resource):
        if finding.severity in ("error", "fatal"):
            raise _to_invalid_record(record, resource, finding, context)
    return resource


def remarks(said: Said) -> tuple[Reason, ...]:
    """Returns a remark for each unknown name of a code system; the row is accepted all the same."""
    system_names = [(f.name, said.fields.get(f.name)) for f in converter(said.type).record_type.fields if f.is_system]
    unknown_systems = (
        (name, value) for name, value in system_names if isinstance(value, str) and systems.find_system(value) is None
    )
    return tuple(Reason("import_code_system", {"field": name, "system": value[:60]}) for name, value in unknown_systems)


def find_outdated(type_: str, changes: Mapping[str, Any], fields_in_row: Collection[str]) -> dict[str, None]:
    """Returns the fields that the changes make outdated (a flag of an old value), but none of those in the row
    itself."""
    return dict.fromkeys(converter(type_).outdated(changes, fields_in_row))


def edit_record(record: Record, fields: Mapping[str, Any], context: Context) -> Record:
    """Returns the record with the edited fields, by name or alias ("" or None removes one), read by the rules of any
    row. Raises InvalidRecord; Refused if the edit would change the key."""
    kind = record_types()[record.type]
    said = _build_said(record.type, record.key, read_fields(kind, fields, context))
    if str(said.fields.get(kind.key_field, record.key)) != record.key:
        raise Refused("key_stays", key=record.key)
    changes = {n: v for n, v in said.fields.items() if record.fields.get(n) != v}
    cleared = {f.name: None for f in kind.fields if f.goes_with in changes and f.name not in said.fields}
    edited = apply_changes(said, record, changes | cleared)
    to_valid_resource(edited, context)
    return edited


def _with_key(error: InvalidRecord, key: str | None) -> InvalidRecord:
    error.key = error.key or key
    return error


def _to_invalid_record(record: Record, resource: Resource, finding: Finding, context: Context) -> InvalidRecord:
    error = InvalidRecord(finding.words, field=field_at(record, resource, finding.expression, context), key=record.key)
    error.params |= finding.params
    return error
