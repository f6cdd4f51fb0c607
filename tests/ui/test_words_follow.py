"""What the window says follows how things stand: without a server, paused, while it is still opening."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from fhirdesk.core.errors import Unavailable
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.settings import DEFAULT_PROFILE
from fhirdesk.core.views import CheckStep, Link, ServerView
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.find import choose_in, find, type_into
from tests.ui.look import list_texts
from ui import words
from ui.dialogs.connect import ConnectDialog
from ui.dialogs.patient_form import PatientForm
from ui.models.cells import CELL_ROLE, SKELETON
from ui.models.paged import OPENING
from ui.program import Program
from ui.session import PracticeServer


def view(link: Link, next_try: float | None = None) -> ServerView:
    return ServerView("hospital", "http://127.0.0.1", link, False, next_try=next_try)


def test_nothing_is_due_now_while_nothing_is_sent() -> None:
    now = time.time()
    assert words.format_due(Status.PENDING, 0, view(Link.ONLINE), now) == "now"
    assert words.format_due(Status.PENDING, 0, view(Link.PAUSED), now) == "paused"
    assert words.format_due(Status.PENDING, 0, view(Link.UNSET), now) == "no server"
    assert words.format_due(Status.PENDING, 0, view(Link.OFFLINE, now + 30), now) == "in 30 s"
    assert words.format_due(Status.PENDING, now + 50, view(Link.OFFLINE, now + 30), now) == "in 50 s"
    assert words.format_due(Status.CONFLICT, 0, view(Link.ONLINE), now) == "Resolve"
    assert words.format_due(Status.FAILED, 0, view(Link.ONLINE), now) == "Fix"
    assert words.format_due(Status.HELD, 0, view(Link.ONLINE), now) == "—"


@pytest.mark.parametrize("link", list(Link))
def test_what_becomes_of_what_was_saved_is_said_for_every_link(link: Link) -> None:
    assert (words.describe_delivery(link) == "It is sent to the server now.") is (link is Link.ONLINE)


def test_without_a_server_registering_works_and_sending_leads_to_one(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.show()
        await program.begin()
        assert window.start.isVisible()
        window.actions_["new_patient"].trigger()
        form = find(window, PatientForm)
        filled = {"patient_id": "P-1", "family_name": "김", "given_name": "경민", "birth_date": "1985-06-15"}
        for name, text in filled.items():
            type_into(form, name, text)
        choose_in(form, "gender", "M")
        form.save.click()
        await until(lambda: window.toast.text, "that it is saved")
        assert window.toast.text == "Saved here. Nothing is sent yet: no server is set."
        await until(lambda: window.queue.table.rows.row_at(1), "its entry")
        assert not window.start.isVisible()
        table = window.queue.table.rows
        assert table.data(table.index(1, len(table.columns) - 1)) == "no server"
        window.top.buttons["send_now"].click()
        await until(lambda: window.findChild(ConnectDialog), "the way to a server")
        assert find(window, ConnectDialog).read_profile().name == DEFAULT_PROFILE  # what waits goes there

    run(scene())


def test_without_a_server_an_import_says_that_nothing_is_sent_yet(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program, clinic(tmp_path / "clinic.ndjson", 3))
        await until(lambda: window.toast.text, "what was imported")
        assert window.toast.text.endswith("Nothing is sent yet: no server is set.")

    run(scene())


def test_nothing_is_counted_before_it_is_known(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.show()
        counters = window.queue.counters
        assert not counters.are_known and not any(b.isEnabled() for b in counters._buttons.values())
        assert window.top.summary.sentence == "Opening the records…" and window.top.progress.isVisible()
        assert window.status_bar.times.text() == "Reading the records on this computer"
        for pane in (window.patients, window.queue):
            assert pane.table.rows.rowCount() == OPENING and not pane.empty.isVisible() and not len(pane.table.rows.ids)
            first = pane.table.rows.index(0, 0)
            assert (
                pane.table.rows.data(first, CELL_ROLE) is SKELETON and not first.flags() & Qt.ItemFlag.ItemIsSelectable
            )
        assert window.patients.number.text() == ""
        assert not [text for _, text in list_texts(window) if "0" in text]
        await program.session.open()
        await until(lambda: window.queue.counters.are_known, "the counts")
        assert window.queue.empty.text == "Nothing is waiting here."
        await until(lambda: not window.top.progress.isVisible(), "that all is open")
        assert window.top.summary.sentence == window.status_bar.times.text() == ""
        await until(lambda: window.patients.number.text() == "0 people", "the count of people")

    run(scene())


def test_the_first_window_and_a_growing_sheet_stay_on_a_small_screen(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        screen = window.screen().availableSize()
        assert window.width() <= screen.width() and window.height() <= screen.height()
        window.show()
        await program.session.open()
        await program.servers.open_form(None)
        dialog = find(window, ConnectDialog)
        words_ = Reason("internal")
        dialog.show_steps([CheckStep("metadata", False, 3.0, words_, words_)] * 30)
        await until(dialog.steps.isVisible, "the steps")
        frame, room = dialog.frameGeometry(), dialog.screen().availableGeometry()
        assert room.contains(frame), (frame, room)
        assert dialog.save.isVisible() and dialog.banner.isVisible()
        assert frame.contains(dialog.save.mapToGlobal(dialog.save.rect().bottomRight()))

    run(scene())


def test_a_pane_can_be_taken_by_its_grip(program: Program, run: Run) -> None:
    async def scene() -> None:
        program.window.show()
        for dock in program.window.layout_.docks:
            grip = dock.titleBarWidget()
            assert grip.height() >= 8 and grip.width() > 100
            assert grip.geometry().bottom() < dock.widget().geometry().top() + 1

    run(scene())


def test_a_button_that_can_do_nothing_yet_says_so(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.show()
        top, head = window.top.buttons, window.patients.buttons
        for button in (top["import"], head["new_patient"], top["send_now"]):
            assert not button.isEnabled() and button.toolTip() == "The records are not open."
        window.actions_["new_patient"].trigger()  # by its key
        assert window.toast.messages == ["The records are not open."]
        window.show_unavailable()
        assert not window.top.progress.isVisible() and window.top.summary.sentence == ""
        assert window.patients.empty.text == window.queue.empty.text == "The records could not be opened."

    run(scene())


def test_a_practice_server_that_does_not_start_leaves_open_what_is_open(
    program: Program, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        await opened(program)

        async def refuse(_server: object) -> str:
            raise Unavailable("practice_server")

        monkeypatch.setattr(PracticeServer, "start", refuse)
        before = program.session.desk
        with pytest.raises(Unavailable):
            await program.open_sample()
        assert program.session.desk is before and program.window.desk is before

    run(scene())
