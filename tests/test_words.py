"""Sentences as they are shown: what is missing, what is not known, what comes from outside."""

import pytest

from fhirdesk.converters import registry
from fhirdesk.i18n import messages
from fhirdesk.i18n.labels import TYPES


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
