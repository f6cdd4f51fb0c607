"""Whether two Patient resources under one id can be the same person: two servers number their patients alike."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from fhirdesk.core.resource import identifiers


def differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether name, birth date, sex and numbers all disagree, as far as both say them. An equal sex alone proves
    nobody the same where both have numbers, and one difference alone nobody another."""
    agree = {name: is_equal for name in _SAYS if (is_equal := _agree(_SAYS[name](one), _SAYS[name](other))) is not None}
    if "numbers" in agree and not agree["numbers"] and len(agree) > 2:
        agree.pop("sex", None)
    return len(agree) > 1 and not any(agree.values())


def _agree(one: frozenset[str], other: frozenset[str]) -> bool | None:
    return bool(one & other) if one and other else None


def _names(resource: Mapping[str, Any]) -> frozenset[str]:
    names = resource.get("name")
    return frozenset(form for name in (names if isinstance(names, list) else []) for form in _forms(name) if form)


def _forms(name: Any) -> Iterator[str]:
    """A name without blanks, marks and case: as it is written, and with its words in the order of the alphabet."""
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


_SAYS = {
    "name": _names,
    "birth date": lambda resource: _text(resource, "birthDate"),
    "sex": lambda resource: _text(resource, "gender"),
    "numbers": _numbers,
}
