"""Where each value of a resource came from, and which field an expression points at: found by converting again with one
field taken away or changed, so that no table of places is kept."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from fhirdesk.converters.context import Context, Converter, Owned
from fhirdesk.converters.paths import Path, format_path, leaves, matches, parse_path
from fhirdesk.converters.variants import other_values, sample_value
from fhirdesk.core.records import Field, Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.views import How, OriginView
from fhirdesk.r4.json import Number

TYPE: Path = ("resourceType",)
Make = Callable[[Record], Resource]
Places = frozenset[tuple[Path, Any]]


def plain_maker(converter: Converter, context: Context) -> Make:
    """The record's own resource, laid over nothing."""
    return lambda record: converter.to_resource(record, context)


def trace_origins(
    record: Record, converter: Converter, make: Make, kept: Sequence[Resource] = ()
) -> tuple[OriginView, ...]:
    """The origins of each value of the resource that `make` makes of the record, in its order; then the fields that
    were left out. `kept`: resources that `make` lays the record over."""
    theirs = frozenset(place for resource in kept for place in leaves(resource))
    made, moved, brought = _traced(record, converter, make, theirs)
    found = [OriginView(format_path(TYPE), name, How.MAPPED) for name in moved.get(TYPE, ())]
    for path, value in leaves(made):
        at = format_path(path)
        if path in moved:
            found += [OriginView(at, name, _how(record.fields[name], value)) for name in moved[path]]
        elif (path, value) in theirs:
            found.append(OriginView(at, None, How.KEPT))
        else:  # always there, or beside what those fields write
            beside: Sequence[str | None] = brought.get(path) or [None]
            found += [OriginView(at, name, How.DEFAULTED) for name in beside]
    placed = {name for names in (*moved.values(), *brought.values()) for name in names}
    left = (f.name for f in converter.record_type.fields if f.name in record.fields and f.name not in placed)
    return (*found, *(OriginView(None, name, How.LEFT_OUT) for name in left))


def _how(given: Any, value: Any) -> How:
    return How.COPIED if _text(given) == _text(value) else How.MAPPED


def _text(value: Any) -> str:
    return str(value) if isinstance(value, int | Number) and not isinstance(value, bool) else repr(value)


def _traced(
    record: Record, converter: Converter, make: Make, theirs: Places = frozenset()
) -> tuple[Resource, dict[Path, list[str]], dict[Path, list[str]]]:
    """The resource; the fields that change each value; the fields without which it would not be there."""
    made = make(record)
    places = list(leaves(made))
    kept = {path for path, _ in theirs.intersection(places)}
    moved: dict[Path, list[str]] = {}
    brought: dict[Path, list[str]] = {}
    for field in converter.record_type.fields:
        if field.name not in record.fields:
            continue
        changed = _changed(made, field, record, converter, make, kept)
        if field.name == converter.record_type.key_field:
            changed |= _numbers(made, record.key)
        gone = set(_differs(made, make(_with(record, field.name, None, converter))))
        for path in (TYPE, *(p for p, _ in places)):
            if path in changed:
                moved.setdefault(path, []).append(field.name)
            elif path in gone:
                brought.setdefault(path, []).append(field.name)
    return made, moved, brought


def _changed(
    made: Resource, field: Field, record: Record, converter: Converter, make: Make, kept: set[Path]
) -> set[Path]:
    """What other values of the field change; one that makes another FHIR type of it tells nothing of the elements."""
    found: set[Path] = set()
    for value in other_values(field, record.fields[field.name]):
        other = _with(record, field.name, value, converter)
        if converter.resource_type(other) != converter.resource_type(record):
            found.add(TYPE)
            continue
        resource = make(other)
        found.update(_differs(made, resource))
        if kept:  # what only goes away with the old value, such as a display, is not the field's
            found -= kept - {path for path, _ in leaves(resource)}
    return found


def _numbers(made: Resource, key: str) -> set[Path]:
    """Where an identifier says the key: one that was there before stays, whatever the key would be."""
    return {path for path, value in leaves(made) if path[0] == "identifier" and value == key}


def _with(record: Record, name: str, value: Any, converter: Converter) -> Record:
    """The record with another value of that field, or without it."""
    key = str(value) if name == converter.record_type.key_field and value is not None else record.key
    fields = {n: v for n, v in record.fields.items() if n != name} | ({} if value is None else {name: value})
    return replace(record, key=key, fields=fields)


def _differs(made: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """The values of `made` that are others, or not there, in `other`."""
    if made == other:
        return
    if isinstance(made, dict) and isinstance(other, dict):
        for name, value in made.items():
            yield from _differs(value, other.get(name), (*path, name))
    elif isinstance(made, list) and isinstance(other, list):
        yield from _items_differ(made, other, path)
    elif isinstance(made, dict | list):
        yield from (p for p, _ in leaves(made, path))
    else:
        yield path


def _items_differ(made: list[Any], other: list[Any], path: Path) -> Iterator[Path]:
    """Items by their places; of a shorter list those that are missing."""
    if len(other) >= len(made):
        for place, item in enumerate(made):
            yield from _differs(item, other[place], (*path, place))
        return
    rest = list(other)
    for place, item in enumerate(made):
        if rest and item == rest[0]:
            rest.pop(0)
        else:
            yield from (p for p, _ in leaves(item, (*path, place)))


def fields_at(
    record: Record, sent: Resource, expression: str, converter: Converter, context: Context
) -> tuple[str, ...]:
    """The record's fields that an OperationOutcome's expression is about, in the body that was sent, the likeliest one
    first; none: the element is not ours."""
    made, moved, brought = _traced(record, converter, plain_maker(converter, context))
    path = _in_ours(parse_path(expression, made["resourceType"]), sent, made, converter.owned)
    if path is None:
        return ()
    for found in (moved, brought):
        named = [(value, found[at]) for at, value in leaves(made) if at in found and matches(path, at)]
        if named:
            value, names = named[0]
            likely = next((n for n in names if _how(record.fields[n], value) is How.COPIED), names[0])
            return tuple(dict.fromkeys((likely, *(name for _, all_ in named for name in all_))))
    absent = _absent(path, record, converter, context)
    return (absent,) if absent else ()


def _absent(path: Path, record: Record, converter: Converter, context: Context) -> str | None:
    """The field that would write there, if it had a value."""
    for field in converter.record_type.fields:
        if field.name not in record.fields:
            made = converter.to_resource(_with(record, field.name, sample_value(field), converter), context)
            if any(matches(path, at) for at, _ in leaves(made)):
                return field.name
    return None


def _in_ours(path: Path, sent: Resource, ours: Resource, owned: tuple[Owned, ...]) -> Path | None:
    """The same place in our own resource: the body that was sent may hold items of others before ours."""
    if len(path) < 2 or not isinstance(path[1], int):
        return path
    element, place = path[0], path[1]
    here, there = ours.get(str(element)), sent.get(str(element))
    picks = next((o.picks for o in owned if o.element == element), ())
    if not picks or not isinstance(here, list) or not isinstance(there, list) or place >= len(there):
        return path
    for pick in picks:
        wanted, found = pick(here), pick(there)
        if wanted is not None and found is there[place]:
            return (element, next(i for i, item in enumerate(here) if item is wanted), *path[2:])
    return None
