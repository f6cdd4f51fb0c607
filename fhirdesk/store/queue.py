"""The queue's verbs: enqueue, claim, complete, move, recover. Each runs inside a write transaction of the store.

Design: docs/queue.md. A lane is all open entries of one record; only its head may be claimed. Every change of state
is compare-and-set on the state (and attempt) it leaves, so that an answer that comes late changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, text, update

from fhirdesk.entry import FINAL, OPEN, Mapped, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.r4 import json
from fhirdesk.records import Record
from fhirdesk.store import resource_map
from fhirdesk.store.rows import entry_from_row
from fhirdesk.store.tables import attempt, queue_entry, server_state

Q = queue_entry.c
POISON_CRASHES = 3
FAR = 1e18  # later than any not_before
_OPEN = [s.value for s in OPEN]
_UNSENT = [Status.PENDING.value, Status.HELD.value]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as its caller made it. `parents`: (type, key) of the records it refers to."""

    uuid: str
    record: Record
    resource_type: str
    operation: Operation
    priority: int
    parents: tuple[tuple[str, str], ...] = ()
    edit: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A head ready to be sent: what will be written to the server, to be committed before the first byte leaves."""

    entry: QueueEntry
    request: Mapping[str, Any]
    expires_at: float  # epoch seconds: after it the server cannot be working on it any more

    @property
    def number(self) -> int:
        """The number of the attempt that the claim makes."""
        return self.entry.attempts + 1


@dataclass(frozen=True, slots=True)
class Move:
    """An entry leaves the state it is in; `number` is the attempt that is answered."""

    entry: QueueEntry
    number: int
    status: Status
    reason: Reason | None = None
    not_before: float = 0.0
    counts: bool = False  # the attempt counts towards giving up
    waits: tuple[str, str] | None = None  # the parent a held entry waits for
    alone: bool = False
    phase: Phase = Phase.ANSWERED
    http_status: int | None = None
    issue: str | None = None
    request_id: str | None = None
    ms: float | None = None
    answer: str | None = None
    mapped: Mapped | None = None  # proof of a completed entry, or what was learned of the server's copy
    released: bool = True  # completed: children may go


class Queue:
    """The entries of one profile."""

    def __init__(self, profile: str):
        self.profile = profile
        self._mine = Q.profile == profile

    # -- in

    def enqueue(self, conn: Connection, new: Sequence[NewEntry], now: float) -> dict[str, int]:
        """Add entries in order; a uuid that is there already is passed over. Returns seq by uuid."""
        known = {u for (u,) in conn.execute(select(Q.uuid).where(Q.uuid.in_([n.uuid for n in new])))}
        fresh = [n for n in new if n.uuid not in known]
        if not fresh:
            return {}
        self._supersede(conn, fresh, now)
        present = resource_map.present(conn, self.profile, {p for n in fresh for p in n.parents})
        last = _last_in_batch(fresh)
        conn.execute(
            insert(queue_entry), [self._row(n, present, now, n is last[n.record.type, n.record.key]) for n in fresh]
        )
        self._raise_parents(conn, fresh)
        found = conn.execute(select(Q.uuid, Q.seq).where(Q.uuid.in_([n.uuid for n in fresh])))
        return {uuid: seq for uuid, seq in found}

    def _row(self, new: NewEntry, present: set[tuple[str, str]], now: float, newest: bool) -> dict[str, Any]:
        waits = next((p for p in new.parents if p not in present), None)
        held = waits is not None and new.operation is not Operation.DELETE
        status = Status.HELD if held else Status.PENDING
        reason = waiting_for(*waits) if held and waits else None
        return {
            "uuid": new.uuid,
            "profile": self.profile,
            "type": new.record.type,
            "key": new.record.key,
            "resource_type": new.resource_type,
            "operation": new.operation.value,
            "status": (status if newest else Status.SUPERSEDED).value,
            "priority": new.priority,
            "urgency": new.priority,
            "created_at": now,
            "not_before": now,
            "waits_type": waits[0] if held and waits else None,
            "waits_key": waits[1] if held and waits else None,
            "reason": reason.code if reason else None,
            "reason_params": json.dumps(dict(reason.params)).decode() if reason else None,
            "record": json.canonical(dict(new.record.fields)),
            "edit": json.dumps(dict(new.edit)) if new.edit else None,
            "patient_key": new.record.key if new.record.type == "patient" else new.record.patient_key,
            "finished_at": None if newest else now,
        }

    def _supersede(self, conn: Connection, new: Sequence[NewEntry], now: float) -> None:
        """Unsent updates of the same records give way; an edit is a person's and stays."""
        for type_, keys in _by_type(
            (n.record.type, n.record.key) for n in new if n.operation is not Operation.EDIT
        ).items():
            conn.execute(
                update(queue_entry)
                .where(
                    self._mine,
                    Q.type == type_,
                    Q.key.in_(keys),
                    Q.status.in_(_UNSENT),
                    Q.operation != "edit",
                    Q.attempts == 0,
                )
                .values(status=Status.SUPERSEDED.value, finished_at=now, reason=None, waits_type=None, waits_key=None)
            )

    def _raise_parents(self, conn: Connection, new: Sequence[NewEntry]) -> None:
        """A parent inherits its child's urgency."""
        wanted: dict[tuple[str, str], int] = {}
        for n in new:
            for parent in n.parents:
                wanted[parent] = max(wanted.get(parent, 0), n.priority)
        if wanted:
            conn.execute(_RAISE, [{"profile": self.profile, "t": t, "k": k, "u": u} for (t, k), u in wanted.items()])

    # -- out

    def heads(self, conn: Connection, now: float, count: int, lane: tuple[str, str] | None = None) -> list[QueueEntry]:
        """The most urgent lane heads that are due. One that must go alone comes alone."""
        found = [
            entry_from_row(row)
            for row in conn.execute(
                _HEADS_OF_LANE if lane else _HEADS,
                {"profile": self.profile, "now": now, "count": count}
                | ({"type": lane[0], "key": lane[1]} if lane else {}),
            )
        ]
        if found and found[0].alone:
            return found[:1]
        return [e for e in found if not e.alone]

    def claim(self, conn: Connection, prepared: Sequence[Prepared], now: float) -> list[Prepared]:
        """Commit the attempts before the first byte leaves. Entries that changed meanwhile are left out."""
        taken = []
        for p in prepared:
            done = conn.execute(_CLAIM, {"seq": p.entry.seq, "number": p.number})
            if done.rowcount == 1:
                taken.append(p)
        if taken:
            conn.execute(
                insert(attempt),
                [
                    {
                        "seq": p.entry.seq,
                        "number": p.number,
                        "at": now,
                        "expires_at": p.expires_at,
                        "phase": Phase.STARTED.value,
                        "request": json.dumps(dict(p.request)),
                    }
                    for p in taken
                ],
            )
        return taken

    def move(self, conn: Connection, moves: Sequence[Move], now: float) -> list[Move]:
        """Answers arrive: state, attempt, map and the children's release; late ones change nothing."""
        done = [m for m in moves if self._leave(conn, m, now)]
        for m in done:
            self._note_attempt(conn, m)
        resource_map.put_many(conn, self.profile, [m.mapped for m in done if m.mapped])
        self._release(conn, [(m.entry.type, m.entry.key) for m in done if m.status is Status.COMPLETED and m.mapped])
        return done

    def _leave(self, conn: Connection, m: Move, now: float) -> bool:
        assert m.status is not Status.COMPLETED or m.mapped or m.entry.operation is Operation.DELETE, "I4: proof"
        parameters = {
            "seq": m.entry.seq,
            "number": m.number,
            "status": m.status.value,
            "reason": m.reason.code if m.reason else None,
            "params": json.dumps(dict(m.reason.params)).decode() if m.reason and m.reason.params else None,
            "not_before": m.not_before,
            "counted": int(m.counts),
            "waits_type": m.waits[0] if m.waits else None,
            "waits_key": m.waits[1] if m.waits else None,
            "alone": int(m.alone),
            "logical_id": m.mapped.logical_id if m.mapped else None,
            "version_id": m.mapped.version_id if m.mapped else None,
            "finished_at": now if m.status in FINAL else None,
        }
        return conn.execute(_LEAVE, parameters).rowcount == 1

    def _note_attempt(self, conn: Connection, m: Move) -> None:
        conn.execute(
            _NOTE,
            {
                "seq": m.entry.seq,
                "number": m.number,
                "phase": m.phase.value,
                "status": m.http_status,
                "issue": m.issue,
                "request_id": m.request_id,
                "ms": m.ms,
                "answer": m.answer,
            },
        )

    def _release(self, conn: Connection, arrived: Sequence[tuple[str, str]]) -> None:
        """Held children of records that now have a logical id may go."""
        for type_, keys in _by_type(arrived).items():
            conn.execute(
                update(queue_entry)
                .where(self._mine, Q.status == Status.HELD.value, Q.waits_type == type_, Q.waits_key.in_(keys))
                .values(status=Status.PENDING.value, waits_type=None, waits_key=None, reason=None, reason_params=None)
            )

    def hold(self, conn: Connection, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Pending entries wait for something named."""
        for entry, reason, waits in held:
            conn.execute(
                update(queue_entry)
                .where(Q.seq == entry.seq, Q.status == Status.PENDING.value)
                .values(
                    status=Status.HELD.value,
                    waits_type=waits[0] if waits else None,
                    waits_key=waits[1] if waits else None,
                    **_reason(reason),
                )
            )

    def fail(self, conn: Connection, entry: QueueEntry, reason: Reason) -> None:
        """A pending entry that can never be sent (its record does not convert)."""
        conn.execute(
            update(queue_entry)
            .where(Q.seq == entry.seq, Q.status == Status.PENDING.value)
            .values(status=Status.FAILED.value, **_reason(reason))
        )

    # -- looking after

    def recover(self, conn: Connection) -> int:
        """At start, the former owner being dead: what was in flight is unknown. Returns how many."""
        flying = conn.execute(select(Q.seq, Q.crashes).where(self._mine, Q.status == Status.PROCESSING.value)).all()
        if not flying:
            return 0
        seqs = [seq for seq, _ in flying]
        single = len(flying) == 1
        conn.execute(
            update(queue_entry)
            .where(Q.seq.in_(seqs))
            .values(
                status=Status.UNKNOWN.value,
                alone=1,
                crashes=Q.crashes + int(single),
                not_before=0,
                **_reason(Reason("why_interrupted")),
            )
        )
        if single and flying[0][1] + 1 >= POISON_CRASHES:
            conn.execute(update(queue_entry).where(Q.seq == seqs[0]).values(alone=1, **_reason(Reason("why_poison"))))
        conn.execute(
            update(attempt)
            .where(attempt.c.seq.in_(seqs), attempt.c.phase == Phase.STARTED.value)
            .values(phase=Phase.INTERRUPTED.value)
        )
        return len(flying)

    def unknowns(
        self, conn: Connection, now: float, count: int, lane: tuple[str, str] | None = None
    ) -> list[QueueEntry]:
        """Entries whose outcome is not known and whose look at the server is due."""
        query = select(queue_entry).where(self._mine, Q.status == Status.UNKNOWN.value, Q.not_before <= now)
        if lane:
            query = query.where(Q.type == lane[0], Q.key == lane[1])
        return [entry_from_row(r) for r in conn.execute(query.order_by(Q.seq).limit(count))]

    def last_attempt(self, conn: Connection, entry: QueueEntry) -> tuple[Mapping[str, Any], float, float]:
        """(request, expires_at, at) of the newest attempt."""
        row = conn.execute(
            select(attempt.c.request, attempt.c.expires_at, attempt.c.at)
            .where(attempt.c.seq == entry.seq)
            .order_by(attempt.c.number.desc())
            .limit(1)
        ).one()
        return json.loads(row.request) if row.request else {}, row.expires_at or row.at, row.at

    def next_due(self, conn: Connection, lane: tuple[str, str] | None = None) -> float | None:
        """When the next pending or unknown entry is due; None: nothing waits for time."""
        query = select(func.min(Q.not_before)).where(
            self._mine, Q.status.in_([Status.PENDING.value, Status.UNKNOWN.value])
        )
        if lane:
            query = query.where(Q.type == lane[0], Q.key == lane[1])
        found = conn.execute(query).scalar()
        return None if found is None else float(found)

    def moving(self, conn: Connection) -> bool:
        """Whether an entry goes on by itself: in flight, being looked at, or a pending head of its lane."""
        busy = select(Q.seq).where(self._mine, Q.status.in_(["processing", "unknown"])).limit(1)
        return conn.execute(busy).first() is not None or bool(self.heads(conn, FAR, 1))

    def lane(self, conn: Connection, type_: str, key: str) -> list[QueueEntry]:
        """The open entries of one record, head first."""
        query = (
            select(queue_entry).where(self._mine, Q.type == type_, Q.key == key, Q.status.in_(_OPEN)).order_by(Q.seq)
        )
        return [entry_from_row(r) for r in conn.execute(query)]

    def get(self, conn: Connection, uuid: str) -> QueueEntry | None:
        """One entry."""
        row = conn.execute(select(queue_entry).where(Q.uuid == uuid)).one_or_none()
        return entry_from_row(row) if row else None

    def edits(self, conn: Connection) -> list[QueueEntry]:
        """Profile edits whose outcome is open."""
        query = select(queue_entry).where(
            self._mine, Q.operation == Operation.EDIT.value, Q.status.in_(["pending", "unknown"])
        )
        return [entry_from_row(r) for r in conn.execute(query.order_by(Q.seq))]

    def last_status(self, conn: Connection, entry: QueueEntry) -> int | None:
        """The HTTP status of the newest attempt."""
        query = select(attempt.c.status).where(attempt.c.seq == entry.seq).order_by(attempt.c.number.desc()).limit(1)
        return conn.execute(query).scalar()

    def give_up(self, conn: Connection, entry: QueueEntry, reason: Reason, now: float) -> None:
        """A pending entry that was not sent is taken back."""
        conn.execute(
            update(queue_entry)
            .where(Q.seq == entry.seq, Q.status == Status.PENDING.value)
            .values(status=Status.CANCELLED.value, finished_at=now, **_reason(reason))
        )

    def postpone(self, conn: Connection, entry: QueueEntry, until: float) -> None:
        """Look again later."""
        conn.execute(update(queue_entry).where(Q.seq == entry.seq).values(not_before=until))

    def newest_status(self, conn: Connection, type_: str, keys: Iterable[str]) -> dict[str, Status]:
        """The state of the newest entry of each record that has one."""
        newest = select(func.max(Q.seq)).where(self._mine, Q.type == type_, Q.key.in_(list(keys))).group_by(Q.key)
        return {k: Status(s) for k, s in conn.execute(select(Q.key, Q.status).where(Q.seq.in_(newest)))}

    def age(self, conn: Connection, now: float) -> None:
        """+1 urgency for each ten minutes of waiting, up to 9: nothing starves, and what is urgent stays so."""
        aged = func.min(9, Q.priority + ((now - Q.created_at) / 600).cast(Q.priority.type))
        conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status == Status.PENDING.value, Q.created_at < now - 600, Q.urgency < aged)
            .values(urgency=aged)
        )

    # -- operators

    def retry(self, conn: Connection, uuids: Sequence[str], now: float) -> int:
        """Failed, held and waiting entries are due now."""
        return conn.execute(
            update(queue_entry)
            .where(self._mine, Q.uuid.in_(uuids), Q.status.in_(["failed", "pending", "held", "unknown"]))
            .values(
                status=case((Q.status == "unknown", "unknown"), else_="pending"),
                not_before=now,
                counted=0,
                waits_type=None,
                waits_key=None,
                reason=case((Q.status == "unknown", Q.reason), else_=None),
            )
        ).rowcount

    def cancel(self, conn: Connection, uuids: Sequence[str], now: float) -> int:
        """Take entries back; those in flight and those whose outcome is not known stay."""
        return conn.execute(
            update(queue_entry)
            .where(self._mine, Q.uuid.in_(uuids), Q.status.in_(["pending", "held", "failed", "conflict"]))
            .values(status=Status.CANCELLED.value, finished_at=now)
        ).rowcount

    def hurry(self, conn: Connection, now: float) -> int:
        """Everything that waits for its time is due now."""
        return conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status.in_(["pending", "unknown"]), Q.not_before > now)
            .values(not_before=now)
        ).rowcount

    # -- pauses of the server

    def pause(self, conn: Connection, reason: Reason | None) -> None:
        """Remember a pause that needs a person; None ends it."""
        values = {
            "profile": self.profile,
            "paused": reason.code if reason else None,
            "paused_params": json.dumps(dict(reason.params)).decode() if reason else None,
        }
        if (
            conn.execute(update(server_state).where(server_state.c.profile == self.profile).values(values)).rowcount
            == 0
        ):
            conn.execute(insert(server_state).values(values))

    def paused(self, conn: Connection) -> Reason | None:
        """The pause that stands."""
        row = conn.execute(select(server_state).where(server_state.c.profile == self.profile)).one_or_none()
        if row is None or row.paused is None:
            return None
        return Reason(row.paused, json.loads(row.paused_params or "{}"))


def waiting_for(type_: str, key: str) -> Reason:
    """Why a child is held."""
    return Reason("why_waits_patient" if type_ == "patient" else "why_waits", {"type": type_, "key": key})


def _reason(reason: Reason) -> dict[str, str]:
    return {"reason": reason.code, "reason_params": json.dumps(dict(reason.params)).decode()}


def _by_type(records: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for type_, key in records:
        grouped.setdefault(type_, []).append(key)
    return grouped


def _last_in_batch(new: Sequence[NewEntry]) -> dict[tuple[str, str], NewEntry]:
    """Of several changes of one record in one transaction only the newest is sent."""
    return {(n.record.type, n.record.key): n for n in new}


_HEAD = (
    "SELECT q.* FROM queue_entry q WHERE q.profile = :profile AND q.status = 'pending' AND q.not_before <= :now "
    "AND NOT EXISTS (SELECT 1 FROM queue_entry o WHERE o.profile = q.profile AND o.type = q.type AND o.key = q.key "
    "AND o.seq < q.seq AND o.status IN ('pending', 'held', 'processing', 'unknown', 'conflict', 'failed')) "
)
_HEADS = text(_HEAD + "ORDER BY q.urgency DESC, q.seq LIMIT :count")
_HEADS_OF_LANE = text(_HEAD + "AND q.type = :type AND q.key = :key ORDER BY q.seq LIMIT :count")
_RAISE = text(
    "UPDATE queue_entry SET urgency = :u WHERE profile = :profile AND type = :t AND key = :k "
    "AND status IN ('pending', 'held') AND urgency < :u"
)
_CLAIM = text(
    "UPDATE queue_entry SET status = 'processing', attempts = :number, reason = NULL, reason_params = NULL "
    "WHERE seq = :seq AND status = 'pending' AND attempts = :number - 1"
)
_LEAVE = text(
    "UPDATE queue_entry SET status = :status, reason = :reason, reason_params = :params, not_before = :not_before, "
    "counted = counted + :counted, waits_type = :waits_type, waits_key = :waits_key, alone = :alone, "
    "logical_id = coalesce(:logical_id, logical_id), version_id = coalesce(:version_id, version_id), "
    "finished_at = :finished_at "
    "WHERE seq = :seq AND attempts = :number AND status IN ('processing', 'unknown')"
)
_NOTE = text(
    "UPDATE attempt SET phase = :phase, status = coalesce(:status, status), issue = coalesce(:issue, issue), "
    "request_id = coalesce(:request_id, request_id), ms = coalesce(:ms, ms), answer = coalesce(:answer, answer) "
    "WHERE seq = :seq AND number = :number"
)
