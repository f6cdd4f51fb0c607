"""What a vendor's servers do not take is left out of a resource: what they fail on, never keep, or write themselves."""

from typing import Any

from fhirdesk.converters import merge
from fhirdesk.converters.context import Context, Converter
from fhirdesk.core.resource import Resource

NAMES = frozenset({"resourceType", "id"})


def remove_unsupported(resource: Resource, context: Context) -> Resource:
    """Returns the resource without the elements that the vendor's servers do not take."""
    trimmed = resource
    for path in context.habits.never_sent:
        element, _, member = path.partition(".")
        if element in trimmed:
            trimmed = _without(trimmed, element, member)
    return trimmed


def merge_base(server_copy: Resource, converter: Converter, context: Context) -> Resource:
    """Returns what our changes are merged into: the server's copy, or only our elements of it if the server merges."""
    if not context.habits.only_ours:
        return server_copy
    return {n: v for n, v in server_copy.items() if n in NAMES or merge.owns(converter, n.removeprefix("_"))}


def _without(resource: Resource, element: str, member: str) -> Resource:
    if not member:
        return {n: v for n, v in resource.items() if n != element}
    return resource | {element: _bare(resource[element], member)}


def _bare(value: Any, member: str) -> Any:
    """Returns the value without that member; of a list, every item without it."""
    if isinstance(value, list):
        return [_bare(item, member) for item in value]
    return {n: v for n, v in value.items() if n != member} if isinstance(value, dict) else value
