"""Walks through a resource once and gathers what a schema cannot judge."""

from collections.abc import Sequence
from typing import Any

from fhirdesk.r4.finding import Path
from fhirdesk.r4.json import Number

Node = dict[str, Any]
Places = Sequence[tuple[Path, Node]]
MAX_DEPTH = 200  # deeper than any resource that a person or a program writes


class Survey:
    """The objects of a resource that `rules` must check, each with its path. Lists are created when they are needed:
    most resources need none."""

    has_numbers: bool = False
    too_deep: bool = False
    every_reference: bool = False
    references: Places = ()  # that point inside or say a type; or all
    periods: Places = ()
    ranges: Places = ()
    narratives: Places = ()
    extensions: Places = ()  # with a doubtful number of values
    paired: Sequence[tuple[Path, Node, str]] = ()  # lists of primitives with nulls or a twin
    hollow: Places = ()  # `_name` with an id alone and no value beside it
    contained: Places = ()
    inner: Places = ()  # whole resources: entries, parameters, outcomes

    def add(self, name: str, *entry: Any) -> None:
        """Appends an object with its path to the list of that name."""
        vars(self).setdefault(name, []).append(entry)


def items(node: Any, name: str) -> list[Node]:
    """Returns the objects of the list in that member, [] if it is no list."""
    value = node.get(name) if isinstance(node, dict) else None
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def survey_resource(resource: Node, *, every_reference: bool = False) -> Survey:
    """Returns the survey of a resource and of those that it contains; entries of a Bundle and the like are only
    listed."""
    survey = Survey()
    if every_reference:
        survey.every_reference = True
    _walk(survey, resource, [])
    return survey


def _walk(survey: Survey, node: Node, path: list[str | int]) -> None:
    """Surveys an object and all below it. `path` is one list for the whole walk, copied only when an object is
    noted."""
    if path and "resourceType" in node and _is_inner(survey, tuple(path), node):
        return
    if len(path) > MAX_DEPTH:
        survey.too_deep = True
        return
    if not _NOTICED.isdisjoint(node):
        _note_object(survey, path, node)
    for name, value in node.items():
        kind = type(value)
        if kind is dict:
            path.append(name)
            if name[:1] == "_" and "extension" not in value and name[1:] not in node:
                survey.add("hollow", tuple(path), value)
            _walk(survey, value, path)
            path.pop()
        elif kind is list:
            _list(survey, node, name, path)
        elif kind is Number:
            survey.has_numbers = True


def _is_inner(survey: Survey, path: Path, node: Node) -> bool:
    if path[-2:-1] == ("contained",):
        survey.add("contained", path, node)
    elif path[-1] in ("resource", "outcome"):  # ExampleScenario.instance has a resourceType, too
        survey.add("inner", path, node)
        return True
    return False


_NOTICED = frozenset({"reference", "start", "low", "div", "url"})


def _note_object(survey: Survey, path: list[str | int], node: Node) -> None:
    if "reference" in node:
        if survey.every_reference or "type" in node or str(node["reference"])[:1] == "#":
            survey.add("references", tuple(path), node)
    elif "start" in node and "end" in node:
        survey.add("periods", tuple(path), node)
    elif "low" in node and "high" in node:
        survey.add("ranges", tuple(path), node)
    elif "div" in node:
        survey.add("narratives", tuple(path), node)
    elif "url" in node and _is_extension(path, -2) and _is_doubtful(path, node):
        survey.add("extensions", tuple(path), node)


def _is_extension(path: list[str | int], index: int) -> bool:
    return len(path) >= -index and path[index] in ("extension", "modifierExtension")


def _is_doubtful(path: list[str | int], node: Node) -> bool:
    """Whether an extension is more than an absolute url (inside another extension: a plain name) and one other
    member."""
    return len(node) != 2 or "id" in node or (not _is_extension(path, -4) and ":" not in str(node["url"]))


def _list(survey: Survey, node: Node, name: str, path: list[str | int]) -> None:
    is_twin = name[:1] == "_"
    is_paired = is_twin
    path.append(name)
    for index, item in enumerate(node[name]):
        kind = type(item)
        if kind is dict:
            path.append(index)
            _walk(survey, item, path)
            path.pop()
        elif kind is Number or kind is list:  # a list in a list is no FHIR, but there may be numbers in it
            survey.has_numbers = True
        elif item is None:
            is_paired = True
    path.pop()
    if is_paired and (is_twin or f"_{name}" not in node):
        survey.add("paired", tuple(path), node, name.removeprefix("_"))
