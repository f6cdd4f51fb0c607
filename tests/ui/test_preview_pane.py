"""The preview: mapping both ways, issues that lead to their place, files and pasted text that are never stored."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Record
from fhirdesk.core.views import How, IssueView, OriginView, PreviewView
from tests.require import require
from tests.ui.conftest import Run, until
from tests.ui.find import branch, row_texts
from ui import words, words_preview
from ui.models.json_spans import format_path
from ui.models.line_diff import compare_lines
from ui.panes.preview import PreviewPane
from ui.program import Program
from ui.tasks import Tasks
from ui.widgets.json_view import LONGEST, JsonView
from ui.widgets.preview_tabs import Tab

RESOURCE = {
    "resourceType": "Patient",
    "name": [{"family": "김", "given": ["경민"]}],
    "telecom": [{"system": "phone", "value": "010-1"}, {"system": "email", "value": "a@b"}],
    "photo": [{"data": "A" * 100_000}],
}
RECORD = Record("patient", "P-1", {"patient_id": "P-1", "family_name": "김", "phone": "010-1", "postcode": "03001"})
VIEW = PreviewView(
    "patient",
    "P-1",
    "Patient",
    RESOURCE,
    json.dumps(RESOURCE, ensure_ascii=False, indent=2),
    (IssueView("error", "value", "Patient.telecom[1].value", Reason("field_text", {"field": "email"}), "email"),),
    record=RECORD,
    origins=(
        OriginView("name[0].family", "family_name", How.COPIED),
        OriginView("telecom[0].system", "phone", How.DEFAULTED),
        OriginView("telecom[0].value", "phone", How.COPIED),
        OriginView(None, "postcode", How.LEFT_OUT),
    ),
)


@pytest.fixture
def pane(program: Program) -> Iterator[PreviewPane]:
    made = PreviewPane(Tasks(program.window), program.window.actions_, program.window)
    made.resize(700, 800)
    made.show()
    made._show(VIEW)
    yield made
    made.deleteLater()


def marked(view: JsonView) -> str:
    """The text of the place that is marked; places of issues are tinted below it."""
    selections = view.edit.extraSelections()
    return str(selections[-1].cursor.selectedText())


def test_the_mapping_stands_in_three_groups(pane: PreviewPane) -> None:
    table = pane.tabs.mapping.table
    rows = [row_texts(table, row, 0, 1, 2, 3) for row in range(table.rowCount())]
    assert [row[0] for row in rows if not any(row[1:])] == ["From the record  2", "Added or left out  2"]
    assert rows[2] == ["Phone", "010-1", "telecom[0].value", "copied"]
    assert rows[4] == ["Phone", "010-1", "telecom[0].system", "added"]
    assert rows[5] == ["Postcode", "03001", "—", "left out"]
    origins = (OriginView("gender", "gender", How.MAPPED),)
    coded = replace(
        VIEW, origins=origins, record=RECORD.with_fields(gender="M"), resource=RESOURCE | {"gender": "male"}
    )
    pane.tabs.mapping.show_view(coded)
    assert row_texts(table, 0, 0) == ["Changed by a code table  1"]
    assert row_texts(table, 1, 0, 1, 2, 3) == ["Gender", "M → male", "gender", "mapped"]


def test_what_is_wrong_is_said_at_its_field(pane: PreviewPane) -> None:
    pane.tabs.mapping.show_view(replace(VIEW, issues=(replace(VIEW.issues[0], field="phone"),)))
    assert row_texts(pane.tabs.mapping.table, 2, 0, 3) == ["Phone", "refused"]


def test_a_field_leads_to_its_place_in_the_resource(pane: PreviewPane) -> None:
    pane.tabs.mapping.table.setCurrentCell(2, 0)
    assert marked(pane.tabs.mapping.resource) == '"value": "010-1"'


def test_a_place_in_the_resource_leads_to_its_field(pane: PreviewPane) -> None:
    view = pane.tabs.mapping.resource
    cursor = view.edit.textCursor()
    cursor.setPosition(view.text.index("010-1") + 1)
    view.edit.setTextCursor(cursor)
    assert pane.tabs.mapping.table.currentRow() == 2
    cursor.setPosition(view.text.index('"family"') + 1)
    view.edit.setTextCursor(cursor)
    assert pane.tabs.mapping.table.currentRow() == 1


def test_an_issue_leads_to_its_place(pane: PreviewPane) -> None:
    pane.tabs.setCurrentIndex(Tab.ISSUES)
    pane.tabs.show_tree(True)
    assert row_texts(pane.tabs.issues, 0, 0, 1, 3) == ["error", "Email", "Patient.telecom[1].value"]
    pane.tabs.issues.cellClicked.emit(0, 2)
    assert pane.tabs.currentIndex() == Tab.RESOURCE and pane.tabs.both.currentWidget() is pane.tabs.resource
    assert marked(pane.tabs.resource) == '"value": "a@b"'
    assert "Not valid R4" in pane.foot.text()


def test_folding_hides_and_a_mark_opens_again(pane: PreviewPane) -> None:
    edit = pane.tabs.resource.edit
    line = pane.tabs.resource.text.split("\n").index('  "telecom": [')
    edit.toggle(line)
    inside = edit.document().findBlockByNumber(line + 2)
    assert not inside.isVisible()
    assert edit.document().findBlockByNumber(line).isVisible()
    pane.tabs.issues.cellClicked.emit(0, 2)
    assert inside.isVisible()


def test_find_counts_and_goes_round(pane: PreviewPane) -> None:
    pane.tabs.open_find()
    view = pane.tabs.resource
    view._find.setText("SYSTEM")
    assert view._number.text() == "1 / 2"
    view._find.stepped.emit(1)
    view._find.stepped.emit(1)
    assert view._number.text() == "1 / 2"
    view._find.setText("nowhere")
    assert view._number.text() == "0 / 0"


def test_the_tree_opens_step_by_step(pane: PreviewPane) -> None:
    pane.tabs.show_tree(True)
    root = pane.tabs.tree.invisibleRootItem()
    assert [branch(root, n).text(0) for n in range(root.childCount())] == list(RESOURCE)
    assert branch(root, 2, 0, 1).text(1) == "010-1"


def test_a_huge_value_is_shown_cut_and_copied_whole(pane: PreviewPane, qapp: QApplication) -> None:
    assert max(map(len, pane.tabs.resource.edit.toPlainText().split("\n"))) <= LONGEST + 2
    pane.copy_json()
    assert QGuiApplication.clipboard().text() == VIEW.text


def test_pasted_text_and_files_are_looked_at_and_not_stored(program: Program, run: Run, tmp_path: Path) -> None:
    good = {"type": "patient", "patient_id": "P-1", "family_name": "김", "gender": "M", "birth_date": "1985-02-28"}
    path = tmp_path / "two.ndjson"
    path.write_text("\n".join(json.dumps(r) for r in (good, good | {"birth_date": "1985-02-30"})), encoding="utf-8")

    async def scene() -> None:
        window = program.window
        window.show()
        await program.session.open()
        pane = window.preview
        QGuiApplication.clipboard().setText(json.dumps(good))
        window.actions_["look_pasted"].trigger()
        await until(lambda: pane.view, "the pasted record")
        assert require(pane.view).resource_type == "Patient"
        assert "not stored" in pane.foot.text() and not pane.rows.isVisible()
        window.dialogs.open_given_requested.emit(path)
        await until(lambda: pane.rows.count() == 2, "both rows of the file")
        pane.rows.setCurrentIndex(1)
        assert pane.view is None
        assert "Line 2" in pane.foot.text() and "Date of birth" in pane.foot.text()
        assert "1985-02-30" in pane.tabs.resource.text  # what was read, as it was
        assert len(window.patients.table.rows.ids) == 0
        counts = await require(program.session.desk).queue.count_by_status()
        assert counts.unsent == 0

    run(scene())


def test_paths_are_written_as_people_write_them() -> None:
    assert format_path(("name", 0, "given", 1)) == "name[0].given[1]"


@pytest.mark.parametrize(
    ("same", "said"),
    [
        (True, "same as version 3, seen on the server at "),
        (False, "differs from version 3, seen on the server at "),
        (None, "saved on the server as version 3 at "),
    ],
)
def test_what_is_known_of_the_server_is_told_with_when_it_was_seen(same: bool | None, said: str) -> None:
    seen = time.time() - 3600 * 26  # the server may be at version 4 by now
    view = replace(VIEW, version_id="3", same_as_server=same, seen_at=seen)
    told = words_preview.describe_server_copy(view)
    assert (
        told.startswith(said) and told.endswith(words.format_seen(seen)) and len(words.format_seen(seen)) > len("07:28")
    )
    assert words_preview.describe_server_copy(replace(VIEW, version_id=None)) == "not on the server yet"


def test_the_head_names_the_person_first() -> None:
    fields = {"patient_id": "P-1", "gender": "F", "birth_date": "1985-06-15", "phone": "010-1"}
    person = Record("patient", "P-1", fields)
    about = replace(VIEW, patient_key="P-1", patient_name="김경민", patient=person)
    name, facts = words_preview.describe_subject(about)
    assert name == "김경민" and facts[1:] == ["1985-06-15", "P-1", "010-1"] and facts[0].startswith("F · ")
    name, facts = words_preview.describe_subject(replace(about, type="lab_result", key="L-1"))
    assert name == "Lab result L-1" and facts[0] == "김경민" and "P-1" in facts


def test_every_finding_is_listed_and_marked_in_the_text(program: Program, run: Run) -> None:
    wrong = {"resourceType": "Patient", "name": "x", "birthDate": "1985-02-30", "gender": "female"}

    async def scene() -> None:
        window = program.window
        window.show()
        await program.session.open()
        pane = window.preview
        pane.open_given(json.dumps(wrong))
        await until(lambda: pane.view, "the pasted resource")
        assert pane.tabs.tabText(Tab.ISSUES) == "Issues 2" and pane.tabs.issues.rowCount() == 2
        selections = pane.tabs.resource.edit.extraSelections()
        assert [s.cursor.selectedText() for s in selections] == ['"name": "x"', '"birthDate": "1985-02-30"']
        pane.open_given('{"type": "patient", "patient_id": "P-1", "family_name": "김", "birth_date": "1985-02-30"}')
        await until(lambda: pane.view is None and pane.tabs.tabText(Tab.ISSUES) == "Issues 1", "what is wrong")
        selections = pane.tabs.resource.edit.extraSelections()
        assert [s.cursor.selectedText() for s in selections] == ['"birth_date": "1985-02-30"']
        assert row_texts(pane.tabs.issues, 0, 0, 1) == ["error", "Date of birth"]

    run(scene())


def test_lines_that_stand_for_each_other_are_side_by_side() -> None:
    diff = compare_lines("a\nb\nd", "a\nc\nc2\nd\ne")
    assert diff.left.split("\n") == ["a", "b", "", "d", ""] and diff.right.split("\n") == ["a", "c", "c2", "d", "e"]
    assert (diff.left_lines, diff.right_lines) == ((1,), (1, 2, 4))
