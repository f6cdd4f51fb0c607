"""Faults as a person at the window meets them: A9, A12, B1, B3, E1, E9. The server and the store are real."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from fhirdesk.core.errors import StoreError
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, Settings
from tests.factories import person_fields
from tests.marks import fault
from tests.scripted import FakeFhirServer, RecordedRequest, Reply
from tests.store.test_damage import filled
from tests.ui.conftest import Run, until
from ui.dialogs.ask import Notice, Question
from ui.dialogs.patient_form import PatientForm
from ui.program import Program
from ui.window.main_window import MainWindow

FIELDS = person_fields()


class Silent:
    """A script that does what it was asked and does not answer, until it may."""

    def __init__(self, server: FakeFhirServer, method: str):
        self.server, self.method, self.speaks = server, method, threading.Event()
        server.script = self

    def __call__(self, asked: RecordedRequest) -> Reply | None:
        if asked.method != self.method or self.speaks.is_set():
            return None
        self.server.answer(asked)
        self.speaks.wait(30)
        return Reply(None)


@contextmanager
def ticking(ticks: list[int]) -> Iterator[None]:
    """A timer of the window's own thread counts."""
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(5)
    yield
    timer.stop()


async def opened(program: Program) -> MainWindow:
    program.window.show()
    await program.session.open()
    assert program.window.desk is not None
    return program.window


def form_of(window: MainWindow) -> PatientForm:
    form = window.findChild(PatientForm)
    assert isinstance(form, PatientForm)
    return form


def gone(form: PatientForm) -> bool:
    """Closed, or deleted by now."""
    return not isValid(form) or not form.isVisible()


def typed(window: MainWindow, **more: str) -> PatientForm:
    """The form of a new patient, filled in."""
    window.dialogs.new_patient()
    form = form_of(window)
    for name, text in ({k: v for k, v in FIELDS.items() if k != "gender"} | more).items():
        form.inputs[name].setText(text)  # type: ignore[union-attr]
    form.inputs["gender"].setCurrentIndex(form.inputs["gender"].findData(FIELDS["gender"]))  # type: ignore[union-attr]
    return form


@pytest.fixture
def on_server(qapp: QApplication, loop: object, programs: list[Program], settings: Settings) -> Iterator[object]:
    """Windows on a server, one after the other on one data folder."""

    def make(server: FakeFhirServer) -> Program:
        profile = Profile(url=server.url)
        made = Program(qapp, replace(settings, profile=profile, deadline=30.0), lang="en", theme="light")
        programs.append(made)
        return made

    yield make
    for program in programs:
        program.window.deleteLater()


def states(settings: Settings) -> list[str]:
    with closing(sqlite3.connect(settings.data_dir / "fhirdesk.db")) as database:
        return [status for (status,) in database.execute("SELECT status FROM queue_entry ORDER BY seq")]


@fault("A9")
def test_the_window_closes_while_a_request_is_out_and_the_next_one_looks(
    on_server: object, run: Run, settings: Settings
) -> None:
    with FakeFhirServer() as server:
        silent = Silent(server, "POST")

        async def closed() -> None:
            program = on_server(server)  # type: ignore[operator]
            ended = asyncio.ensure_future(program.run())
            await until(lambda: program.window.desk, "the desk")
            await program.window.desk.records.register("patient", FIELDS, "u-1")
            await until(lambda: server.asked("POST") and program.window.counts.unsent, "the request")
            program.window.close()
            await until(lambda: program.window.findChild(Question), "the question")
            program.window.findChild(Question).yes.click()
            assert await asyncio.wait_for(ended, 8) == 0  # five seconds for the answer, then it is left
            assert states(settings)[0] in ("processing", "unknown")

        async def again() -> None:
            program = on_server(server)  # type: ignore[operator]
            await opened(program)
            await until(lambda: program.window.counts[Status.COMPLETED] == 1, "that it was found")

        run(closed())
        silent.speaks.set()
        run(again())
        assert len(server.held) == 1 == len(server.asked("POST"))


@fault("A12")
def test_the_window_lives_while_the_database_is_locked_and_the_server_says_nothing(
    on_server: object, run: Run, settings: Settings
) -> None:
    ticks: list[int] = []
    with FakeFhirServer() as server:
        silent = Silent(server, "GET")  # not even what it is

        async def scene() -> None:
            window = await opened(on_server(server))  # type: ignore[operator]
            form = typed(window)
            other = sqlite3.connect(settings.data_dir / "fhirdesk.db", isolation_level=None)
            with closing(other), ticking(ticks):
                other.execute("BEGIN EXCLUSIVE")
                form.save.click()
                for text in ("홍", "홍길", "길동", ""):
                    window.patients.search_for(text)
                    window.refresh()
                    await asyncio.sleep(0.2)
                assert form.isVisible() and not form.save.isEnabled()  # it waits, and says nothing before it knows
                other.execute("ROLLBACK")
                await until(lambda: len(window.patients.table.rows.ids) == 1, "the patient")
            silent.speaks.set()

        run(scene())
    assert len(ticks) > 40  # of some 160


@fault("B1")
def test_a_full_disk_refuses_the_save_and_the_form_keeps_what_was_typed(program: Program, run: Run) -> None:
    def room(window: MainWindow, more: int | None) -> object:
        def limit() -> None:
            with window.desk._door.parts.store.transaction() as tx:  # type: ignore[union-attr]
                pages = int(tx.conn.exec_driver_sql("PRAGMA page_count").scalar() or 0)
                tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {1_000_000 if more is None else pages + more}")

        return window.desk._door.threads.do(limit)  # type: ignore[union-attr]

    async def scene() -> None:
        window = await opened(program)
        await room(window, 0)  # type: ignore[misc]
        form = typed(window, address="가" * 30_000)
        form.save.click()
        await until(form.notice.isVisible, "that the disk is full")
        assert "The disk is full: this was not saved" in form.notice.text
        assert (
            form.isVisible()
            and form.form.read_values()["address"] == "가" * 30_000
            and form.form.read_values()["patient_id"] == "P-1"
        )
        assert (await window.desk.queue.count_by_status()).unsent == 0  # type: ignore[union-attr]
        await room(window, None)  # type: ignore[misc]
        form.save.click()
        await until(lambda: len(window.patients.table.rows.ids) == 1, "the patient")
        assert (await window.desk.queue.count_by_status())[Status.PENDING] == 1  # type: ignore[union-attr]

    run(scene())


@fault("B3")
def test_a_save_that_nobody_knew_of_is_found_when_it_is_pressed_again(
    program: Program, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        window = await opened(program)
        desk = window.desk
        assert desk is not None
        real, broken = desk.records.register, [True]

        async def register(*what: object) -> object:
            done = await real(*what)  # type: ignore[arg-type]
            if broken and broken.pop():
                raise StoreError("disk_error")
            return done

        monkeypatch.setattr(desk.records, "register", register)
        form = typed(window)
        form.save.click()
        await until(form.notice.isVisible, "the error")
        assert "it is not known" in form.notice.text and form.isVisible()
        form.save.click()
        await until(lambda: gone(form), "that it is saved")
        await until(lambda: len(window.patients.table.rows.ids) == 1, "the patient")
        assert (await desk.queue.count_by_status())[Status.PENDING] == 1

    run(scene())


@fault("B7")
def test_a_database_that_cannot_be_opened_is_read_as_far_as_it_can_be_once_a_person_says_so(
    on_server: object, run: Run, settings: Settings
) -> None:
    filled(settings.data_dir, 4)
    database = settings.data_dir / "fhirdesk.db"
    wreck = bytes(100) + database.read_bytes()[100:]
    database.write_bytes(wreck)
    with FakeFhirServer() as server:

        async def scene() -> None:
            program = on_server(server)  # type: ignore[operator]
            program.window.show()
            await program.begin()
            question = program.window.findChild(Question)
            assert question is not None and database.read_bytes() == wreck and server.journal == []
            question.yes.click()
            await until(lambda: program.window.findChild(Notice), "what could be read")
            await until(lambda: len(program.window.patients.table.rows.ids) == 4, "the patients")
            await until(lambda: program.window.counts[Status.COMPLETED] == 4, "that they arrive")

        run(scene())
        (aside,) = settings.data_dir.glob("fhirdesk.db.damaged-*")
        assert aside.read_bytes() == wreck and len(server.held) == 4 == len(server.asked("POST"))


@fault("E1", "E9")
def test_edits_in_the_window_go_behind_what_waits_and_arrive_in_order(on_server: object, run: Run) -> None:
    with FakeFhirServer() as server:
        held = threading.Event()

        def script(asked: RecordedRequest) -> Reply | None:
            if asked.method == "PUT":
                held.wait(20)
            return None

        async def scene() -> None:
            window = await opened(on_server(server))  # type: ignore[operator]
            desk = window.desk
            assert desk is not None
            await desk.records.register("patient", FIELDS, "u-0")
            await until(lambda: window.counts[Status.COMPLETED] == 1, "the patient")
            server.script = script
            await desk.records.register("patient", FIELDS | {"given_name": "가"}, "u-1")
            await until(lambda: server.asked("PUT"), "the first change in flight")
            for n in range(2, 12):
                await desk.records.register("patient", FIELDS | {"given_name": "가" * n}, f"u-{n}")
            window.dialogs.edit_patient("P-1")
            await until(lambda: window.findChild(PatientForm), "the form")
            form = form_of(window)
            form.inputs["phone"].setText("010-9999-9999")  # type: ignore[union-attr]
            form.save.click()
            await until(lambda: "Asking" in form.notice.text, "the question to the server")
            held.set()
            await until(lambda: gone(form), "the answer")
            await until(lambda: window.counts.unsent == 0, "the rest")

        run(scene())
        puts = [a.body for a in server.asked("PUT") if a.body]
        assert [len(p["name"][0]["given"][0]) for p in puts] == [1, 11, 11]  # ten gave way to the newest
        assert ["telecom" in p for p in puts] == [False, False, True]
        assert server.held["Patient/1"]["telecom"][0]["value"] == "010-9999-9999"
