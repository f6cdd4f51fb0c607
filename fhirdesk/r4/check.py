"""`check` finds everything that makes a resource invalid in R4 (4.0.1), and where it is.

See https://hl7.org/fhir/R4/validation.html. `fast_path` passes most valid resources without a full check. For the rest
a strict schema finds most faults, `rules` and `type_rules` the others. Only what is invalid is explained.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from fhirdesk.r4 import fast_path, json, schema, versions
from fhirdesk.r4.finding import Finding
from fhirdesk.r4.messages import explain
from fhirdesk.r4.rules import check_rules, resolve_references
from fhirdesk.r4.type_rules import check_type
from fhirdesk.r4.walk import MAX_DEPTH, Node, Survey, items, survey_resource

__all__ = ["Finding", "check", "check_entries"]

_plain = msgspec.json.Decoder()
_exact = msgspec.json.Decoder(float_hook=lambda text: 0.5)  # 1e400 is a number, and no whole one


def check(resource: Any) -> tuple[Finding, ...]:
    """Returns every finding, () if the resource is valid R4. Findings of a Bundle include those of its entries."""
    if fatal := _find_fatal(resource, "$this"):
        return (fatal,)
    return _collect(_check_tree(resource, resource["resourceType"], {}), resource)


def check_entries(bundle: Node) -> Iterator[tuple[int | None, Any, tuple[Finding, ...]]]:
    """Yields (None, the Bundle, its own findings), then (index, resource, findings) for each of its entries."""
    known = _full_urls(bundle)
    yield None, bundle, _collect(_check_one(bundle, "Bundle", survey_resource(bundle), {}), bundle)
    entries = bundle.get("entry")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if resource is None:
            yield index, None, ()  # whether an entry may lack its resource is among the Bundle's own findings
        elif fatal := _find_fatal(resource, "$this"):
            yield index, resource, (fatal,)
        else:
            yield index, resource, _collect(_check_tree(resource, resource["resourceType"], known), resource)


def _collect(findings: Iterator[Finding], resource: Node) -> tuple[Finding, ...]:
    try:
        return tuple(findings)
    except RecursionError:
        return (_too_deep(resource["resourceType"]),)


def _find_fatal(resource: Any, where: str) -> Finding | None:
    """Returns the finding that makes any further check pointless, or None."""
    if not isinstance(resource, dict):
        return Finding("r4_not_an_object", where, severity="fatal")
    type_ = resource.get("resourceType")
    if not isinstance(type_, str) or not type_:
        return Finding("r4_no_type", where, severity="fatal")
    if type_ in schema.resource_types():
        return None
    if version := versions.version_of_type(type_):
        return Finding("r4_type_of_version", where, {"name": type_, "version": version}, "fatal")
    same = [name for name in schema.resource_types() if name.lower() == type_.lower()]
    if same:
        return Finding("r4_type_case", where, {"name": type_, "right": same[0]}, "fatal")
    return Finding("r4_unknown_type", where, {"name": type_[:64]}, "fatal")


def _too_deep(root: str) -> Finding:
    return Finding("r4_too_deep", root, {"depth": str(MAX_DEPTH)}, "fatal")


def _check_tree(resource: Node, root: str, known: Mapping[str, str]) -> Iterator[Finding]:
    """Yields the findings of a resource and of all resources inside it."""
    if fast_path.is_certainly_valid(resource, known):
        return
    survey = survey_resource(resource, every_reference=bool(known))
    yield from _check_one(resource, root, survey, known)
    if survey.inner:
        known = _full_urls(resource) or known
        for path, inner in sorted(survey.inner, key=lambda entry: [str(p).rjust(9) for p in entry[0]]):
            where = f"{root}." + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
            fatal = _find_fatal(inner, where)
            yield from (fatal,) if fatal else _check_tree(inner, where, known)


def _check_one(resource: Node, root: str, survey: Survey, known: Mapping[str, str]) -> Iterator[Finding]:
    if survey.too_deep:
        yield _too_deep(root)
        return
    findings = [
        *_check_schema(resource, root, survey, known),
        *check_rules(survey, resource, root),
        *check_type(resource, root),
    ]
    if findings and (seems := versions.guess_version(resource)):
        yield Finding("r4_is_version", root, {"version": seems[0], "names": seems[1]}, "fatal")
    yield from findings


def _check_schema(resource: Node, root: str, survey: Survey, known: Mapping[str, str]) -> Iterator[Finding]:
    """Yields what the schema finds in a resource and in those that it contains."""
    inside = bool(survey.contained) or bool(known and survey.references)
    plain = _without_digits(resource) if survey.has_numbers or inside else resource
    if inside:
        resolve_references(plain, survey, {**known, **_contained_types(resource, survey)})
    yield from _schema_findings(plain, root)
    for path, node in survey.contained:
        where = f"{root}.contained[{path[1]}]"
        fatal = _find_fatal(node, where)
        if len(path) == 2:
            yield from (fatal,) if fatal else _schema_findings(plain["contained"][path[1]], where)
            yield from () if fatal else check_type(node, where)


def _schema_findings(plain: Node, root: str) -> Iterator[Finding]:
    validator = schema.validator(plain["resourceType"])
    if not validator.is_valid(plain):
        yield from explain(validator, _without_digits(plain), root)  # a complaint quotes what is inside, too


def _without_digits(resource: Node) -> Any:
    """Returns the resource with plain floats for `Number`, which the schema's engine does not know."""
    data = json.dumps(resource)
    try:
        return _plain.decode(data)
    except msgspec.ValidationError:
        return _exact.decode(data)


def _contained_types(resource: Node, survey: Survey) -> dict[str, str]:
    types = {f"#{node.get('id')}": str(node["resourceType"]) for _, node in survey.contained}
    return types | {"#": str(resource["resourceType"])}


def _full_urls(bundle: Node) -> dict[str, str]:
    """Returns fullUrl → resource type, for the entries whose fullUrl does not name the type (urn:uuid:…)."""
    urls = {}
    for entry in items(bundle, "entry"):
        url, resource = entry.get("fullUrl"), entry.get("resource")
        if isinstance(url, str) and not url.startswith("http") and isinstance(resource, dict):
            urls[url] = str(resource.get("resourceType"))
    return urls
