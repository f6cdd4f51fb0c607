"""A property machine over queue, lanes, dependencies, edits, deletes, conflicts, crashes and recovery.

Every rule is something that people, networks, servers and power switches do; after each one the invariants of
docs/queue.md hold, and the judge finds nothing twice, out of order or child first. At the end nothing is lost.
"""

import asyncio
import shutil
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import NotFound, Refused, Unavailable
from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import OPEN, Operation, QueueEntry, Status
from fhirdesk.core.records import Record
from fhirdesk.core.settings import Profile
from fhirdesk.core.views import EditOutcome, QueueQuery
from fhirdesk.sandbox.options import Options
from fhirdesk.store.damage import invariants
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.sync.edits.write_through import WriteThrough
from fhirdesk.sync.operator.conflict_resolution import ConflictResolution
from fhirdesk.sync.operator.queue_operations import QueueOperations
from fhirdesk.sync.outbox.outbox import Incoming, Outbox
from fhirdesk.sync.worker.sender_lock import SenderLock
from fhirdesk.sync.worker.worker import Worker
from tests.harness.clock import Leaping
from tests.harness.journal import Write
from tests.harness.judge import Change, Verdict, blind_resends, judge
from tests.harness.model import FAULTS, Model
from tests.harness.server import KINDS

KEYS = {"P-1": "patient", "P-2": "patient", "P-3": "patient", "E-1": "encounter", "L-1": "lab_result"}
LEAVES = ("P-3", "L-1")  # nothing refers to them
RESOURCES = {"patient": "Patient", "encounter": "Encounter", "lab_result": "Observation"}
SETTLE, PATIENCE = 90.0, 30.0
_template: list[Path] = []


def empty_store() -> Path:
    """A folder with a new database, made once."""
    if not _template:
        _template.append(Path(tempfile.mkdtemp(prefix="machine-")) / "data")
        SqliteStore.open(_template[0], "default", Events()).close()
    return _template[0]


def row(key: str, mark: int) -> Record:
    """A record with its mark."""
    said = f"mark-{mark:06}"
    if key.startswith("P"):
        fields = {"patient_id": key, "family_name": "홍", "given_name": "길동", "gender": "male", "address": said}
        return Record("patient", key, fields | {"birth_date": "1985-06-15"})
    if key.startswith("E"):
        fields = {"encounter_id": key, "patient_id": "P-1", "encounter_class": "outpatient", "status": "completed"}
        return Record("encounter", key, fields | {"reason": said})
    fields = {"result_id": key, "patient_id": "P-1", "encounter_id": "E-1", "test_code": "718-7", "test_name": "혈색소"}
    return Record("lab_result", key, fields | {"resulted_at": "2026-07-01", "result_value": "13.5", "comments": said})


class Machine(RuleBasedStateMachine):
    """One clinic, one server, one data folder."""

    @initialize(kind=st.sampled_from(sorted(KINDS)), batch=st.booleans(), hapi=st.booleans())
    def opens(self, kind: str, batch: bool, hapi: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None, prefix="machine-"))
        shutil.copytree(empty_store(), self.folder / "data")
        self.loop = asyncio.new_event_loop()
        self.clock, self.kind, self.marks = Leaping(), kind, 0
        habits = {"equal_update_is_new": True, "check_references": False, "stale_status": 409 if hapi else 412}
        self.model = Model(Options().changed(**KINDS[kind], **habits), self.clock, batch=batch)
        self.profile = Profile(url="http://model/fhir", settle=SETTLE)
        self.changes: list[Change] = []
        self.uuids: list[str] = []
        self.finals: dict[str, tuple[object, ...]] = {}
        self.decided: dict[str, list[float]] = defaultdict(list)
        self.last: Incoming | None = None
        self.starts()

    def starts(self) -> None:
        """A process begins: what a dead one left is recovered."""
        self.mapper = Mapper()
        self.store = SqliteStore.open(self.folder / "data", "default", Events())
        self.outbox = Outbox(self.store, self.clock, self.mapper)
        self.sender = SenderLock(self.store, self.folder / "data")
        assert self.sender.acquire()
        self.worker = Worker(self.store, self.model, self.profile, self.mapper, self.clock)  # type: ignore[arg-type]
        self.decisions = QueueOperations(self.store, self.clock)
        self.resolution = ConflictResolution(self.store, self.model, self.mapper, self.clock)  # type: ignore[arg-type]
        self.write_through = WriteThrough(self.store, self.outbox, self.mapper, self.clock)

    def ends(self) -> None:
        """A process is gone, whatever it was doing."""
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks))
        self.sender.release()
        self.store.close()

    # -- people

    @rule(key=st.sampled_from(sorted(KEYS)))
    def imports(self, key: str) -> None:
        mark = self.mark()
        self.last = Incoming(row(key, mark), str(uuid.uuid4()))
        saved = self.outbox.add([self.last])
        assert saved[0].entry == self.last.uuid
        self.acknowledged(Change(mark, KEYS[key], key), self.last.uuid)

    @rule()
    @precondition(lambda self: self.last is not None)
    def repeats(self) -> None:
        """A double click: the same action comes again."""
        assert self.last is not None
        before = self.entries()
        self.outbox.add([self.last])
        assert len(self.entries()) == len(before)

    @rule(key=st.sampled_from(LEAVES))
    def deletes(self, key: str) -> None:
        uuid_ = str(uuid.uuid4())
        with suppress(NotFound):
            self.outbox.queue(KEYS[key], key, uuid_, Operation.DELETE, priority=None)
            self.acknowledged(Change(self.mark(), KEYS[key], key, deletes=True), uuid_)

    @rule(key=st.sampled_from(["P-1", "P-2"]))
    def edits(self, key: str) -> None:
        with self.store.snapshot() as view:
            if not view.records.get_many("patient", [key]) or self.worker.link.paused:
                return
        mark, uuid_ = self.mark(), str(uuid.uuid4())
        outcome = self.runs(self._edit(key, f"mark-{mark:06}", uuid_))
        good = outcome in (EditOutcome.ACCEPTED, EditOutcome.LOCAL_ONLY)
        self.changes.append(Change(mark, "patient", key, acknowledged=good))

    async def _edit(self, key: str, said: str, uuid_: str) -> EditOutcome:
        over = asyncio.Event()
        sending = asyncio.ensure_future(self.worker.run(over.is_set))
        try:
            result = await self.write_through.edit(
                key,
                {"address": said},
                uuid=uuid_,
                later=False,
                wake=self.worker.wake,
                patience=PATIENCE,
            )
        finally:
            over.set()
            self.worker.wake()
            await sending
        return result.outcome

    @rule()
    def decides(self) -> None:
        """A person looks at what only a person may decide."""
        self.worker.link.resume()
        for entry in self.entries():
            if entry.status in (Status.FAILED, Status.HELD):
                self.decisions.retry([entry.uuid])
            if entry.status is Status.CONFLICT:
                self._decide(entry)

    def _decide(self, entry: QueueEntry) -> None:
        there = [w for w in self.model.writes() if w.key == entry.key]
        here = there[-1].id if there and not there[-1].deletes else None
        code = entry.reason.code if entry.reason else ""
        if code == "why_unknown_twice":
            self.decided[entry.key].append(self.clock.now())
        how = "mine" if code not in ("why_unknown_twice", "why_duplicate") else "arrived" if here else "absent"
        try:
            self.loop.run_until_complete(self.resolution.resolve(entry.uuid, how, here if how == "arrived" else None))
        except (Refused, Unavailable):
            return  # told, and nothing was changed

    # -- the world

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def trouble(self, fault: str, times: int) -> None:
        self.model.faults.extend([fault] * times)

    @rule(key=st.sampled_from(sorted(KEYS)), same=st.booleans())
    def somebody_writes(self, key: str, same: bool) -> None:
        kind = KEYS[key]
        there = [w for w in self.model.writes() if w.key == key]
        if not there or there[-1].deletes:
            return
        system = self.mapper.identifier_system(kind)
        rival: dict[str, Any] = {"address": [{"use": "home", "text": "theirs"}]} if kind == "patient" else {}
        self.model.somebody(RESOURCES[kind], key, system, **(rival if same else {"language": "ko"}))

    @rule(seconds=st.sampled_from([1.0, 120.0, 86_400.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.at += seconds

    @rule(steps=st.sampled_from([3, 30, 100]))
    def sends(self, steps: int) -> None:
        left = iter(range(steps))
        self.runs(self.worker.run(lambda: next(left, None) is None or not self.moving()))

    @rule(when=st.sampled_from(["before", "after"]))
    def dies_while_sending(self, when: str) -> None:
        """SIGKILL once the attempt is committed: before the server has it, or after it was done."""
        self.model.crash = when
        left = iter(range(60))
        self.runs(self.worker.run(lambda: next(left, None) is None or not self.moving()))

    @rule()
    def dies(self) -> None:
        self.ends()
        self.starts()

    # -- what always holds

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.snapshot() as view:
            assert invariants.find_violations(view.conn) == []
            assert invariants.find_lost(view.conn, self.uuids) == []  # I1
            now = invariants.read_finals(view.conn)
            assert invariants.find_changed(self.finals, now) == []  # I5
            self.finals = now
        verdict = self.judged(self.model.writes())
        verdict.lost.clear()  # not yet
        assert verdict.faults == {}, str(verdict)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self.everything_arrives()
        finally:
            self.ends()
            self.loop.close()
            shutil.rmtree(self.folder)

    def everything_arrives(self) -> None:
        """The world is well again, people decide: nothing was lost (I9)."""
        self.model.faults.clear()
        self.model.crash = None
        for key in ("P-1", "E-1"):  # nobody waits for what never came
            if not any(c.key == key for c in self.changes):
                self.imports(key)
        for turn in range(60):
            self.sends(60)
            if not self.open():
                break
            if turn % 8 == 7:
                self.decides()
            self.clock.at += 100.0
        assert self.open() == []
        verdict = self.judged(self.model.writes())
        assert verdict.faults == {}, str(verdict)
        with self.store.snapshot() as view:
            assert invariants.find_unaudited(view.conn) == []

    # -- tools

    def mark(self) -> int:
        self.marks += 1
        return self.marks

    def acknowledged(self, change: Change, uuid_: str) -> None:
        self.changes.append(change)
        self.uuids.append(uuid_)

    def judged(self, writes: list[Write]) -> Verdict:
        verdict = judge(self.changes, writes)
        if self.kind == "neither":
            blind_resends(self.model.asked, SETTLE, verdict, self.decided)
        return verdict

    def entries(self) -> list[QueueEntry]:
        with self.store.snapshot() as view:
            uuids = view.queue_views.find_uuids(QueueQuery(newest_first=False))
            return [e for u in uuids if (e := view.entries.get(u))]

    def open(self) -> list[tuple[object, ...]]:
        """What is not done yet, in short."""
        left = [e for e in self.entries() if e.status in OPEN]
        return [(e.key, e.operation, e.status, e.reason, e.attempts, e.not_before - self.clock.now()) for e in left]

    def moving(self) -> bool:
        if self.worker.link.paused:
            return False
        with self.store.snapshot() as view:
            return view.queue.has_moving()

    def runs(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run it to its end, or to this process's end."""

        async def until() -> Any:
            task, died = asyncio.ensure_future(work), asyncio.ensure_future(self.model.crashed.wait())
            await asyncio.wait({task, died}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
            assert task.done() or died.done(), f"it goes on for ever: {self.open()}"
            died.cancel()
            return task.result() if task.done() else None

        result = self.loop.run_until_complete(until())
        if self.model.crashed.is_set():
            self.model.crashed = asyncio.Event()
            self.ends()
            self.starts()
        self.model.crash = None
        return result
