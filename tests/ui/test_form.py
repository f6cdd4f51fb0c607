"""How a profile edit is told: the four scenarios, and an outcome that is not known at first."""

from collections.abc import Mapping
from typing import Any

import pytest
from shiboken6 import isValid

from fhirdesk.converters.registry import record_types
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record, RecordType
from fhirdesk.core.views import EditOutcome, EditResult, ImportLine
from tests.ui.conftest import Run, until
from ui.dialogs.patient_form import GOOD, MARKS, PatientForm
from ui.tasks import Tasks

RECORD = Record(
    "patient",
    "P-1",
    {
        "patient_id": "P-1",
        "family_name": "김",
        "given_name": "경민",
        "gender": "M",
        "birth_date": "1985-06-15",
        "phone": "1",
    },
)


class ScriptedDesk:
    """The desk's edge: answers as told and keeps what it was asked."""

    def __init__(self, *results: EditResult):
        self.results = list(results)
        self.edits: list[tuple[Mapping[str, str], bool, str]] = []
        self.registered: list[Mapping[str, Any]] = []
        self.later: tuple[EditOutcome, str, str | None] = (EditOutcome.UNKNOWN, "edit_unknown", None)

    @property
    def records(self) -> "ScriptedDesk":
        return self  # the only part that the form uses

    async def read_types(self) -> Mapping[str, RecordType]:
        return record_types()

    async def edit_patient(
        self, key: str, changes: Mapping[str, str], *, uuid: str, later: bool = False, seen: Record | None = None
    ) -> EditResult:
        assert key == "P-1" and seen and seen.fields["phone"] == "1"
        self.edits.append((changes, later, uuid))
        return self.results.pop(0)

    async def change(self, type_: str, key: str, fields: Mapping[str, Any], uuid: str) -> ImportLine:
        self.registered.append(fields)
        return ImportLine(0, type_, key, "changed", uuid)

    async def register(self, type_: str, fields: Mapping[str, Any], uuid: str) -> ImportLine:
        self.registered.append(fields)
        return ImportLine(0, type_, "P-1", "changed", uuid)

    async def get_edit_result(self, uuid: str) -> EditResult:
        return result(*self.later)


def result(outcome: EditOutcome, code: str, field: str | None = None) -> EditResult:
    return EditResult(outcome, Reason(code, {"field": field} if field else {}), RECORD, field, entry="u-1")


def form_on(desk: ScriptedDesk) -> tuple[PatientForm, list[str]]:
    form = PatientForm(desk, Tasks(), RECORD)  # type: ignore[arg-type]
    said: list[str] = []
    form.saved.connect(said.append)
    form.show()
    form.inputs["phone"].setText("010-1234-5678")  # type: ignore[union-attr]
    return form, said


@pytest.mark.usefixtures("program")
class TestForm:
    def test_accepted_closes_and_says_so(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk(result(EditOutcome.ACCEPTED, "edit_accepted"))
            form, said = form_on(desk)
            form.save.click()
            await until(lambda: said, "the sentence")
            assert said == ["Saved on the server."]
            assert desk.edits[0][0] == {"phone": "010-1234-5678"}
            await until(lambda: not isValid(form), "that it closed")

        run(scene())

    def test_refused_marks_the_field_and_keeps_the_text(self, run: Run) -> None:
        async def scene() -> None:
            form, said = form_on(ScriptedDesk(result(EditOutcome.REFUSED, "edit_refused", "phone")))
            form.save.click()
            await until(lambda: form.inputs["phone"].property("wrong"), "the mark")
            assert form.notice.text == "The server refused the phone. Nothing was changed."
            assert form.inputs["phone"].text() == "010-1234-5678"  # type: ignore[union-attr]
            assert not form.later.isVisible()
            assert said == []
            form.reject()  # Escape: what was typed is not thrown away by a slip
            assert form.isVisible()
            form.abandon()
            await until(lambda: not isValid(form), "that it closed")

        run(scene())

    def test_unreachable_offers_again_or_later(self, run: Run) -> None:
        async def scene() -> None:
            away = result(EditOutcome.UNREACHABLE, "edit_unreachable")
            desk = ScriptedDesk(away, away, result(EditOutcome.QUEUED, "edit_later"))
            form, said = form_on(desk)
            form.save.click()
            await until(form.later.isVisible, "the offer")
            assert form.save.text() == "Try again"
            form.save.click()
            await until(lambda: len(desk.edits) == 2 and form.save.isEnabled(), "another try")
            assert desk.edits[0][2] != desk.edits[1][2]  # another try is another action
            form.later.click()
            await until(lambda: said, "the sentence")
            assert desk.edits[2][1] is True
            assert "until then the old value stays" in said[-1]

        run(scene())

    def test_unknown_is_followed_until_it_is_known(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk(result(EditOutcome.UNKNOWN, "edit_unknown"))
            form, said = form_on(desk)
            form.save.click()
            await until(lambda: "checking" in form.notice.text, "that it is not known")
            assert not form.save.isEnabled()
            desk.later = (EditOutcome.ACCEPTED, "edit_accepted", None)
            await until(lambda: said, "the outcome")
            assert said == ["Saved on the server."]

        run(scene())

    def test_a_postcode_that_stands_in_the_form_stays_with_a_new_address(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk(result(EditOutcome.ACCEPTED, "edit_accepted"))
            record = RECORD.with_fields(address="서울 1", postcode="01234")
            form = PatientForm(desk, Tasks(), record)  # type: ignore[arg-type]
            form.inputs["address"].setText("서울 2")  # type: ignore[union-attr]
            form.save.click()
            await until(lambda: bool(desk.edits), "the edit")
            assert desk.edits[0][0] == {"address": "서울 2", "postcode": "01234"}

        run(scene())

    def test_an_unknown_edit_that_was_refused_in_the_end_is_told_like_any_other(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk(result(EditOutcome.UNKNOWN, "edit_unknown"))
            form, said = form_on(desk)
            form.save.click()
            await until(lambda: "checking" in form.notice.text, "that it is not known")
            desk.later = (EditOutcome.REFUSED, "edit_refused", "phone")
            await until(lambda: form.inputs["phone"].property("wrong"), "the mark")
            assert form.save.isEnabled() and said == []
            form.abandon()

        run(scene())

    def test_local_fields_are_queued_first_and_told_apart(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk(result(EditOutcome.REFUSED, "edit_refused", "phone"))
            form, _ = form_on(desk)
            form.inputs["given_name"].setText("경미")  # type: ignore[union-attr]
            form.save.click()
            await until(lambda: form.inputs["phone"].property("wrong"), "the refusal")
            assert desk.registered == [{"given_name": "경미"}]  # and nothing that the server has not said yes to
            form.abandon()

        run(scene())

    def test_what_will_be_stored_and_what_was_there_stand_below_the_field(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk(result(EditOutcome.ACCEPTED, "edit_accepted"))
            form = PatientForm(desk, Tasks(), RECORD)  # type: ignore[arg-type]
            form.show()
            fields = form.form.fields
            assert fields["phone"].note.text() == "" and not form.has_changes  # odd, but it stands there already
            form.inputs["phone"].setText("+82 10 1234 5678")  # type: ignore[union-attr]
            assert fields["phone"].note.text() == "Saved as 010-1234-5678 · Before: 1"
            form.inputs["birth_date"].setText("150615")  # type: ignore[union-attr]
            assert fields["birth_date"].note.text() == "Saved as 2015-06-15 · taken as 2015 · Before: 1985-06-15"
            assert form.changes.text() == "Changed: date of birth, phone"
            form.undo.click()
            assert not form.has_changes and fields["phone"].note.text() == form.changes.text() == ""
            form.inputs["phone"].setText("01012345678")  # type: ignore[union-attr]
            form.save.click()
            await until(lambda: bool(desk.edits), "the edit")
            assert desk.edits[0][0] == {"phone": "010-1234-5678"}

        run(scene())

    def test_a_wrong_number_says_why_and_is_not_sent(self, run: Run) -> None:
        async def scene() -> None:
            desk = ScriptedDesk()
            form, _ = form_on(desk)
            field, phone = form.form.fields["phone"], form.inputs["phone"]
            phone.setText("010-93-11")  # type: ignore[union-attr]
            assert field.note.text() == "Before: 1"  # it is still being typed
            phone.editingFinished.emit()  # type: ignore[union-attr]
            assert "7 digits" in field.note.text() and field.has_error
            form.save.click()
            assert form.notice.text == "Not saved. Please look at: phone" and desk.edits == []
            form.abandon()

        run(scene())

    @pytest.mark.parametrize("outcome", [o for o in EditOutcome if o not in GOOD])
    def test_no_outcome_is_shown_without_a_mark_and_a_sentence(self, run: Run, outcome: EditOutcome) -> None:
        async def scene() -> None:
            form, _ = form_on(ScriptedDesk(result(outcome, "edit_refused")))
            form.save.click()
            assert form.save.is_busy
            await until(lambda: form.notice.isVisible() and "Asking" not in form.notice.text, "the outcome")
            assert form.notice.property("tone") == MARKS.get(outcome, "refused")
            assert form.save.is_busy is (outcome is EditOutcome.UNKNOWN)
            form.abandon()

        run(scene())

    def test_what_the_server_did_otherwise_is_what_the_next_try_is_made_of(self, run: Run) -> None:
        async def scene() -> None:
            there = RECORD.with_fields(email="kim@example.com", phone="010-0000-0000")
            done_in_part = EditResult(EditOutcome.NOT_DONE, Reason("edit_not_done", {"fields": "phone"}), there)
            form, _ = form_on(ScriptedDesk(done_in_part))
            form.inputs["email"].setText("kim@example.com")  # type: ignore[union-attr]
            form.save.click()
            await until(form.notice.isVisible, "how it went")
            await until(lambda: form.form.find_changed() == ["phone"], "that the e-mail is saved")
            assert form.form.fields["phone"].note.text() == "Before: 010-0000-0000"
            form.abandon()

        run(scene())

    def test_a_refusal_of_a_field_that_is_not_shown_is_quoted_at_the_head(self, run: Run) -> None:
        async def scene() -> None:
            refused = EditResult(
                EditOutcome.REFUSED, Reason("edit_refused"), RECORD, "patient_id", said="Number in use"
            )
            form, _ = form_on(ScriptedDesk(refused))
            form.save.click()
            await until(form.said.isVisible, "the quotation")
            assert form.said.text() == "The server's answer: “Number in use”"
            form.abandon()

        run(scene())
