"""Large resources: seen at once and the window stays live; one that is too large is offered to be saved."""

import asyncio
import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from benchmarks.large_resource import resource
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import IssueView, PreviewView
from fhirdesk.core.views.previews import CHECKED
from tests.require import require
from tests.ui.conftest import Run, until
from tests.ui.find import branch, row_texts
from ui.panes.preview import PreviewPane
from ui.program import Program
from ui.widgets.grid import MOST
from ui.widgets.json_tree import PART


def file(folder: Path, megabytes: float) -> Path:
    path = folder / "large.json"
    path.write_text(json.dumps(resource(megabytes)), encoding="utf-8")
    return path


async def looked_at(program: Program, path: Path) -> PreviewPane:
    pane = program.window.preview
    program.window.show()
    await program.session.open()
    pane.open_given(path)
    await until(lambda: pane.view, "the resource")
    return pane


def test_five_megabytes_are_seen_at_once_and_the_window_stays_live(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        pane = await looked_at(program, file(tmp_path, 5))
        view = pane.view
        assert view and view.resource_type == "Questionnaire" and len(view.text) > 3_500_000
        pane._show(None)
        pane._show(view)
        program.window.repaint()
        assert pane.tabs.resource.edit.is_filling  # the beginning is there at once, the rest comes part by part
        await until(lambda: not pane.tabs.resource.edit.is_filling, "the rest of the text")
        assert pane.tabs.resource.edit.blockCount() == view.text.count("\n") + 1
        pane.tabs.issues.chosen.emit("Questionnaire.item[20000].text")
        await until(lambda: pane.tabs.resource._mark, "the place of an issue, found in a thread")
        assert '"text": "Do you smoke?"' in pane.tabs.resource.edit.textCursor().block().text()
        pane.tabs.resource.edit.toggle(0)  # folding the whole of it
        assert not pane.tabs.resource.edit.document().findBlockByNumber(9).isVisible()

    run(scene())


def test_the_lists_beside_it_make_no_more_rows_than_are_read(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        pane = await looked_at(program, file(tmp_path, 0.8))
        assert pane.view and pane.view.origins == () and not pane.view.traced
        pane.tabs.show_tree(True)
        tops = [require(pane.tabs.tree.topLevelItem(number)) for number in range(3)]
        (item,) = [top for top in tops if top.text(0) == "item"]
        assert item.childCount() == PART + 1
        branch(item, PART).setExpanded(True)
        assert branch(item, PART, 0).text(0) == str(PART)
        issue = IssueView("error", "value", "Questionnaire.item[0]", Reason("too_deep"))
        pane.tabs.issues.show_issues([issue] * 100_000)
        assert pane.tabs.issues.rowCount() == MOST + 1
        assert row_texts(pane.tabs.issues, MOST, 2) == ["And 99,500 more"]

    run(scene())


def test_it_is_seen_before_it_is_checked(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        program.window.show()
        await program.session.open()
        pane = program.window.preview
        pane.open_given(file(tmp_path, 5).read_text())  # pasted
        await until(lambda: pane.tabs.resource.text, "the text")
        assert pane.view is None and "being checked" in pane.foot.text()
        await until(lambda: pane.view, "what the check says")
        assert "Valid R4" in pane.foot.text() and "only looked at" in pane.foot.text()

    run(scene())


def test_a_patient_chosen_meanwhile_is_not_covered_by_it(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        program.window.show()
        await program.session.open()
        pane = program.window.preview
        pane.open_given(file(tmp_path, 5))
        await until(lambda: pane.tabs.resource.text, "the text")
        pane._leave_opened()
        pane._show(None)
        await require(program.session.desk).records.preview_given("{}")  # the reader has done what came before
        await asyncio.sleep(0.1)
        assert pane.view is None and pane.tabs.resource.text == ""

    run(scene())


@pytest.mark.parametrize("indent", [None, 2])
def test_fifty_megabytes_are_refused_before_they_are_read(
    program: Program, run: Run, tmp_path: Path, indent: int | None
) -> None:
    path = tmp_path / "huge.json"
    path.write_text(json.dumps(resource(3), indent=indent), encoding="utf-8")
    with path.open("ab") as given:
        given.truncate(50_000_000)  # it need not even be JSON: it is not read

    async def scene() -> None:
        program.window.show()
        await program.session.open()
        pane = program.window.preview
        pane.open_given(path)
        await until(lambda: pane.tabs.is_large, "that it is too large")
        assert pane.view is None and "47.68" in pane.tabs.large.label.text() and "too large" in pane.foot.text()
        pane.tabs.large.save.click()
        await until(lambda: program.window.findChildren(QFileDialog), "the file dialog")
        dialog = program.window.findChildren(QFileDialog)[0]
        dialog.fileSelected.emit(str(tmp_path / "saved.json"))
        await until(lambda: program.window.toast.text.startswith("Saved"), "that it is saved")
        assert (tmp_path / "saved.json").stat().st_size == 50_000_000
        dialog.close()
        pane.open_given('{"type": "patient"}')
        await until(lambda: not pane.tabs.is_large, "that something else is shown")

    run(scene())


def test_many_records_of_any_size_are_looked_at_one_by_one(program: Program, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    line = json.dumps({"type": "patient", "patient_id": "P-1", "family_name": "Kim", "gender": "F"}) + "\n"
    path.write_text(line * (1 + (CHECKED + 1) // len(line)), encoding="utf-8")

    async def scene() -> None:
        program.window.show()
        await program.session.open()
        pane = program.window.preview
        pane.open_given(path)
        await until(pane.rows.count, "the records")
        assert not pane.tabs.is_large and pane.rows.count() == 200

    run(scene())


def test_what_is_too_large_is_not_shown_but_can_be_saved(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        program.window.show()
        await program.session.open()
        pane, text = program.window.preview, "[" + "1," * (CHECKED // 2) + "1]"
        pane._show(PreviewView("", "Binary/1", "Binary", {}, text))
        assert pane.tabs.both.currentWidget() is pane.tabs.large and pane.tabs.resource.text == ""
        assert "19." in pane.tabs.large.label.text() and "too large" in pane.foot.text()
        pane.tabs.large.save.click()
        await until(lambda: program.window.findChildren(QFileDialog), "the file dialog")
        dialog = program.window.findChildren(QFileDialog)[0]
        dialog.fileSelected.emit(str(tmp_path / "saved.json"))
        await until(lambda: program.window.toast.text.startswith("Saved"), "that it is saved")
        assert (tmp_path / "saved.json").read_text(encoding="utf-8") == text
        dialog.close()
        await asyncio.sleep(0)

    run(scene())


def test_a_refusal_is_told_in_its_colour(program: Program, run: Run) -> None:
    async def scene() -> None:
        program.window.show()
        await program.session.open()
        pane = program.window.preview
        plain = pane.foot.line.palette().windowText().color()
        pane.open_given('{"type": "patient"}')
        await until(lambda: pane.foot.line.property("tone") == "refused", "the refusal")
        assert pane.foot.line.palette().windowText().color() != plain

    run(scene())
