"""What the core says to people, in Korean and English: one sentence for each code, with its parameters.

A reason or an error is stored as code and parameters and said only when shown, so the language can change at any time.
Each entry: code → (English, Korean). Parameters are plain text; a missing one is shown as "?".
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from fhirdesk.sentences import SENTENCES
from fhirdesk.sentences_cli import CLI_SENTENCES
from fhirdesk.sentences_r4 import R4_SENTENCES

LANGUAGES = ("en", "ko")
ALL = SENTENCES | CLI_SENTENCES | R4_SENTENCES


class _Plain(Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "?")


_plain = _Plain()


def say(code: str, params: Mapping[str, str] | None = None, lang: str = "en") -> str:
    """The sentence for `code`; an unknown code is shown as itself, so that nothing is hidden."""
    sentence = ALL.get(code)
    if sentence is None:
        return code
    text = sentence[LANGUAGES.index(lang) if lang in LANGUAGES else 0]
    return _plain.vformat(text, (), params or {})
