"""The only door to the converters: record types, raw rows read and checked, record ⇄ resource."""

import functools
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from fhirdesk.converters import encounter, lab_result, patient
from fhirdesk.converters.base import Context, Converter
from fhirdesk.converters.values import NUMBER, check_date, check_datetime, number
from fhirdesk.errors import InvalidRecord
from fhirdesk.r4.json import Number
from fhirdesk.records import Field, Kind, Record, RecordType
from fhirdesk.resource import Resource

_MODULES = (patient, encounter, lab_result)
_CONVERTERS: dict[str, Converter] = {m.TYPE.name: m.CONVERTER for m in _MODULES}
_CHECKS: dict[str, Callable[[Record], None]] = {m.TYPE.name: m.check for m in _MODULES}
IGNORED = frozenset({"type", "last_synced_at"})
NESTED = {"patient": "patient_id", "encounter": "encounter_id"}  # older exports: {"patient": {"patient_id": …}}


@functools.cache
def record_types() -> Mapping[str, RecordType]:
    """Every record type by name."""
    return {name: c.record_type for name, c in _CONVERTERS.items()}


def converter(type_: str) -> Converter:
    """The converter of a record type. Raises InvalidRecord."""
    found = _CONVERTERS.get(type_)
    if found is None:
        raise InvalidRecord("no_such_type", field="type", type=type_)
    return found


def resource_type(record: Record) -> str:
    """The FHIR type that a record becomes."""
    return converter(record.type).resource_type(record)


def identifier_system(type_: str, context: Context) -> str:
    """Where the identifiers of a record type live."""
    return f"{context.base}/identifier/{converter(type_).record_type.identifier}"


def to_resource(record: Record, context: Context) -> Resource:
    """The resource at rest: references by record key."""
    return converter(record.type).to_resource(record, context)


def read_record(raw: Mapping[str, Any], type_: str | None, context: Context) -> Record:
    """A raw row, checked and in canonical spelling. Raises InvalidRecord naming the field and, where known, the key."""
    name = raw.get("type") or type_
    if not isinstance(name, str):
        raise InvalidRecord("type_missing", field="type")
    kind = converter(name).record_type
    key = raw.get(kind.key_field)
    try:
        fields = _fields(kind, _flat(raw, kind), context)
        if kind.key_field not in fields:
            raise InvalidRecord("field_missing", field=kind.key_field)
        record = Record(name, str(fields[kind.key_field]), fields)
        _required(kind, fields)
        _CHECKS[name](record)
        return record
    except InvalidRecord as error:
        error.key = error.key or (str(key) if isinstance(key, str | int) else None)
        raise


def _flat(raw: Mapping[str, Any], kind: RecordType) -> dict[str, Any]:
    flat = dict(raw)
    for outer, inner in NESTED.items():
        if isinstance(flat.get(outer), dict) and kind.field(inner):
            flat.setdefault(inner, flat.pop(outer).get(inner))
    return flat


def _fields(kind: RecordType, raw: Mapping[str, Any], context: Context) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in raw.items():
        field = kind.field(name)
        if field is None:
            if name in IGNORED:
                continue
            raise InvalidRecord("field_unknown", field=str(name))
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if field.name in found:
            raise InvalidRecord("field_twice", field=field.name)
        found[field.name] = READERS[field.kind](value, field, context)
    return found


def _required(kind: RecordType, fields: Mapping[str, Any]) -> None:
    for field in kind.fields:
        if field.required and field.name not in fields:
            raise InvalidRecord("field_missing", field=field.name)


def _text(value: Any, field: Field, _context: Context) -> str:
    if not isinstance(value, str):
        raise InvalidRecord("field_text", field=field.name)
    if any(c < " " and c not in "\t\r\n" for c in value):
        raise InvalidRecord("field_control", field=field.name)
    if not any(_visible(c) for c in value):
        raise InvalidRecord("field_invisible", field=field.name)
    return value


def _visible(char: str) -> bool:
    return not char.isspace() and char != "\ufeff" and unicodedata.category(char) != "Cs"


def _code(value: Any, field: Field, context: Context) -> str:
    text = _text(value, field, context).strip()
    if "  " in text or "\n" in text or "\t" in text:
        raise InvalidRecord("field_code", field=field.name, value=text)
    return text


def _key(value: Any, field: Field, context: Context) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _code(value, field, context)


def _date(value: Any, field: Field, context: Context) -> str:
    return check_date(_text(value, field, context).strip(), field.name)


def _datetime(value: Any, field: Field, context: Context) -> str:
    return check_datetime(_text(value, field, context).strip(), field.name, context)


def _number(value: Any, field: Field, context: Context) -> int | Number:
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Number):
        raise InvalidRecord("field_number", field=field.name)
    return value


def _value(value: Any, field: Field, context: Context) -> int | Number | str:
    if isinstance(value, int | Number) and not isinstance(value, bool):
        return value
    text = _text(value, field, context)
    return number(text.strip()) if NUMBER.fullmatch(text.strip()) else text


def _boolean(value: Any, field: Field, _context: Context) -> bool:
    words = {"true": True, "false": False}
    found = words.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise InvalidRecord("field_boolean", field=field.name)
    return found


READERS: Mapping[Kind, Callable[[Any, Field, Context], Any]] = {
    Kind.KEY: _key,
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.NUMBER: _number,
    Kind.INTEGER: _number,
    Kind.VALUE: _value,
    Kind.BOOLEAN: _boolean,
}
