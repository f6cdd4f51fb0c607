"""How entries move: in, to the server, to their end; each a compare-and-set on the status and attempt before it."""

from collections.abc import Collection, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import select, text, update

from fhirdesk.core.queue_entry import FINAL, Operation, Phase, QueueEntry, Reason, Status, can_become
from fhirdesk.core.records import by_type
from fhirdesk.r4 import json
from fhirdesk.store.queue.cycles import find_cycles
from fhirdesk.store.queue.enqueue import enqueue
from fhirdesk.store.queue.model import (
    BEHIND,
    NewEntry,
    Prepared,
    Q,
    QueueRepository,
    Transition,
    reason_columns,
)
from fhirdesk.store.records import reference_names
from fhirdesk.store.records.id_map import IdMap
from fhirdesk.store.schema.rows import ENTRY, entry_from_columns, issues_to_json
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import JSON_VALUES, json_list

NOT_TAKEN = ("why_scope", "why_unsupported", "why_no_safe_create", "why_cycle_unsupported")
FAR_FUTURE = 1e18  # later than any not_before
TYPE, KEY = ENTRY.index("type"), ENTRY.index("key")
_ANY_WAITS = "SELECT 1 FROM queue_entry WHERE profile = ? AND status = 'held' AND waits_type IS NOT NULL LIMIT 1"
_HEADS = (  # in the order of queue_pending: with an index on not_before each claim would sort all pending entries
    f"SELECT {', '.join(f'q.{name}' for name in ENTRY)} FROM queue_entry q INDEXED BY queue_pending "  # noqa: S608 - ours
    "WHERE q.profile = ? AND q.status = 'pending' AND q.not_before <= ? "
    f"AND NOT EXISTS {BEHIND} "
    "ORDER BY q.urgency DESC, q.seq"
)
_HELD = text("status = 'held'")  # spelled out, so that the partial index serves it
_STATES = f"SELECT seq, status, attempts FROM queue_entry WHERE seq IN {JSON_VALUES}"  # noqa: S608 - ours
_START = "INSERT INTO attempt (seq, number, at, expires_at, phase, request) VALUES (?, ?, ?, ?, ?, ?)"
_CLAIM = (
    "UPDATE queue_entry SET status = 'processing', attempts = attempts + 1, reason = NULL, reason_params = NULL "
    "WHERE seq = ? AND status = 'pending' AND attempts = ?"
)
_EXTEND = "UPDATE attempt SET expires_at = ? WHERE seq = ? AND number = ?"
_SET_OUTCOME = (
    "UPDATE queue_entry SET status = ?, reason = ?, reason_params = ?, not_before = ?, counted = counted + ?, "
    "waits_type = ?, waits_key = ?, alone = ?, logical_id = coalesce(?, logical_id), "
    "version_id = coalesce(?, version_id), finished_at = ?, crashes = CASE WHEN ? THEN crashes ELSE 0 END "
    "WHERE seq = ? AND attempts = ? AND status IN ('processing', 'unknown')"
)
_SET_ATTEMPT_OUTCOME = (
    "UPDATE attempt SET phase = ?, status = coalesce(?, status), verdict = coalesce(?, verdict), "
    "issue = coalesce(?, issue), request_id = coalesce(?, request_id), ms = coalesce(?, ms), "
    "answer = coalesce(?, answer), empty_at = coalesce(empty_at, ?) WHERE seq = ? AND number = ?"
)


class Queue(QueueRepository):
    """Moves entries on: in, to the server, and by its answers to their end."""

    def enqueue(self, new: Sequence[NewEntry], now: float) -> dict[str, int]:
        """Add entries in order, without those whose uuid is queued already. Returns the seq of each by its uuid."""
        return enqueue(self._conn, self._profile, new, now)

    def find_heads(self, now: float, count: int, busy: Collection[tuple[str, str]] = ()) -> list[QueueEntry]:
        """Return the most urgent lane heads that are due, up to `count`, without those of busy lanes (type, key). An
        entry that must be sent alone is returned alone."""
        heads: list[QueueEntry] = []
        with closing(raw_sql.run(self._conn, _HEADS, self._profile, now)) as rows:
            while len(heads) < count and (row := rows.fetchone()):  # reads no further than needed
                if (row[TYPE], row[KEY]) in busy:
                    continue
                entry = entry_from_columns(row)
                if heads and entry.isolated:
                    continue
                heads.append(entry)
                if entry.isolated:
                    break
        return heads

    def release_held(self, entries: Sequence[QueueEntry]) -> bool:
        """Make held entries pending that must be sent together; returns False, and changes none, if one of them has
        changed meanwhile."""
        states = self._read_states([e.seq for e in entries])
        if any(states.get(e.seq) != (Status.HELD.value, e.attempts) for e in entries):
            return False
        self._conn.execute(
            update(queue_entry)
            .where(Q.seq.in_([e.seq for e in entries]))
            .values(status=Status.PENDING.value, waits_type=None, waits_key=None, **reason_columns(None))
        )
        return True

    def hold_for_parents(self, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Change the reason and the parent for which held entries wait."""
        for entry, reason, waits in held:
            self._conn.execute(
                update(queue_entry)
                .where(Q.seq == entry.seq, Q.status == Status.HELD.value)
                .values(
                    waits_type=waits[0] if waits else None,
                    waits_key=waits[1] if waits else None,
                    **reason_columns(reason),
                )
            )

    def claim(self, prepared: Sequence[Prepared], now: float) -> list[Prepared]:
        """Write an attempt for each entry, to be committed before its first byte leaves. Returns the claimed ones:
        entries that have changed meanwhile are left out."""
        states = self._read_states([p.entry.seq for p in prepared])
        claimed = [p for p in prepared if states.get(p.entry.seq) == ("pending", p.number - 1)]
        if claimed:
            self._update_each(_CLAIM, [(p.entry.seq, p.entry.attempts) for p in claimed])
            raw_sql.run_many(self._conn, _START, [_attempt_values(p, now) for p in claimed])
        return claimed

    def transition(self, transitions: Sequence[Transition], now: float) -> list[Transition]:
        """Write the outcomes of attempts: statuses, attempts, id mappings, and the release of children. Returns those
        written: an outcome that comes late changes nothing."""
        states = self._read_states([m.entry.seq for m in transitions])
        done = [m for m in transitions if states.get(m.entry.seq) in (("processing", m.number), ("unknown", m.number))]
        assert all(can_become(Status(states[m.entry.seq][0]), m.status) for m in done), "no such step"
        if done:
            self._update_each(_SET_OUTCOME, [_outcome_values(m, now) for m in done])
            raw_sql.run_many(self._conn, _SET_ATTEMPT_OUTCOME, [_attempt_outcome_values(m) for m in done])
        IdMap(self._conn, self._profile).put_many([m.mapping for m in done if m.mapping])
        self.release_children([(m.entry.type, m.entry.key) for m in done if m.mapping])
        return done

    def _read_states(self, seqs: Sequence[int]) -> dict[int, tuple[str, int]]:
        """Return status and attempt of entries by seq; they hold until the transaction ends, as nobody else writes."""
        return {seq: (status, attempts) for seq, status, attempts in raw_sql.run(self._conn, _STATES, json_list(seqs))}

    def _update_each(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a compare-and-set for each row; fails, and rolls back the transaction, unless every one changes a row."""
        changed = raw_sql.run_many(self._conn, statement, rows)
        assert changed == len(rows), "an entry left its state inside our transaction"

    def release_children(self, arrived: Sequence[tuple[str, str]]) -> None:
        """Make the held children of records (type, key) pending that have a logical id now, by whatever name of the
        record they wait."""
        if not arrived or raw_sql.run(self._conn, _ANY_WAITS, self._profile).fetchone() is None:
            return
        names = reference_names.find_names(self._conn, self._profile, arrived)
        resource_types = IdMap(self._conn, self._profile).find_resource_types(arrived)
        local_names = [(type_, f"{name}/{key}") for (type_, key), name in resource_types.items()]
        parents = [*arrived, *((type_, name) for name, (type_, _) in names.items()), *local_names]
        parents += [
            (reference_names.WAITED_AS[type_], key) for type_, key in parents if type_ in reference_names.WAITED_AS
        ]
        for type_, keys in by_type(parents).items():
            self._conn.execute(
                update(queue_entry)
                .where(self._mine, _HELD, Q.waits_type == type_, Q.waits_key.in_(keys))
                .values(status=Status.PENDING.value, waits_type=None, waits_key=None, reason=None, reason_params=None)
            )

    def release_referenced(self, patient_key: str | None) -> None:
        """Make deletes of a patient's records pending again that the server refused because of references, since one of
        the patient's records was deleted."""
        self._conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status == Status.HELD.value, Q.reason == "why_referenced")
            .where(Q.patient_key == patient_key)
            .values(status=Status.PENDING.value, **reason_columns(None))
        )

    def hold(self, held: Sequence[tuple[QueueEntry, Reason, tuple[str, str] | None]]) -> None:
        """Hold pending entries, each for a reason and perhaps a parent. One whose parent has arrived meanwhile is not
        held: nothing would release it any more."""
        arrived = IdMap(self._conn, self._profile).find_present({parent for _, _, parent in held if parent})
        for entry, reason, waits in held:
            if waits in arrived:
                continue
            self._conn.execute(
                update(queue_entry)
                .where(Q.seq == entry.seq, Q.status == Status.PENDING.value)
                .values(
                    status=Status.HELD.value,
                    waits_type=waits[0] if waits else None,
                    waits_key=waits[1] if waits else None,
                    **reason_columns(reason),
                )
            )

    def hold_or_fail(self, entry: QueueEntry, status: Status, reason: Reason, now: float) -> None:
        """End the waiting of an entry that cannot be sent as it is: it becomes failed, conflict, or, with nothing left
        to do, cancelled."""
        self._conn.execute(
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

    def release_taken_types(self, resource_types: Sequence[str]) -> int:
        """Make the entries pending that were held because the server did not take their types, since it takes these
        types now; returns how many."""
        return self._conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status == Status.HELD.value, Q.reason.in_(NOT_TAKEN))
            .where(Q.resource_type.in_(list(resource_types)))
            .values(status=Status.PENDING.value, **reason_columns(None))
        ).rowcount

    def extend(self, entries: Sequence[QueueEntry], expires_at: float) -> None:
        """Set the attempts of claimed entries to end later, because they are sent once more in the same attempt (half
        of a refused Bundle)."""
        raw_sql.run_many(self._conn, _EXTEND, [(expires_at, e.seq, e.attempts + 1) for e in entries])

    def find_cycles(self) -> list[list[QueueEntry]]:
        """Return each cycle of held lane heads, every one of which waits for the next (fault E3)."""
        return find_cycles(self._conn, self._profile)

    def has_due(self, now: float) -> bool:
        """True when an entry is in flight, or is due to be sent or checked."""
        late = (Q.status == Status.UNKNOWN.value) & (Q.not_before <= now)
        busy = select(Q.seq).where(self._mine, (Q.status == Status.PROCESSING.value) | late).limit(1)
        return self._conn.execute(busy).first() is not None or bool(self.find_heads(now, 1))

    def has_moving(self) -> bool:
        """True when an entry moves on without the user: it is in flight, unknown, a pending head, or in a reference
        cycle."""
        busy = select(Q.seq).where(self._mine, Q.status.in_(["processing", "unknown"])).limit(1)
        return (
            self._conn.execute(busy).first() is not None
            or bool(self.find_heads(FAR_FUTURE, 1))
            or bool(self.find_cycles())
        )


def _attempt_values(p: Prepared, now: float) -> tuple[Any, ...]:
    return p.entry.seq, p.number, now, p.expires_at, Phase.STARTED.value, json.dumps(dict(p.request))


def _outcome_values(m: Transition, now: float) -> tuple[Any, ...]:
    assert m.status is not Status.COMPLETED or m.mapping or m.entry.operation is Operation.DELETE, "I4: proof"
    return (
        m.status.value,
        m.reason.code if m.reason else None,
        json.dumps(dict(m.reason.params)).decode() if m.reason and m.reason.params else None,
        m.not_before,
        int(m.counts),
        m.waits_for[0] if m.waits_for else None,
        m.waits_for[1] if m.waits_for else None,
        int(m.isolated),
        m.mapping.logical_id if m.mapping else m.logical_id,
        m.mapping.version_id if m.mapping else None,
        now if m.status in FINAL else None,
        m.phase is Phase.PROBED,  # a probe keeps the count of crashes, only an answer resets it
        m.entry.seq,
        m.number,
    )


def _attempt_outcome_values(m: Transition) -> tuple[Any, ...]:
    verdict = m.verdict.value if m.verdict else None
    values = (m.phase.value, m.http_status, verdict, m.issue, m.request_id, m.ms, issues_to_json(m.issues), m.empty_at)
    return (*values, m.entry.seq, m.number)
