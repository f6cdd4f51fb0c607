"""A refusal is told by what the server said: its kind, the field only where the server names it, and its own words."""

from collections.abc import Callable
from typing import Any

import pytest

from fhirdesk.core.queue_entry import Status, server_sentences
from fhirdesk.core.views import EditOutcome
from fhirdesk.i18n.messages import render
from tests.factories import person
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def refusal(status: int, code: str, **more: Any) -> Reply:
    """The server's no."""
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code} | more]}
    return Reply(status, outcome)


PHONE = {"expression": ["Patient.telecom[0].value"]}
REFUSALS = [
    (refusal(422, "business-rule", diagnostics="Closed on Sundays"), "edit_refused", None, "A rule of the server"),
    (refusal(400, "value", diagnostics="Nonsense"), "edit_refused", None, "as not valid"),
    (refusal(422, "processing"), "edit_refused", None, "The server refused the change."),
    (refusal(409, "duplicate", diagnostics="Exists"), "edit_refused", None, "The server has the same already"),
    (refusal(403, "forbidden", diagnostics="No scope"), "edit_not_allowed", None, "does not allow"),
    (refusal(422, "security", diagnostics="No scope"), "edit_not_allowed", None, "does not allow"),
    (Reply(422), "edit_refused", None, "The server refused the change."),
    (Reply(405), "edit_not_taken", None, "does not take changes"),
    (Reply(413), "edit_too_large", None, "too large"),
    (refusal(422, "value", **PHONE), "edit_refused", "phone", "refused the phone"),
    (refusal(422, "business-rule", **PHONE), "edit_refused", "phone", "refused the phone"),
    (refusal(422, "value", location=["/f:Patient/f:telecom[1]/f:value"]), "edit_refused", "phone", "refused the phone"),
    (refusal(422, "value", diagnostics="'010-1' is no number"), "edit_refused", "phone", "refused the phone"),
    (refusal(422, "value", expression=["Patient"]), "edit_refused", None, "as not valid"),
    (refusal(422, "value", expression=["Patient.birthDate"]), "edit_refused", "birth_date", "refused the birth_date"),
    (refusal(422, "value", expression=["Patient.contact[0]"]), "edit_refused", None, "as not valid"),
    (refusal(422, "value", diagnostics="at line 010-12"), "edit_refused", None, "as not valid"),
]


@fault("D1")
@pytest.mark.parametrize(("answer", "code", "field", "said"), REFUSALS)
def test_an_edit_is_refused_by_verdict(bench: Make, answer: Reply, code: str, field: str | None, said: str) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="010-0", email="old@clinic.kr"))
        desk.drain()
        server.script = lambda asked: answer if asked.method == "PUT" else None
        told = desk.edit(phone="010-1")
    assert (told.outcome, told.message.code, told.field) == (EditOutcome.REFUSED, code, field)
    for lang in ("en", "ko"):
        assert "?" not in render(told.message.code, told.message.params, lang)
    assert said in render(told.message.code, told.message.params)
    issues = (answer.body or {}).get("issue", [{}])
    assert told.said == issues[0].get("diagnostics")


@fault("D1")
@pytest.mark.parametrize(("expression", "field"), [("Patient.telecom", None), ("Patient.telecom[1]", "email")])
def test_of_two_fields_that_were_typed_neither_is_blamed_for_the_other(
    bench: Make, expression: str, field: str | None
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="010-0", email="old@clinic.kr"))
        desk.drain()
        no = refusal(422, "value", expression=[expression])
        server.script = lambda asked: no if asked.method == "PUT" else None
        assert desk.edit(phone="010-1", email="new@clinic.kr").field == field


@fault("D1")
@pytest.mark.parametrize(
    ("answer", "field", "said"),
    [
        (refusal(422, "business-rule", diagnostics="Closed on Sundays"), None, "A rule of the server forbids it"),
        (refusal(422, "value", diagnostics="010-1111 is no number"), "phone", "The server refused the phone"),
        (refusal(409, "duplicate"), None, "The server has the same already"),
        (refusal(422, "value"), None, "The server refused it as not valid"),
    ],
)
def test_so_is_an_update_that_waits(bench: Make, answer: Reply, field: str | None, said: str) -> None:
    def refuses(asked: RecordedRequest) -> Reply | None:
        return answer if asked.method == "PUT" else None

    with FakeFhirServer() as server:
        desk = bench(server)
        desk.add(person("P-1", phone="010-0"))
        desk.drain()
        server.script = refuses
        (uuid,) = desk.add(person("P-1", phone="010-1111"))
        desk.drain()
        reason = desk.entry(uuid).reason
        assert desk.states(uuid) == [Status.FAILED] and reason and reason.params.get("field") == field
        assert render(reason.code, reason.params) == said and len(server.asked("PUT")) == 1
    assert server_sentences(desk.attempts(uuid)) == (answer.body or {})["issue"][0].get("diagnostics")
