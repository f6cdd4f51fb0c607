"""The patients pane on a real store: what was imported is seen, found and sorted; who is registered is saved once."""

import asyncio
import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import PatientQuery
from tests.marks import fault
from tests.require import require
from tests.ui.clinic import cell, clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.find import choose_in, find, type_into
from ui.dialogs.patient_form import PatientForm
from ui.program import Program
from ui.window.main_window import MainWindow


def test_what_was_imported_is_seen_counted_and_found(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson"))
        assert len(window.patients.table.rows.ids) == 12
        assert "12" in window.patients.number.text()
        await until(lambda: window.counts[Status.PENDING] == 12, "patients that may go")
        assert window.counts[Status.HELD] == 74  # visits and results wait for their patient
        await until(lambda: cell(window, 0, "name"), "the first name")
        name = cell(window, 0, "name")
        window.patients.search_for(name)
        await until(lambda: 0 < len(window.patients.table.rows.ids) < 12, "a search")
        await until(lambda: cell(window, 0, "name"), "its rows")
        assert cell(window, 0, "name") == name
        window.patients.search_for("zzz")
        await until(window.patients.empty.isVisible, "the hint that nobody was found")

    run(scene())


def test_typing_searches_by_initial_consonants_after_silence(program: Program, run: Run, tmp_path: Path) -> None:
    rows = [("P-1", "홍", "길동"), ("P-2", "김", "경민"), ("P-3", "한", "가동")]
    path = tmp_path / "three.ndjson"
    patients = [
        {
            "type": "patient",
            "patient_id": k,
            "family_name": f,
            "given_name": g,
            "gender": "M",
            "birth_date": "1990-01-01",
        }
        for k, f, g in rows
    ]
    path.write_text("\n".join(json.dumps(p) for p in patients), encoding="utf-8")

    async def scene() -> None:
        window = await opened(program, path)
        window.patients.search.setText("ㅎㄱㄷ")  # as typed: the search starts by itself
        await until(lambda: len(window.patients.table.rows.ids) == 2, "two of three")
        await until(lambda: cell(window, 0, "name") and cell(window, 1, "name"), "their names")
        assert {cell(window, 0, "name"), cell(window, 1, "name")} == {"홍길동", "한가동"}

    run(scene())


async def first_row_shows(window: MainWindow, column: str, text: str) -> None:
    await until(lambda: cell(window, 0, column) == text, f"{text} in the first row")


def test_sorting_is_asked_of_the_store(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 9))
        number = [c.name for c in window.patients.table.rows.columns].index("key")
        for expected in (1, 9):
            window.patients.table.horizontalHeader().sectionClicked.emit(number)
            await first_row_shows(window, "key", f"P-2026-{expected:06}")

    run(scene())


def test_register_saves_once_and_marks_the_wrong_field(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.dialogs.new_patient()
        form = find(window, PatientForm)
        for name, text in (("patient_id", "P-7"), ("family_name", "박"), ("birth_date", "1990-13-01")):
            type_into(form, name, text)
        form.save.click()
        assert "Not saved. Please look at: gender, date of birth" in form.notice.text
        assert wrong_fields(form) == ["gender", "birth_date"]  # all at once
        assert "no such day" in form.form.fields["birth_date"].note.text()
        type_into(form, "birth_date", "901201")
        assert wrong_fields(form) == ["gender"]
        choose_in(form, "gender", "F")
        form.save.click()
        form.save.click()  # twice is once
        await until(lambda: len(window.patients.table.rows.ids) == 1, "the patient")
        desk = require(window.desk)
        assert (await desk.queue.count_by_status())[Status.PENDING] == 1
        assert require(await desk.records.get("patient", "P-7")).fields["birth_date"] == "1990-12-01"

    run(scene())


def wrong_fields(form: PatientForm) -> list[str]:
    return [name for name, field in form.form.fields.items() if field.has_error]


def test_the_next_free_number_is_offered_and_a_number_taken_meanwhile_is_told(
    program: Program, run: Run, tmp_path: Path
) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 9))
        window.dialogs.new_patient()
        form = find(window, PatientForm)
        await until(lambda: form.form.read_typed()["patient_id"] == "P-2026-000010", "the offer")
        assert not form.has_changes  # nobody typed it: closing asks nothing
        fields = {"patient_id": "P-2026-000010", "family_name": "김", "gender": "F", "birth_date": "1990-01-01"}
        await require(window.desk).records.register("patient", fields, "u-1")
        type_into(form, "family_name", "박")
        type_into(form, "birth_date", "1990.12.1")
        choose_in(form, "gender", "F")
        form.save.click()
        await until(lambda: wrong_fields(form) == ["patient_id"], "that it is taken")
        assert "P-2026-000010 already" in form.notice.text
        type_into(form, "patient_id", "P-2026-000011")
        form.save.click()
        await until(lambda: len(window.patients.table.rows.ids) == 11, "the patient")
        await until(lambda: window.toast.messages, "the message")

    run(scene())


def test_a_number_that_is_being_typed_is_not_replaced_by_the_offer(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        window.dialogs.new_patient()
        form = find(window, PatientForm)
        type_into(form, "patient_id", "X")
        await asyncio.sleep(0.3)
        assert form.form.read_typed()["patient_id"] == "X"
        form.abandon()

    run(scene())


def test_a_partial_patient_is_shown_and_not_edited(program: Program, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    file.write_text('{"resourceType": "Patient", "id": "45", "name": [{"text": "홍길동"}]}', encoding="utf-8")

    async def scene() -> None:
        window = await opened(program, file)
        await until(lambda: cell(window, 0, "name") == "홍길동", "the name")
        (row,) = await require(window.desk).records.find_first_patients(PatientQuery())
        assert row.partial and row.key == "Patient/45"
        told: list[str] = []
        window.dialogs.message_ready.connect(told.append)
        window.dialogs.edit_patient(row.key, row)
        await until(lambda: told, "why it is not edited")
        await until(lambda: window.preview.view, "its preview")
        assert "not editable" in told[0] and require(window.preview.view).partial

    run(scene())


@fault("F9")
def test_hostile_names_are_shown_as_they_are(program: Program, run: Run, tmp_path: Path) -> None:
    name = "<img src=//host/x><b>굵게</b>\u202eabc"
    path = tmp_path / "hostile.ndjson"
    patient = {"type": "patient", "patient_id": "P-<i>", "family_name": name, "gender": "M", "birth_date": "1990-01-01"}
    path.write_text(json.dumps(patient))

    async def scene() -> None:
        window = await opened(program, path)
        await until(lambda: cell(window, 0, "name"), "the name")
        assert cell(window, 0, "name").startswith("<img src=//host/x><b>굵게</b>⟨202E⟩")
        window.patients.table.choose(0)
        await until(lambda: window.preview.view, "the preview")
        window.dialogs.edit_patient("P-<i>")
        await until(lambda: window.findChildren(PatientForm), "the form")
        await asyncio.sleep(0.1)
        rich = [w for w in window.findChildren(QLabel) if w.textFormat() is not Qt.TextFormat.PlainText and w.text()]
        assert rich == []
        find(window, PatientForm).abandon()

    run(scene())
