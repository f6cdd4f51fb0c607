"""How a person is called: in Hangul, Han and kana the family name comes first, without a blank."""

import re

_EAST_ASIAN = re.compile(
    r"[\u1100-\u11ff\u3005\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    r"\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff\s]+"
)


def full_name(family: str | None, given: str | None) -> str:
    """Both names in the order that the family name's script wants, whatever signs, letters or blanks the given name
    has; one alone is the name."""
    if family and given and _EAST_ASIAN.fullmatch(family):
        return f"{family}{given}"
    return " ".join(name for name in (given, family) if name)
