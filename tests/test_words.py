"""Every sentence is there in both languages, with the same parameters."""

import re
from string import Formatter

import pytest

from fhirdesk.converters import registry
from fhirdesk.i18n import messages
from fhirdesk.i18n.catalog.general import TYPES


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(messages.ALL))
def test_both_languages_say_the_same_parameters(code: str) -> None:
    english, korean = messages.ALL[code]
    assert english and korean
    assert english != korean or not re.sub(
        r"\{\w+\}", "", english
    )  # equal only where they say just what they are given
    assert parameters(english) == parameters(korean)


def test_a_missing_parameter_is_shown_and_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "missing", lambda _: "?")  # as it is outside of the tests
    assert (
        messages.render("no_such_record", {"type": "patient"}, "en") == "There is no patient ? here. Import it first."
    )


def test_an_unknown_code_is_shown_as_itself() -> None:
    assert messages.render("no such code", {}, "ko") == "no such code"


def test_server_text_in_a_parameter_is_not_a_template() -> None:
    assert "{0.__class__}" in messages.render("not_json", {"detail": "{0.__class__}"}, "en")


def test_a_record_type_is_called_by_its_name() -> None:
    params = {"type": "radiology_study", "key": "S-1"}
    assert messages.render("why_waits", params, "en") == "imaging study S-1 must be saved first"
    assert messages.render("why_waits", params, "ko").startswith("영상검사 S-1")
    said = messages.render("no_such_type", {"type": "vital_sign", "known": "patient"}, "en")
    assert said == "There is no record type vital_sign. Known are: patient"


def test_every_record_type_has_a_name() -> None:
    assert set(TYPES) == set(registry.record_types())
