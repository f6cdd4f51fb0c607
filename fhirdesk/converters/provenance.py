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
MakeResource = Callable[[Record], Resource]
Places = frozenset[tuple[Path, Any]]


def make_alone(converter: Converter, context: Context) -> MakeResource:
    """Returns the function that makes a record's own resource, merged into no other."""
    return lambda record: converter.to_resource(record, context)


def trace_origins(
    record: Record, converter: Converter, make: MakeResource, merged_into: Sequence[Resource] = ()
) -> tuple[OriginView, ...]:
    """Returns where each value of the resource that `make` makes of the record came from, in the resource's order; then
    the fields that it has no place for. `merged_into`: the resources that `make` merges the record into."""
    server_values = frozenset(leaf for other in merged_into for leaf in leaves(other))
    resource, moved_by, brought_by = _trace(record, converter, make, server_values)
    views = [OriginView(format_path(TYPE), name, How.MAPPED) for name in moved_by.get(TYPE, ())]
    for path, value in leaves(resource):
        at = format_path(path)
        if path in moved_by:
            views += [OriginView(at, name, _how(record.fields[name], value)) for name in moved_by[path]]
        elif (path, value) in server_values:
            views.append(OriginView(at, None, How.KEPT))
        else:  # always there, or beside what those fields write
            beside: Sequence[str | None] = brought_by.get(path) or [None]
            views += [OriginView(at, name, How.DEFAULTED) for name in beside]
    with_place = {name for names in (*moved_by.values(), *brought_by.values()) for name in names}
    without_place = (
        f.name for f in converter.record_type.fields if f.name in record.fields and f.name not in with_place
    )
    return (*views, *(OriginView(None, name, How.LEFT_OUT) for name in without_place))


def _how(field_value: Any, value: Any) -> How:
    return How.COPIED if _text(field_value) == _text(value) else How.MAPPED


def _text(value: Any) -> str:
    return str(value) if isinstance(value, int | Number) and not isinstance(value, bool) else repr(value)


def _trace(
    record: Record, converter: Converter, make: MakeResource, server_values: Places = frozenset()
) -> tuple[Resource, dict[Path, list[str]], dict[Path, list[str]]]:
    """Returns the resource; for each path the fields that change its value; for each path the fields without which it
    would be missing."""
    resource = make(record)
    places = list(leaves(resource))
    kept_paths = {path for path, _ in server_values.intersection(places)}
    moved_by: dict[Path, list[str]] = {}
    brought_by: dict[Path, list[str]] = {}
    for field in converter.record_type.fields:
        if field.name not in record.fields:
            continue
        changed = _changed_paths(resource, field, record, converter, make, kept_paths)
        if field.name == converter.record_type.key_field:
            changed |= _numbers(resource, record.key)
        removed = set(_differs(resource, make(_with_value(record, field.name, None, converter))))
        for path in (TYPE, *(p for p, _ in places)):
            if path in changed:
                moved_by.setdefault(path, []).append(field.name)
            elif path in removed:
                brought_by.setdefault(path, []).append(field.name)
    return resource, moved_by, brought_by


def _changed_paths(
    resource: Resource, field: Field, record: Record, converter: Converter, make: MakeResource, kept_paths: set[Path]
) -> set[Path]:
    """Returns the paths whose values change with the field. A value that turns the resource into another FHIR type
    changes TYPE alone: its elements cannot be compared."""
    paths: set[Path] = set()
    for value in other_values(field, record.fields[field.name]):
        other = _with_value(record, field.name, value, converter)
        if converter.resource_type(other) != converter.resource_type(record):
            paths.add(TYPE)
            continue
        other_resource = make(other)
        paths.update(_differs(resource, other_resource))
        if kept_paths:  # what only goes away with the old value, such as a display, is not the field's
            paths -= kept_paths - {path for path, _ in leaves(other_resource)}
    return paths


def _numbers(resource: Resource, key: str) -> set[Path]:
    """Returns the paths of identifiers whose value is the key. Converting again with another key does not show them:
    an identifier of the server's copy stays, whatever the key is."""
    return {path for path, value in leaves(resource) if path[0] == "identifier" and value == key}


def _with_value(record: Record, name: str, value: Any, converter: Converter) -> Record:
    """Returns the record with another value in that field; None removes the field."""
    key = str(value) if name == converter.record_type.key_field and value is not None else record.key
    fields = {n: v for n, v in record.fields.items() if n != name} | ({} if value is None else {name: value})
    return replace(record, key=key, fields=fields)


def _differs(one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """Yields the paths of the values of `one` that differ or are missing in `other`."""
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for name, value in one.items():
            yield from _differs(value, other.get(name), (*path, name))
    elif isinstance(one, list) and isinstance(other, list):
        yield from _items_differ(one, other, path)
    elif isinstance(one, dict | list):
        yield from (p for p, _ in leaves(one, path))
    else:
        yield path


def _items_differ(one: list[Any], other: list[Any], path: Path) -> Iterator[Path]:
    """Compares items by their index; if `other` is shorter, yields the items that it lacks."""
    if len(other) >= len(one):
        for index, item in enumerate(one):
            yield from _differs(item, other[index], (*path, index))
        return
    rest = list(other)
    for index, item in enumerate(one):
        if rest and item == rest[0]:
            rest.pop(0)
        else:
            yield from (p for p, _ in leaves(item, (*path, index)))


def fields_at(
    record: Record, sent: Resource, expression: str, converter: Converter, context: Context
) -> tuple[str, ...]:
    """Returns the record's fields that an OperationOutcome's expression is about, the likeliest first; () if the
    element is none that we write. `sent`: the body that the server judged."""
    resource, moved_by, brought_by = _trace(record, converter, make_alone(converter, context))
    path = _path_in_ours(parse_path(expression, resource["resourceType"]), sent, resource, converter.owned)
    if path is None:
        return ()
    for fields_by_path in (moved_by, brought_by):
        fields_by_value = [
            (value, fields_by_path[at]) for at, value in leaves(resource) if at in fields_by_path and matches(path, at)
        ]
        if fields_by_value:
            value, names = fields_by_value[0]
            likely = next((n for n in names if _how(record.fields[n], value) is How.COPIED), names[0])
            return tuple(dict.fromkeys((likely, *(name for _, all_ in fields_by_value for name in all_))))
    absent = _find_absent_field(path, record, converter, context)
    return (absent,) if absent else ()


def _find_absent_field(path: Path, record: Record, converter: Converter, context: Context) -> str | None:
    """Returns the empty field that would write to the path if it had a value, or None."""
    for field in converter.record_type.fields:
        if field.name not in record.fields:
            resource = converter.to_resource(_with_value(record, field.name, sample_value(field), converter), context)
            if any(matches(path, at) for at, _ in leaves(resource)):
                return field.name
    return None


def _path_in_ours(path: Path, sent: Resource, ours: Resource, owned: tuple[Owned, ...]) -> Path | None:
    """Returns the same path in our own resource (the body that was sent may hold items of others before ours), or None
    if the item is not ours."""
    if len(path) < 2 or not isinstance(path[1], int):
        return path
    element, index = path[0], path[1]
    our_items, sent_items = ours.get(str(element)), sent.get(str(element))
    picks = next((o.picks for o in owned if o.element == element), ())
    if not picks or not isinstance(our_items, list) or not isinstance(sent_items, list) or index >= len(sent_items):
        return path
    for pick in picks:
        our_item, sent_item = pick(our_items), pick(sent_items)
        if our_item is not None and sent_item is sent_items[index]:
            return (element, next(i for i, item in enumerate(our_items) if item is our_item), *path[2:])
    return None
