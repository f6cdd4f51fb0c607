"""Units: whether a text is a UCUM code (case-sensitive; grammar: https://ucum.org/ucum#section-Syntax-Rules)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from fhirdesk.converters.ucum_atoms import METRIC, OTHER, PREFIXES

LONGEST = 200
_GROUPED = "\x01"  # stands for a term in parentheses that was read already


def _any_of(codes: Iterable[str]) -> str:
    return "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))


_ATOM = f"(?:(?:{_any_of(PREFIXES.split())})?(?:{_any_of(METRIC.split())})|{_any_of(OTHER.split())})"
_NOTE = r"\{[^{}]*\}"
_COMPONENT = rf"(?:(?:{_ATOM}(?:[+-]?\d+)?|\d+|{_GROUPED})(?:{_NOTE})?|{_NOTE})"  # "/100{WBCs}", too
_TERM = rf"/?{_COMPONENT}(?:[./]{_COMPONENT})*"
_WHOLE = re.compile(_TERM, re.ASCII)
_GROUP = re.compile(rf"\({_TERM}\)", re.ASCII)
_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)


@lru_cache(4096)
def is_ucum(unit: str) -> bool:
    """Whether a unit is valid UCUM."""
    if len(unit) > LONGEST or not _PRINTABLE.fullmatch(unit):
        return False
    while not _WHOLE.fullmatch(unit):
        inner = _GROUP.sub(_GROUPED, unit)
        if inner == unit:
            return False
        unit = inner
    return True
