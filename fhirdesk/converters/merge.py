"""An update is our changes merged into the server's copy: what others wrote stays, and list items are matched by what
names them (docs/queue.md, rule 7)."""

from collections.abc import Iterator
from typing import Any

from fhirdesk.converters.context import Converter, Owned
from fhirdesk.converters.numbers import decimal_of
from fhirdesk.converters.paths import leaves
from fhirdesk.core.resource import Resource
from fhirdesk.r4.json import Number

# What describes a value is removed when the value changes: a city with its line, a display with its code.
GOES_WITH = {
    "line": ("text", "_text", "city", "_city", "district", "_district", "state", "_state", "extension", "_line"),
    "text": ("coding", "_coding"),  # where we know no code, that of the old text
    "code": ("display", "_display", "version", "userSelected"),
    "boundsDuration": ("boundsPeriod", "boundsRange"),
    "doseQuantity": ("doseRange",),
}
# What our mapping may have read from an element that changes now (a text from a display, a family name from the text
# of the whole name): it is written out, so that it is not lost.
READ_FROM = {"coding": ("text",), "given": ("family",), "family": ("given",)}
ADDED_BY_SERVERS = frozenset({"id", "meta", "text"})


def merge_into(base: Resource, ours: Resource, before: Resource, converter: Converter) -> Resource:
    """Returns the server's resource (`base`) with the record's changes; nothing else changes, nothing is reordered.
    `ours`: the record's resource with the server's ids in its references; `before`: `base` as our mapping reads it."""
    merged = dict(base)
    for owned in converter.owned:
        if owned.element == "identifier":
            _merge_identifiers(merged, ours.get("identifier") or [], owned)
        elif owned.choice:
            _merge_choice(merged, before, ours, owned.element)
        else:
            _merge_element(merged, before.get(owned.element), ours.get(owned.element), owned)
    return merged


def _merge_element(merged: Resource, ours_before: Any, ours_now: Any, owned: Owned) -> None:
    theirs = merged.get(owned.element)
    if owned.picks and isinstance(theirs, list):
        value = _merge_picked(theirs, ours_before or [], ours_now or [], owned)
    else:
        value = _merge_value(theirs, ours_before, ours_now)
    if value != theirs:
        _set(merged, owned.element, value)
        merged.pop(f"_{owned.element}", None)  # it was about the old value


def _set(resource: Resource, element: str, value: Any) -> None:
    if value is None or value == [] or value == {}:
        resource.pop(element, None)
    else:
        resource[element] = value


def _merge_identifiers(merged: Resource, ours: list[Any], owned: Owned) -> None:
    """Adds our identifiers, or corrects their values. Those of others stay, and so do members that others added to
    ours."""
    theirs = list(_list(merged.get("identifier")))
    for pick in owned.picks or ():
        identifier, existing = pick(ours), pick(theirs)
        if identifier is not None and existing is None:
            theirs.append(identifier)
        elif identifier is not None and existing.get("value") != identifier.get("value"):
            theirs = [{**i, "value": identifier["value"]} if i is existing else i for i in theirs]
    _set(merged, "identifier", theirs)


def _merge_choice(merged: Resource, before: Resource, ours: Resource, element: str) -> None:
    """Merges a value[x]: if ours changed, it replaces every other form of the choice."""
    old, new = dict(_choices(before, element)), dict(_choices(ours, element))
    if old == new:
        return
    for name in [n for n, _ in _choices(merged, element)]:
        merged.pop(f"_{name}", None)
        if name not in new:
            del merged[name]
    for name, value in new.items():
        merged[name] = _merge_value(merged.get(name), old.get(name), value)


def _choices(resource: Resource, element: str) -> Iterator[tuple[str, Any]]:
    length = len(element)
    return ((n, v) for n, v in resource.items() if n.startswith(element) and n[length : length + 1].isupper())


def _merge_picked(theirs: list[Any], ours_before: list[Any], ours_now: list[Any], owned: Owned) -> list[Any]:
    """Returns their list with our items changed in place, new ones appended and removed ones left out."""
    merged = list(theirs)
    for pick in owned.picks:
        existing, old, new_item = pick(theirs), pick(ours_before), pick(ours_now)
        if old == new_item:
            continue
        if existing is None:
            merged.append(new_item)
        elif new_item is None:
            merged = [i for i in merged if i is not existing]
        else:
            merged = [_merge_value(i, old, new_item) if i is existing else i for i in merged]
    return merged


def _merge_value(theirs: Any, before: Any, after: Any) -> Any:
    """Returns their value with what differs between `before` (their value as our mapping reads it) and `after`
    (ours)."""
    if before == after or after is None:
        return theirs if before == after else None
    if isinstance(after, dict) and isinstance(theirs, dict):
        return _merge_members(theirs, before if isinstance(before, dict) else {}, after)
    if isinstance(after, list) and isinstance(theirs, list):
        return _merge_items(theirs, before if isinstance(before, list) else [], after)
    return after


def _merge_members(theirs: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    merged = dict(theirs)
    changed = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    for name in {n for d in changed for n in (f"_{d}", *GOES_WITH.get(d, ()))} - after.keys():
        merged.pop(name, None)
    for name in changed:
        _set(merged, name, _merge_value(theirs.get(name), before.get(name), after.get(name)))
    for name in {n for d in changed for n in READ_FROM.get(d, ()) if n in after}:
        merged.setdefault(name, after[name])
    return merged


def _merge_items(theirs: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """Merges a list of objects: items with a system or url are matched by it, others by their index. A list of plain
    values is replaced as a whole."""
    if not all(isinstance(item, dict) for item in after):
        return after
    merged, removed, matched = list(theirs), [], set[int | None]()
    for index in range(max(len(before), len(after))):
        old = before[index] if index < len(before) else None
        new = after[index] if index < len(after) else None
        match = _find_match(theirs, old if old is not None else new, index, matched)
        matched.add(match)
        if old == new:
            continue
        if match is None:
            merged.append(new)
        elif new is None:
            removed.append(match)
        else:
            merged[match] = _merge_value(theirs[match], old, new)
    return [item for i, item in enumerate(merged) if i not in removed]


def _find_match(items: list[Any], sought: Any, index: int, matched: set[int | None]) -> int | None:
    """Returns the index of the item that corresponds to `sought`, or None. An item that matched before is not used
    twice."""
    for name in ("system", "url"):
        if isinstance(sought, dict) and isinstance(sought.get(name), str):
            named = (i for i, item in enumerate(items) if isinstance(item, dict) and item.get(name) == sought[name])
            return next((i for i in named if i not in matched), None)
    return index if index < len(items) else None


def same(ours: Resource, theirs: Resource, converter: Converter) -> bool:
    """Whether the server's copy holds every element of our mapping as we sent it; numbers are compared by value."""
    if converter.whole:
        return all(_holds(theirs.get(n), v) for n, v in ours.items() if n not in ADDED_BY_SERVERS)
    return all(_holds(t, o) for owned in converter.owned for _, o, t in _parts(owned, ours, theirs))


def owns(converter: Converter, element: str) -> bool:
    """Whether our mapping writes the element of that name."""
    return any(
        element.startswith(o.element) and element[len(o.element) :][:1].isupper() if o.choice else element == o.element
        for o in converter.owned
    )


def loses_additions(base: Resource, theirs: Resource, merged_copy: Resource, converter: Converter) -> bool:
    """Whether the merge (`merged_copy`) loses what others wrote into a part of ours since `base`: it goes with the
    value that it described, such as a city with its line."""
    for owned in converter.owned:
        for _, old, current, merged in _parts(owned, base, theirs, merged_copy):
            added = {path for path, _ in set(leaves(current)) - set(leaves(old))} if current is not None else set()
            if added - {path for path, _ in leaves(merged)}:
                return True
    return False


def elements_not_applied(base: Resource, sent: Resource, theirs: Resource, converter: Converter) -> list[str]:
    """Returns the elements of ours that we changed from `base` and that the server's copy does not hold as sent, also
    those that we removed and that are there still."""
    elements = []
    for owned in converter.owned:
        for _, old, ours, current in _parts(owned, base, sent, theirs):
            if normalize_numbers(old) == normalize_numbers(ours):
                continue
            if normalize_numbers(current) == normalize_numbers(old) if ours is None else not _holds(current, ours):
                elements.append(owned.element)
    return elements


def _parts(owned: Owned, *resources: Resource) -> Iterator[tuple[Any, ...]]:
    """Yields, for each part of the resource that is ours, its element and the part's value in each of the resources."""
    if owned.choice:
        yield owned.element, *(dict(_choices(r, owned.element)) or None for r in resources)
    elif not owned.picks:
        yield owned.element, *(r.get(owned.element) for r in resources)
    else:
        for pick in owned.picks:
            yield owned.element, *(pick(_list(r.get(owned.element))) for r in resources)


def _list(value: Any) -> list[Any]:
    """Returns the value if it is a list, else []: `category` is a list in ServiceRequest and an object in Procedure."""
    return value if isinstance(value, list) else []


def _holds(value: Any, model: Any) -> bool:
    """Whether the value holds all of the model. Servers add members (a display, an id): only the model's count."""
    if model is None:
        return value is None
    if isinstance(value, dict) and isinstance(model, dict):
        return all(_holds(value.get(k), v) for k, v in model.items())
    if isinstance(value, list) and isinstance(model, list) and len(value) == len(model):
        return all(_holds(v, m) for v, m in zip(value, model, strict=True))
    return bool(normalize_numbers(value) == normalize_numbers(model))


def normalize_numbers(value: Any) -> Any:
    """Returns the value with its numbers as decimals, so that 13.5 equals 13.50: some servers print it so."""
    if isinstance(value, bool) or not isinstance(value, Number | int | dict | list):
        return value
    if isinstance(value, int | Number):
        amount = decimal_of(value)
        return value if amount is None else amount
    if isinstance(value, dict):
        return {k: normalize_numbers(v) for k, v in value.items()}
    return [normalize_numbers(v) for v in value]
