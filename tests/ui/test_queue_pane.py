"""What a person does to the queue in the window, on a real store and a real server on loopback."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Codes
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import Link, QueueQuery
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.ui.conftest import Run, until
from tests.ui.find import row_texts
from ui.actions.command import Place
from ui.dialogs.ask import Question, ReasonQuestion
from ui.dialogs.chain import ChainDialog
from ui.dialogs.correct import CorrectDialog
from ui.dialogs.decide import DecideDialog
from ui.dialogs.entry import EntryDialog
from ui.dialogs.record_inputs import list_choices
from ui.program import Program
from ui.window.main_window import MainWindow

CHANGES = ("retry", "hold", "release", "cancel", "discard")
REFUSAL = {
    "resourceType": "OperationOutcome",
    "issue": [
        {"severity": "error", "code": "value", "expression": ["Patient.telecom[0].value"], "diagnostics": "too short"},
        {"severity": "warning", "code": "business-rule", "details": {"text": "register at the desk"}},
    ],
}

REFUSAL_OF_THE_BIRTH_DATE = {
    "resourceType": "OperationOutcome",
    "issue": [
        {"severity": "error", "code": "value", "expression": ["Patient.birthDate"], "diagnostics": "no such day"}
    ],
}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox("hapi") as made:
        yield made


@pytest.fixture
def settings(settings: Settings, server: Sandbox) -> Settings:
    return replace(settings, profile=Profile("hospital", url=server.base, vendor="hapi"))


def person(key: str, **more: str) -> dict[str, Any]:
    return person_row(key, family_name="김", given_name="경민", phone="010-1111-2222") | more


async def save(desk: Desk, fields: dict[str, Any]) -> str:
    line = await desk.records.register(fields["type"], fields, str(uuid.uuid4()))
    assert line.entry
    return line.entry


async def opened(program: Program) -> tuple[MainWindow, Desk]:
    program.window.show()
    await program.session.open()
    assert program.session.desk
    return program.window, program.session.desk


async def refusal_count(window: MainWindow, number: int) -> None:
    await until(lambda: window.counts[Status.FAILED] == number, f"{number} refusals")


async def refused(server: Sandbox, window: MainWindow, desk: Desk, *keys: str) -> list[str]:
    """Patients that the server refuses, one after the other."""
    found = []
    for number, key in enumerate(keys):
        server.fault(method="POST", times=1, status=422, body=REFUSAL)
        found.append(await save(desk, person(key, phone="1")))
        await refusal_count(window, number + 1)
    return found


def the(window: MainWindow, kind: type[Any]) -> Any:
    (found,) = window.findChildren(kind)
    return found


async def chosen_state(window: MainWindow, status: Status) -> None:
    await until(lambda: (row := window.queue.table.current_row()) and row.status is status, f"the chosen row {status}")


async def row_count(window: MainWindow, number: int) -> None:
    await until(lambda: len(window.queue.table.rows.ids) == number, f"{number} rows")


def test_causes_filter_and_all_that_match_go_again_once_the_count_is_confirmed(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        await refused(server, window, desk, "P-1", "P-2")
        await save(desk, person("P-3"))
        await until(lambda: window.counts[Status.COMPLETED] == 1, "one that arrives")
        window.actions_["causes"].trigger()
        causes = window.queue.causes
        await until(lambda: causes.rowCount() == 1, "the cause")
        window.queue._filter_by_status(frozenset({Status.CONFLICT}))
        window.actions_["causes"].trigger()
        await until(lambda: causes.rowCount() == 0, "that no cause is of a conflict")
        window.queue._filter_by_status(frozenset({Status.FAILED}))
        window.actions_["causes"].trigger()
        await until(lambda: causes.rowCount() == 1, "the cause")
        assert row_texts(causes, 0, 0, 1, 2) == ["Refused", "2", "The server refused the phone"]
        causes.cellClicked.emit(0, 0)
        await row_count(window, 2)
        assert window.queue.filter_banner.label.text() == "2 · The server refused the phone"
        window.queue.buttons["retry_all"].click()
        await until(lambda: window.findChildren(Question), "the question")
        assert "2" in the(window, Question).findChildren(QLabel)[1].text()
        the(window, Question).agree()
        await until(lambda: window.counts[Status.COMPLETED] == 3, "all there")
        window.queue.filter_banner.cleared.emit()
        await until(window.queue.empty.isVisible, "that nothing is open")
        window.queue.counters.choose(Status.COMPLETED)
        await row_count(window, 3)
        assert len(server.journal()) == 3

    run(scene())


def test_edit_and_retry_marks_the_field_and_is_a_linked_entry(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        (uuid_,) = await refused(server, window, desk, "P-1")
        window.dialogs.open_entry(uuid_)
        entry = the(window, EntryDialog)
        await until(lambda: entry.details, "the entry")
        told = entry.exchange.response.text
        assert told.startswith("HTTP 422")
        assert "error · value: a value is not acceptable\n    Patient.telecom[0].value\n    too short" in told
        assert "warning · business-rule: a rule of the hospital forbids it\n    register at the desk" in told
        assert [step.title for step in entry.attempts.steps] == ["Put in the queue", "Refused"]
        assert entry.attempts.steps[1].rest == "HTTP 422 · a value is not acceptable"
        entry.buttons["correct"].click()
        await until(lambda: window.findChildren(CorrectDialog), "the form")
        form = the(window, CorrectDialog)
        phone = form.inputs["phone"]
        assert isinstance(phone, QLineEdit) and phone.property("wrong") is True
        gender = form.inputs["gender"]
        assert isinstance(gender, QComboBox) and gender.currentText() == "Male" and not form.find_changes()
        assert [gender.itemText(n) for n in range(gender.count())] == ["—", "Male", "Female", "Other", "Unknown"]
        phone.setText("010-3333-4444")
        form.save.click()
        await until(lambda: window.counts[Status.COMPLETED] == 1, "the corrected one")
        newest = await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery(frozenset({Status.COMPLETED}))))
        assert (await desk.queue.get_entry(newest[0].uuid)).entry.origin == uuid_
        assert len((await desk.queue.get_entry(uuid_)).history) == 1
        assert len(server.journal()) == 1
        entry.close()

    run(scene())


def test_the_refused_field_is_corrected_where_the_refusal_is_told(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        (uuid_,) = await refused(server, window, desk, "P-1")
        window.dialogs.open_entry(uuid_)
        entry = the(window, EntryDialog)
        await until(lambda: entry.box.field, "the field")
        assert entry.box.why.text() == "The server refused the phone"
        assert entry.box.quote.first.text() == "“too short”" and entry.box.quote.place.text().startswith("Patient.tel")
        field, primary = entry.box.field, entry.buttons["correct"]
        assert field.label.text() == "Phone" and primary.isDefault() and primary.text() == "Fix and resend"
        assert entry.buttons["retry"].text() == "Resend as it is"
        field.input.setText("010-3333-4444")
        press(entry, Qt.Key.Key_Escape)
        assert entry.isVisible()  # what is typed is not lost by a slip
        press(entry.findChildren(Question)[0], Qt.Key.Key_Return)
        entry.refresh()
        await asyncio.sleep(0.1)
        assert field.value == "010-3333-4444"  # nor by a new reading
        press(field.input, Qt.Key.Key_Return)
        await until(lambda: window.counts[Status.COMPLETED] == 1, "the corrected one")
        await until(lambda: not window.findChildren(EntryDialog), "that it is closed")
        assert len(server.journal()) == 1 and window.toast.text.startswith("The corrected record is queued")

    run(scene())


def test_a_slip_in_the_corrected_field_is_told_below_it(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        server.fault(method="POST", times=1, status=422, body=REFUSAL_OF_THE_BIRTH_DATE)
        uuid_ = await save(desk, person("P-1"))
        await refusal_count(window, 1)
        window.dialogs.open_entry(uuid_)
        entry = the(window, EntryDialog)
        await until(lambda: entry.box.field, "the field")
        entry.box.field.input.setText("1990-13-01")
        entry.buttons["correct"].click()
        await until(lambda: entry.box.field.has_error, "the error")
        assert entry.isVisible() and entry.buttons["correct"].isEnabled()
        assert (await desk.queue.get_entry(uuid_)).entry.status is Status.FAILED
        entry.abandon()

    run(scene())


def test_a_conflict_is_decided_field_by_field(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        await save(desk, person("P-1"))
        await until(lambda: window.counts[Status.COMPLETED] == 1, "the patient")
        conflicting = await contested(server, window, desk)
        window.dialogs.decide(conflicting)
        sheet = the(window, DecideDialog)
        await until(lambda: sheet.sides.rows, "both sides")
        (row,) = sheet.sides.rows
        assert (row.field, row.base, row.mine, row.theirs) == (
            "phone",
            "010-1111-2222",
            "010-9999-0000",
            "010-7777-8888",
        )
        sheet.sides.choices[0].theirs.radio.click()
        sheet.save.click()
        await until(lambda: window.counts[Status.CONFLICT] == 0, "the end of the conflict")
        record = await desk.records.get("patient", "P-1")
        assert record and record.fields["phone"] == "010-7777-8888"

    run(scene())


async def contested(server: Sandbox, window: MainWindow, desk: Desk) -> str:
    """The phone is changed there and here."""
    theirs = dict((await desk.records.preview("patient", "P-1")).resource)
    theirs["telecom"] = [{"system": "phone", "use": "mobile", "value": "010-7777-8888"}]
    put(server, theirs)
    uuid_ = await save(desk, person("P-1", phone="010-9999-0000"))
    await until(lambda: window.counts[Status.CONFLICT] == 1, "a conflict")
    return uuid_


def put(server: Sandbox, resource: dict[str, Any]) -> None:
    from urllib.request import Request, urlopen

    url = f"{server.base}/{resource['resourceType']}/{resource['id']}"
    body = json.dumps(resource, default=str).encode()
    urlopen(Request(url, body, {"Content-Type": "application/fhir+json"}, method="PUT")).close()


def test_hold_release_discard_and_the_chain(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        await desk.queue.pause()
        await until(lambda: window.server.reason, "the pause")
        await save(desk, person("P-1"))
        visit = {"type": "encounter", "encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB"}
        await save(desk, visit | {"status": "completed", "started_at": "2026-01-05T09:00:00+09:00"})
        await row_count(window, 2)
        window.dialogs.open_chain("P-1")
        chain = the(window, ChainDialog)
        await until(lambda: len(chain.rows.steps) == 2, "the chain")
        step = chain.rows.steps[1]
        assert (step.when, step.title, step.span) == ("Held", "New visit · E-1", "after Patient P-1")
        chain.close()
        rows = window.queue.table.rows
        await until(lambda: rows.row_at(1) and rows.row_at(2), "the rows")
        patients_row = next(n for n in (1, 2) if rows.row_at(n).type == "patient")
        window.queue.table.choose(patients_row)
        window.actions_["hold"].trigger()
        await chosen_state(window, Status.HELD)
        assert window.counts[Status.HELD] == 2
        window.actions_["release"].trigger()
        await chosen_state(window, Status.PENDING)
        assert window.counts[Status.PENDING] == 1
        window.actions_["hold"].trigger()
        await chosen_state(window, Status.HELD)
        window.actions_["discard"].trigger()
        await until(lambda: window.findChildren(ReasonQuestion), "the reason")
        asked = the(window, ReasonQuestion)
        assert not asked.yes.isEnabled()  # no reason, no discard
        asked.reason.setText("entered twice")
        asked.yes.click()
        await until(lambda: window.counts[Status.CANCELLED] == 1, "discarded")
        assert server.journal() == []

    run(scene())


def test_the_kinds_of_records_are_a_filter(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        await desk.queue.pause()
        await save(desk, person("P-1"))
        await save(desk, person("P-2"))
        await row_count(window, 2)
        kinds = [window.queue.types.itemText(n) for n in range(window.queue.types.count())]
        assert kinds[0] == "All kinds" and len(kinds) == 1 + len(await desk.records.read_types())
        assert not any("_" in kind for kind in kinds)  # every type has a name for people
        window.queue.types.setCurrentIndex(window.queue.types.findData("encounter"))
        await until(window.queue.empty.isVisible, "nothing of that kind")
        window.queue.types.setCurrentIndex(0)
        await row_count(window, 2)

    run(scene())


def test_a_selection_reaches_rows_that_were_never_painted(program: Program, run: Run, tmp_path: Path) -> None:
    people = tmp_path / "people.ndjson"
    people.write_text("".join(json.dumps(person(f"P-{number}")) + "\n" for number in range(300)), encoding="utf-8")

    async def scene() -> None:
        window, desk = await opened(program)
        await desk.queue.pause()
        async for _ in desk.records.import_files([people]):
            pass
        await row_count(window, 300)
        window.queue.table.rows._rows.clear()  # as if it had never been scrolled
        window.queue.table.selectAll()
        assert len(window.queue.table.selected_rows()) < 300  # most of them are not here
        window.actions_["hold"].trigger()
        await until(lambda: window.findChildren(Question), "the question")
        the(window, Question).agree()
        await until(lambda: window.counts[Status.HELD] == 300, "all of them held")

    run(scene())


def test_what_waits_says_that_the_server_is_paused_or_away(program: Program, run: Run) -> None:
    async def scene() -> None:
        program.session.settings = replace(program.settings, profile=Profile(url="http://127.0.0.1:9/fhir"))
        window, desk = await opened(program)
        await desk.queue.pause()
        uuid_ = await save(desk, person("P-1"))

        def said() -> str:
            row = window.queue.table.rows.row_at(1)  # below the title of its section
            return row.reason.code if row else ""

        await until(lambda: said() == "paused_by_hand", "the pause, at the entry")
        assert (await desk.queue.get_entry(uuid_)).why.code == "paused_by_hand"
        await desk.queue.resume()
        await until(lambda: window.server.link is Link.OFFLINE, "that it is away", 40)
        await until(lambda: said() == "why_offline", "that it is away, at the entry")

    run(scene())


def test_what_cannot_work_is_not_done_and_an_enter_too_many_decides_nothing(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        (uuid_,) = await refused(server, window, desk, "P-1")
        window.queue.counters.choose(Status.CONFLICT)
        button = window.queue.buttons["retry_all"]  # what is shown are conflicts: the refused one is not meant
        assert not button.isEnabled() and button.toolTip() == "There is nothing to send again."
        window.queue.show_all()
        window.queue.table.choose(0)
        table = window.queue.table
        await until(lambda: (row := table.current_row()) and row.status is Status.FAILED, "the refused row")
        window.actions_.open_menu(Place.ENTRY_MENU, table.mapToGlobal(table.rect().center()))
        offered = {name for name in (*CHANGES, "correct", "decide", "chain") if window.actions_[name].isEnabled()}
        assert offered == {"retry", "cancel", "discard", "correct", "chain"}
        assert window.actions_["hold"].toolTip() == "The state of the selected entries does not allow this."
        next(m for m in window.findChildren(QMenu) if m.isVisible()).close()
        window.actions_["release"].trigger()  # by its key: nothing held is selected
        assert window.toast.text == "The state of the selected entries does not allow this."
        window.dialogs.open_chain("P-1")
        await until(lambda: the(window, ChainDialog).chain, "the chain")
        press(the(window, ChainDialog).rows, Qt.Key.Key_Return)
        await until(lambda: window.findChildren(EntryDialog), "the entry, by the keyboard")
        the(window, ChainDialog).close()
        window.dialogs.decide(uuid_)
        await until(lambda: the(window, DecideDialog).subject, "the sheet")
        assert not the(window, DecideDialog).arrived.isEnabled()
        press(the(window, DecideDialog), Qt.Key.Key_Return)
        await until(lambda: not window.findChildren(DecideDialog), "that it is closed")
        assert (await desk.queue.get_entry(uuid_)).entry.status is Status.FAILED

    run(scene())


def test_a_correction_that_is_typed_is_not_lost_by_a_slip(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        (uuid_,) = await refused(server, window, desk, "P-1")
        window.dialogs.correct(uuid_)
        await until(lambda: window.findChildren(CorrectDialog), "the form")
        form = the(window, CorrectDialog)
        form.inputs["phone"].setText("010-1111-2222")
        press(form, Qt.Key.Key_Escape)
        assert form.isVisible()
        press(form.findChildren(Question)[0], Qt.Key.Key_Return)  # an Enter too many
        assert form.inputs["phone"].text() == "010-1111-2222"
        form.save.click()
        await until(lambda: window.counts[Status.COMPLETED] == 1, "the corrected one")
        await until(lambda: not window.findChildren(CorrectDialog), "that it is closed")

    run(scene())


def test_after_a_correction_the_entry_that_took_its_place_is_chosen(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        (uuid_,) = await refused(server, window, desk, "P-1")
        window.queue.table.choose(0)
        window.dialogs.correct(uuid_)
        await until(lambda: window.findChildren(CorrectDialog), "the form")
        form = the(window, CorrectDialog)
        form.inputs["phone"].setText("010-1111-2222")
        await desk.queue.pause()  # it stays in the list of what is open
        form.save.click()
        await chosen_state(window, Status.PENDING)
        row, table = window.queue.table.current_row(), window.queue.table
        assert (await desk.queue.get_entry(row.uuid)).entry.origin == uuid_
        assert table.viewport().rect().intersects(table.visualRect(table.currentIndex()))

    run(scene())


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def test_what_is_chosen_from_keeps_what_was_queued(program: Program) -> None:
    genders = Codes({"M": "male", "F": "female"}, frozenset(["male", "female"]))
    assert list_choices("gender", genders, "male") == {"male": "Male", "F": "Female"}
    assert list_choices("gender", genders, "") == {"M": "Male", "F": "Female"}
    assert list_choices("gender", genders, "X") == {"M": "Male", "F": "Female", "X": "X"}


def test_the_buttons_of_a_narrow_pane_lose_their_words(program: Program, run: Run) -> None:
    async def scene() -> None:
        window, _desk = await opened(program)
        queue, dock = window.queue, window.layout_.docks[1]
        dock.setFloating(True)
        for width, is_wide in ((808, True), (360, False), (808, True)):
            dock.resize(width, 400)
            await asyncio.sleep(0.1)
            parts = (queue.search, queue.types, *queue.buttons.values())
            ends = [part.mapTo(dock, part.rect().topRight()).x() for part in parts]
            assert max(ends) < dock.width() == width
            assert all(button.text() for button in queue.buttons.values()) is is_wide
            assert all(button.accessibleName() and button.toolTip() for button in queue.buttons.values())

    run(scene())
