"""Processes side by side and at their end (faults A5, A9, A11, A12)."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.app.desk import open_desk
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import EditOutcome
from fhirdesk.store.sqlite.file_lock import FileLock
from tests.factories import person_fields
from tests.harness.judge import judge
from tests.harness.processes import Running
from tests.harness.server import embedded
from tests.harness.workload import Workload, write
from tests.marks import fault, rule
from tests.scripted import FakeFhirServer, RecordedRequest, Reply

FIELDS = person_fields()
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs process file descriptors")


@fault("A5")
@linux
def test_twenty_started_at_once_and_one_alone_sends(tmp_path: Path) -> None:
    work, data = Workload(5, 60), tmp_path / "data"
    asked = work.batch(60)
    with embedded("conditional") as server:
        brought = Running(["import", write(asked, tmp_path / "in.ndjson"), "--data-dir", data], tmp_path / "in")
        assert brought.wait(60) == 0
        words = ["drain", "--until-empty", "--data-dir", data, "--server", server.base]
        all_ = [Running(words, tmp_path / f"out-{n}") for n in range(20)]
        codes = [one.wait(120) for one in all_]
        verdict = judge([a.change for a in asked], server.writes())
    assert codes == [0] * 20, [one.errors()[-500:] for one in all_ if one.code]
    assert verdict.faults == {} and verdict.versions == 60, str(verdict)


@fault("A8")
@linux
def test_what_takes_the_process_with_it_three_times_is_given_up_and_the_others_arrive(tmp_path: Path) -> None:
    """The sender dies by SIGKILL at the moment at which the server has read one patient's body."""
    data, work = tmp_path / "data", Workload(8, 20)
    asked = work.batch(9)
    bad = next(a.change.key for a in asked if a.change.type == "patient")
    sender: list[Running] = []

    def script(request: RecordedRequest) -> Reply | None:
        if request.method != "POST" or bad not in str(request.body):
            return None
        os.kill(sender[-1].pid, signal.SIGKILL)
        return Reply(None)

    with FakeFhirServer() as server:
        server.script = script
        brought = Running(["import", write(asked, tmp_path / "in.ndjson"), "--data-dir", data], tmp_path / "in")
        assert brought.wait(60) == 0
        for turn in range(8):
            words = ["drain", "--until-empty", "--deadline", "1", "--data-dir", data, "--server", server.url]
            sender.append(Running(words, tmp_path / f"out-{turn}"))
            if sender[-1].wait(60) is not None:
                break
        assert sender[-1].code == 1 and 4 <= len(sender) <= 5  # once perhaps in company, three times alone
        keys = {r["identifier"][0]["value"] for r in server.held.values()}
    with closing(sqlite3.connect(data / "fhirdesk.db")) as database:
        failed = database.execute("SELECT key, reason FROM queue_entry WHERE status = 'failed'").fetchall()
    children = {a.change.key for a in asked if a.row and a.row.get("patient_id") == bad}
    assert failed == [(bad, "why_poison")] and keys == {a.change.key for a in asked} - children


@fault("A11")
@linux
def test_an_answer_that_does_not_fit_into_memory_is_unknown_and_the_others_arrive(tmp_path: Path) -> None:
    """The first answer to a create is 12 MB of brackets, which are gigabytes once read."""
    huge = {"resourceType": "Patient", "extension": [[[]] * 4] * 900_000}

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(201, huge, after=True) if asked.method == "POST" and len(server.asked("POST")) == 1 else None

    with FakeFhirServer() as server:
        server.script = script
        data, work = tmp_path / "data", Workload(11, 20)
        rows = [a for a in work.batch(9) if a.row and a.row["type"] == "patient"]
        done = _limited(["import", write(rows, tmp_path / "in.ndjson"), "--data-dir", data])
        assert done.returncode == 0, done.stderr
        done = _limited(["drain", "--until-empty", "--for", "60", "--data-dir", data, "--server", server.url])
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-2000:]
        assert len(server.held) == len(rows) == len(server.asked("POST"))


def _limited(words: list[object]) -> "subprocess.CompletedProcess[str]":
    """The command line with 400 MB of address space to itself."""
    limit = 400 * 1024 * 1024

    def lower() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    command = [sys.executable, "-m", "fhirdesk", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, preexec_fn=lower)


@fault("A12")
def test_a_locked_database_never_stops_the_callers_loop(tmp_path: Path) -> None:
    """The window's loop goes on while the engine's thread waits for the database."""
    ticks = [0]

    async def tick() -> None:
        while True:
            ticks[0] += 1
            await asyncio.sleep(0.002)

    async def work() -> int:
        desk = open_desk(Settings(tmp_path / "data", Profile()))
        await desk.start(send=False)
        await desk.records.read_types()  # what loads the converters is not measured
        ticking = asyncio.ensure_future(tick())
        with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            before = ticks[0]
            saving = asyncio.ensure_future(desk.records.register("patient", FIELDS, "u-1"))
            await asyncio.sleep(0.5)
            assert not saving.done()
            during = ticks[0] - before
            other.execute("ROLLBACK")
        assert (await saving).result == "new"
        ticking.cancel()
        await desk.stop()
        return during

    assert asyncio.run(work()) > 20


@fault("E9")
def test_an_edit_goes_on_when_the_process_that_sent_ends(tmp_path: Path) -> None:
    """A drain that is about to end holds the sender's lock and looks no more."""

    async def run(server: FakeFhirServer) -> EditOutcome:
        desk = open_desk(Settings(tmp_path / "data", Profile(url=server.url)))
        await desk.start(send=False)
        await desk.records.register("patient", FIELDS, "u-1")
        await desk.queue.drain(until_empty=True)
        ending = FileLock(tmp_path / "data" / "sender.lock")
        assert ending.try_acquire()
        edit = asyncio.ensure_future(desk.records.edit_patient("P-1", {"phone": "010-1"}, uuid="u-2"))
        while not (await desk.queue.count_by_status())[Status.PENDING]:  # noqa: ASYNC110 - as a person looks
            await asyncio.sleep(0.02)
        ending.release()
        result = await asyncio.wait_for(edit, 20)
        await desk.stop()
        return result.outcome

    with FakeFhirServer() as server:
        assert asyncio.run(run(server)) is EditOutcome.ACCEPTED
        assert server.held["Patient/1"]["telecom"][0]["value"] == "010-1"


@fault("A9")
def test_closed_while_the_server_does_not_say_what_it_is(tmp_path: Path) -> None:
    release = threading.Event()

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(None) if asked.path == "metadata" and not release.wait(20) else None

    async def run(server: FakeFhirServer) -> set["asyncio.Task[object]"]:
        desk = open_desk(Settings(tmp_path / "data", Profile(url=server.url)))
        await desk.start()
        while not server.journal:  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.01)
        await desk.stop(0.1)
        return asyncio.all_tasks(desk._door.threads._loop)

    with FakeFhirServer() as server:
        server.script = script
        left = asyncio.run(run(server))
        release.set()
    assert left == set()


@fault("A9")
def test_closed_in_time_whatever_hangs_and_the_rest_ends_by_itself(tmp_path: Path) -> None:
    """The server does not answer, another process holds the database, a read goes on, an edit is waited for."""
    release, busy = threading.Event(), threading.Event()

    def script(asked: RecordedRequest) -> Reply | None:
        return Reply(None) if asked.method == "PUT" and not release.wait(20) else None

    async def run(server: FakeFhirServer) -> None:
        desk = open_desk(Settings(tmp_path / "data", Profile(url=server.url)))
        await desk.start()
        await desk.records.register("patient", FIELDS, "u-1")
        while (await desk.queue.count_by_status())[Status.COMPLETED] < 1:  # noqa: ASYNC110 - as a person looks
            await asyncio.sleep(0.02)
        edit = asyncio.ensure_future(desk.records.edit_patient("P-1", {"phone": "010-1"}, uuid="u-2"))
        while not server.asked("PUT"):  # noqa: ASYNC110 - the server is a thread
            await asyncio.sleep(0.01)
        reading = asyncio.ensure_future(desk._door.threads.read(lambda: busy.wait(20)))
        with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            saving = asyncio.ensure_future(desk.records.register("patient", FIELDS | {"email": "a@clinic.kr"}, "u-3"))
            await asyncio.sleep(0.05)
            await asyncio.wait_for(desk.stop(0.5), 3)
            other.execute("ROLLBACK")
        await asyncio.wait_for(asyncio.gather(edit, return_exceptions=True), 10)
        assert (await saving).result == "changed"
        desk._door.threads._thread.join(10)
        assert not desk._door.threads._thread.is_alive() and FileLock(tmp_path / "data" / "sender.lock").try_acquire()
        busy.set()
        await reading

    with FakeFhirServer() as server:
        server.script = script
        asyncio.run(run(server))
        release.set()
    with closing(sqlite3.connect(tmp_path / "data" / "fhirdesk.db")) as database:
        states = dict(database.execute("SELECT uuid, status FROM queue_entry"))
    assert states == {"u-1": "completed", "u-2": "processing", "u-3": "pending"}


@rule(10)
def test_a_pause_holds_edits_too(tmp_path: Path) -> None:
    async def run(server: FakeFhirServer) -> EditOutcome:
        desk = open_desk(Settings(tmp_path / "data", Profile(url=server.url)))
        await desk.start()
        await desk.records.register("patient", FIELDS, "u-1")
        while (await desk.queue.count_by_status())[Status.COMPLETED] < 1:  # noqa: ASYNC110 - as a person looks
            await asyncio.sleep(0.02)
        await desk.queue.pause()
        result = await desk.records.edit_patient("P-1", {"phone": "010-1"}, uuid="u-2")
        assert result.record and "phone" not in result.record.fields
        await desk.stop()
        return result.outcome

    with FakeFhirServer() as server:
        assert asyncio.run(run(server)) is EditOutcome.UNREACHABLE
        assert server.asked("PUT") == []
