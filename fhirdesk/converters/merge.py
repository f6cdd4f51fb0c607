"""Ours laid over the server's copy: what others wrote stays, list items are matched by what names them (rule 7)."""

from collections.abc import Iterator
from typing import Any

from fhirdesk.converters.context import Context, Converter, Owned
from fhirdesk.converters.numbers import decimal_of
from fhirdesk.converters.paths import leaves
from fhirdesk.converters.reverse import read_back
from fhirdesk.core.records import Record
from fhirdesk.core.resource import Resource
from fhirdesk.r4.json import Number

# What describes a value goes with it: the parts of an address with its line, the display of a code with the code.
GOES_WITH = {
    "line": ("text", "_text", "city", "_city", "district", "_district", "state", "_state", "extension", "_line"),
    "text": ("coding", "_coding"),  # where we know no code, that of the old text
    "code": ("display", "_display", "version", "userSelected"),
    "boundsDuration": ("boundsPeriod", "boundsRange"),
    "doseQuantity": ("doseRange",),
}
# What may have been read from a neighbour that changes now: a text from a display, one name from the text of both.
READ_FROM = {"coding": ("text",), "given": ("family",), "family": ("given",)}
ADDED_BY_SERVERS = frozenset({"id", "meta", "text"})


def merge_into(base: Resource, ours: Resource, record: Record, converter: Converter, context: Context) -> Resource:
    """The server's resource with what the record changes in it; nothing else changes, nothing is reordered. `ours`: the
    record's resource as it is sent, with the server's ids."""
    known = read_back(base, record.key, converter, context, over=record)
    before = converter.to_resource(known, context)
    made = dict(base)
    for owned in converter.owned:
        if owned.element == "identifier":
            _identify(made, ours.get("identifier") or [], owned)
        elif owned.choice:
            _choose(made, before, ours, owned.element)
        else:
            _lay(made, before.get(owned.element), ours.get(owned.element), owned)
    return made


def _lay(made: Resource, before: Any, wanted: Any, owned: Owned) -> None:
    theirs = made.get(owned.element)
    if owned.picks and isinstance(theirs, list):
        value = _picked(theirs, before or [], wanted or [], owned)
    else:
        value = _merged(theirs, before, wanted)
    if value != theirs:
        _set(made, owned.element, value)
        made.pop(f"_{owned.element}", None)  # it was about the old value


def _set(resource: Resource, element: str, value: Any) -> None:
    if value is None or value == [] or value == {}:
        resource.pop(element, None)
    else:
        resource[element] = value


def _identify(made: Resource, ours: list[Any], owned: Owned) -> None:
    """Our identifiers are always there; others stay, and so does what others wrote in ours."""
    theirs = list(_list(made.get("identifier")))
    for pick in owned.picks or ():
        wanted, there = pick(ours), pick(theirs)
        if wanted is not None and there is None:
            theirs.append(wanted)
        elif wanted is not None and there.get("value") != wanted.get("value"):
            theirs = [{**i, "value": wanted["value"]} if i is there else i for i in theirs]
    _set(made, "identifier", theirs)


def _choose(made: Resource, before: Resource, ours: Resource, element: str) -> None:
    """A value[x]: where ours changed, none of the others stays beside it."""
    was, wanted = dict(_choices(before, element)), dict(_choices(ours, element))
    if was == wanted:
        return
    for name in [n for n, _ in _choices(made, element)]:
        made.pop(f"_{name}", None)
        if name not in wanted:
            del made[name]
    for name, value in wanted.items():
        made[name] = _merged(made.get(name), was.get(name), value)


def _choices(resource: Resource, element: str) -> Iterator[tuple[str, Any]]:
    place = len(element)
    return ((n, v) for n, v in resource.items() if n.startswith(element) and n[place : place + 1].isupper())


def _picked(theirs: list[Any], before: list[Any], wanted: list[Any], owned: Owned) -> list[Any]:
    """Items of ours are changed in their places, new ones come at the end, those that are no more go."""
    made = list(theirs)
    for pick in owned.picks:
        there, was, new = pick(theirs), pick(before), pick(wanted)
        if was == new:
            continue
        if there is None:
            made.append(new)
        elif new is None:
            made = [i for i in made if i is not there]
        else:
            made = [_merged(i, was, new) if i is there else i for i in made]
    return made


def _merged(theirs: Any, before: Any, wanted: Any) -> Any:
    """Theirs, with what differs between `before` (theirs as we read it) and `wanted`."""
    if before == wanted or wanted is None:
        return theirs if before == wanted else None
    if isinstance(wanted, dict) and isinstance(theirs, dict):
        return _members(theirs, before if isinstance(before, dict) else {}, wanted)
    if isinstance(wanted, list) and isinstance(theirs, list):
        return _items(theirs, before if isinstance(before, list) else [], wanted)
    return wanted


def _members(theirs: dict[str, Any], before: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    made = dict(theirs)
    differ = [n for n in {**before, **wanted} if before.get(n) != wanted.get(n)]
    for name in {n for d in differ for n in (f"_{d}", *GOES_WITH.get(d, ()))} - wanted.keys():
        made.pop(name, None)
    for name in differ:
        _set(made, name, _merged(theirs.get(name), before.get(name), wanted.get(name)))
    for name in {n for d in differ for n in READ_FROM.get(d, ()) if n in wanted}:
        made.setdefault(name, wanted[name])
    return made


def _items(theirs: list[Any], before: list[Any], wanted: list[Any]) -> list[Any]:
    """Items that a system or url names are found by it, others by their place; plain values are one value together."""
    if not all(isinstance(item, dict) for item in wanted):
        return wanted
    made, gone, found = list(theirs), [], set[int | None]()
    for place in range(max(len(before), len(wanted))):
        was = before[place] if place < len(before) else None
        new = wanted[place] if place < len(wanted) else None
        there = _place(theirs, was if was is not None else new, place, found)
        found.add(there)
        if was == new:
            continue
        if there is None:
            made.append(new)
        elif new is None:
            gone.append(there)
        else:
            made[there] = _merged(theirs[there], was, new)
    return [item for i, item in enumerate(made) if i not in gone]


def _place(items: list[Any], like: Any, place: int, found: set[int | None]) -> int | None:
    """Where in `items` the item is that `like` stands for; not one that was found for another."""
    for name in ("system", "url"):
        if isinstance(like, dict) and isinstance(like.get(name), str):
            named = (i for i, item in enumerate(items) if isinstance(item, dict) and item.get(name) == like[name])
            return next((i for i in named if i not in found), None)
    return place if place < len(items) else None


def same(ours: Resource, theirs: Resource, converter: Converter) -> bool:
    """Whether our mapped elements stand in theirs as we sent them (numbers by value)."""
    if converter.whole:
        return all(_holds(theirs.get(n), v) for n, v in ours.items() if n not in ADDED_BY_SERVERS)
    return all(_holds(t, o) for owned in converter.owned for _, o, t in _parts(owned, ours, theirs))


def owns(converter: Converter, element: str) -> bool:
    """Whether our mapping writes that element."""
    return any(
        element.startswith(o.element) and element[len(o.element) :][:1].isupper() if o.choice else element == o.element
        for o in converter.owned
    )


def loses_additions(base: Resource, theirs: Resource, laid: Resource, converter: Converter) -> bool:
    """Whether something that others wrote into a part of ours since `base` is no more where ours was `laid` over
    theirs: it went with the value that it was about, such as a city with its line."""
    for owned in converter.owned:
        for _, was, there, made in _parts(owned, base, theirs, laid):
            news = {path for path, _ in set(leaves(there)) - set(leaves(was))} if there is not None else set()
            if news - {path for path, _ in leaves(made)}:
                return True
    return False


def elements_not_applied(base: Resource, sent: Resource, theirs: Resource, converter: Converter) -> list[str]:
    """The elements of ours that were sent otherwise than they were in `base`, and are in theirs not as sent; of what
    was taken away, what still is there."""
    found = []
    for owned in converter.owned:
        for _, was, mine, other in _parts(owned, base, sent, theirs):
            if normalize_numbers(was) == normalize_numbers(mine):
                continue
            if normalize_numbers(other) == normalize_numbers(was) if mine is None else not _holds(other, mine):
                found.append(owned.element)
    return found


def _parts(owned: Owned, *resources: Resource) -> Iterator[tuple[Any, ...]]:
    """(element, the part in each of the resources) of each part that is ours."""
    if owned.choice:
        yield owned.element, *(dict(_choices(r, owned.element)) or None for r in resources)
    elif not owned.picks:
        yield owned.element, *(r.get(owned.element) for r in resources)
    else:
        for pick in owned.picks:
            yield owned.element, *(pick(_list(r.get(owned.element))) for r in resources)


def _list(value: Any) -> list[Any]:
    """An element that is a list in one type may be none in another (category of ServiceRequest and Procedure)."""
    return value if isinstance(value, list) else []


def _holds(value: Any, model: Any) -> bool:
    """Servers add (a display, an id): of an object only the members that the model has count."""
    if model is None:
        return value is None
    if isinstance(value, dict) and isinstance(model, dict):
        return all(_holds(value.get(k), v) for k, v in model.items())
    if isinstance(value, list) and isinstance(model, list) and len(value) == len(model):
        return all(_holds(v, m) for v, m in zip(value, model, strict=True))
    return bool(normalize_numbers(value) == normalize_numbers(model))


def normalize_numbers(value: Any) -> Any:
    """Numbers compared by value: some servers print 13.5 for 13.50."""
    if isinstance(value, bool) or not isinstance(value, Number | int | dict | list):
        return value
    if isinstance(value, int | Number):
        amount = decimal_of(value)
        return value if amount is None else amount
    if isinstance(value, dict):
        return {k: normalize_numbers(v) for k, v in value.items()}
    return [normalize_numbers(v) for v in value]
