"""Units: whether a text is a UCUM code (case-sensitive; grammar: https://ucum.org/ucum#section-Syntax-Rules)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from fhirdesk.converters.ucum_atoms import METRIC, OTHER, PREFIXES
from fhirdesk.core.records import spaced

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


# Components that UCUM reads otherwise than who writes them: kelvin for thousand, tesla for tera, astronomical units,
# daltons for units, phot for pH, megalitres for ml, petamoles for pmol, tonnes for tablets.
MISREAD = spaced(
    "K AU G T u ku mu uu nu pu C F A B H N P R S V t b EA pH ph PH Pg PG Mg MG Gm Mm Ml ML Tl TL Mmol Mosm Meq Pmol"
)
_STEP = re.compile(r"[./()]")
_LEFT = re.compile(r"([+-]?\d+)?(\{[^{}]*\})?$", re.ASCII)  # a component's exponent and note


@lru_cache(4096)
def is_code(unit: str) -> bool:
    """Whether a unit is valid UCUM and UCUM means by it what a clinic means."""
    return is_ucum(unit) and not any(_LEFT.sub("", part) in MISREAD for part in _STEP.split(unit))


@lru_cache(4096)
def is_ucum(unit: str) -> bool:
    """Whether a unit follows UCUM's grammar."""
    if len(unit) > LONGEST or not _PRINTABLE.fullmatch(unit):
        return False
    while not _WHOLE.fullmatch(unit):
        inner = _GROUP.sub(_GROUPED, unit)
        if inner == unit:
            return False
        unit = inner
    return True
