"""A raw row becomes a record: each field read by its kind, what is wrong named by its field (docs/records.md)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from fhirdesk.converters.context import Context
from fhirdesk.converters.numbers import parse_number
from fhirdesk.converters.times import check_date, check_datetime
from fhirdesk.core.errors import InvalidDocument, InvalidRecord
from fhirdesk.core.records import Codes, Field, Kind, RecordType
from fhirdesk.r4 import json
from fhirdesk.r4.json import Number

IGNORED = frozenset({"type", "last_synced_at"})
LONGEST = 1024 * 1024  # characters of a text (https://hl7.org/fhir/R4/datatypes.html#string)
MOST_KNOWN = 20  # words in one message
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_VISIBLE = re.compile(r"[^\s\ufeff]")
_SHORTENED = re.compile(r"-?\d(?:[.,]\d+)?[eE][+-]\d{2,3}|\d+[.,]0+")  # as a spreadsheet writes a long number
_BLANKS = re.compile(r"\s{2,}|[\t\r\n]")
Reader = Callable[[Any, Field, Context], Any]
Step = tuple[Field, Reader]
Plan = Mapping[str, Step]
_PLANS: dict[int, tuple[RecordType, Plan]] = {}  # by identity; the type is kept, so that no other gets its id
_TRUTH = {"true": True, "false": False}


def read_fields(kind: RecordType, raw: Mapping[str, Any], context: Context, *, table: bool = False) -> dict[str, Any]:
    """Returns the fields that the row names, in canonical spelling; None for an empty one. `table`: an empty cell in a
    column that the record type does not have is ignored. Raises InvalidRecord naming the field."""
    fields: dict[str, Any] = {}
    plan = _plan(kind)
    for name, value in raw.items():
        step = plan.get(name)
        if step is None:
            step, value = _unplanned(name, value, raw, kind, table)
            if step is None:
                continue
        field, read = step
        if _is_empty(value):
            fields.setdefault(field.name, None)
        elif fields.get(field.name) is not None:
            raise InvalidRecord("field_twice", field=field.name)
        else:
            fields[field.name] = read(value, field, context)
    return fields


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, str) and value.isspace())


def _plan(kind: RecordType) -> Plan:
    """Returns, by name and alias, each field and the reader of its values; built once for a record type."""
    known = _PLANS.get(id(kind))
    if known is None:
        steps = {name: (f, READERS[f.kind]) for f in kind.fields for name in (f.name, *f.aliases)}
        known = _PLANS[id(kind)] = kind, steps
    return known[1]


def _unplanned(name: str, value: Any, raw: Mapping[str, Any], kind: RecordType, table: bool) -> tuple[Step | None, Any]:
    """Returns (step, value) for a name that is no field: older exports nest {"patient": {"patient_id": …}}. The step is
    None if the name is ignored. Raises InvalidRecord if it is unknown."""
    inner = kind.field(f"{name}_id")
    if inner is not None and inner.refers_to:
        value = {inner.name: None} if _is_empty(value) else _json(value, inner, None)
        if isinstance(value, Mapping):
            is_needed = inner.name in value and inner.name not in raw
            return ((inner, READERS[inner.kind]) if is_needed else None), value.get(inner.name)
    if name in IGNORED or (table and _is_empty(value)):
        return None, None
    raise InvalidRecord("field_unknown", field=str(name)[:60])


def check_required(fields: tuple[Field, ...], values: Mapping[str, Any], path: str = "") -> None:
    """Raises InvalidRecord naming the first required field that is missing."""
    for field in fields:
        if field.required and field.name not in values:
            raise InvalidRecord("field_missing", field=path + field.name)


def _text(value: Any, field: Field, _context: Context) -> str:
    if not isinstance(value, str):
        raise InvalidRecord("field_text", field=field.name)
    if len(value) > LONGEST:
        raise InvalidRecord("field_too_long", field=field.name)
    if value.isprintable() and not value.isspace():
        return value  # the usual case: no control, no surrogate, something to see
    if _CONTROL.search(value):
        raise InvalidRecord("field_control", field=field.name)
    if not _VISIBLE.search(value):
        raise InvalidRecord("field_invisible", field=field.name)
    return value


def _code(value: Any, field: Field, context: Context) -> str:
    text = _text(value, field, context).strip()
    if (" " in text or not text.isprintable()) and _BLANKS.search(text):
        raise InvalidRecord("field_blanks", field=field.name)
    if field.codes:
        check_code(text, field.codes, field.name)
    return text


def check_code(text: str, codes: Codes, field: str) -> None:
    """Raises InvalidRecord if the coded field does not take that word."""
    if not codes.takes(text):
        raise InvalidRecord("field_code", field=field, known=", ".join(codes.known[:MOST_KNOWN]))


def _key(value: Any, field: Field, context: Context) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str | Number) and _SHORTENED.fullmatch(str(value).strip()):
        raise InvalidRecord("key_shortened", field=field.name, value=str(value).strip()[:60])
    return _code(value, field, context)


def _date(value: Any, field: Field, context: Context) -> str:
    return check_date(_text(value, field, context).strip(), field.name)


def _datetime(value: Any, field: Field, context: Context) -> str:
    text = check_datetime(_text(value, field, context).strip(), field.name, context)
    return text if field.after else str(text)


def _number(value: Any, field: Field, context: Context) -> int | Number:
    if isinstance(value, str) and (number := parse_number(value)) is not None:
        return number
    if isinstance(value, bool) or not isinstance(value, int | Number):
        raise InvalidRecord("field_number", field=field.name)
    return value


def _integer(value: Any, field: Field, context: Context) -> int:
    number = _number(value, field, context)
    if not isinstance(number, int):
        raise InvalidRecord("field_integer", field=field.name)
    return number


def _value(value: Any, field: Field, context: Context) -> int | Number | str:
    if isinstance(value, int | Number) and not isinstance(value, bool):
        return value
    text = _text(value, field, context)
    number = parse_number(text)
    return text if number is None else number


def _boolean(value: Any, field: Field, _context: Context) -> bool:
    truth = _TRUTH.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(truth, bool):
        raise InvalidRecord("field_boolean", field=field.name)
    return truth


def _list(value: Any, field: Field, context: Context) -> list[Any]:
    """Reads a list, or the JSON of one (CSV); a single item is a list of one."""
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        value = _parse_json(value, field)
    items = value if isinstance(value, list) else [value]
    return [_item(item, i, field, context) for i, item in enumerate(items)]


def _item(item: Any, index: int, field: Field, context: Context) -> Any:
    path = f"{field.name}[{index}]"
    if not isinstance(item, Mapping):
        if not field.plain_items:
            raise InvalidRecord("field_object", field=path)
        return (_code if field.codes else _text)(item, Field(path, codes=field.codes), context)
    if not field.items:
        raise InvalidRecord("field_text", field=path)
    members = {f.name: f for f in field.items}
    values = {}
    for name, value in item.items():
        member = members.get(name)
        if member is None:
            raise InvalidRecord("field_unknown", field=f"{path}.{str(name)[:60]}")
        if value is not None and not (isinstance(value, str) and not value.strip()):
            member_at_path = Field(f"{path}.{name}", member.kind, codes=member.codes)
            values[name] = READERS[member.kind](value, member_at_path, context)
    check_required(field.items, values, f"{path}.")
    return values


def _json(value: Any, field: Field, _context: Context | None) -> Any:
    """Returns any JSON as it is; a text that begins like an object or a list is parsed (CSV)."""
    return _parse_json(value, field) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value


def _parse_json(value: str, field: Field) -> Any:
    try:
        return json.loads(value)
    except InvalidDocument:
        raise InvalidRecord("field_json", field=field.name) from None


READERS: Mapping[Kind, Reader] = {
    Kind.KEY: _key,
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.VALUE: _value,
    Kind.BOOLEAN: _boolean,
    Kind.LIST: _list,
    Kind.JSON: _json,
}
