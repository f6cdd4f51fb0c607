"""Finds what a server accepted and did not store: its copy is compared with what was sent (rule 7, D25)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fhirdesk.converters import merge, registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import Operation, QueueEntry, Reason
from fhirdesk.core.resource import Resource
from fhirdesk.store.queue import Transition

NOT_DONE = "edit_not_done"
MOST_NAMED = 10  # elements that one notice names
NOT_COMPARED = frozenset({"id", "meta", "text", "resourceType"})  # the server writes these


def check_stored(
    transition: Transition,
    base: Mapping[str, Any] | None,
    sent: Mapping[str, Any],
    theirs: Mapping[str, Any],
    mapper: Mapper,
) -> Transition:
    """The transition of a completed entry, with a reason that names what the server did not store. For a profile edit
    only the edited fields count: if one of them is not stored, the record takes the server's value."""
    entry = transition.entry
    lost = find_unstored(entry, dict(base or {}), dict(sent), dict(theirs))
    elements = {"elements": ", ".join(lost[:MOST_NAMED])}
    if not entry.edit:
        return replace(transition, reason=Reason("why_stored_less", elements)) if lost else transition
    stored = mapper.to_fields(entry.type, theirs)
    undone = _list_undone(entry, dict(sent), stored, mapper)
    if not undone:
        return transition
    code = NOT_DONE if entry.operation is Operation.EDIT else "why_stored_less"
    reason = Reason(code, elements | {"field": undone[0], "fields": ", ".join(undone)})
    return replace(transition, reason=reason, server_changes={name: stored.get(name) for name in entry.edit})


def _list_undone(entry: QueueEntry, sent: Resource, stored: Mapping[str, Any], mapper: Mapper) -> list[str]:
    """The fields of an edit that the server does not have as they were sent."""
    desired = mapper.to_fields(entry.type, sent)
    return [name for name in entry.edit or () if stored.get(name) != desired.get(name)]


def find_unstored(entry: QueueEntry, base: Resource, sent: Resource, theirs: Resource) -> list[str]:
    """The paths of the elements that the server does not have as they were sent: it left them out, or kept its own."""
    type_ = entry.resource_type
    left_out = [] if contains_all(theirs, sent) else list(dict.fromkeys(list_dropped(sent, theirs, type_)))
    unchanged = {
        f"{type_}.{name}" for name in merge.elements_not_applied(base, sent, theirs, registry.converter(entry.type))
    }
    return left_out + sorted(k for k in unchanged if not any(f"{e}.".startswith(f"{k}.") for e in left_out))


def contains_all(stored: Any, sent: Any) -> bool:
    """True if the stored value contains all that was sent, in the same order. This is the usual case, and fast."""
    if sent == stored:
        return True
    if isinstance(sent, dict):
        if not isinstance(stored, Mapping):
            return False
        if {**stored, **sent} == stored:
            return True
        return all(stored.get(n) == v or n in NOT_COMPARED or contains_all(stored.get(n), v) for n, v in sent.items())
    if isinstance(sent, list):
        return isinstance(stored, list) and len(stored) == len(sent) and all(map(contains_all, stored, sent))
    return sent is None or stored is not None


def list_dropped(sent: Any, stored: Any, path: str) -> Iterator[str]:
    """The paths of the elements that were sent and not stored; the order of lists does not matter."""
    if isinstance(sent, Mapping):
        stored_elements = stored if isinstance(stored, Mapping) else {}
        for name in (n for n in sent if n not in NOT_COMPARED):
            yield from list_dropped(sent[name], stored_elements.get(name), f"{path}.{name}")
    elif isinstance(sent, list):
        kept_items = stored if isinstance(stored, list) and stored else [None]
        for item in sent:
            yield from min((list(list_dropped(item, k, path)) for k in kept_items), key=len)
    elif stored is None and sent is not None:
        yield path
