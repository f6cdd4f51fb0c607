"""What the core says to people, in Korean and English: one sentence for each code, with its parameters.

A reason or an error is stored as code and parameters and said only when shown, so the language can change at any time.
Each entry: code → (English, Korean). Parameters are plain text; a missing one is shown as "?".
"""

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from fhirdesk.sentences import SENTENCES, TYPES
from fhirdesk.sentences_cli import CLI_SENTENCES
from fhirdesk.sentences_files import FILE_SENTENCES
from fhirdesk.sentences_r4 import R4_SENTENCES
from fhirdesk.sentences_settings import SETTINGS_SENTENCES
from fhirdesk.sentences_store import STORE_SENTENCES

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
        return kwargs.get(str(key), "?")


_plain = _Plain()
PARTICLE = re.compile(r"(\S) ?([은이을])\(([는가를])\)")


def say(code: str, params: Mapping[str, str] | None = None, lang: str = "en") -> str:
    """The sentence for `code`; an unknown code is shown as itself, so that nothing is hidden."""
    sentence = ALL.get(_fitting(code, params or {}))
    if sentence is None:
        return code
    said = _plain.vformat(sentence[_place(lang)], (), _worded(params or {}, lang))
    return PARTICLE.sub(_particle, said) if lang == "ko" else said


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


def _particle(found: re.Match[str]) -> str:
    """The Korean particle that fits the word before it: 번호를, 이름을. After a word of other letters both stay."""
    last = found[1]
    if last in "0123456789":
        closed = last in "013678"  # as they are read: 영 일 삼 육 칠 팔
    elif "가" <= last <= "힣":
        closed = (ord(last) - ord("가")) % 28 > 0
    else:
        return found[0]
    return last + found[2 if closed else 3]
