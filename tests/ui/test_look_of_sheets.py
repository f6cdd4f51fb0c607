"""The look of the sheets about the queue: no cut texts, everything can be read, in both languages and every theme."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollBar

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import QueueQuery
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.ui.conftest import Run, until
from tests.ui.look import find_cut_texts, find_unreadable
from tests.ui.test_conflicts import colleague, form_of, person, sheet_of
from ui import theme
from ui.dialogs.ask import ReasonQuestion
from ui.dialogs.decide import DecideDialog
from ui.dialogs.edit_conflict import EditConflictSheet
from ui.dialogs.entry import EntryDialog
from ui.dialogs.sheet import BESIDE, Sheet
from ui.models.steps import Step
from ui.program import Program
from ui.theme import Theme
from ui.widgets.button import Button, Kind
from ui.widgets.timeline import Timeline
from ui.window.main_window import MainWindow

REFUSAL = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error",
            "code": "invalid",
            "details": {"text": "전화번호는 10~11자리여야 합니다"},
            "diagnostics": "Telecom value is not a valid phone number",
            "expression": ["Patient.telecom[0].value"],
        }
    ],
}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox("hapi") as made:
        yield made


@pytest.fixture
def settings(settings: Settings, server: Sandbox) -> Settings:
    return replace(settings, profile=Profile("hospital", url=server.base, vendor="hapi"))


async def save(desk: Desk, fields: dict[str, Any]) -> str:
    line = await desk.records.register(str(fields["type"]), fields, str(uuid.uuid4()))
    assert line.entry
    return line.entry


async def opened(program: Program, server: Sandbox) -> tuple[MainWindow, str, str]:
    """The window with an entry in conflict, one that the server refused, and one that waits for it."""
    window = program.window
    window.resize(1440, 900)
    window.show()
    await program.session.open()
    desk = program.session.desk
    assert desk
    await save(desk, person())
    await until(lambda: window.counts[Status.COMPLETED] == 1, "the patient")
    colleague(server, phone="010-0881-4042", email="koo61@example.com", address="가온구 나루길 48, 302호")
    conflict = await save(desk, person(phone="010-0127-0100", email="haeun.koo@example.com", birth_date="1964-12-25"))
    await until(lambda: window.counts[Status.CONFLICT] == 1, "the conflict")
    server.fault(method="POST", path="Patient", times=1, status=422, body=REFUSAL)
    refused = await save(desk, person_row("P-2025-000663", family_name="권", given_name="도윤", phone="010-93-11"))
    await until(lambda: window.counts[Status.FAILED] == 1, "the refusal")
    visit = {"type": "encounter", "encounter_id": "E-1", "patient_id": "P-2025-000663", "encounter_class": "AMB"}
    await save(desk, visit | {"status": "completed", "started_at": "2026-01-05T09:00:00+09:00"})
    await until(lambda: window.counts[Status.HELD] == 1, "the visit")
    return window, conflict, refused


async def shown(window: MainWindow, open_: Callable[[], object]) -> Sheet:
    """The sheet that was opened, once it has read what it shows."""
    before = set(window.findChildren(Sheet))
    open_()
    await until(lambda: set(window.findChildren(Sheet)) - before, "the sheet")
    await asyncio.sleep(0.3)
    (sheet,) = set(window.findChildren(Sheet)) - before
    return sheet


def find_faults(sheet: Sheet) -> list[object]:
    """What a person would dislike: cut or faint texts, two primary buttons, a disabled button that says no reason."""
    buttons = [b for b in sheet.findChildren(QPushButton) if b.isVisible()]
    primary = [b for b in buttons if isinstance(b, Button) and b.kind is Kind.PRIMARY]
    silent = [b.text() for b in buttons if not b.isEnabled() and not b.toolTip()]
    found: list[object] = [*find_cut_texts(sheet), *find_unreadable(sheet), *silent]
    return found + [b.text() for b in primary[1:]]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("theme_", [Theme.LIGHT, Theme.DARK, Theme.CONTRAST])
def test_sheets_are_whole_and_can_be_read(
    program: Program, run: Run, server: Sandbox, lang: str, theme_: Theme
) -> None:
    async def scene() -> None:
        window, conflict, refused = await opened(program, server)
        program.speak(lang)
        theme.apply(program._app, theme_)
        window.apply_theme()
        dialogs = window.dialogs
        openers: list[Callable[[], object]] = [
            lambda: dialogs.open_entry(refused),
            lambda: dialogs.open_entry(conflict),
            lambda: dialogs.decide(conflict),
            lambda: dialogs.correct(refused),
            lambda: dialogs.open_chain("P-2025-000663"),
            dialogs.open_shortcuts,
        ]
        for open_ in openers:
            sheet = await shown(window, open_)
            assert find_faults(sheet) == [], type(sheet).__name__
            sheet.close()

    try:
        run(scene())
    finally:
        theme.apply(program._app, Theme.LIGHT)
        program.speak("en")


def test_a_sheet_fits_a_small_window_and_its_footer_stays_in_view(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, conflict, refused = await opened(program, server)
        window.resize(960, 600)
        for open_ in (lambda: window.dialogs.open_entry(refused), lambda: window.dialogs.decide(conflict)):
            sheet = await shown(window, open_)
            assert sheet.width() <= 960 - 2 * BESIDE and sheet.height() <= 600
            primary = [b for b in sheet.findChildren(Button) if b.kind is Kind.PRIMARY and b.isVisible()]
            assert len(primary) == 1 and primary[0].visibleRegion().boundingRect().size() == primary[0].size()
            assert find_cut_texts(sheet) == []
            sheet.close()

    run(scene())


def test_the_way_on_is_at_the_right_end_and_what_gives_up_is_red_at_the_left(
    program: Program, run: Run, server: Sandbox
) -> None:
    async def scene() -> None:
        window, conflict, refused = await opened(program, server)
        for uuid_, way_on in ((conflict, "decide"), (refused, "correct")):
            sheet = await shown(window, lambda uuid_=uuid_: window.dialogs.open_entry(uuid_))  # type: ignore[misc]
            assert isinstance(sheet, EntryDialog)
            visible = [b for b in sheet.buttons.values() if b.isVisible()]
            assert max(visible, key=lambda b: b.mapTo(sheet, b.rect().center()).x()) is sheet.buttons[way_on]
            assert min(visible, key=lambda b: b.mapTo(sheet, b.rect().center()).x()) is sheet.buttons["discard"]
            assert sheet.buttons["discard"].kind is Kind.DANGER
            sheet.close()
        desk = program.session.desk
        assert desk
        (row,) = await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery(frozenset({Status.FAILED}))))
        window.queue.table.choose(window.queue.table.rows.ids.index(row.seq))
        question = await shown(window, window.actions_["discard"].trigger)
        assert isinstance(question, ReasonQuestion) and question.yes.kind is Kind.DANGER
        question.close()
        sheet = await shown(window, lambda: window.dialogs.decide(conflict))
        assert isinstance(sheet, DecideDialog) and sheet.save.kind is Kind.PRIMARY and sheet.later.isDefault()

    run(scene())


def test_what_waits_for_another_entry_leads_to_it(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, _, refused = await opened(program, server)
        desk = program.session.desk
        assert desk
        (row,) = await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery(frozenset({Status.HELD}))))
        await until(lambda: window.counts[Status.FAILED] == 1, "the refusal")
        sheet = await shown(window, lambda: window.dialogs.open_entry(row.uuid))
        assert isinstance(sheet, EntryDialog)
        assert sheet.box.why.text() == "Waits for patient P-2025-000663, which needs a person first"
        other = await shown(window, sheet.box.link.click)
        assert isinstance(other, EntryDialog) and other.details and other.details.entry.uuid == refused
        other.close()

    run(scene())


def test_a_sheet_over_a_sheet_has_the_room_of_the_window(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window = program.window
        window.resize(1440, 900)
        window.show()
        await program.session.open()
        desk = program.session.desk
        assert desk
        await save(desk, person())
        await until(lambda: window.counts[Status.COMPLETED] == 1, "the patient")
        form = await form_of(window, phone="010-0127-0100", email="haeun@example.com", address="들꽃로 7")
        colleague(server, phone="010-0881-4042", email="koo61@example.com")
        form.save.click()
        sheet = await sheet_of(window, EditConflictSheet)
        await asyncio.sleep(0.1)
        bars = [bar for bar in sheet.findChildren(QScrollBar) if bar.isVisible()]
        assert bars == [] and find_faults(sheet) == []
        sheet.later.click()
        form.abandon()

    run(scene())


def test_a_long_history_scrolls_and_begins_at_its_end(qapp: QApplication) -> None:
    timeline = Timeline("Attempts")
    timeline.resize(340, 400)
    timeline.fill([Step("waiting", f"Attempt {number}", "HTTP 503", "10:12:04", "41 ms") for number in range(200)])
    timeline.show()
    timeline.setCurrentRow(199)
    last = timeline.visualItemRect(timeline.item(199))
    assert timeline.viewport().rect().contains(last) and timeline.verticalScrollBar().maximum() > 0
    chosen = timeline.currentRow()
    timeline.fill([*timeline.steps[:-1], Step("refused", "Refused")])
    assert timeline.currentRow() == chosen == 199 and timeline.item(199).toolTip() == "Refused"
    timeline.hide()
