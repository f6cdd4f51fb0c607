"""The rules that a schema cannot express, checked at the places that a survey gathered: references, order, narrative,
pairs of lists, containment."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from fhirdesk.r4 import json, narrative, schema
from fhirdesk.r4.finding import Finding, Path, expression
from fhirdesk.r4.messages import TYPED
from fhirdesk.r4.times import is_after
from fhirdesk.r4.walk import Node, Survey, items


def check_rules(survey: Survey, resource: Node, root: str) -> Iterator[Finding]:
    """Yields a finding for each broken rule, in no order."""
    if survey.references:
        yield from _references(survey, resource, root)
    if survey.contained:
        yield from _contained(survey, resource, root)
    for path, node in survey.periods:
        if is_after(node["start"], node["end"]):
            yield Finding("r4_period", expression(root, path), {"start": "start", "end": "end"})
    for path, node in survey.ranges:
        if is_reversed(node["low"], node["high"]):
            yield Finding("r4_range", expression(root, path))
    for path, node in survey.narratives:
        if isinstance(node["div"], str) and (fault := narrative.find_fault(node["div"])):
            yield Finding(fault[0], expression(root, (*path, "div")), fault[1])
    for path, node in survey.extensions:
        yield from _extension(path, node, expression(root, path))
    for path, _ in survey.hollow:
        yield Finding("r4_empty_object", expression(root, path))
    for path, node, name in survey.paired:
        yield from _pairs(node, name, expression(root, (*path, name)))


def _extension(path: Path, node: Node, where: str) -> Iterator[Finding]:
    values = {k.removeprefix("_") for k in node if k.startswith(("value", "_value"))}
    if len(values) + ("extension" in node) != 1:
        yield Finding("r4_extension", where)
    if path[-4:-3] != ("extension",) and ":" not in str(node["url"]):
        yield Finding("r4_extension_url", f"{where}.url")


def _references(survey: Survey, resource: Node, root: str) -> Iterator[Finding]:
    ids = {str(c.get("id")) for c in items(resource, "contained")}
    for path, node in survey.references:
        text, type_ = node["reference"], node.get("type")
        if not isinstance(text, str):
            continue
        if text[:1] == "#" and (text[1:] not in ids if text != "#" else path[:1] != ("contained",)):
            yield Finding("r4_dangling", expression(root, (*path, "reference")), {"reference": text})
        match = TYPED.search(text) if isinstance(type_, str) else None
        if match and match[1] != type_ and match[1] in schema.resource_types():
            yield Finding("r4_type_differs", expression(root, path), {"type": str(type_), "other": match[1]})


def _contained(survey: Survey, resource: Node, root: str) -> Iterator[Finding]:
    whole = json.dumps(resource)  # every text counts: references, and canonicals, uris and urls alike (dom-3)
    ids = [node.get("id") for _, node in survey.contained]
    for path, node in survey.contained:
        where, id_, meta = expression(root, path), node.get("id"), node.get("meta")
        if len(path) > 2:
            yield Finding("r4_contained_nested", where)
        elif f'"#{id_}"'.encode() not in whole and b'"#"' not in json.dumps(node):
            yield Finding("r4_contained_unused", where)
        if id_ is not None and ids.count(id_) > 1:
            yield Finding("r4_not_unique", where, {"names": "id"})
        if isinstance(meta, dict) and {"versionId", "lastUpdated", "security"} & meta.keys():
            yield Finding("r4_contained_meta", f"{where}.meta")


def is_reversed(low: Any, high: Any) -> bool:
    """Whether a range ends before it begins, as far as both are of one unit."""
    if not isinstance(low, dict) or not isinstance(high, dict):
        return False
    for name in ("system", "code", "unit"):
        if name in low and name in high and low[name] != high[name]:
            return False  # 900 mg and 1 g
    least, most = low.get("value"), high.get("value")
    if type(least) is int and type(most) is int:
        return least > most
    one, other = _number(least), _number(most)
    return one is not None and other is not None and one > other


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None or isinstance(value, (bool, dict, list)) else Decimal(str(value))
    except InvalidOperation:
        return None


def _pairs(node: Node, name: str, where: str) -> Iterator[Finding]:
    """Yields a finding for each item of a list of primitives that has neither a value nor an extension in `_name`."""
    values, twins = node.get(name), node.get(f"_{name}")
    if not isinstance(values, list | None) or not isinstance(twins, list | None):
        return
    if values and twins and len(values) != len(twins):
        yield Finding("r4_lists_differ", where, {"name": name})
    for index in range(max(len(values or ()), len(twins or ()))):
        value = values[index] if values and index < len(values) else None
        twin = twins[index] if twins and index < len(twins) else None
        if value is None and not (isinstance(twin, dict) and "extension" in twin):
            yield Finding("r4_null_alone", f"{where}[{index}]")


def resolve_references(copy: Any, survey: Survey, types: Mapping[str, str]) -> None:
    """Rewrites references into the document as `Type/x` in a copy of it, so that the schema sees the type of the
    target."""
    for path, node in survey.references:
        type_ = types.get(node["reference"]) if isinstance(node["reference"], str) else None
        if type_:
            node_in_copy = copy
            for step in path:
                node_in_copy = node_in_copy[step]
            node_in_copy["reference"] = f"{type_}/x"
