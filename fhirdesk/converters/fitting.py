"""What of a resource goes to a vendor's server: not what it fails on, what it never keeps, or what is its own."""

from typing import Any

from fhirdesk.converters import merge
from fhirdesk.converters.context import Context, Converter
from fhirdesk.core.resource import Resource

NAMES = frozenset({"resourceType", "id"})


def remove_unsupported(resource: Resource, context: Context) -> Resource:
    """The resource without what the vendor's servers do not take."""
    made = resource
    for path in context.habits.never_sent:
        element, _, member = path.partition(".")
        if element in made:
            made = _without(made, element, member)
    return made


def merge_base(theirs: Resource, converter: Converter, context: Context) -> Resource:
    """What ours is laid over: the server's copy; of one that merges only the elements of our mapping."""
    if not context.habits.only_ours:
        return theirs
    return {n: v for n, v in theirs.items() if n in NAMES or merge.owns(converter, n.removeprefix("_"))}


def _without(resource: Resource, element: str, member: str) -> Resource:
    if not member:
        return {n: v for n, v in resource.items() if n != element}
    return resource | {element: _bare(resource[element], member)}


def _bare(value: Any, member: str) -> Any:
    """Without that member; in a list, of every item."""
    if isinstance(value, list):
        return [_bare(item, member) for item in value]
    return {n: v for n, v in value.items() if n != member} if isinstance(value, dict) else value
