"""Whether two Patient resources under one id can be the same person: two servers number their patients alike."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from fhirdesk.core.resource import identifiers


def are_different_people(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """True if name, birth date, sex and numbers all disagree, as far as both resources have them. An equal sex does not
    prove the same person if both have numbers; a single difference does not prove another one."""
    agree = {
        name: is_equal for name in _MARKS if (is_equal := _overlap(_MARKS[name](one), _MARKS[name](other))) is not None
    }
    if "numbers" in agree and not agree["numbers"] and len(agree) > 2:
        agree.pop("sex", None)
    return len(agree) > 1 and not any(agree.values())


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool | None:
    return bool(one & other) if one and other else None


def _names(resource: Mapping[str, Any]) -> frozenset[str]:
    names = resource.get("name")
    return frozenset(form for name in (names if isinstance(names, list) else []) for form in _spellings(name) if form)


def _spellings(name: Any) -> Iterator[str]:
    """Yields a name without blanks, width and case: its words as written, and in the order of the alphabet."""
    if not isinstance(name, Mapping):
        return
    given_names = name.get("given")
    parts = [name.get("family"), *(given_names if isinstance(given_names, list) else [])]
    for full in (" ".join(p for p in parts if isinstance(p, str)), str(name.get("text") or "")):
        words = unicodedata.normalize("NFKC", full).casefold().split()
        yield "".join(words)
        yield "".join(sorted(words))


def _text(resource: Mapping[str, Any], member: str) -> frozenset[str]:
    value = resource.get(member)
    return frozenset([value]) if isinstance(value, str) and value not in ("", "unknown") else frozenset()


def _numbers(resource: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(f"{i.get('system') or ''}|{i['value']}" for i in identifiers(resource) if i.get("value"))


_MARKS = {
    "name": _names,
    "birth date": lambda resource: _text(resource, "birthDate"),
    "sex": lambda resource: _text(resource, "gender"),
    "numbers": _numbers,
}
