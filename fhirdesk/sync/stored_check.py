"""What a yes did not do: the server's copy compared with what was sent (rule 7, D25)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import merge, registry
from fhirdesk.converters.context import Context
from fhirdesk.core.queue_entry import Operation, QueueEntry, Reason
from fhirdesk.core.resource import Resource
from fhirdesk.store.queue import Transition

NOT_DONE = "edit_not_done"
MOST_NAMED = 10  # elements in one notice
NOT_COMPARED = frozenset({"id", "meta", "text", "resourceType"})  # the server's to write


def check_stored(
    move: Transition,
    base: Mapping[str, Any] | None,
    sent: Mapping[str, Any],
    theirs: Mapping[str, Any],
    context: Context,
) -> Transition:
    """The move of a completed entry, with what the server did not store of it. Of an edit the fields that it changed
    count alone: where one is not there the record takes the server's answer."""
    entry = move.entry
    lost = find_unstored(entry, dict(base or {}), dict(sent), dict(theirs))
    elements = {"elements": ", ".join(lost[:MOST_NAMED])}
    if not entry.edit:
        return replace(move, reason=Reason("why_stored_less", elements)) if lost else move
    there = registry.converter(entry.type).to_fields(dict(theirs), context)
    undone = _undone(entry, dict(sent), there, context)
    if not undone:
        return move
    code = NOT_DONE if entry.operation is Operation.EDIT else "why_stored_less"
    reason = Reason(code, elements | {"field": undone[0], "fields": ", ".join(undone)})
    return replace(move, reason=reason, taken={name: there.get(name) for name in entry.edit})


def _undone(entry: QueueEntry, sent: Resource, there: Mapping[str, Any], context: Context) -> list[str]:
    """The fields of an edit that are not on the server as they were sent."""
    wanted = registry.converter(entry.type).to_fields(sent, context)
    return [name for name in entry.edit or () if there.get(name) != wanted.get(name)]


def find_unstored(entry: QueueEntry, base: Resource, sent: Resource, theirs: Resource) -> list[str]:
    """The elements that are not on the server as they were sent: left out, or (a server that merges) as they were."""
    type_ = entry.resource_type
    left_out = [] if holds(theirs, sent) else list(dict.fromkeys(dropped(sent, theirs, type_)))
    kept = {f"{type_}.{name}" for name in merge.not_as_sent(base, sent, theirs, registry.converter(entry.type))}
    return left_out + sorted(k for k in kept if not any(f"{e}.".startswith(f"{k}.") for e in left_out))


def holds(stored: Any, sent: Any) -> bool:
    """Whether all that was sent stands in what was stored, in the same order: the usual case, quickly."""
    if sent == stored:
        return True
    if isinstance(sent, dict):
        if not isinstance(stored, Mapping):
            return False
        if {**stored, **sent} == stored:
            return True
        return all(stored.get(n) == v or n in NOT_COMPARED or holds(stored.get(n), v) for n, v in sent.items())
    if isinstance(sent, list):
        return isinstance(stored, list) and len(stored) == len(sent) and all(map(holds, stored, sent))
    return sent is None or stored is not None


def dropped(sent: Any, stored: Any, path: str) -> Iterator[str]:
    """The elements that were sent and are not in what the server stored (D25); order in lists does not matter."""
    if isinstance(sent, Mapping):
        kept = stored if isinstance(stored, Mapping) else {}
        for name in (n for n in sent if n not in NOT_COMPARED):
            yield from dropped(sent[name], kept.get(name), f"{path}.{name}")
    elif isinstance(sent, list):
        kept_items = stored if isinstance(stored, list) and stored else [None]
        for item in sent:
            yield from min((list(dropped(item, k, path)) for k in kept_items), key=len)
    elif stored is None and sent is not None:
        yield path
