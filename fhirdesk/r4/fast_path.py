"""The fast path of `check`: most valid resources are recognised without the full check.

It accepts a resource only if the full check would find nothing. Whatever it does not know is checked in full.
"""

from collections.abc import Mapping

from fhirdesk.r4 import narrative, schema
from fhirdesk.r4.fast_schema import Inspection, compile_fast_schema
from fhirdesk.r4.json import Number
from fhirdesk.r4.rules import is_reversed
from fhirdesk.r4.times import is_after
from fhirdesk.r4.type_rules import check_type
from fhirdesk.r4.walk import Node, items

NUMBERS = frozenset({int, Number})
UNUSUAL_META = frozenset({"versionId", "lastUpdated", "security"})  # of a contained resource (dom-4, dom-5)


class _Pointers:
    """The types of what references without a type point at in the document, and which references occurred."""

    def __init__(self, types: Mapping[str, str]):
        self.types = types
        self.used: set[str] = set()


_NONE = _Pointers({})


def is_certainly_valid(resource: Node, types: Mapping[str, str]) -> bool:
    """Whether the resource is certainly valid R4. `types`: text of a reference → FHIR type of its target in the
    document."""
    try:
        if "contained" in resource:
            return _tree_is_valid(resource, types)
        return _object_is_valid(resource, _Pointers(types) if types else _NONE)
    except ValueError:  # it holds what the schema's engine does not know
        return False


def _tree_is_valid(resource: Node, types: Mapping[str, str]) -> bool:
    """Whether the resource and all that it contains are valid, and each contained one has its own id and is referred
    to."""
    contained = items(resource, "contained")
    inside = {f"#{item.get('id')}": str(item.get("resourceType")) for item in contained}
    if len(inside) < len(contained) or not schema.resource_types().issuperset(inside.values()):
        return False
    pointers = _Pointers({**types, **inside})
    return (
        _object_is_valid(resource, pointers)
        and all(_contained_is_valid(item, pointers) for item in contained)
        and pointers.used.issuperset(inside)
    )


def _contained_is_valid(item: Node, pointers: _Pointers) -> bool:
    return (
        "contained" not in item and _object_is_valid(item, pointers) and UNUSUAL_META.isdisjoint(item.get("meta", ()))
    )


def _object_is_valid(resource: Node, pointers: _Pointers) -> bool:
    """Whether one resource is valid, without the resources inside it."""
    fast_schema = compile_fast_schema(resource["resourceType"], pointing=pointers is not _NONE)
    if fast_schema is None:
        return False
    is_valid, inspection = fast_schema
    return (
        is_valid(resource) and _passes_inspection(resource, inspection, pointers) and not any(check_type(resource, ""))
    )


def _passes_inspection(node: Node, inspection: Inspection, pointers: _Pointers) -> bool:
    """Whether an object and all below it pass the checks that the schema leaves open."""
    for name in inspection.decimals:
        if name in node and type(node[name]) not in NUMBERS:
            return False
    if inspection.pair and not _is_ascending(node, *inspection.pair):
        return False
    if inspection.has_div and "div" in node and narrative.find_fault(node["div"]):
        return False
    if inspection.targets and "reference" in node and not _has_allowed_target(node["reference"], inspection, pointers):
        return False
    for name, below in inspection.below:
        value = node.get(name)
        if value is not None:
            for item in value if type(value) is list else (value,):
                if not _passes_inspection(item, below, pointers):
                    return False
    return True


def _is_ascending(node: Node, first: str, second: str) -> bool:
    low, high = node.get(first), node.get(second)
    if low is None or high is None:
        return True
    return not (is_reversed(low, high) if first == "low" else is_after(low, high))


def _has_allowed_target(text: str, inspection: Inspection, pointers: _Pointers) -> bool:
    type_ = pointers.types.get(text)
    if type_ is None:
        return text[0] != "#"
    pointers.used.add(text)
    return type_ in inspection.targets
