"""The head, Diff and History of the preview against the embedded server, end to end, and how they look."""

import asyncio
import json
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_row
from tests.require import require
from tests.ui.conftest import Run, until
from tests.ui.find import row_texts
from tests.ui.look import find_cut_texts, find_unreadable
from ui import theme
from ui.dialogs.merge import MergeSheet
from ui.program import Program
from ui.theme import Theme
from ui.widgets.preview_tabs import Tab
from ui.window.main_window import MainWindow

BEFORE = {"family_name": "구", "given_name": "하은", "phone": "010-0127-0099", "gender": "F"}
VISIT = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": "completed"}
NO = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "value", "diagnostics": "Too short"}]}


@pytest.fixture
def server() -> Iterator[Sandbox]:
    with Sandbox("hapi") as made:
        yield made


@pytest.fixture
def settings(settings: Settings, server: Sandbox) -> Settings:
    return replace(settings, profile=Profile("hospital", url=server.base, vendor="hapi"))


async def opened(program: Program) -> tuple[MainWindow, Desk]:
    """The window, with one patient who is on the server and in the preview."""
    window = program.window
    window.resize(1440, 900)
    window.show()
    await program.session.open()
    desk = require(program.session.desk)
    await desk.records.register("patient", person_row(**BEFORE), str(uuid.uuid4()))
    await until(lambda: window.counts[Status.COMPLETED] == 1, "the patient")
    window.preview.show_record("patient", "P-1")
    await until(lambda: window.preview.view, "the preview")
    return window, desk


async def colleague(server: Sandbox, phone: str) -> None:
    """Change the phone number on the server."""

    def call(path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        head = {"Content-Type": "application/fhir+json"}
        asked = urllib.request.Request(f"{server.base}/{path}", data, head, method="PUT" if body else "GET")
        with urllib.request.urlopen(asked) as answer:
            return dict(json.loads(answer.read()))

    theirs = (await asyncio.to_thread(call, "Patient?_count=1"))["entry"][0]["resource"]
    theirs["telecom"][0]["value"] = phone
    await asyncio.to_thread(call, f"Patient/{theirs['id']}", theirs)


def table_texts(table: Any) -> list[list[str]]:
    return [row_texts(table, row, *range(table.columnCount())) for row in range(table.rowCount())]


def test_diff_reads_the_server_when_it_is_asked(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        pane, diff = window.preview, window.preview.tabs.diff
        await desk.queue.pause()
        await desk.records.change("patient", "P-1", {"phone": "010-0127-0100"}, str(uuid.uuid4()))
        await colleague(server, "010-0881-4042")
        await until(lambda: pane.tabs.tabText(Tab.DIFF) == "Diff 1", "that it differs")
        before = len(server.log())
        pane.tabs.setCurrentIndex(Tab.DIFF)
        (phone,) = table_texts(diff.table)
        assert phone == ["Phone", "010-0127-0099", "010-0127-0100", "—", "here"]
        assert "Last synced" in diff.sides.right.head.text() and not diff.bar.when.text()
        assert len(server.log()) == before  # nothing was read yet
        diff.bar.button.click()
        await until(lambda: diff.is_read, "the server's copy")
        (phone,) = table_texts(diff.table)
        assert phone == ["Phone", "010-0127-0099", "010-0127-0100", "010-0881-4042", "on both sides"]
        assert "server read" in diff.bar.when.text() and "version 2" in diff.sides.right.head.text()
        tinted = [s.cursor.block().text().strip() for s in diff.sides.right.text.edit.extraSelections()]
        assert '"value": "010-0881-4042",' in tinted and '"value": "010-0127-0100",' not in tinted
        lines = [side.text.text.split("\n") for side in (diff.sides.left, diff.sides.right)]
        assert len(lines[0]) == len(lines[1])  # side by side
        diff.show_all.click()
        assert ["Family name", "구", "구", "구", ""] in table_texts(diff.table)

    run(scene())


def test_history_lists_versions_and_says_why_it_cannot(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, _desk = await opened(program)
        tab = window.preview.tabs.history
        await colleague(server, "010-0881-4042")
        window.preview.tabs.setCurrentIndex(Tab.HISTORY)
        assert "when you ask" in tab.unread.text and tab.unread.action.isVisible()
        tab.unread.action.click()
        await until(tab.table.rowCount, "the versions")
        newer, older = table_texts(tab.table)
        assert (newer[0], *newer[2:]) == ("2", "Phone", "010-0127-0099 → 010-0881-4042")
        assert (older[0], older[2]) == ("1", "created")
        assert '"010-0881-4042"' in tab.text.text
        tinted = [s.cursor.block().text() for s in tab.text.edit.extraSelections()]
        assert any("010-0881-4042" in line for line in tinted)
        tab.table.setCurrentCell(1, 0)
        assert '"010-0127-0099"' in tab.text.text
        server.fault(chance=1, method="GET", path="_history", status=405, body=NO)
        tab.bar.button.click()
        await until(lambda: "keeps no history" in tab.unread.text, "that there is none")
        server.fault(chance=1, method="GET", path="Patient/", status=403, body=NO)
        tab.unread.action.click()
        await until(lambda: "does not show" in tab.unread.text, "that it is not allowed")
        assert tab.unread.action.isEnabled()

    run(scene())


def test_what_is_not_on_the_server_has_nothing_to_compare(program: Program, run: Run) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        await desk.queue.pause()
        await desk.records.register("patient", person_row("P-2"), str(uuid.uuid4()))
        pane = window.preview
        pane.show_record("patient", "P-2")
        await until(lambda: pane.view and pane.view.key == "P-2", "the other one")
        pane.tabs.setCurrentIndex(Tab.DIFF)
        await until(lambda: "not on the server" in pane.tabs.diff.unread.text, "why there is nothing")
        assert not pane.tabs.diff.unread.action.isVisible() and not pane.tabs.history.unread.action.isVisible()
        assert pane.tabs.tabText(Tab.DIFF) == "Diff" and pane.tabs.tabText(Tab.ISSUES) == "Issues"

    run(scene())


def test_the_chain_leads_to_its_records(program: Program, run: Run) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        pane = window.preview
        assert [(n.label, n.state) for n in pane.chain.nodes] == [("Patient", "On the server")]
        await desk.queue.pause()
        await desk.records.register("encounter", VISIT, str(uuid.uuid4()))
        await until(lambda: len(pane.chain.nodes) == 2, "the visit")
        assert pane.chain.nodes[1].label == "Visit" and pane.chain.nodes[1].state.startswith("Not sent")
        assert pane.chain.isVisible() and not pane.notice_room.isVisible()
        pane.chain.chosen.emit(pane.chain.nodes[1].type, pane.chain.nodes[1].key)
        await until(lambda: pane.view and pane.view.type == "encounter", "the visit's preview")
        assert pane.person.name.text() == "Visit E-1" and "구하은" in pane.person.facts.text()
        assert not pane.buttons["edit_previewed"].isEnabled()

    run(scene())


def test_what_is_wrong_is_said_with_the_one_thing_to_do(program: Program, run: Run, server: Sandbox) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        pane = window.preview
        await colleague(server, "010-0881-4042")
        await desk.records.change("patient", "P-1", {"phone": "010-0127-0100"}, str(uuid.uuid4()))
        await until(pane.notice.isVisible, "the banner")
        assert pane.notice.action.text() == "Resolve" and not pane.chain.isVisible()
        assert "phone" in pane.notice.sentence.text()
        pane.notice.action.click()
        await until(lambda: window.findChildren(MergeSheet), "the decision")
        server.fault(times=1, method="POST", path="fhir/?$|Patient", status=400, body=NO)
        await desk.records.register("patient", person_row("P-2"), str(uuid.uuid4()))
        await until(lambda: window.counts[Status.FAILED] == 1, "the refusal")
        pane.show_record("patient", "P-2")
        await until(lambda: pane.view and pane.view.key == "P-2" and pane.notice.isVisible(), "its banner")
        assert pane.notice.action.text() == "Fix and resend" and "“Too short”" in pane.notice.rest.text()
        assert "HTTP 400" in pane.tabs.request.text and "POST" in pane.tabs.request.text

    run(scene())


def test_a_record_is_saved_with_what_it_refers_to(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window, desk = await opened(program)
        await desk.records.register("encounter", VISIT, str(uuid.uuid4()))
        window.preview.show_record("encounter", "E-1")
        await until(lambda: require(window.preview.view).type == "encounter", "the visit's preview")
        window.actions_["export_record"].trigger()
        (dialog,) = window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / "visit.json"))
        await until(lambda: window.toast.text.startswith("Saved with 2 resources"), "that it is saved")
        bundle = json.loads((tmp_path / "visit.json").read_text(encoding="utf-8"))
        assert [entry["resource"]["resourceType"] for entry in bundle["entry"]] == ["Encounter", "Patient"]
        dialog.close()
        await asyncio.sleep(0)

    run(scene())


@pytest.mark.parametrize(("lang", "shown"), [("ko", Theme.LIGHT), ("en", Theme.DARK), ("ko", Theme.CONTRAST)])
@pytest.mark.parametrize("size", [(1440, 900), (960, 600)], ids=["wide", "narrow"])
def test_no_text_of_a_tab_is_cut_or_faint(
    program: Program, run: Run, server: Sandbox, lang: str, shown: Theme, size: tuple[int, int]
) -> None:
    async def scene() -> None:
        program.speak(lang)
        theme.apply(program._app, shown)
        window, desk = await opened(program)
        window.apply_theme()
        window.retranslate()
        window.resize(*size)
        tabs = window.preview.tabs
        await colleague(server, "010-0881-4042")
        await desk.records.change("patient", "P-1", {"phone": "010-0127-0100"}, str(uuid.uuid4()))
        await until(window.preview.notice.isVisible, "the banner")
        for tab in Tab:
            tabs.setCurrentIndex(tab)
            await asyncio.sleep(0.1)
            assert (find_cut_texts(window.preview), find_unreadable(window.preview)) == ([], []), tab
        for tab, part in ((Tab.DIFF, tabs.diff), (Tab.HISTORY, tabs.history)):
            tabs.setCurrentIndex(tab)
            part.read_requested.emit()
            await until(lambda p=part: p.bar.when.text(), "what was read")  # type: ignore[misc]
            await asyncio.sleep(0.1)  # until it is laid out and painted
            assert (find_cut_texts(window.preview), find_unreadable(window.preview)) == ([], []), tab

    try:
        run(scene())
    finally:
        theme.apply(program._app, Theme.LIGHT)
        program.speak("en")
