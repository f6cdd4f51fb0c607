"""Search on the embedded server (https://hl7.org/fhir/R4/search.html): what the program and its tests ask for."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fhirdesk.sandbox.outcomes import Refusal
from fhirdesk.sandbox.repository import Repository, Resource, Version, identifiers

ONE_OF_SEVERAL = re.compile(r"(?:\\.|[^\\,])+")  # a backslash makes the next character plain
TOKEN = re.compile(r"((?:\\.|[^\\|])*)\|(.*)")
PREFIXES = ("eq", "ne", "gt", "ge", "lt", "le")
CONTROL = frozenset({"_count", "_offset", "_sort", "_total", "_format", "_summary", "_elements", "_pretty"})
SORTS: dict[str, Callable[[Resource], str]] = {
    "_lastUpdated": lambda r: str(r["meta"]["lastUpdated"]),
    "_id": lambda r: str(r["id"]),
    "birthdate": lambda r: str(r.get("birthDate", "")),
    "family": lambda r: next((str(n.get("family", "")) for n in r.get("name", [])), ""),
    "name": lambda r: next((str(n.get("family", "")) for n in r.get("name", [])), ""),
    "date": lambda r: str(r.get("effectiveDateTime") or r.get("period", {}).get("start", "")),
}


def search(repository: Repository, type_: str, query: Sequence[tuple[str, str]]) -> list[Version]:
    """Return all resources that match, sorted as asked for. Raises Refusal (400) for an unknown parameter."""
    filters = [(name, value) for name, value in query if name not in CONTROL]
    matches = [v for v in _find_candidates(repository, type_, filters) if v.resource is not None]
    for name, value in filters:
        test = _make_test(name, value)
        matches = [v for v in matches if test(v.resource or {})]
    for sort in reversed(next((value for name, value in query if name == "_sort"), "").split(",")):
        if sort:
            _sort(matches, sort)
    return matches


def _find_candidates(repository: Repository, type_: str, filters: Sequence[tuple[str, str]]) -> Iterator[Version]:
    """Yield what may match: the few resources of an identifier where one is asked for, else all of the type."""
    for name, value in filters:
        if name == "identifier" and not {",", "\\"} & set(value) and not value.endswith("|"):
            return repository.identified(type_, value)
    return repository.all_of(type_)


def _sort(versions: list[Version], sort: str) -> None:
    name = sort.lstrip("-")
    if name not in SORTS:
        raise Refusal(400, "invalid", f'Unknown _sort parameter "{name}"')
    versions.sort(key=lambda v: SORTS[name](v.resource or {}), reverse=sort.startswith("-"))


def _make_test(name: str, value: str) -> Callable[[Resource], bool]:
    code, _, modifier = name.partition(":")
    make = TESTS.get(code)
    if make is None:
        raise Refusal(400, "invalid", f'Unknown search parameter "{code}"')
    return lambda resource: any(make(resource, one, modifier) for one in ONE_OF_SEVERAL.findall(value) or [""])


# -- one parameter each: does the resource match that value?


def _id(resource: Resource, value: str, _: str) -> bool:
    return bool(resource["id"] == value)


def _identifier(resource: Resource, value: str, _: str) -> bool:
    system, bar, number = split_token(value)
    if bar and not number:
        return any(s == system for s, _v in identifiers(resource))
    return any(v == number and (not bar or s == system) for s, v in identifiers(resource))


def split_token(value: str) -> tuple[str, bool, str]:
    """Return (system, whether there is one, code) of `system|code`, unescaped."""
    token = TOKEN.fullmatch(value)
    system, code = (token[1], token[2]) if token else ("", value)
    return _unescape(system), bool(token), _unescape(code)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def fold(text: str) -> str:
    """Return the text without case and accents, as names are compared."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _text(parts: Iterator[str], value: str, modifier: str) -> bool:
    if modifier == "exact":
        return value in parts
    folded = fold(value)
    if modifier == "contains":
        return any(folded in fold(p) for p in parts)
    return any(fold(p).startswith(folded) for p in parts)


def _names(resource: Resource, *elements: str) -> Iterator[str]:
    for name in resource.get("name", []):
        for element in elements:
            names = name.get(element, [])
            yield from names if isinstance(names, list) else [names]


def _name(resource: Resource, value: str, modifier: str) -> bool:
    return _text(_names(resource, "family", "given", "text", "prefix", "suffix"), value, modifier)


def _family(resource: Resource, value: str, modifier: str) -> bool:
    return _text(_names(resource, "family"), value, modifier)


def _given(resource: Resource, value: str, modifier: str) -> bool:
    return _text(_names(resource, "given"), value, modifier)


def _telecom(system: str | None) -> Callable[[Resource, str, str], bool]:
    def test(resource: Resource, value: str, _: str) -> bool:
        points = resource.get("telecom", [])
        return any(p.get("value") == value and system in (None, p.get("system")) for p in points)

    return test


def _date(read: Callable[[Resource], str]) -> Callable[[Resource, str, str], bool]:
    def test(resource: Resource, value: str, _: str) -> bool:
        prefix = value[:2] if value[:2] in PREFIXES else "eq"
        asked, date = value.removeprefix(prefix), read(resource)
        if not date:
            return False
        start = date[: len(asked)]  # compared to the precision that was asked for
        return {
            "eq": start == asked,
            "ne": start != asked,
            "gt": start > asked,
            "ge": start >= asked,
            "lt": start < asked,
            "le": start <= asked,
        }[prefix]

    return test


def _last_updated(resource: Resource) -> str:
    return str(resource["meta"]["lastUpdated"])


def _reference(*elements: str, type_: str = "") -> Callable[[Resource, str, str], bool]:
    def test(resource: Resource, value: str, modifier: str) -> bool:
        kind = modifier or type_
        target = value if "/" in value or not kind else f"{kind}/{value}"
        return any(_refers_to(resource.get(e), target, type_) for e in elements)

    return test


def _refers_to(element: Any, target: str, type_: str) -> bool:
    reference = element.get("reference", "") if isinstance(element, dict) else ""
    if type_ and not reference.startswith(f"{type_}/"):
        return False
    return bool(reference == target or reference.endswith(f"/{target}"))


def _token(*path: str) -> Callable[[Resource, str, str], bool]:
    def test(resource: Resource, value: str, _: str) -> bool:
        system, bar, code = split_token(value)
        element = resource.get(path[0])
        if isinstance(element, str):
            return element == code
        codings = element if isinstance(element, list) else [element] if element else []
        codings = [c for each in codings for c in (each.get("coding", [each]))]
        return any(c.get("code") == code and (not bar or c.get("system", "") == system) for c in codings)

    return test


TESTS: Mapping[str, Callable[[Resource, str, str], bool]] = {
    "_id": _id,
    "_lastUpdated": _date(_last_updated),
    "identifier": _identifier,
    "name": _name,
    "family": _family,
    "given": _given,
    "phone": _telecom("phone"),
    "email": _telecom("email"),
    "telecom": _telecom(None),
    "gender": _token("gender"),
    "birthdate": _date(lambda r: str(r.get("birthDate", ""))),
    "date": _date(lambda r: str(r.get("effectiveDateTime") or r.get("period", {}).get("start", ""))),
    "patient": _reference("subject", "patient", type_="Patient"),
    "subject": _reference("subject"),
    "encounter": _reference("encounter"),
    "status": _token("status"),
    "code": _token("code"),
    "class": _token("class"),
    "category": _token("category"),
}
