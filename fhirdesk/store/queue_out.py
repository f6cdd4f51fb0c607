"""The way out of the queue: heads, claims, answers; each compare-and-set on the state and attempt it leaves."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from fhirdesk.entry import FINAL, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.r4 import json
from fhirdesk.store import names, resource_map
from fhirdesk.store.queue_cycles import Cycles
from fhirdesk.store.queue_words import CHUNK, Move, Prepared, Q, by_type, reason_columns
from fhirdesk.store.rows import entry_from_row
from fhirdesk.store.tables import queue_entry

FAR = 1e18  # later than any not_before
_HEAD = (  # in the order of the index: by what is due it would sort all that is pending for each claim
    "SELECT q.seq, q.type, q.key, q.alone FROM queue_entry q INDEXED BY queue_pending "
    "WHERE q.profile = :profile AND q.status = 'pending' AND q.not_before <= :now "
    "AND NOT EXISTS (SELECT 1 FROM queue_entry o INDEXED BY queue_record "
    "WHERE o.profile = q.profile AND o.type = q.type AND o.key = q.key "
    "AND o.seq < q.seq AND o.status IN ('pending', 'held', 'processing', 'unknown', 'conflict', 'failed')) "
)
_HEADS = text(_HEAD + "ORDER BY q.urgency DESC, q.seq LIMIT :count")
_HELD = text("status = 'held'")  # spelled out, so that the partial index serves it
_ANY_WAITS = text(
    "SELECT 1 FROM queue_entry WHERE profile = :profile AND status = 'held' AND waits_type IS NOT NULL LIMIT 1"
)
_THESE = Q.seq.in_(bindparam("seqs", expanding=True))
_STANDINGS = select(Q.seq, Q.status, Q.attempts).where(_THESE)
_ENTRIES = select(queue_entry).where(_THESE)
# Plain SQL for what runs once an entry: a hundred rows at a time go to the driver as they are.
_START = (
    "INSERT INTO attempt (seq, number, at, expires_at, phase, request) "
    "VALUES (:seq, :number, :at, :expires_at, :phase, :request)"
)
_CLAIM = (
    "UPDATE queue_entry SET status = 'processing', attempts = :number, reason = NULL, reason_params = NULL "
    "WHERE seq = :seq AND status = 'pending' AND attempts = :number - 1"
)
_EXTEND = "UPDATE attempt SET expires_at = :expires_at WHERE seq = :seq AND number = :number"
_LEAVE = (
    "UPDATE queue_entry SET status = :status, reason = :reason, reason_params = :params, not_before = :not_before, "
    "counted = counted + :counted, waits_type = :waits_type, waits_key = :waits_key, alone = :alone, "
    "logical_id = coalesce(:logical_id, logical_id), version_id = coalesce(:version_id, version_id), "
    "finished_at = :finished_at, crashes = CASE WHEN :crashed THEN crashes ELSE 0 END "
    "WHERE seq = :seq AND attempts = :number AND status IN ('processing', 'unknown')"
)
_NOTE = (
    "UPDATE attempt SET phase = :phase, status = coalesce(:status, status), issue = coalesce(:issue, issue), "
    "request_id = coalesce(:request_id, request_id), ms = coalesce(:ms, ms), answer = coalesce(:answer, answer), "
    "empty_at = coalesce(empty_at, :empty_at) "
    "WHERE seq = :seq AND number = :number"
)


class Outlet(Cycles):
    """Entries are sent and answered."""

    def heads(
        self, conn: Connection, now: float, count: int, busy: Collection[tuple[str, str]] = ()
    ) -> list[QueueEntry]:
        """The most urgent lane heads that are due, but of lanes that are busy. One that must go alone comes alone."""
        about = {"profile": self.profile, "now": now, "count": count + len(busy)}
        found = [row for row in conn.execute(_HEADS, about).all() if (row.type, row.key) not in busy]
        if found and found[0].alone:
            found = found[:1]
        wanted = [row.seq for row in found[:count] if row.alone == found[0].alone]
        return self._entries(conn, wanted)

    @staticmethod
    def _entries(conn: Connection, seqs: Sequence[int]) -> list[QueueEntry]:
        """Those entries, in that order."""
        found: dict[int, QueueEntry] = {}
        for start in range(0, len(seqs), CHUNK):
            rows = conn.execute(_ENTRIES, {"seqs": seqs[start : start + CHUNK]}).all()
            found |= {row.seq: entry_from_row(row) for row in rows}
        return [found[seq] for seq in seqs]

    def unhold(self, conn: Connection, entries: Sequence[QueueEntry]) -> bool:
        """Held entries that go together become pending, all or (one changed meanwhile) none."""
        stand = self._standings(conn, [e.seq for e in entries])
        if any(stand.get(e.seq) != (Status.HELD.value, e.attempts) for e in entries):
            return False
        conn.execute(
            update(queue_entry)
            .where(Q.seq.in_([e.seq for e in entries]))
            .values(status=Status.PENDING.value, waits_type=None, waits_key=None, **reason_columns(None))
        )
        return True

    @staticmethod
    def hold_again(conn: Connection, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Held entries wait for something else from now on."""
        for entry, reason, waits in held:
            conn.execute(
                update(queue_entry)
                .where(Q.seq == entry.seq, Q.status == Status.HELD.value)
                .values(
                    waits_type=waits[0] if waits else None,
                    waits_key=waits[1] if waits else None,
                    **reason_columns(reason),
                )
            )

    def claim(self, conn: Connection, prepared: Sequence[Prepared], now: float) -> list[Prepared]:
        """Commit the attempts before the first byte leaves. Entries that changed meanwhile are left out."""
        stand = self._standings(conn, [p.entry.seq for p in prepared])
        taken = [p for p in prepared if stand.get(p.entry.seq) == ("pending", p.number - 1)]
        if taken:
            self._exactly(conn, _CLAIM, [{"seq": p.entry.seq, "number": p.number} for p in taken])
            conn.exec_driver_sql(_START, [_started(p, now) for p in taken])
        return taken

    def move(self, conn: Connection, moves: Sequence[Move], now: float) -> list[Move]:
        """Answers arrive: state, attempt, map and the children's release; late ones change nothing."""
        stand = self._standings(conn, [m.entry.seq for m in moves])
        done = [m for m in moves if stand.get(m.entry.seq) in (("processing", m.number), ("unknown", m.number))]
        if done:
            self._exactly(conn, _LEAVE, [_left(m, now) for m in done])
            conn.exec_driver_sql(_NOTE, [_noted(m) for m in done])
        resource_map.put_many(conn, self.profile, [m.mapped for m in done if m.mapped])
        self.release_children(conn, [(m.entry.type, m.entry.key) for m in done if m.mapped])
        return done

    @staticmethod
    def _standings(conn: Connection, seqs: Sequence[int]) -> dict[int, tuple[str, int]]:
        """State and attempt of those entries; nobody else writes before this transaction ends."""
        found: dict[int, tuple[str, int]] = {}
        for start in range(0, len(seqs), CHUNK):
            rows = conn.execute(_STANDINGS, {"seqs": seqs[start : start + CHUNK]}).all()
            found |= {seq: (status, attempts) for seq, status, attempts in rows}
        return found

    @staticmethod
    def _exactly(conn: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
        """Compare-and-set on each row; all of them, or the transaction is given up."""
        changed = conn.exec_driver_sql(statement, rows).rowcount
        assert changed == len(rows), "an entry left its state inside our transaction"

    def release_children(self, conn: Connection, arrived: Sequence[tuple[str, str]]) -> None:
        """Held children of records that now have a logical id may go, by whatever name they wait for them."""
        if not arrived or conn.execute(_ANY_WAITS, {"profile": self.profile}).first() is None:
            return
        named = names.of(conn, arrived)
        kinds = resource_map.types(conn, self.profile, arrived)
        local = [(type_, f"{kind}/{key}") for (type_, key), kind in kinds.items()]
        waited = [*arrived, *((type_, name) for name, (type_, _) in named.items()), *local]
        waited += [(names.WAITED_AS[type_], key) for type_, key in waited if type_ in names.WAITED_AS]
        for type_, keys in by_type(waited).items():
            conn.execute(
                update(queue_entry)
                .where(self._mine, _HELD, Q.waits_type == type_, Q.waits_key.in_(keys))
                .values(status=Status.PENDING.value, waits_type=None, waits_key=None, reason=None, reason_params=None)
            )

    def release_referenced(self, conn: Connection, patient_key: str | None) -> None:
        """Something of this patient was deleted: deletes that were refused because others referred to it may go."""
        conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status == Status.HELD.value, Q.reason == "why_referenced")
            .where(Q.patient_key == patient_key)
            .values(status=Status.PENDING.value, **reason_columns(None))
        )

    def hold(self, conn: Connection, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Pending entries wait for something named; a parent that arrived since it was looked for holds nobody, because
        nothing would release its child any more."""
        arrived = resource_map.present(conn, self.profile, {parent for _, _, parent in held if parent})
        for entry, reason, waits in held:
            if waits in arrived:
                continue
            conn.execute(
                update(queue_entry)
                .where(Q.seq == entry.seq, Q.status == Status.PENDING.value)
                .values(
                    status=Status.HELD.value,
                    waits_type=waits[0] if waits else None,
                    waits_key=waits[1] if waits else None,
                    **reason_columns(reason),
                )
            )

    def set_aside(self, conn: Connection, entry: QueueEntry, status: Status, reason: Reason, now: float) -> None:
        """An entry that cannot be sent as it is: failed, in conflict, or (nothing to do) cancelled."""
        conn.execute(
            update(queue_entry)
            .where(Q.seq == entry.seq, Q.status.in_([Status.PENDING.value, Status.HELD.value]))
            .values(
                status=status.value,
                finished_at=now if status in FINAL else None,
                waits_type=None,
                waits_key=None,
                **reason_columns(reason),
            )
        )

    def extend(self, conn: Connection, entries: Sequence[QueueEntry], expires_at: float) -> None:
        """A claimed entry goes out once more in the same attempt (half of a refused Bundle): it ends later."""
        later = [{"seq": e.seq, "number": e.attempts + 1, "expires_at": expires_at} for e in entries]
        conn.exec_driver_sql(_EXTEND, later)

    def due(self, conn: Connection, now: float) -> bool:
        """Whether anything is in flight, or due to be sent or looked at."""
        late = (Q.status == Status.UNKNOWN.value) & (Q.not_before <= now)
        busy = select(Q.seq).where(self._mine, (Q.status == Status.PROCESSING.value) | late).limit(1)
        return conn.execute(busy).first() is not None or bool(self.heads(conn, now, 1))

    def moving(self, conn: Connection) -> bool:
        """Whether an entry goes on by itself: in flight, being looked at, a pending head of its lane, or in a ring."""
        busy = select(Q.seq).where(self._mine, Q.status.in_(["processing", "unknown"])).limit(1)
        return conn.execute(busy).first() is not None or bool(self.heads(conn, FAR, 1)) or bool(self.cycles(conn))


def _started(p: Prepared, now: float) -> dict[str, Any]:
    return {
        "seq": p.entry.seq,
        "number": p.number,
        "at": now,
        "expires_at": p.expires_at,
        "phase": Phase.STARTED.value,
        "request": json.dumps(dict(p.request)),
    }


def _left(m: Move, now: float) -> dict[str, Any]:
    assert m.status is not Status.COMPLETED or m.mapped or m.entry.operation is Operation.DELETE, "I4: proof"
    return {
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
        "crashed": m.phase is Phase.PROBED,  # only an answer ends a row of crashes
    }


def _noted(m: Move) -> dict[str, Any]:
    return {
        "seq": m.entry.seq,
        "number": m.number,
        "phase": m.phase.value,
        "status": m.http_status,
        "issue": m.issue,
        "request_id": m.request_id,
        "ms": m.ms,
        "answer": m.answer,
        "empty_at": m.empty_at,
    }
