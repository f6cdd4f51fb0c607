"""One walk through a resource that gathers what a schema cannot judge; a valid resource pays little more than this."""

from dataclasses import dataclass, field
from typing import Any

from fhirdesk.r4.finding import Path
from fhirdesk.r4.json import Number

Node = dict[str, Any]
Places = list[tuple[Path, Node]]
MAX_DEPTH = 200  # deeper than any resource that a person or a program writes


@dataclass(slots=True)
class Survey:
    """Places, each with the object found there."""

    has_numbers: bool = False
    too_deep: bool = False
    references: Places = field(default_factory=list)
    periods: Places = field(default_factory=list)
    ranges: Places = field(default_factory=list)
    narratives: Places = field(default_factory=list)
    extensions: Places = field(default_factory=list)  # with a doubtful number of values
    paired: list[tuple[Path, Node, str]] = field(default_factory=list)  # lists of primitives with nulls or a twin
    hollow: Places = field(default_factory=list)  # `_name` with an id alone and no value beside it
    contained: Places = field(default_factory=list)
    inner: Places = field(default_factory=list)  # whole resources: entries, parameters, outcomes


def items(node: Any, name: str) -> list[Node]:
    """The objects of a list, or nothing when it is not one."""
    found = node.get(name) if isinstance(node, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def survey(resource: Node) -> Survey:
    """What is there to look at; contained resources are walked through, inner ones are not."""
    found = Survey()
    stack: Places = [((), resource)]
    while stack:
        path, node = stack.pop()
        if path and "resourceType" in node and _is_inner(found, path, node):
            continue
        if len(path) > MAX_DEPTH:
            found.too_deep = True
            continue
        _notice(found, path, node)
        for name, value in node.items():
            kind = type(value)
            if kind is dict:
                stack.append(((*path, name), value))
                if name[:1] == "_" and "extension" not in value and name[1:] not in node:
                    found.hollow.append(((*path, name), value))
            elif kind is list:
                _list(found, stack, path, node, name)
            elif kind is Number:
                found.has_numbers = True
    return found


def _is_inner(found: Survey, path: Path, node: Node) -> bool:
    if path[-2:-1] == ("contained",):
        found.contained.append((path, node))
    elif path[-1] in ("resource", "outcome"):  # ExampleScenario.instance has a resourceType, too
        found.inner.append((path, node))
        return True
    return False


def _notice(found: Survey, path: Path, node: Node) -> None:
    if "reference" in node:
        found.references.append((path, node))
    elif "start" in node and "end" in node:
        found.periods.append((path, node))
    elif "low" in node and "high" in node:
        found.ranges.append((path, node))
    elif "div" in node:
        found.narratives.append((path, node))
    elif "url" in node and path[-2:-1] in _EXTENSIONS and _is_doubtful(path, node):
        found.extensions.append((path, node))


_EXTENSIONS = (("extension",), ("modifierExtension",))


def _is_doubtful(path: Path, node: Node) -> bool:
    """Not just an absolute url (a plain name inside another extension) and one thing more."""
    return len(node) != 2 or "id" in node or (path[-4:-3] not in _EXTENSIONS and ":" not in str(node["url"]))


def _list(found: Survey, stack: Places, path: Path, node: Node, name: str) -> None:
    is_twin = name[:1] == "_"
    is_paired = is_twin
    for index, item in enumerate(node[name]):
        kind = type(item)
        if kind is dict:
            stack.append(((*path, name, index), item))
        elif kind is Number or kind is list:  # a list in a list is no FHIR, but there may be numbers in it
            found.has_numbers = True
        elif item is None:
            is_paired = True
    if is_paired and (is_twin or f"_{name}" not in node):
        found.paired.append((path, node, name.removeprefix("_")))
