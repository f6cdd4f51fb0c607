"""R4's invariants of single resource types that compare values. Those that only ask which elements are present stand in
`build/invariants` and are part of the schema."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from fhirdesk.r4 import schema
from fhirdesk.r4.finding import Finding, expression
from fhirdesk.r4.messages import TYPED
from fhirdesk.r4.times import is_after
from fhirdesk.r4.walk import Node, items

T = "http://terminology.hl7.org/CodeSystem/"
OVER = ("resolved", "remission", "inactive")
PROBLEM = (T + "condition-category", "problem-list-item")
Rule = Callable[[Node, str], Iterator[Finding]]


def has_code(concept: Any, system: str, *codes: str) -> bool:
    """Whether a CodeableConcept has one of the codes of that system."""
    return any(c.get("system") == system and c.get("code") in codes for c in items(concept, "coding"))


def has_choice(node: Node, choice: str) -> bool:
    """Whether the object has any form of a choice (valueString of value[x])."""
    return any(_is_form(name, choice) for name in node if choice in name)


def _is_form(name: str, choice: str) -> bool:
    plain = name.removeprefix("_")
    return plain.startswith(choice) and plain[len(choice) : len(choice) + 1].isupper()


def condition(node: Node, root: str) -> Iterator[Finding]:
    """What has abated is not active (con-4), what was entered in error has no clinical status (con-5), and a
    problem-list item should have one (con-3, a warning)."""
    status = node.get("clinicalStatus")
    is_error = has_code(node.get("verificationStatus"), T + "condition-ver-status", "entered-in-error")
    if has_choice(node, "abatement") and not has_code(status, T + "condition-clinical", *OVER):
        yield Finding("r4_con_4", expression(root, ("clinicalStatus",)))
    if is_error and status is not None:
        yield Finding("r4_con_5", expression(root, ("clinicalStatus",)))
    if status is None and not is_error and any(has_code(c, *PROBLEM) for c in items(node, "category")):
        yield Finding("r4_con_3", root, severity="warning")


def allergy(node: Node, root: str) -> Iterator[Finding]:
    """An allergy has a clinical status (ait-1), unless it was entered in error (ait-2)."""
    system = T + "allergyintolerance-verification"
    is_error = has_code(node.get("verificationStatus"), system, "entered-in-error")
    if not is_error and "clinicalStatus" not in node:
        yield Finding("r4_ait_1", root)
    if is_error and "clinicalStatus" in node:
        yield Finding("r4_ait_2", expression(root, ("clinicalStatus",)))


def observation(node: Node, root: str) -> Iterator[Finding]:
    """If a component has the code of the observation itself, the observation has no value of its own (obs-7)."""
    if "component" not in node or not has_choice(node, "value"):
        return
    own = [coding for coding in items(node.get("code"), "coding")]
    for index, part in enumerate(items(node, "component")):
        if any(coding in own for coding in items(part.get("code"), "coding")):
            yield Finding("r4_obs_7", expression(root, ("component", index, "code")))


def _in_order(first: str, second: str) -> Rule:
    def rule(node: Node, root: str) -> Iterator[Finding]:
        if is_after(node.get(first), node.get(second)):
            yield Finding("r4_period", root, {"start": first, "end": second})

    return rule


def bundle(node: Node, root: str) -> Iterator[Finding]:
    """The type of the Bundle decides which parts an entry has and what comes first (bdl-2, 3, 4, 11, 12); a fullUrl is
    absolute, without a version, and occurs once (bdl-7, 8)."""
    kind, entries = str(node.get("type")), items(node, "entry")
    for index, entry in enumerate(entries):
        where = expression(root, ("entry", index))
        if ("request" in entry) != (kind in ("batch", "transaction", "history")):
            yield Finding("r4_bundle_request", where, {"type": kind})
        if ("response" in entry) != (kind in ("batch-response", "transaction-response", "history")):
            yield Finding("r4_bundle_response", where, {"type": kind})
        if "search" in entry and kind != "searchset":
            yield Finding("r4_bundle_search", where)
        yield from _full_url(entry, where)
    if kind != "history":
        yield from _full_urls_unique(entries, root)
    first = {"document": "Composition", "message": "MessageHeader"}.get(kind)
    if first and (not entries or (entries[0].get("resource") or {}).get("resourceType") != first):
        yield Finding("r4_bundle_first", root, {"type": kind, "first": first})


def _full_url(entry: Node, where: str) -> Iterator[Finding]:
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(url, str):
        return
    if not urlsplit(url).scheme:
        yield Finding("r4_full_url_relative", f"{where}.fullUrl")
    if "/_history/" in url:
        yield Finding("r4_full_url_version", f"{where}.fullUrl")
    match = TYPED.search(url)
    if not match or not isinstance(resource, dict) or match[1] not in schema.resource_types():
        return
    name, _, id_ = match[0].strip("/").partition("/")
    if url.startswith("http") and "id" in resource and (resource.get("resourceType"), resource["id"]) != (name, id_):
        yield Finding("r4_full_url_other", f"{where}.fullUrl")


def _full_urls_unique(entries: list[Node], root: str) -> Iterator[Finding]:
    keys = set()
    for index, entry in enumerate(entries):
        if isinstance(entry.get("fullUrl"), str):
            resource = entry.get("resource")
            meta = resource.get("meta") if isinstance(resource, dict) else None
            key = entry["fullUrl"], str(meta.get("versionId")) if isinstance(meta, dict) else ""
            if key in keys:
                where = expression(root, ("entry", index, "fullUrl"))
                yield Finding("r4_not_unique", where, {"names": "fullUrl"})
            keys.add(key)


def questionnaire(node: Node, root: str) -> Iterator[Finding]:
    """Each linkId of a questionnaire occurs once (que-2)."""
    ids, todo = [], items(node, "item")
    for item in todo:
        ids.append(item.get("linkId"))
        todo.extend(items(item, "item"))
    if len({str(i) for i in ids}) < len(ids):
        yield Finding("r4_not_unique", root, {"names": "linkId"})


def lists(node: Node, root: str) -> Iterator[Finding]:
    """`deleted` is for lists of changes (lst-2), `date` for working lists (lst-3)."""
    for index, entry in enumerate(items(node, "entry")):
        for name, mode in (("deleted", "changes"), ("date", "working")):
            if name in entry and node.get("mode") != mode:
                params = {"names": name, "condition": f"mode!={mode}", "key": "lst-2" if mode == "changes" else "lst-3"}
                yield Finding("r4_lacks", expression(root, ("entry", index)), params)


def organization(node: Node, root: str) -> Iterator[Finding]:
    """An organization has no home address and no home phone (org-2, org-3)."""
    for name in ("telecom", "address"):
        for index, item in enumerate(items(node, name)):
            if item.get("use") == "home":
                yield Finding("r4_org_home", expression(root, (name, index, "use")))


def linkage(node: Node, root: str) -> Iterator[Finding]:
    """A linkage links at least two items (lnk-1)."""
    if len(items(node, "item")) < 2:
        yield Finding("r4_too_few", expression(root, ("item",)), {"least": "2"})


_RULES: dict[str, tuple[Rule, ...]] = {
    "AllergyIntolerance": (allergy,),
    "Bundle": (bundle,),
    "Condition": (condition,),
    "Linkage": (linkage,),
    "List": (lists,),
    "MedicationDispense": (_in_order("whenPrepared", "whenHandedOver"),),
    "Observation": (observation,),
    "Organization": (organization,),
    "Questionnaire": (questionnaire,),
    "Task": (_in_order("authoredOn", "lastModified"),),
}


def check_type(resource: Node, root: str) -> Iterator[Finding]:
    """Yields a finding for each broken invariant of the resource's own type."""
    applied = _RULES.get(str(resource.get("resourceType")), ())
    return chain.from_iterable(rule(resource, root) for rule in applied)
