"""The window on a real store, without a server: what was imported is seen, found, counted and previewed."""

import asyncio
import json
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLabel

from fhirdesk import sample
from fhirdesk.entry import Status
from fhirdesk.settings import Settings
from fhirdesk.views import PatientQuery
from tests.ui.conftest import Run, until
from ui.dialogs.entry import EntryDialog
from ui.dialogs.palette import Palette
from ui.dialogs.patient_form import PatientForm
from ui.dialogs.report import ImportReport
from ui.dialogs.start import StartDialog
from ui.main_window import MainWindow
from ui.program import Program


def clinic(path: Path, patients: int = 12) -> Path:
    """People, their visits (every sixth one comes again) and five results each."""
    rows = sample.generate(patients, 7, types={"patient", "encounter", "lab_result"})
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


async def opened(program: Program, *paths: Path) -> MainWindow:
    window = program.window
    window.show()
    await program.session.open()
    if paths:
        window.import_files(list(paths))
        await until(lambda: not window.jobs.busy and len(window.patients.table.rows.ids), "an import")
    return window


def cell(window: MainWindow, row: int, column: int) -> str:
    table = window.patients.table
    return str(table.rows.data(table.rows.index(row, column)) or "")


def test_what_was_imported_is_seen_counted_and_found(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson"))
        assert len(window.patients.table.rows.ids) == 12
        assert "12" in window.patients.number.text()
        await until(lambda: window.counts[Status.PENDING] == 12, "patients that may go")
        assert window.counts[Status.HELD] == 74  # visits and results wait for their patient
        await until(lambda: cell(window, 0, 1), "the first name")
        name = cell(window, 0, 1)
        window.patients.search_for(name)
        await until(lambda: 0 < len(window.patients.table.rows.ids) < 12, "a search")
        await until(lambda: cell(window, 0, 1), "its rows")
        assert cell(window, 0, 1) == name
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
        await until(lambda: cell(window, 0, 1) and cell(window, 1, 1), "their names")
        assert {cell(window, 0, 1), cell(window, 1, 1)} == {"홍길동", "한가동"}

    run(scene())


def test_a_counter_filters_the_queue(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        await until(lambda: len(window.queue.table.rows.ids) == 21, "all entries")
        window.queue.counters.choose(Status.HELD)
        await until(lambda: len(window.queue.table.rows.ids) == 18, "what is held")
        window.queue.counters.choose(None)
        await until(lambda: len(window.queue.table.rows.ids) == 21, "all again")

    run(scene())


def test_sorting_is_asked_of_the_store(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 9))
        number = [c.name for c in window.patients.table.rows.columns].index("key")
        for expected in (1, 9):
            window.patients.table.horizontalHeader().sectionClicked.emit(number)
            await until(lambda e=expected: cell(window, 0, number) == f"P-2026-{e:06}", f"patient {expected} first")

    run(scene())


def test_a_refused_row_is_told_with_line_field_and_reason(program: Program, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.ndjson"
    good = {"type": "patient", "patient_id": "P-1", "family_name": "김", "gender": "M", "birth_date": "1985-02-28"}
    path.write_text("\n".join(json.dumps(p) for p in (good, good | {"patient_id": "P-2", "birth_date": "1985-02-30"})))

    async def scene() -> None:
        window = await opened(program)
        drop(window, path)
        await until(lambda: window.findChildren(ImportReport), "the report")
        report = window.findChild(ImportReport)
        from PySide6.QtWidgets import QTableWidget

        table = report.findChild(QTableWidget)
        assert [table.item(0, c).text() for c in range(3)] == ["2", "P-2", "Date of birth"]
        assert "not a date that exists" in table.item(0, 3).text()
        assert len(window.patients.table.rows.ids) <= 1
        report.close()

    run(scene())


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(50, 50), action, data, button, Qt.KeyboardModifier.NoModifier))


def test_the_preview_shows_the_resource_and_copies_it(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 2))
        await until(lambda: window.patients.table.rows.row_at(0), "a row")
        window.patients.table.choose(0)
        await until(lambda: window.preview.view, "the preview")
        shown = json.loads(window.preview.resource.text)
        assert shown["resourceType"] == "Patient"
        assert shown["identifier"][0]["value"] == cell(window, 0, 2)
        window.preview.copy_json()
        assert json.loads(QGuiApplication.clipboard().text()) == shown
        window.preview.copy_curl()
        assert "Bearer ****" in QGuiApplication.clipboard().text()

    run(scene())


def test_register_saves_once_and_marks_the_wrong_field(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.sheets.new_patient()
        form = window.findChild(PatientForm)
        for name, text in (("patient_id", "P-7"), ("family_name", "박"), ("birth_date", "1990-13-01")):
            form.inputs[name].setText(text)
        form.save.click()
        await until(form.banner.isVisible, "the reason")
        assert form.inputs["birth_date"].property("wrong") is True
        assert "not a date that exists" in form.banner.text()
        form.inputs["birth_date"].setText("1990-12-01")
        form.save.click()
        form.save.click()  # twice is once
        await until(lambda: len(window.patients.table.rows.ids) == 1, "the patient")
        counts = await window.desk.counts()
        assert counts[Status.PENDING] == 1

    run(scene())


def test_an_entry_is_told_in_words_and_taken_back(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        await until(lambda: len(window.queue.table.rows.ids) == 7, "the queue")
        (row,) = await window.desk.queue_rows([min(window.queue.table.rows.ids)])
        window.sheets.open_entry(row.uuid)
        dialog = window.findChild(EntryDialog)
        await until(lambda: dialog.details, "the details")
        assert "Waits for its turn" in dialog.why.text()
        dialog.close()
        assert await window.desk.cancel([row.uuid]) == 1
        await until(lambda: window.counts[Status.CANCELLED] == 1, "the count of what was taken back")

    run(scene())


def test_F9_hostile_names_are_shown_as_they_are(program: Program, run: Run, tmp_path: Path) -> None:
    name = "<img src=//host/x><b>굵게</b>\u202eabc"
    path = tmp_path / "hostile.ndjson"
    patient = {"type": "patient", "patient_id": "P-<i>", "family_name": name, "gender": "M", "birth_date": "1990-01-01"}
    path.write_text(json.dumps(patient))

    async def scene() -> None:
        window = await opened(program, path)
        await until(lambda: cell(window, 0, 1), "the name")
        assert cell(window, 0, 1).startswith("<img src=//host/x><b>굵게</b>⟨202E⟩")
        window.patients.table.choose(0)
        await until(lambda: window.preview.view, "the preview")
        window.sheets.edit_patient("P-<i>")
        await until(lambda: window.findChildren(PatientForm), "the form")
        await asyncio.sleep(0.1)
        rich = [w for w in window.findChildren(QLabel) if w.textFormat() is not Qt.TextFormat.PlainText and w.text()]
        assert rich == []
        window.findChild(PatientForm).abandon()

    run(scene())


def test_language_and_theme_switch_while_running(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        assert window.patients.title.text() == "Patients"
        window.actions_["korean"].trigger()
        assert window.patients.title.text() == "환자"
        assert window.actions_["send_now"].text() == "지금 보내기"
        window.actions_["dark"].trigger()
        assert window.palette().window().color().name() == "#14181d"
        window.actions_["english"].trigger()
        window.actions_["light"].trigger()
        assert window.patients.title.text() == "Patients"
        assert window.palette().window().color().name() == "#f5f6f8"
        assert program.remembered.lang == "en"

    run(scene())


def test_the_first_start_offers_the_two_ways_in(program: Program, run: Run) -> None:
    async def scene() -> None:
        program.window.show()
        await program.begin()
        dialog = program.window.findChild(StartDialog)
        assert dialog is not None
        asked: list[str] = []
        program.window.wanted_sample.disconnect()
        program.window.wanted_sample.connect(lambda: asked.append("sample"))
        dialog.sample.click()
        assert asked == ["sample"]

    run(scene())


def test_the_palette_does_what_was_found(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        window.actions_["palette"].trigger()
        palette = window.findChild(Palette)
        palette.text.setText("dark")
        palette.offers.itemActivated.emit(palette.offers.currentItem())
        assert window.palette().window().color().name() == "#14181d"
        window.actions_["light"].trigger()

    run(scene())


def test_A9_closing_with_work_in_flight_is_clean(
    program: Program, run: Run, settings: Settings, tmp_path: Path
) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.import_files([clinic(tmp_path / "clinic.ndjson", 300)])
        await until(lambda: window.jobs.busy, "the import")
        window.close()
        assert window.isVisible()  # never closes by itself
        window.end()
        await asyncio.wait_for(window.closing.wait(), 1)
        await program.end()
        assert not window.isVisible()

    run(scene())

    async def again() -> None:  # the data folder is whole: what was committed is there
        await program.session.open()
        assert program.session.desk is not None
        assert (await program.session.desk.counts()).unsent >= 0

    run(again())


def test_every_input_has_an_accessible_name(program: Program, run: Run, tmp_path: Path) -> None:
    from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QPlainTextEdit

    async def scene() -> None:
        window = await opened(program)
        wanted = (QLineEdit, QAbstractItemView, QPlainTextEdit)
        nameless = [
            type(w).__name__
            for kind in wanted
            for w in window.findChildren(kind)
            if not w.accessibleName() and w.isVisibleTo(window) and not isinstance(w, QHeaderView)
        ]
        assert nameless == []

    run(scene())


def test_a_partial_patient_is_shown_and_not_edited(program: Program, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "person.json"
    file.write_text('{"resourceType": "Patient", "id": "45", "name": [{"text": "홍길동"}]}', encoding="utf-8")

    async def scene() -> None:
        window = await opened(program, file)
        await until(lambda: cell(window, 0, 1) == "홍길동", "the name")
        (row,) = await window.desk.patient_first(PatientQuery())
        assert row.partial and row.key == "Patient/45"
        told: list[str] = []
        window.sheets.told.connect(told.append)
        window.sheets.edit_patient(row.key, row)
        await until(lambda: told, "why it is not edited")
        await until(lambda: window.preview.view, "its preview")
        assert "not editable" in told[0] and window.preview.view.partial

    run(scene())


def test_an_import_knows_how_far_it_is(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        await opened(program)
        desk = program.session.desk
        assert desk
        seen: list[float | None] = []
        paths = [clinic(tmp_path / "one.ndjson", 60), clinic(tmp_path / "two.ndjson", 60)]
        async for _ in desk.import_files(paths, progress=lambda p: seen.append(p.fraction)):
            pass
        shares = [s for s in seen if s is not None]
        assert len(shares) == len(seen) > 2
        assert shares == sorted(shares) and 0 < shares[0] < shares[-1] == 1.0

    run(scene())
