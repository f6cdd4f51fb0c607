"""Files into the window: dropped or chosen, refused rows are told, the strip knows how far it is."""

import json
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QTableWidget

from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.find import find, row_texts
from ui.dialogs.report import ImportReport
from ui.program import Program
from ui.window.main_window import MainWindow


def test_a_refused_row_is_told_with_line_field_and_reason(program: Program, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.ndjson"
    good = {"type": "patient", "patient_id": "P-1", "family_name": "김", "gender": "M", "birth_date": "1985-02-28"}
    path.write_text("\n".join(json.dumps(p) for p in (good, good | {"patient_id": "P-2", "birth_date": "1985-02-30"})))

    async def scene() -> None:
        window = await opened(program)
        drop(window, path)
        await until(lambda: window.findChildren(ImportReport), "the report")
        report = find(window, ImportReport)
        *place, reason = row_texts(find(report, QTableWidget), 0, 0, 1, 2, 3)
        assert place == ["2", "P-2", "Date of birth"] and "not a date that exists" in reason
        assert len(window.patients.table.rows.ids) <= 1
        report.close()

    run(scene())


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(50, 50), action, data, button, Qt.KeyboardModifier.NoModifier))


def test_an_import_knows_how_far_it_is(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        await opened(program)
        desk = program.session.desk
        assert desk
        seen: list[float | None] = []
        paths = [clinic(tmp_path / "one.ndjson", 60), clinic(tmp_path / "two.ndjson", 60)]
        async for _ in desk.records.import_files(paths, progress=lambda p: seen.append(p.fraction)):
            pass
        shares = [s for s in seen if s is not None]
        assert len(shares) == len(seen) > 2
        assert shares == sorted(shares) and 0 < shares[0] < shares[-1] == 1.0

    run(scene())


def test_what_is_to_be_said_of_a_file_that_was_read_is_told(program: Program, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    row = "patient,P-949,똠,하늘,F,1985-06-15\n"
    path.write_bytes(("type,patient_id,family_name,given_name,gender,birth_date\n" + row).encode("cp949"))

    async def scene() -> None:
        window = await opened(program)
        drop(window, path)
        await until(lambda: window.findChildren(ImportReport), "the report")
        report = find(window, ImportReport)
        assert any("CP949" in label.text() for label in report.findChildren(QLabel))
        report.close()

    run(scene())
