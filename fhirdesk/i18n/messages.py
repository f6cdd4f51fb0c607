"""Codes become sentences, in English and Korean: one sentence for each code, with its parameters.

A reason or an error is stored as code and parameters and said only when shown, so the language can change at any time.
Each entry: code → (English, Korean). Parameters are plain text; a missing one is shown as "?".
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from fhirdesk.i18n.catalog.cli import CLI_SENTENCES
from fhirdesk.i18n.catalog.fhir import R4_SENTENCES
from fhirdesk.i18n.catalog.files import FILE_SENTENCES
from fhirdesk.i18n.catalog.general import SENTENCES, TYPES
from fhirdesk.i18n.catalog.settings import SETTINGS_SENTENCES
from fhirdesk.i18n.catalog.store import STORE_SENTENCES

LANGUAGES = ("en", "ko")
ALL = SENTENCES | FILE_SENTENCES | CLI_SENTENCES | SETTINGS_SENTENCES | STORE_SENTENCES | R4_SENTENCES


REFUSALS = {  # of FHIR's issue types (https://hl7.org/fhir/R4/valueset-issue-type.html)
    "business-rule": "rule",
    "invariant": "rule",
    "duplicate": "duplicate",
    **dict.fromkeys(("invalid", "structure", "required", "value", "code-invalid", "extension", "too-long"), "invalid"),
}


class _Plain(Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)] if str(key) in kwargs else missing(str(key))


def missing(name: str) -> str:
    """What stands in a sentence for a parameter that was not given."""
    return "?"


_plain = _Plain()
PARTICLES = {  # as they are written in a sentence → after a closed syllable, after an open one
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
    "(이)라": ("이라", "라"),
}
PARTICLE = re.compile(rf"(\w)([^\w\s]*) ?({'|'.join(map(re.escape, PARTICLES))})")
DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))  # as they are read
LETTERS = {"L": "엘", "M": "엠", "N": "엔", "R": "알"}  # the others end in a vowel
L_FINAL = 8  # of a syllable's 28 endings, the one that takes 로


def render(code: str, params: Mapping[str, str] | None = None, lang: str = "en") -> str:
    """The sentence for `code`; an unknown code is shown as itself, so that nothing is hidden."""
    sentence = ALL.get(_fitting(code, params or {}))
    if sentence is None:
        return code
    text = _plain.vformat(sentence[_place(lang)], (), _worded(params or {}, lang))
    return with_particles(text) if lang == "ko" else text


def _fitting(code: str, params: Mapping[str, str]) -> str:
    """The sentence that says what is known: the field or the elements it is about, else what kind of refusal it is."""
    known = [name for name in ("field", "elements") if params.get(name)]
    variants = (f"{code}_{word}" for word in (*known, REFUSALS.get(params.get("issue", ""), "")))
    return next((each for each in variants if each in ALL), code)


def _place(lang: str) -> int:
    return LANGUAGES.index(lang) if lang in LANGUAGES else 0


def _worded(params: Mapping[str, str], lang: str) -> Mapping[str, str]:
    """A record type by the name that people use."""
    names = TYPES.get(params.get("type", ""))
    return {**params, "type": names[_place(lang)]} if names else params


def with_particles(text: str) -> str:
    """Each Korean particle as it fits the word before it: 번호를, 이름을, 2로. After another word both forms stay."""
    return PARTICLE.sub(_particle, text)


def _particle(match: re.Match[str]) -> str:
    last, between, written = match.groups()
    if (ending := _ending(last)) is None:
        return match[0]
    closed, opened = PARTICLES[written]
    return last + between + (opened if ending == 0 or (ending == L_FINAL and opened == "로") else closed)


def _ending(last: str) -> int | None:
    """The ending of the syllable that a word is read with last; 0: a vowel, None: not known."""
    syllable = DIGITS.get(last, last) if not "A" <= last <= "Z" else LETTERS.get(last, "이")
    return (ord(syllable) - ord("가")) % 28 if "가" <= syllable <= "힣" else None
