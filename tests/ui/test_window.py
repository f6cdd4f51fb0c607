"""The window as a whole: counters, languages and themes, the first start, the palette, names for all, the end."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from fhirdesk.app.database import DATABASE
from fhirdesk.cli.output import status_word
from fhirdesk.core.errors import Unavailable
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Settings, load_settings
from tests.marks import fault
from tests.require import require
from tests.ui.clinic import cell, clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.find import find
from ui import language, words
from ui.design import tokens
from ui.dialogs.entry import EntryDialog
from ui.dialogs.palette import Palette
from ui.program import Program


def test_a_counter_filters_the_queue(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        await until(lambda: len(window.queue.table.rows.ids) == 21, "all entries")
        window.queue.counters.choose(Status.HELD)
        await until(lambda: len(window.queue.table.rows.ids) == 18, "what is held")
        window.queue.counters.choose(None)
        await until(lambda: len(window.queue.table.rows.ids) == 21, "all again")

    run(scene())


def test_the_preview_shows_the_resource_and_copies_it(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 2))
        await until(lambda: window.patients.table.rows.row_at(0), "a row")
        window.patients.table.choose(0)
        await until(lambda: window.preview.view, "the preview")
        shown = json.loads(window.preview.tabs.resource.text)
        assert shown["resourceType"] == "Patient"
        assert shown["identifier"][0]["value"] == cell(window, 0, "key")
        window.preview.copy_json()
        assert json.loads(QGuiApplication.clipboard().text()) == shown
        window.preview.copy_curl()
        assert "Bearer ****" in QGuiApplication.clipboard().text()

    run(scene())


def test_an_entry_is_told_in_words_and_taken_back(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        await until(lambda: len(window.queue.table.rows.ids) == 7, "the queue")
        (row,) = await require(window.desk).queue.read_rows([min(window.queue.table.rows.ids)])
        window.dialogs.open_entry(row.uuid)
        dialog = find(window, EntryDialog)
        await until(lambda: dialog.details, "the details")
        assert "Waits for its turn" in dialog.box.why.text()
        dialog.close()
        assert await require(window.desk).queue.change("cancel", [row.uuid]) == 1
        await until(lambda: window.counts[Status.CANCELLED] == 1, "the count of what was taken back")

    run(scene())


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_state_is_called_the_same_in_the_window_and_on_the_command_line(qapp: QApplication, lang: str) -> None:
    language.install(qapp, lang)
    for status in Status:
        assert words.name_state(status).lower() == status_word(status, load_settings(lang=lang, environ={}))


def test_language_and_theme_switch_while_running(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 1))
        assert window.patients.title.text() == "Patients"
        window.actions_["korean"].trigger()
        assert window.patients.title.text() == "환자"
        assert window.actions_["send_now"].text() == "지금 전송"
        rows = window.queue.table.rows
        await until(lambda: rows.section_rows, "the queue's sections")
        section = rows.index(rows.section_rows[0], 0)
        assert rows.data(section).startswith("자동 전송  ")
        window.actions_["dark"].trigger()
        assert window.palette().window().color().name() == tokens.read_tokens("dark")["ground"]
        window.actions_["english"].trigger()
        window.actions_["light"].trigger()
        assert window.patients.title.text() == "Patients"
        assert rows.data(section).startswith("Goes out by itself  ")
        assert window.palette().window().color().name() == tokens.read_tokens("light")["ground"]
        assert program.preferences.lang == "en"

    run(scene())


def test_the_first_start_offers_the_two_ways_in(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.show()
        await program.begin()
        assert window.start.isVisible() and not window.layout_.area.isVisible()
        assert window.focusWidget() is window.start.sample.button
        asked: list[str] = []
        for name in ("sample_requested", "connection_requested"):
            getattr(window, name).disconnect()
            getattr(window, name).connect(lambda name=name: asked.append(name))
        window.start.sample.button.click()
        sample = window.start.sample.button
        assert sample.is_busy
        window.tasks.failed.emit(Unavailable("practice_server"))
        assert sample.isEnabled() and "practice server" in window.toast.text
        window.start.server.button.click()
        assert asked == ["sample_requested", "connection_requested"] and window.start.isVisible()

    run(scene())


def test_the_first_start_offers_language_and_theme_and_leaves_for_a_file(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.show()
        await program.begin()
        choices = window.top.choices
        assert choices.isVisible() and not window.top.search.isVisible() and not window.top.summary.isVisible()
        assert choices.langs.current == 1
        choices.langs.choose(0)
        assert window.start.heading.text() == "어떻게 시작할까요?" and program.preferences.lang == "ko"
        choices.themes.choose(1)
        assert window.palette().window().color().name() == tokens.read_tokens("dark")["ground"]
        choices.themes.choose(0)
        choices.langs.choose(1)
        assert window.start.heading.text() == "How would you like to start?"
        window.dialogs.open_given_requested.emit('{"resourceType": "Patient", "id": "1"}')
        assert not window.start.isVisible() and window.layout_.area.isVisible() and not choices.isVisible()
        await until(lambda: window.preview.view, "the preview")

    run(scene())


def test_the_palette_does_what_was_found(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        window.actions_["palette"].trigger()
        palette = find(window, Palette)
        palette.text.setText("dark")
        palette.offers.itemActivated.emit(palette.offers.currentItem())
        assert window.palette().window().color().name() == tokens.read_tokens("dark")["ground"]
        window.actions_["light"].trigger()

    run(scene())


def test_the_palette_finds_patients(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        window.actions_["palette"].trigger()
        palette = find(window, Palette)
        await until(lambda: window.patients.table.rows.row_at(0), "a patient")
        row = window.patients.table.rows.row_at(0)
        palette.text.setText(row.key)
        await until(lambda: palette.offers.findItems("Patients", Qt.MatchFlag.MatchExactly), "the patients")
        palette._take(palette.offers.currentItem())
        await until(lambda: window.preview.view, "the preview of the chosen one")
        assert require(window.preview.view).key == row.key

    run(scene())


@fault("A9")
def test_closing_with_work_in_flight_is_clean(program: Program, run: Run, settings: Settings, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program)
        window.import_files([clinic(tmp_path / "clinic.ndjson", 1500)])
        await until(lambda: window.counts.unsent, "the import under way")
        assert window.jobs.is_busy
        window.close()
        assert window.isVisible()  # never closes by itself
        window.end()
        await asyncio.wait_for(window.closing.wait(), 1)
        await program.end()
        assert not window.isVisible()

    run(scene())

    async def again() -> None:  # the data folder is whole: what was committed is there, record and entry of each
        await program.session.open()
        assert program.session.desk is not None
        unsent = (await program.session.desk.queue.count_by_status()).unsent
        with closing(sqlite3.connect(settings.data_dir / DATABASE)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            kept = database.execute("SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM queue_entry)")
            assert kept.fetchone() == (unsent, unsent) and unsent > 0

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
