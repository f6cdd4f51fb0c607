"""Walks through every widget of the window and of every dialog: accessible names, and plain text everywhere."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QTextEdit,
    QToolTip,
    QWidget,
)

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import CheckStep, ImportLine, ImportProgress, QueueQuery
from tests.marks import fault
from tests.ui.conftest import Run, until
from tests.ui.find import find
from ui.design import fonts
from ui.dialogs.ask import ask, ask_reason, show_notice
from ui.dialogs.connect import ConnectDialog
from ui.dialogs.report import ImportReport
from ui.program import Program
from ui.widgets.table import Table
from ui.window.main_window import MainWindow

HOSTILE = "<img src=//host/x><b>굵게</b><script>"


def clinic(path: Path) -> Path:
    patient = {
        "type": "patient",
        "patient_id": "P-<i>",
        "family_name": HOSTILE,
        "gender": "M",
        "birth_date": "1990-01-01",
    }
    visit = {"type": "encounter", "encounter_id": "E-<i>", "patient_id": "P-<i>", "encounter_class": "AMB"}
    visit |= {"status": "completed", "started_at": "2026-01-05T09:00:00+09:00"}
    rows = [patient, visit, patient | {"patient_id": "P-2", "gender": HOSTILE}]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return path


async def everything(program: Program, path: Path) -> tuple[MainWindow, list[QDialog]]:
    """The window with hostile records, and one dialog of each kind."""
    window = program.window
    window.show()
    await program.session.open()
    desk = program.session.desk
    assert desk
    window.import_files([clinic(path)])
    await until(lambda: window.findChildren(ImportReport), "the report of the refused row")
    await until(lambda: len(window.queue.table.rows.ids) == 2, "the queue")
    rows = await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery()))
    held = next(r for r in rows if r.type == "encounter")
    dialogs = window.dialogs
    dialogs.new_patient()
    dialogs.edit_patient("P-<i>", window.patients.table.rows.row_at(0))
    dialogs.open_entry(held.uuid)
    dialogs.open_chain("P-<i>")
    dialogs.correct(held.uuid)
    dialogs.decide(held.uuid)
    for name in ("palette", "shortcuts", "about"):
        window.actions_[name].trigger()
    await program.servers.open_form(None)
    program.servers.open_settings()
    connect = find(window, ConnectDialog)
    connect.show_steps([CheckStep("metadata", False, 3.2, Reason(HOSTILE), Reason(HOSTILE))])
    ImportReport(
        ImportProgress(1), [ImportLine(1, None, HOSTILE, "refused", None, Reason(HOSTILE), HOSTILE)], window
    ).open()
    ask(window, HOSTILE, HOSTILE, HOSTILE, lambda: None)
    ask_reason(window, HOSTILE, HOSTILE, lambda _: None)
    show_notice(window, HOSTILE, HOSTILE)
    window.toast.show_message(HOSTILE)
    window.patients.table.choose(0)
    await until(lambda: window.preview.view, "the preview")
    await until(lambda: len(window.findChildren(QDialog)) >= 15, "all dialogs")
    return window, window.findChildren(QDialog)


@pytest.fixture
def close(program: Program) -> Iterator[None]:
    yield
    for dialog in program.window.findChildren(QDialog):
        dialog.deleteLater()


def name_of(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return str(interface.text(QAccessible.Text.Name)) if interface else widget.accessibleName()


@pytest.mark.usefixtures("close")
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_widget_that_takes_the_focus_has_a_name(program: Program, run: Run, tmp_path: Path, lang: str) -> None:
    async def scene() -> None:
        program.speak(lang)
        program.window.retranslate()
        window, dialogs = await everything(program, tmp_path / "hostile.ndjson")
        nameless = [
            f"{type(top).__name__}: {type(w).__name__} {w.objectName()}"
            for top in (window, *dialogs)
            for w in top.findChildren(QWidget)
            if w.focusPolicy() != Qt.FocusPolicy.NoFocus
            and w.isVisibleTo(top)
            and not w.objectName().startswith("qt_")
            and not (isinstance(area := w.parent(), QAbstractScrollArea) and area.viewport() is w)
            and not name_of(w).strip()
        ]
        assert sorted(set(nameless)) == []
        assert too_large(dialogs) == {}
        program.speak("en")

    run(scene())


def too_large(dialogs: list[QDialog]) -> dict[str, tuple[int, int]]:
    """Those that do not fit on a screen of 1440 × 900 at 150 %."""
    least = {type(d).__name__: d.minimumSizeHint().expandedTo(d.minimumSize()) for d in dialogs}
    return {name: (s.width(), s.height()) for name, s in least.items() if s.width() > 940 or s.height() > 550}


@pytest.mark.usefixtures("close")
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_sheet_fits_a_small_screen_with_any_font(
    program: Program, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """As high as Noto Sans CJK, whose lines are half as high again, and a little more."""

    async def scene() -> None:
        monkeypatch.setattr(fonts, "SANS", "Noto Sans CJK KR")
        font = fonts.sans()
        font.setPixelSize(16)
        program._app.setFont(font)
        program.speak(lang)
        program.window.retranslate()
        _, dialogs = await everything(program, tmp_path / "hostile.ndjson")
        assert too_large(dialogs) == {}
        program.speak("en")

    try:
        run(scene())
    finally:
        monkeypatch.undo()
        program._app.setFont(fonts.sans())


@fault("F9")
@pytest.mark.usefixtures("close")
def test_markup_from_outside_is_shown_as_it_is_written(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window, dialogs = await everything(program, tmp_path / "hostile.ndjson")
        labels = [w for top in (window, *dialogs) for w in top.findChildren(QLabel) if w.text()]
        assert len(labels) > 60
        assert any(w.text() == HOSTILE for w in labels)
        tips = [t for table in window.findChildren(Table) for t in cell_tips(table)]
        assert any(HOSTILE in tip for tip in tips)
        assert HOSTILE not in window.windowTitle() and HOSTILE.split(">")[0] not in program.window.windowTitle()

    run(scene())


@fault("F9")
@pytest.mark.usefixtures("close")
def test_no_text_of_any_widget_is_taken_for_html(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window, dialogs = await everything(program, tmp_path / "hostile.ndjson")
        box, files = QMessageBox(window), QFileDialog(window)
        box.setDetailedText(HOSTILE)
        files.setOption(QFileDialog.Option.DontUseNativeDialog)
        tops = [window, *dialogs, box, files]
        for top in (box, files):
            top.show()
        widgets = [w for top in tops for w in (top, *top.findChildren(QWidget))]
        assert [w for w in widgets if w.whatsThis()] == []  # Qt gives no way to make it plain: it is not used
        assert [w for w in widgets if isinstance(w, QTextEdit) and not box.isAncestorOf(w)] == []
        for widget in widgets:
            fill(widget)
        assert [w for w in widgets if isinstance(w, QLabel) and w.textFormat() is not Qt.TextFormat.PlainText] == []
        for widget in (w for w in widgets if w.isVisible()):
            QToolTip.showText(widget.mapToGlobal(QPoint(1, 1)), widget.toolTip(), widget)
            (tip,) = [t for t in QApplication.topLevelWidgets() if t.inherits("QTipLabel")]
            assert isinstance(tip, QLabel) and tip.textFormat() is Qt.TextFormat.PlainText and tip.text() == HOSTILE
        for top in (box, files):
            top.deleteLater()

    run(scene())


def fill(widget: QWidget) -> None:
    """Hostile text in every text property that a program may set."""
    meta = widget.metaObject()
    for number in range(meta.propertyCount()):
        each = meta.property(number)
        name, type_name = str(each.name()), str(each.typeName())
        own = name in ("objectName", "styleSheet", "inputMask", "whatsThis", "html", "markdown")
        if type_name == "QString" and each.isWritable() and not own:
            widget.setProperty(name, HOSTILE)


def cell_tips(table: Table) -> list[str]:
    model = table.rows
    rows, columns = range(model.rowCount()), range(model.columnCount())
    role = Qt.ItemDataRole.ToolTipRole
    return [str(model.data(model.index(r, c), role) or "") for r in rows for c in columns]
