"""The table of commands: each is offered where it says, found in both languages, and says why it cannot be done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu

from fhirdesk.core.permissions import LOCAL, Action, Actor, Role, is_allowed
from fhirdesk.core.queue_entry import (
    ALLOWED_ACTIONS,
    BULK_ACTIONS,
    NEEDS_A_PERSON,
    Operation,
    QueueEntry,
    Reason,
    Status,
)
from fhirdesk.core.records import Record
from fhirdesk.core.settings import Profile
from fhirdesk.core.views import QueueQuery
from fhirdesk.i18n.catalog.queue_actions import HELP
from fhirdesk.i18n.messages import ALL
from fhirdesk.i18n.translation import _, current_language
from tests.require import require
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.find import find
from ui import language
from ui.actions.command import Place, find_next
from ui.actions.registry import CommandButton, name_command
from ui.actions.search import find_commands
from ui.actions.selection import NOTHING, OneEntry, RowsReadOnce, Selection
from ui.dialogs.entry import EntryDialog
from ui.dialogs.palette import Palette
from ui.dialogs.shortcuts import Shortcuts
from ui.program import Program
from ui.window.commands import COMMANDS, MENUS
from ui.window.main_window import MainWindow

BY_ID = {command.id: command for command in COMMANDS}


def entry(status: Status, operation: Operation = Operation.UPDATE) -> QueueEntry:
    record = Record("patient", "P-1", {})
    return QueueEntry(1, "u", "patient", "P-1", "Patient", operation, status, 5, 0.0, 0.0, 0, 0, record)


@dataclass(frozen=True)
class OnePatient:
    key: str

    def selected_ids(self) -> Sequence[int]:
        return (1,)

    def selected_rows(self) -> Sequence[Any]:
        return (self,)


def menu_of(window: MainWindow, place: Place) -> QMenu:
    if place in MENUS:
        titles = {action.text(): action.menu() for action in window.actions_.main_menu.actions()}
        menu = titles[_(MENUS[place])]
    else:
        window.actions_.open_menu(place, window.rect().center())
        menu = next(menu for menu in window.findChildren(QMenu) if menu.isVisible())
    assert isinstance(menu, QMenu)
    return menu


def test_each_command_stands_once_and_no_key_has_two() -> None:
    keys = [QKeySequence(command.shortcut).toString() for command in COMMANDS if command.shortcut]
    assert len(BY_ID) == len(COMMANDS) and max(Counter(keys).values()) == 1 and all(keys)
    assert len({command.label for command in COMMANDS}) == len(COMMANDS)


def test_each_command_is_in_each_menu_that_the_table_says(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        for place in (*MENUS, Place.PATIENT_MENU, Place.ENTRY_MENU):
            menu = menu_of(window, place)
            wanted = [window.actions_[command.id] for command in COMMANDS if place in command.places]
            assert [action for action in menu.actions() if not action.isSeparator()] == wanted, place
            menu.close()

    run(scene())


def test_each_command_is_a_button_where_the_table_says(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        desk = require(window.desk)
        await until(lambda: len(window.queue.table.rows.ids) == 7, "the queue")
        (row, *_) = await desk.queue.read_rows(await desk.queue.find_ids(QueueQuery()))
        window.dialogs.open_entry(row.uuid)
        sheet = find(window, EntryDialog)
        homes = {
            Place.TOP_BAR: (window.top,),
            Place.BANNER: (window.banner,),
            Place.PATIENTS_HEAD: (window.patients, window.patients.head_bar),
            Place.QUEUE_HEAD: (window.queue, window.queue.head_bar),
            Place.PREVIEW_HEAD: (window.preview, window.preview.head_bar),
            Place.PREVIEW_TABS: (window.preview.tabs,),
            Place.ENTRY_SHEET: (sheet,),
        }
        await until(lambda: sheet.details, "the entry")
        for place, parts in homes.items():
            texts = {button.accessibleName() for part in parts for button in part.findChildren(CommandButton)}
            wanted = [{command.short, command.label} for command in COMMANDS if place in command.places]
            assert wanted and all(names & texts for names in wanted), place
        assert set(Place) == {*homes, *MENUS, Place.PATIENT_MENU, Place.ENTRY_MENU, Place.PANE_MENU, Place.PREVIEW_MENU}
        sheet.close()

    run(scene())


def test_the_palette_and_the_list_of_shortcuts_have_every_command(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.actions_["palette"].trigger()
        palette = find(window, Palette)
        assert palette.offers.count() == 1 + len(COMMANDS)  # and their title
        palette.close()
        window.actions_["shortcuts"].trigger()
        assert find(window, Shortcuts).rows.rowCount() == sum(bool(command.shortcut) for command in COMMANDS)

    run(scene())


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_command_is_found_in_both_languages_whatever_the_window_speaks(qapp: QApplication, lang: str) -> None:
    before = current_language()
    language.install(qapp, lang)
    try:
        for command in COMMANDS:
            for label in (command.label, _(command.label, "ko")):
                assert command in find_commands(label, COMMANDS), label
            for alias in command.aliases.split():
                assert command in find_commands(alias, COMMANDS), alias
        assert find_commands("ㅈㅈㅅ", COMMANDS)[0] is BY_ID["retry"]  # 재전송
        assert find_commands("resend", COMMANDS)[0] is BY_ID["correct"]
        assert find_commands("pause", COMMANDS)[0] is BY_ID["pause"]
        assert find_commands("no such command", COMMANDS) == []
    finally:
        language.install(qapp, before)


def test_the_palette_says_why_a_command_cannot_be_done(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.actions_["palette"].trigger()
        palette = find(window, Palette)
        palette.text.setText("hold")
        item = require(palette.offers.item(1))
        assert item.text() == "Hold" and item.toolTip() == "Choose an entry in the queue first."
        palette.offers.itemActivated.emit(item)
        assert window.toast.text == "Choose an entry in the queue first."

    run(scene())


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", BULK_ACTIONS)
def test_what_can_be_done_to_an_entry_follows_its_state(action: str, status: Status) -> None:
    reason = BY_ID[action].why_not(Selection(OneEntry(entry(status))))
    assert (reason is None) is (status in ALLOWED_ACTIONS[action])


def test_every_action_that_the_core_allows_is_a_command() -> None:
    assert {*BULK_ACTIONS, "correct", "decide"} <= BY_ID.keys()  # those two do "edit" and "resolve", in a form


@pytest.mark.parametrize("action", BULK_ACTIONS)
def test_every_action_has_its_permission_its_help_and_its_sentence(action: str) -> None:
    assert BY_ID[action].permission is Action[action.upper()]
    assert action in HELP and f"done_{action}" in ALL


@pytest.mark.parametrize("status", list(Status))
def test_an_entry_that_needs_a_person_names_the_next_step(status: Status) -> None:
    next_ = find_next(entry(status), COMMANDS, LOCAL)
    assert next_ is not None or status not in NEEDS_A_PERSON
    deletion = find_next(entry(status, Operation.DELETE), COMMANDS, LOCAL)
    if status is Status.FAILED:
        assert require(next_).id == "correct" and require(deletion).id == "retry"  # a deletion has no fields
    if status in ALLOWED_ACTIONS["resolve"]:
        assert require(next_).id == "decide"


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_do_is_not_offered(role: Role) -> None:
    actor = Actor("kim", role, "P-2")
    selection = Selection(OneEntry(entry(Status.FAILED)), actor=actor, can_retry_all=True)
    forbidden = {command.id for command in COMMANDS if command.why_not(selection) == Reason("forbidden")}
    asked = {command.id: command.permission for command in COMMANDS if command.permission}
    assert forbidden == {name for name, action in asked.items() if not is_allowed(actor, action)}
    assert ("discard" in forbidden) is (role is not Role.ADMIN)


def test_a_patient_edits_the_own_record_alone() -> None:
    actor = Actor("kim", Role.PATIENT, "P-1")
    for key, may in (("P-1", True), ("P-2", False)):
        selection = Selection(patients=OnePatient(key), actor=actor)
        assert (BY_ID["edit_patient"].why_not(selection) is None) is may


class CountedRows(OneEntry):
    reads: ClassVar[list[str]] = []

    def selected_ids(self) -> Sequence[int]:
        self.reads.append("ids")
        return super().selected_ids()

    def selected_rows(self) -> Sequence[Any]:
        self.reads.append("rows")
        return super().selected_rows()


def test_the_chosen_rows_are_read_once_for_all_commands() -> None:
    selection = Selection(RowsReadOnce(CountedRows(entry(Status.FAILED))))
    assert {command.why_not(selection) is None for command in COMMANDS} == {True, False}
    assert sorted(CountedRows.reads) == ["ids", "rows"]  # of a million rows, too


def test_every_reason_why_not_is_a_sentence() -> None:
    closed, open_ = Selection(NOTHING, is_open=False), Selection(NOTHING)
    entries = [Selection(OneEntry(entry(status))) for status in Status]
    codes = {why.code for c in COMMANDS for s in (closed, open_, *entries) if (why := c.why_not(s)) is not None}
    assert len(codes) >= 5 and codes <= ALL.keys()


def test_a_button_and_its_menu_entry_say_the_same(program: Program, run: Run) -> None:
    async def scene() -> None:
        program.session.settings = replace(program.settings, profile=Profile(url="http://127.0.0.1:9/fhir"))
        window = await opened(program)
        pause, resume = window.top.buttons["pause"], window.top.resume
        assert (
            pause.isVisible()
            and not resume.isVisible()
            and pause.accessibleName() == name_command(BY_ID["pause"]).replace("&", "")
        )
        window.actions_["pause"].trigger()
        await until(resume.isVisible, "the way back")
        assert not pause.isVisible() and not window.top.buttons["send_now"].isEnabled()
        assert "paused" in window.top.buttons["send_now"].toolTip()
        menu = menu_of(window, Place.QUEUE)
        menu.aboutToShow.emit()
        assert not window.actions_["pause"].isEnabled() and window.actions_["resume"].isEnabled()
        menu.aboutToHide.emit()
        resume.click()
        await until(pause.isVisible, "that it is resumed")

    run(scene())
