"""Sample values of fields, by which `provenance` finds out what of a resource a field changes."""

from collections.abc import Iterator
from typing import Any

from fhirdesk.core.records import Field, Kind
from fhirdesk.r4.json import Number

_SAMPLES: dict[Kind, Any] = {
    Kind.KEY: "X-1",
    Kind.TEXT: "x",
    Kind.CODE: "x",
    Kind.DATE: "2001-01-01",
    Kind.DATETIME: "2001-01-01T00:00:00Z",
    Kind.NUMBER: 1,
    Kind.INTEGER: 1,
    Kind.VALUE: 1,
    Kind.BOOLEAN: True,
    Kind.JSON: {"x": 1},
}


def sample_value(field: Field) -> Any:
    """Returns some value that the field may hold."""
    if field.kind is Kind.LIST:
        plain = next(iter(field.codes.known)) if field.codes else "x"
        return [{f.name: sample_value(f) for f in field.items} if field.items else plain]
    return next(iter(field.codes.known)) if field.codes else _SAMPLES[field.kind]


def other_values(field: Field, value: Any) -> Iterator[Any]:
    """Yields a few values of the field that differ from `value`."""
    if field.codes and isinstance(value, str):
        now = field.codes.code(value)
        yield from [word for word in field.codes.known if field.codes.code(word) != now][:3]
    elif field.kind in (Kind.DATE, Kind.DATETIME):
        year = int(value[:4])
        yield f"{year + 400 if year < 9600 else year - 400:04}{value[4:]}"  # as leap as it was
    elif field.kind is Kind.BOOLEAN:
        yield not value
    elif field.kind is Kind.LIST:
        yield from _lists(field, value)
    elif field.kind is Kind.JSON:
        yield {"other": value}
    elif isinstance(value, int | Number):
        yield from (n for n in (Number("1.25E+20"), Number("-1.25E+20"), 7) if n != value)
    elif field.kind is Kind.VALUE and value[-1:].isdigit():
        yield f"{value[:-1]}{2 if value[-1] == '1' else 1}"  # what was a number with a comparator stays one
    else:
        yield f"{value}x"


def _lists(field: Field, value: Any) -> Iterator[Any]:
    """Yields lists in which one member of one item differs."""
    for index, item in enumerate(value):
        for other in _items(field, item):
            yield [*value[:index], other, *value[index + 1 :]]


def _items(field: Field, item: Any) -> Iterator[Any]:
    if isinstance(item, dict):
        for member in field.items:
            if member.name in item:
                yield from ({**item, member.name: v} for v in other_values(member, item[member.name]))
    else:
        yield from other_values(Field(field.name, codes=field.codes), item)
