"""Every state of the window before there are rows, and of the patient form, in both languages, light and dark: nothing
is cut, everything can be read, and there is a way out."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.views import Counts, EditOutcome, EditResult
from tests.ui.clinic import clinic, opened
from tests.ui.conftest import Run, until
from tests.ui.find import find, type_into
from tests.ui.look import find_cut_texts, find_unreadable
from ui import theme
from ui.dialogs.patient_form import PatientForm
from ui.program import Program
from ui.theme import Theme

OUTCOMES = {
    "refused": EditResult(
        EditOutcome.REFUSED, Reason("edit_refused", {"field": "phone"}), None, "phone", said="Telecom value is wrong"
    ),
    "refused by a rule": EditResult(EditOutcome.REFUSED, Reason("edit_refused", {"issue": "invariant"}), said="Closed"),
    "not reachable": EditResult(EditOutcome.UNREACHABLE, Reason("edit_unreachable")),
    "checking": EditResult(EditOutcome.UNKNOWN, Reason("edit_unknown")),
    "blocked": EditResult(EditOutcome.CONFLICT, Reason("edit_blocked", {"entry": "u-1"})),
    "not done": EditResult(EditOutcome.NOT_DONE, Reason("edit_not_done", {"fields": "phone, email"})),
    "not allowed": EditResult(EditOutcome.FORBIDDEN, Reason("forbidden_own")),
}


@pytest.fixture(params=["ko", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[Theme.LIGHT, Theme.DARK])
def dressed(program: Program, lang: str, request: pytest.FixtureRequest) -> Iterator[Program]:
    program.speak(lang)
    theme.apply(program._app, request.param)
    program.window.retranslate()
    program.window.apply_theme()
    program.window.resize(1200, 800)
    yield program
    theme.apply(program._app, Theme.LIGHT)
    program.speak("en")


async def looks_well(widget: QWidget) -> None:
    await asyncio.sleep(0.1)
    assert find_cut_texts(widget) == []
    assert find_unreadable(widget) == []


def test_the_first_start(dressed: Program, run: Run) -> None:
    async def scene() -> None:
        window = dressed.window
        window.resize(900, 560)
        window.show()
        await dressed.begin()
        assert window.start.isVisible() and not window.start.verticalScrollBar().isVisible()
        await looks_well(window)

    run(scene())


def test_the_window_before_there_are_rows(dressed: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = dressed.window
        window.show()
        await looks_well(window)
        await opened(dressed)
        await until(window.patients.empty.isVisible, "that nobody is here")
        await looks_well(window)
        window.import_files([clinic(tmp_path / "clinic.ndjson", 2)])
        await until(lambda: window.queue.table.rows.ids and not window.jobs.is_busy, "the import")
        window.patients.search_for("zzz")
        window.queue.counters.choose(Status.FAILED)
        await until(lambda: window.patients.empty.isVisible() and window.queue.empty.isVisible(), "that none is found")
        window.toast.show_error(window.queue.empty.text)
        await looks_well(window)

    run(scene())


def test_the_patient_form_in_each_outcome(dressed: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(dressed, clinic(tmp_path / "clinic.ndjson", 1))
        await until(lambda: window.patients.table.rows.row_at(0), "the row")
        row = window.patients.table.rows.row_at(0)
        for result in OUTCOMES.values():
            window.dialogs.edit_patient(row.key, row)
            await until(lambda: window.findChildren(PatientForm), "the form")
            form = find(window, PatientForm)
            type_into(form, "phone", "+82 10 1234 5678")
            form._show_result(result)
            await looks_well(form)
            form.abandon()
            await until(lambda: not window.findChildren(PatientForm), "that it closed")

    run(scene())


def test_the_form_of_a_new_patient_with_everything_wrong(dressed: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(dressed)
        window.dialogs.new_patient()
        form = find(window, PatientForm)
        type_into(form, "birth_date", "850615")
        type_into(form, "phone", "010 1234 5678")
        await looks_well(form)
        type_into(form, "birth_date", "15/06/1985")
        type_into(form, "phone", "010-93-11")
        form.save.click()
        await looks_well(form)
        assert sum(field.has_error for field in form.form.fields.values()) == 5
        form.abandon()

    run(scene())


def test_each_empty_list_has_its_way_out(program: Program, run: Run, tmp_path: Path) -> None:
    async def scene() -> None:
        window = await opened(program)
        await until(window.patients.empty.isVisible, "that nobody is here")
        window.patients.empty.action.click()
        find(window, PatientForm).close()
        imported: list[str] = []
        window.dialogs.choose_import = lambda: imported.append("asked")  # type: ignore[method-assign]
        window.patients.empty.other.click()
        assert imported == ["asked"]
        window.import_files([clinic(tmp_path / "clinic.ndjson", 2)])
        await until(lambda: window.queue.table.rows.ids and not window.jobs.is_busy, "the import")
        everything = len(window.queue.table.rows.ids)
        window.patients.search_for("zzz")
        window.queue.counters.choose(Status.FAILED)
        await until(lambda: window.patients.empty.isVisible() and window.queue.empty.isVisible(), "that none is found")
        window.patients.empty.action.click()
        window.queue.empty.action.click()
        await until(lambda: len(window.patients.table.rows.ids) == 2, "all patients")
        await until(lambda: len(window.queue.table.rows.ids) == everything, "all entries")

    run(scene())


def test_an_empty_queue_says_that_all_is_saved_and_as_of_when(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = await opened(program)
        await until(window.queue.empty.isVisible, "that nothing waits")
        assert window.queue.empty.text == "Nothing is waiting here."
        window.queue._show_counts(Counts({Status.COMPLETED: 3}))
        window.queue._show_empty()
        said = window.queue.empty.text
        assert said.startswith("Everything is saved on the server As of ") and said[-8:].replace(":", "").isdigit()

    run(scene())
