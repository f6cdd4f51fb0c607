"""Conflicts and refusals in the window, against a real server: judged by its journal, in both languages."""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import QueueQuery, Side
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.ui.conftest import Run, until
from tests.ui.test_walk import name_of, too_large
from ui.dialogs.decide import DecideDialog
from ui.dialogs.edit_conflict import EditConflictSheet
from ui.dialogs.entry import EntryDialog
from ui.dialogs.merge import MergeSheet
from ui.dialogs.patient_form import PatientForm
from ui.program import Program
from ui.widgets.button import Kind
from ui.widgets.options import Choice
from ui.window.main_window import MainWindow

BEFORE = {"phone": "010-0127-0099", "email": "old@example.com", "address": "가온구 나루길 12"}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox("hapi") as made:
        yield made


@pytest.fixture
def settings(settings: Settings, server: Sandbox) -> Settings:
    return replace(settings, profile=Profile("hospital", url=server.base, vendor="hapi"))


def person(**more: str) -> dict[str, Any]:
    return person_row(family_name="구", given_name="하은", **BEFORE) | more


async def opened(program: Program) -> tuple[MainWindow, Desk]:
    """The window, with one patient in step with the server."""
    program.window.show()
    await program.session.open()
    desk = program.session.desk
    assert desk
    await desk.records.register("patient", person(), str(uuid.uuid4()))
    await until(lambda: program.window.counts[Status.COMPLETED] == 1, "the patient")
    return program.window, desk


def ask(server: Sandbox, method: str = "GET", body: dict[str, Any] | None = None, path: str = "") -> dict[str, Any]:
    """What a colleague's program does."""
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(
        f"{server.base}/{path or 'Patient?_count=1'}", data, {"Content-Type": "application/fhir+json"}, method=method
    )
    with urllib.request.urlopen(asked) as answer:
        return dict(json.loads(answer.read()))


def there(server: Sandbox) -> dict[str, Any]:
    return dict(ask(server)["entry"][0]["resource"])


def values(server: Sandbox) -> tuple[str, ...]:
    """Phone, email and address on the server."""
    patient = there(server)
    return (*(t["value"] for t in patient["telecom"]), patient["address"][0]["text"])


def colleague(server: Sandbox, **fields: str) -> None:
    """Writes phone, email or address there."""
    patient = there(server)
    for item in patient["telecom"]:
        item["value"] = fields.get(item["system"], item["value"])
    if "address" in fields:
        patient["address"][0] |= {"text": fields["address"], "line": [fields["address"]]}
    ask(server, "PUT", patient, f"Patient/{patient['id']}")


def writes(server: Sandbox) -> int:
    return len([w for w in server.journal() if w["method"] == "PUT"])


async def form_of(window: MainWindow, **typed: str) -> PatientForm:
    """The patient's form with something typed."""
    window.dialogs.edit_patient("P-1")
    await until(lambda: window.findChildren(PatientForm), "the form")
    form = window.findChildren(PatientForm)[-1]
    for name, value in typed.items():
        field = form.inputs[name]
        assert isinstance(field, QLineEdit)
        field.setText(value)
    return form


async def sheet_of(window: MainWindow, kind: type[MergeSheet]) -> MergeSheet:
    await until(lambda: any(s.sides.rows for s in window.findChildren(kind)), "both sides")
    return window.findChildren(kind)[-1]


def choice(sheet: MergeSheet, field: str) -> Choice:
    return next(c for c in sheet.sides.choices if c.row.field == field)


def texts(sheet: MergeSheet) -> list[str]:
    return [label.text() for label in sheet.findChildren(QLabel) if label.isVisible()]


KOREAN = "서버에서도 바뀐 항목: 휴대전화. 선택해 주세요. 나머지는 자동으로 합쳐집니다."


@pytest.mark.parametrize(
    ("lang", "headline", "saved"),
    [
        ("en", "Also changed on the server: phone. Choose; the rest is merged by itself.", "Saved on the server."),
        (
            "ko",
            "서버에서도 바뀐 항목: 휴대전화. 선택해 주세요. 나머지는 자동으로 합쳐집니다.",
            "서버에 저장되었습니다.",
        ),
    ],
)
def test_an_edit_that_races_a_colleague_is_chosen_and_saved(
    program: Program, run: Run, server: Sandbox, lang: str, headline: str, saved: str
) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        program.speak(lang)
        form = await form_of(window, phone="010-0127-0100", address="들꽃로 7")
        colleague(server, phone="010-0881-4042", email="koo61@example.com")
        before = writes(server)
        form.save.click()
        sheet = await sheet_of(window, EditConflictSheet)
        assert sheet.why.text() == headline
        assert not sheet.save.isEnabled() and sheet.save.toolTip() and writes(server) == before
        record = await desk.records.get("patient", "P-1")
        assert record and record.fields["phone"] == "010-0881-4042"  # what is shown as saved is what the server has
        for shown in ("010-0127-0099", "010-0127-0100", "010-0881-4042", "koo61@example.com", "들꽃로 7"):
            assert shown in texts(sheet)
        sheet.sides.choices[0].mine.radio.click()
        sheet.save.click()
        await until(lambda: window.toast.text == saved, "that it is saved")
        assert values(server) == ("010-0127-0100", "koo61@example.com", "들꽃로 7") and writes(server) == before + 1

    run(scene())


def test_an_edit_of_another_field_than_the_colleagues_asks_nothing(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, _ = await opened(program)
        form = await form_of(window, phone="010-0127-0100")
        colleague(server, email="koo61@example.com")
        form.save.click()
        await until(lambda: window.toast.text == "Saved on the server.", "that it is saved")
        assert values(server) == ("010-0127-0100", "koo61@example.com", BEFORE["address"])
        assert not window.findChildren(EditConflictSheet)

    run(scene())


def test_what_the_form_does_not_change_stays_as_it_is_by_now(program: Program, run: Run, server: Sandbox) -> None:
    """The form was opened before a colleague's phone came here: saving another field does not take it back."""

    async def scene() -> None:
        window, desk = await opened(program)
        form = await form_of(window, given_name="하윤")
        await desk.records.edit_patient("P-1", {"phone": "010-0881-4042"}, uuid=str(uuid.uuid4()))
        form.save.click()
        await until(lambda: there(server)["name"][0]["given"] == ["하윤"], "that it is sent")
        assert values(server)[0] == "010-0881-4042"

    run(scene())


def test_a_sheet_that_is_put_off_leaves_the_text_and_the_next_save_asks_again(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, _ = await opened(program)
        form = await form_of(window, phone="010-0127-0100")
        colleague(server, phone="010-0881-4042")
        before = writes(server)
        for _ in range(2):
            form.save.click()
            sheet = await sheet_of(window, EditConflictSheet)
            sheet.later.click()
            await until(lambda: not window.findChildren(EditConflictSheet), "that it is closed")
            phone = form.inputs["phone"]
            assert isinstance(phone, QLineEdit) and phone.text() == "010-0127-0100" and form.isVisible()
        assert writes(server) == before
        form.abandon()

    run(scene())


def test_one_choice_for_each_of_three_fields_and_a_third_value(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, _ = await opened(program)
        form = await form_of(window, phone="010-0127-0100", email="haeun@example.com", address="들꽃로 7")
        colleague(server, phone="010-0881-4042", email="koo61@example.com", address="나루길 48")
        form.save.click()
        sheet = await sheet_of(window, EditConflictSheet)
        assert [c.row.field for c in sheet.sides.choices] == ["phone", "email", "address"]
        sheet.all_mine.click()
        choice(sheet, "email").theirs.radio.click()
        third = choice(sheet, "address")
        third.edit.click()
        assert third.text.text() == "들꽃로 7"
        third.text.setText("별빛로 3")
        QTest.keyClick(third.text, Qt.Key.Key_Return)
        await until(lambda: window.toast.text == "Saved on the server.", "that it is saved")
        assert values(server) == ("010-0127-0100", "koo61@example.com", "별빛로 3")

    run(scene())


def test_what_changed_there_between_the_sheet_and_the_click_is_shown_before_anything_is_sent(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, _ = await opened(program)
        form = await form_of(window, phone="010-0127-0100", email="haeun@example.com")
        colleague(server, phone="010-0881-4042", email="koo61@example.com")
        form.save.click()
        sheet = await sheet_of(window, EditConflictSheet)
        sheet.all_mine.click()
        colleague(server, phone="010-5555-5555")
        before = writes(server)
        sheet.save.click()
        await until(lambda: sheet.banner.isVisible() and sheet.save.isVisible(), "that it changed again")
        assert "changed again" in sheet.banner.text() and writes(server) == before
        assert choice(sheet, "phone").row.theirs == "010-5555-5555" and choice(sheet, "phone").side is None
        assert choice(sheet, "email").side is Side.MINE  # chosen of the same values
        choice(sheet, "phone").theirs.radio.click()
        await until(sheet.save.isEnabled, "the choice")
        sheet.save.click()
        await until(lambda: window.toast.text == "Saved on the server.", "that it is saved")
        assert values(server)[:2] == ("010-5555-5555", "haeun@example.com")

    run(scene())


def test_keep_mine_of_an_entry_leaves_the_third_field_that_the_server_changed(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        colleague(server, phone="010-0881-4042", email="koo61@example.com")
        mine = person(phone="010-0127-0100", address="들꽃로 7")
        entry = (await desk.records.register("patient", mine, str(uuid.uuid4()))).entry
        assert entry
        await until(lambda: window.counts[Status.CONFLICT] == 1, "the conflict")
        window.dialogs.decide(entry)
        sheet = await sheet_of(window, DecideDialog)
        assert sheet.why.text() == "Also changed on the server: phone. Choose; the rest is merged by itself."
        sheet.sides.choices[0].mine.radio.click()
        sheet.save.click()
        await until(lambda: window.counts[Status.COMPLETED] == 2, "that it is sent")
        assert values(server) == ("010-0127-0100", "koo61@example.com", "들꽃로 7")

    run(scene())


def test_what_a_server_sends_is_plain_text_in_the_sheet(program: Program, run: Run, server: Sandbox) -> None:
    hostile = "<img src=//host/x><b>굵게</b> &amp; \u202eabc"

    async def scene() -> None:
        window, _ = await opened(program)
        form = await form_of(window, phone="010-0127-0100")
        colleague(server, phone=hostile, email="<i>mail</i>")
        form.save.click()
        sheet = await sheet_of(window, EditConflictSheet)
        shown = texts(sheet)
        assert any(t.startswith("<img src=//host/x><b>굵게</b> &amp; ") and "\u202e" not in t for t in shown)
        assert "<i>mail</i>" in shown
        labels = sheet.findChildren(QLabel)
        assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
        focusable = [w for w in sheet.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
        asked = [w for w in focusable if w.isVisible() and not w.objectName().startswith("qt_")]
        assert [type(w).__name__ for w in asked if not name_of(w).strip()] == [] and too_large([sheet]) == {}
        sheet.later.click()
        form.abandon()

    run(scene())


def test_an_edit_behind_a_conflict_leads_to_it(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        colleague(server, phone="010-0881-4042")
        await desk.records.register("patient", person(phone="010-0127-0100"), str(uuid.uuid4()))
        await until(lambda: window.counts[Status.CONFLICT] == 1, "the conflict")
        form = await form_of(window, email="haeun@example.com")
        form.save.click()
        await until(form.notice.action.isVisible, "the way on")
        assert form.notice.text.startswith("An earlier change of this patient needs a decision first.")
        form.notice.action.click()
        await until(lambda: window.findChildren(EntryDialog), "the entry")
        form.abandon()

    run(scene())


def refusal(code: str, text: str, **more: Any) -> dict[str, Any]:
    issue = {"severity": "error", "code": code, "diagnostics": text} | more
    return {"resourceType": "OperationOutcome", "issue": [issue]}


NUMBER = "Telecom value is not a valid phone number"
REFUSALS = [
    (422, refusal("value", NUMBER, expression=["Patient.telecom[0].value"]), "phone", "The server refused the phone."),
    (422, refusal("value", NUMBER), None, "The server refused the change as not valid."),
    (422, refusal("business-rule", "<b>Closed</b> & gone"), None, "A rule of the server forbids the change."),
    (403, refusal("forbidden", "No scope"), None, "The server does not allow this change."),
    (409, refusal("duplicate", "In use"), None, "The server has the same already, with somebody else."),
]


@pytest.mark.parametrize(("status", "body", "field", "said"), REFUSALS)
def test_a_refusal_in_the_form_says_what_the_server_said_and_blames_nobody_else(
    program: Program, run: Run, server: Sandbox, status: int, body: dict[str, Any], field: str | None, said: str
) -> None:
    async def scene() -> None:
        window, _ = await opened(program)
        form = await form_of(window, phone="010-0093-1100")
        server.fault(method="PUT", path="Patient", status=status, body=body)
        form.save.click()
        quote = form.form.fields[field].quote if field else form.said
        await until(quote.isVisible, "the refusal")
        assert form.notice.text.startswith(said) and "?" not in form.notice.text
        assert quote.text() == f"The server's answer: “{body['issue'][0]['diagnostics']}”"
        assert [n for n, i in form.inputs.items() if i.property("wrong")] == ([field] if field else [])
        form.abandon()

    run(scene())


def test_a_deletion_shows_what_changed_there_and_compares_again_at_the_click(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        colleague(server, phone="010-0881-4042")
        await desk.queue.sync("patient", "P-1", operation="delete")
        await until(lambda: window.counts[Status.CONFLICT] == 1, "the conflict")
        (row,) = await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery(frozenset({Status.CONFLICT}))))
        window.dialogs.decide(row.uuid)
        sheet = await sheet_of(window, DecideDialog)
        assert isinstance(sheet, DecideDialog)
        assert {"010-0127-0099", "010-0881-4042"} <= set(texts(sheet)) and not sheet.sides.choices
        assert sheet.mine.kind is Kind.DANGER and not sheet.save.isVisible()
        colleague(server, phone="010-5555-5555")
        sheet.mine.click()
        await until(lambda: "changed again" in sheet.banner.text(), "that it changed again")
        assert "010-5555-5555" in texts(sheet) and there(server)
        sheet.mine.click()
        await until(lambda: window.counts[Status.CONFLICT] == 0, "the deletion")
        await until(lambda: not ask(server).get("entry"), "that it is deleted there")

    run(scene())


def test_a_conflict_is_not_offered_edit_and_retry(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        colleague(server, phone="010-0881-4042")
        entry = (await desk.records.register("patient", person(phone="010-0127-0100"), str(uuid.uuid4()))).entry
        assert entry
        await until(lambda: window.counts[Status.CONFLICT] == 1, "the conflict")
        window.dialogs.open_entry(entry)
        await until(lambda: window.findChildren(EntryDialog)[0].details, "the entry")
        (sheet,) = window.findChildren(EntryDialog)
        assert sheet.buttons["correct"].isHidden() and sheet.buttons["decide"].isDefault()

    run(scene())
