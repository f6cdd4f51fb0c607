"""The way out of the queue: heads, claims, answers; each compare-and-set on the state and attempt it leaves."""

from collections.abc import Collection, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, select, text, update

from fhirdesk.core.queue_entry import FINAL, Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.r4 import json
from fhirdesk.store.queue.cycles import Cycles
from fhirdesk.store.queue.model import BEHIND, Prepared, Q, Transition, by_type, reason_columns
from fhirdesk.store.records import id_map, reference_names
from fhirdesk.store.schema.rows import ENTRY, entry_from_columns, issues_to_json
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import JSON_VALUES, json_list

FAR = 1e18  # later than any not_before
TYPE, KEY = ENTRY.index("type"), ENTRY.index("key")
_ANY_WAITS = "SELECT 1 FROM queue_entry WHERE profile = ? AND status = 'held' AND waits_type IS NOT NULL LIMIT 1"
_HEADS = (  # in the order of the index: by what is due it would sort all that is pending for each claim
    f"SELECT {', '.join(f'q.{name}' for name in ENTRY)} FROM queue_entry q INDEXED BY queue_pending "  # noqa: S608 - ours
    "WHERE q.profile = ? AND q.status = 'pending' AND q.not_before <= ? "
    f"AND NOT EXISTS {BEHIND} "
    "ORDER BY q.urgency DESC, q.seq"
)
_HELD = text("status = 'held'")  # spelled out, so that the partial index serves it
_STANDINGS = f"SELECT seq, status, attempts FROM queue_entry WHERE seq IN {JSON_VALUES}"  # noqa: S608 - ours
_START = "INSERT INTO attempt (seq, number, at, expires_at, phase, request) VALUES (?, ?, ?, ?, ?, ?)"
_CLAIM = (
    "UPDATE queue_entry SET status = 'processing', attempts = attempts + 1, reason = NULL, reason_params = NULL "
    "WHERE seq = ? AND status = 'pending' AND attempts = ?"
)
_EXTEND = "UPDATE attempt SET expires_at = ? WHERE seq = ? AND number = ?"
_LEAVE = (
    "UPDATE queue_entry SET status = ?, reason = ?, reason_params = ?, not_before = ?, counted = counted + ?, "
    "waits_type = ?, waits_key = ?, alone = ?, logical_id = coalesce(?, logical_id), "
    "version_id = coalesce(?, version_id), finished_at = ?, crashes = CASE WHEN ? THEN crashes ELSE 0 END "
    "WHERE seq = ? AND attempts = ? AND status IN ('processing', 'unknown')"
)
_NOTE = (
    "UPDATE attempt SET phase = ?, status = coalesce(?, status), verdict = coalesce(?, verdict), "
    "issue = coalesce(?, issue), request_id = coalesce(?, request_id), ms = coalesce(?, ms), "
    "answer = coalesce(?, answer), empty_at = coalesce(empty_at, ?) WHERE seq = ? AND number = ?"
)


class Dispatch(Cycles):
    """Entries are sent and answered."""

    def find_heads(
        self, conn: Connection, now: float, count: int, busy: Collection[tuple[str, str]] = ()
    ) -> list[QueueEntry]:
        """The most urgent lane heads that are due, but of lanes that are busy. One that must go alone comes alone."""
        found: list[QueueEntry] = []
        with closing(raw_sql.run(conn, _HEADS, self.profile, now)) as due:
            while len(found) < count and (row := due.fetchone()):  # no further than needed
                if (row[TYPE], row[KEY]) in busy:
                    continue
                entry = entry_from_columns(row)
                if found and entry.alone:
                    continue
                found.append(entry)
                if entry.alone:
                    break
        return found

    def release_held(self, conn: Connection, entries: Sequence[QueueEntry]) -> bool:
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
    def hold_for_parents(conn: Connection, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
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
            self._exactly(conn, _CLAIM, [(p.entry.seq, p.entry.attempts) for p in taken])
            raw_sql.run_many(conn, _START, [_started(p, now) for p in taken])
        return taken

    def transition(self, conn: Connection, moves: Sequence[Transition], now: float) -> list[Transition]:
        """Answers arrive: state, attempt, map and the children's release; late ones change nothing."""
        stand = self._standings(conn, [m.entry.seq for m in moves])
        done = [m for m in moves if stand.get(m.entry.seq) in (("processing", m.number), ("unknown", m.number))]
        if done:
            self._exactly(conn, _LEAVE, [_left(m, now) for m in done])
            raw_sql.run_many(conn, _NOTE, [_noted(m) for m in done])
        id_map.put_many(conn, self.profile, [m.mapped for m in done if m.mapped])
        self.release_children(conn, [(m.entry.type, m.entry.key) for m in done if m.mapped])
        return done

    @staticmethod
    def _standings(conn: Connection, seqs: Sequence[int]) -> dict[int, tuple[str, int]]:
        """State and attempt of those entries; nobody else writes before this transaction ends."""
        return {seq: (status, attempts) for seq, status, attempts in raw_sql.run(conn, _STANDINGS, json_list(seqs))}

    @staticmethod
    def _exactly(conn: Connection, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Compare-and-set on each row; all of them, or the transaction is given up."""
        changed = raw_sql.run_many(conn, statement, rows)
        assert changed == len(rows), "an entry left its state inside our transaction"

    def release_children(self, conn: Connection, arrived: Sequence[tuple[str, str]]) -> None:
        """Held children of records that now have a logical id may go, by whatever name they wait for them."""
        if not arrived or raw_sql.run(conn, _ANY_WAITS, self.profile).fetchone() is None:
            return
        named = reference_names.find_names(conn, arrived)
        kinds = id_map.find_resource_types(conn, self.profile, arrived)
        local = [(type_, f"{kind}/{key}") for (type_, key), kind in kinds.items()]
        waited = [*arrived, *((type_, name) for name, (type_, _) in named.items()), *local]
        waited += [
            (reference_names.WAITED_AS[type_], key) for type_, key in waited if type_ in reference_names.WAITED_AS
        ]
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
        arrived = id_map.find_present(conn, self.profile, {parent for _, _, parent in held if parent})
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

    def hold_or_fail(self, conn: Connection, entry: QueueEntry, status: Status, reason: Reason, now: float) -> None:
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
        raw_sql.run_many(conn, _EXTEND, [(expires_at, e.seq, e.attempts + 1) for e in entries])

    def has_due(self, conn: Connection, now: float) -> bool:
        """Whether anything is in flight, or due to be sent or looked at."""
        late = (Q.status == Status.UNKNOWN.value) & (Q.not_before <= now)
        busy = select(Q.seq).where(self._mine, (Q.status == Status.PROCESSING.value) | late).limit(1)
        return conn.execute(busy).first() is not None or bool(self.find_heads(conn, now, 1))

    def has_moving(self, conn: Connection) -> bool:
        """Whether an entry goes on by itself: in flight, being looked at, a pending head of its lane, or in a ring."""
        busy = select(Q.seq).where(self._mine, Q.status.in_(["processing", "unknown"])).limit(1)
        return (
            conn.execute(busy).first() is not None
            or bool(self.find_heads(conn, FAR, 1))
            or bool(self.find_cycles(conn))
        )


def _started(p: Prepared, now: float) -> tuple[Any, ...]:
    return p.entry.seq, p.number, now, p.expires_at, Phase.STARTED.value, json.dumps(dict(p.request))


def _left(m: Transition, now: float) -> tuple[Any, ...]:
    assert m.status is not Status.COMPLETED or m.mapped or m.entry.operation is Operation.DELETE, "I4: proof"
    return (
        m.status.value,
        m.reason.code if m.reason else None,
        json.dumps(dict(m.reason.params)).decode() if m.reason and m.reason.params else None,
        m.not_before,
        int(m.counts),
        m.waits[0] if m.waits else None,
        m.waits[1] if m.waits else None,
        int(m.alone),
        m.mapped.logical_id if m.mapped else m.logical_id,
        m.mapped.version_id if m.mapped else None,
        now if m.status in FINAL else None,
        m.phase is Phase.PROBED,  # only an answer ends a row of crashes
        m.entry.seq,
        m.number,
    )


def _noted(m: Transition) -> tuple[Any, ...]:
    verdict = m.verdict.value if m.verdict else None
    told = (m.phase.value, m.http_status, verdict, m.issue, m.request_id, m.ms, issues_to_json(m.issues), m.empty_at)
    return (*told, m.entry.seq, m.number)
