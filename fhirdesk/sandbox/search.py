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
    """All matches in order. Raises Refusal (400) for a parameter that is not known."""
    filters = [(name, value) for name, value in query if name not in CONTROL]
    found = [v for v in _candidates(repository, type_, filters) if v.resource is not None]
    for name, value in filters:
        test = _test(name, value)
        found = [v for v in found if test(v.resource or {})]
    for sort in reversed(next((value for name, value in query if name == "_sort"), "").split(",")):
        if sort:
            _sort(found, sort)
    return found


def _candidates(repository: Repository, type_: str, filters: Sequence[tuple[str, str]]) -> Iterator[Version]:
    """Few to look at, where an identifier or an id is asked for."""
    for name, value in filters:
        if name == "identifier" and not {",", "\\"} & set(value) and not value.endswith("|"):
            return repository.identified(type_, value)
    return repository.all_of(type_)


def _sort(found: list[Version], sort: str) -> None:
    name = sort.lstrip("-")
    if name not in SORTS:
        raise Refusal(400, "invalid", f'Unknown _sort parameter "{name}"')
    found.sort(key=lambda v: SORTS[name](v.resource or {}), reverse=sort.startswith("-"))


def _test(name: str, value: str) -> Callable[[Resource], bool]:
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
    """(system, whether there is one, code) of `system|code`, unescaped."""
    found = TOKEN.fullmatch(value)
    system, code = (found[1], found[2]) if found else ("", value)
    return _plain(system), bool(found), _plain(code)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def fold(text: str) -> str:
    """Without case and accents: how names are compared."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _text(parts: Iterator[str], value: str, modifier: str) -> bool:
    if modifier == "exact":
        return value in parts
    wanted = fold(value)
    if modifier == "contains":
        return any(wanted in fold(p) for p in parts)
    return any(fold(p).startswith(wanted) for p in parts)


def _names(resource: Resource, *elements: str) -> Iterator[str]:
    for name in resource.get("name", []):
        for element in elements:
            found = name.get(element, [])
            yield from found if isinstance(found, list) else [found]


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
        wanted, found = value.removeprefix(prefix), read(resource)
        if not found:
            return False
        start = found[: len(wanted)]  # compared to the precision that was asked for
        return {
            "eq": start == wanted,
            "ne": start != wanted,
            "gt": start > wanted,
            "ge": start >= wanted,
            "lt": start < wanted,
            "le": start <= wanted,
        }[prefix]

    return test


def _last_updated(resource: Resource) -> str:
    return str(resource["meta"]["lastUpdated"])


def _reference(*elements: str, type_: str = "") -> Callable[[Resource, str, str], bool]:
    def test(resource: Resource, value: str, modifier: str) -> bool:
        kind = modifier or type_
        wanted = value if "/" in value or not kind else f"{kind}/{value}"
        return any(_points(resource.get(e), wanted, type_) for e in elements)

    return test


def _points(found: Any, wanted: str, type_: str) -> bool:
    reference = found.get("reference", "") if isinstance(found, dict) else ""
    if type_ and not reference.startswith(f"{type_}/"):
        return False
    return bool(reference == wanted or reference.endswith(f"/{wanted}"))


def _token(*path: str) -> Callable[[Resource, str, str], bool]:
    def test(resource: Resource, value: str, _: str) -> bool:
        system, bar, code = split_token(value)
        found = resource.get(path[0])
        if isinstance(found, str):
            return found == code
        codings = found if isinstance(found, list) else [found] if found else []
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
