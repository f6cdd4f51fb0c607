"""Ours laid over the server's copy: what others wrote stays, list items are matched by what names them (rule 7)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fhirdesk.converters.base import Converter, Owned
from fhirdesk.r4.json import Number
from fhirdesk.resource import Resource

PARTS_OF_AN_ADDRESS = (
    "text",
    "line",
    "city",
    "district",
    "state",
    "country",
    "postalCode",
    "extension",
    "_line",
    "_text",
)


@dataclass(frozen=True, slots=True)
class Merge:
    """A three-way comparison: the elements changed on both sides, differently."""

    conflicts: tuple[str, ...] = field(default_factory=tuple)


def _name(item: Any, owned: Owned) -> tuple[str | None, ...]:
    return tuple(item.get(n) for n in owned.names or ()) if isinstance(item, dict) else ()


def lay_over(base: Resource, ours: Resource, converter: Converter) -> Resource:
    """The server's resource with our mapped elements; nothing else changes, nothing is reordered."""
    made = dict(base)
    for owned in converter.owned:
        if owned.names is None:
            _set(made, owned.element, ours.get(owned.element))
        else:
            _set(made, owned.element, _items(base.get(owned.element) or [], ours.get(owned.element) or [], owned))
    return made


def _set(resource: Resource, element: str, value: Any) -> None:
    if value:
        resource[element] = value
    else:
        resource.pop(element, None)


def _items(base: list[Any], ours: list[Any], owned: Owned) -> list[Any]:
    """Items of ours in their places, new ones at the end, ours that are no more taken out."""
    wanted = {_name(item, owned): item for item in ours}
    made, placed = [], set()
    for item in base:
        name = _name(item, owned)
        if name in wanted and name not in placed:
            made.append(_merged(item, wanted[name], owned))
            placed.add(name)
        elif name not in owned.slots or name in placed:
            made.append(item)
    return made + [item for name, item in wanted.items() if name not in placed]


def _merged(theirs: dict[str, Any], ours: dict[str, Any], owned: Owned) -> dict[str, Any]:
    """Our members replace theirs; a new address drops the parts of the old one."""
    kept = dict(theirs)
    if owned.element == "address" and theirs.get("text") != ours.get("text"):
        kept = {k: v for k, v in theirs.items() if k not in PARTS_OF_AN_ADDRESS}
    return kept | ours


def same(ours: Resource, theirs: Resource, converter: Converter) -> bool:
    """Whether our mapped elements stand in theirs as we sent them (numbers by value)."""
    return all(_part(ours, o) == _part(theirs, o, like=ours) for o in converter.owned)


def compare(base: Resource, ours: Resource, theirs: Resource, converter: Converter) -> Merge:
    """What both sides changed since the base, differently."""
    conflicts = []
    for owned in converter.owned:
        names = {n for r in (base, ours, theirs) for n in _named(r, owned)}
        for name in sorted(names, key=str):
            was, mine, other = (_named(r, owned).get(name) for r in (base, ours, theirs))
            if was != mine and was != other and mine != other and _mine(name, owned, ours, base):
                conflicts.append(f"{owned.element}{''.join(f' {n}' for n in name if n)}")
    return Merge(tuple(conflicts))


def _mine(name: tuple[str | None, ...], owned: Owned, ours: Resource, base: Resource) -> bool:
    return not name or name in owned.slots or name in _named(ours, owned) or not owned.slots


def _named(resource: Resource, owned: Owned) -> dict[tuple[str | None, ...], Any]:
    value = resource.get(owned.element)
    if value is None:
        return {}
    if owned.names is None:
        return {(): _by_value(value)}
    return {_name(item, owned): _by_value(item) for item in value}


def _part(resource: Resource, owned: Owned, like: Resource | None = None) -> Any:
    """Our part of an element: our items alone, and of each only the members that we write."""
    named = _named(resource, owned)
    if owned.names is None:
        return _only(named.get(()), _named(like, owned).get(()) if like else None)
    model = _named(like, owned) if like is not None else named
    mine = set(model) | set(owned.slots)
    return {n: _only(v, model.get(n)) for n, v in named.items() if n in mine}


def _only(value: Any, model: Any) -> Any:
    """Servers add (a display, an id): of a dict only the members that the model has count."""
    if isinstance(value, dict) and isinstance(model, dict):
        return {k: _only(v, model[k]) for k, v in value.items() if k in model}
    if isinstance(value, list) and isinstance(model, list) and len(value) == len(model):
        return [_only(v, m) for v, m in zip(value, model, strict=True)]
    return value


def _by_value(value: Any) -> Any:
    """Numbers compared by value: some servers print 13.5 for 13.50."""
    if isinstance(value, Number):
        return Decimal(value.text)
    if isinstance(value, bool) or not isinstance(value, int | dict | list):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, dict):
        return {k: _by_value(v) for k, v in value.items()}
    return [_by_value(v) for v in value]
