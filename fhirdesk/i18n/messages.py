"""Codes become sentences, in the user's language: one sentence for each code, with its parameters.

A reason or an error is stored as code and parameters and said only when shown, so the language can change at any time.
Parameters are plain text; a missing one is shown as "?".
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from fhirdesk.i18n.catalog.cli import CLI_SENTENCES
from fhirdesk.i18n.catalog.fhir import R4_SENTENCES
from fhirdesk.i18n.catalog.files import FILE_SENTENCES
from fhirdesk.i18n.catalog.general import SENTENCES
from fhirdesk.i18n.catalog.queue_actions import QUEUE_ACTION_SENTENCES
from fhirdesk.i18n.catalog.settings import SETTINGS_SENTENCES
from fhirdesk.i18n.catalog.sign_in import SIGN_IN_SENTENCES
from fhirdesk.i18n.catalog.store import STORE_SENTENCES
from fhirdesk.i18n.labels import inside_sentence, type_label
from fhirdesk.i18n.particles import with_particles
from fhirdesk.i18n.translation import _

ALL = {  # code → English
    **SENTENCES,
    **QUEUE_ACTION_SENTENCES,
    **FILE_SENTENCES,
    **CLI_SENTENCES,
    **SETTINGS_SENTENCES,
    **SIGN_IN_SENTENCES,
    **STORE_SENTENCES,
    **R4_SENTENCES,
}

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


def render(code: str, params: Mapping[str, str] | None = None, lang: str = "en") -> str:
    """The sentence for `code`; an unknown code is shown as itself, so that nothing is hidden."""
    sentence = ALL.get(_fitting(code, params or {}))
    if sentence is None:
        return code
    return with_particles(_plain.vformat(_(sentence, lang), (), _name_type(params or {}, lang)))


def _fitting(code: str, params: Mapping[str, str]) -> str:
    """The sentence that says what is known: the field or the elements it is about, else what kind of refusal it is."""
    known = [name for name in ("field", "elements") if params.get(name)]
    variants = (f"{code}_{word}" for word in (*known, REFUSALS.get(params.get("issue", ""), "")))
    return next((each for each in variants if each in ALL), code)


def _name_type(params: Mapping[str, str], lang: str) -> Mapping[str, str]:
    """The parameters with the record type by the name that people use."""
    return {**params, "type": inside_sentence(type_label(params["type"], lang))} if "type" in params else params
