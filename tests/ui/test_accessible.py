"""What a screen reader is told: a name and a state for every widget and cell, and what appears by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QWidget

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import Counts, Link, ServerView
from tests.require import require
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from ui import announce
from ui.program import Program

Role, Text = QAccessible.Role, QAccessible.Text
NAMED = (Role.Button, Role.CheckBox, Role.ComboBox, Role.EditableText, Role.Table, Role.Tree, Role.List, Role.PageTab)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was announced, in order."""
    sentences: list[str] = []

    class Listener(QAccessible):
        @staticmethod
        def updateAccessibility(event: QAccessibleEvent) -> None:
            sentences.append(event.message())  # type: ignore[attr-defined]

    monkeypatch.setattr(announce, "QAccessible", Listener)
    return sentences


@dataclass(frozen=True)
class Told:
    """What a screen reader is told of one part. Interfaces are not kept: Qt deletes those of cells when it likes."""

    role: QAccessible.Role
    name: str
    is_selected: bool
    is_selectable: bool
    kind: str


def tell(interface: QAccessibleInterface) -> Told:
    state = interface.state()
    name, kind = interface.text(Text.Name).strip(), type(interface.object()).__name__
    return Told(interface.role(), name, bool(state.selected), bool(state.selectable), kind)


def walk(interface: QAccessibleInterface) -> Iterator[Told]:
    """The interface and all that a screen reader reaches from it."""
    yield tell(interface)
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child and not child.state().invisible:
            yield from walk(child)


def interface_of(widget: QWidget) -> QAccessibleInterface:
    return require(QAccessible.queryAccessibleInterface(widget))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_control_has_a_name(program: Program, run: Run, tmp_path: Path, lang: str) -> None:
    async def scene() -> None:
        program.speak(lang)
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 2))
        window.retranslate()
        await until(lambda: window.queue.table.rows.row_at(1), "the rows")
        controls = [told for told in walk(interface_of(window)) if told.role in NAMED]
        assert [told for told in controls if not told.name] == []
        assert len(controls) > 20

    try:
        run(scene())
    finally:
        program.speak("en")


def test_every_cell_says_its_words_and_its_state(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 2))
        await until(lambda: window.queue.table.rows.row_at(1), "the rows")
        for table in (window.patients.table, window.queue.table):
            table.choose(0)
            cells = [told for told in walk(interface_of(table)) if told.role is Role.Cell]
            assert [cell for cell in cells if not cell.name] == []
            assert any(cell.is_selected for cell in cells) and not all(cell.is_selected for cell in cells)
        assert cells[0].name.startswith("Goes out by itself") and not cells[0].is_selectable  # the section
        assert any(cell.name.endswith(", Held") for cell in cells)  # what the disc shows

    run(scene())


def test_a_row_that_is_not_read_says_so_and_a_head_says_the_order(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 2))
        table = window.patients.table
        born = [c.name for c in table.rows.columns].index("birth_date")
        assert "Born" in [told.name for told in walk(interface_of(table))]
        for words in ("upwards", "downwards"):
            table.horizontalHeader().sectionClicked.emit(born)
            assert f"Born, sorted {words}" in [told.name for told in walk(interface_of(table))]
        table.rows._rows.clear()
        assert {told.name for told in walk(interface_of(table)) if told.role is Role.Cell} == {"Not read yet"}

    run(scene())


def test_what_appears_by_itself_is_announced_once(program: Program, run: Run, heard: list[str]) -> None:
    async def scene() -> None:
        window = await opened(program)
        await until(lambda: window.queue.counters.are_known, "the counts")
        heard.clear()
        summary = window.top.summary
        for counts in ({Status.FAILED: 2}, {Status.FAILED: 2, Status.PENDING: 5}, {Status.FAILED: 1}):
            summary.show_counts(Counts(counts))
        assert heard == ["Needs you: 2"]
        for _ in range(2):
            summary.show_counts(Counts({Status.COMPLETED: 9}))
        assert heard[1:] == ["Everything is saved on the server"]
        offline = ServerView("here", "http://127.0.0.1:9", Link.OFFLINE, False)
        summary.show_server(offline)
        assert heard[2:] == ["offline"]
        window.banner.show_notices((Reason("patient_partial"),))
        assert len(heard) == 4 and heard[3]
        window.toast.show_message("Saved.")
        assert heard[4:] == ["Saved."]

    run(scene())


def test_the_number_of_people_found_is_announced(program: Program, run: Run, tmp_path: Path, heard: list[str]) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        window.resize(QSize(1200, 800))
        heard.clear()
        window.patients.search_for("P-2026-000002")
        await until(lambda: heard, "the number")
        window.patients.search_for("nobody")
        await until(lambda: len(heard) > 1, "that nobody was found")
        assert heard[0] == "1 person" and heard[1].startswith("Nobody found")

    run(scene())
