"""Reads of the queue for the queue pane and the command line."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from fhirdesk.core.errors import NotFound
from fhirdesk.core.exchange import Verdict
from fhirdesk.core.queue_entry import FINAL, OPEN, Reason, Status
from fhirdesk.core.views import ChainRow, Counts, EntryDetails, FailureGroup, QueueQuery, QueueRow
from fhirdesk.store.queue import explain
from fhirdesk.store.queue.model import QueueRepository
from fhirdesk.store.records.patient_search import Patients
from fhirdesk.store.repository import belongs_to
from fhirdesk.store.schema.rows import attempt_from_row, entry_from_row
from fhirdesk.store.schema.tables import attempt, patient, queue_entry

Q = queue_entry.c
CAUSE = ("type", "status", "issue", "expression", "field", "elements")  # parameters that tell causes apart
REFUSED = "why_rejected"  # the cause of what failed without one
ATTENTION_ORDER = (
    Status.CONFLICT,
    Status.FAILED,
    Status.UNKNOWN,
    Status.PROCESSING,
    Status.HELD,
    Status.PENDING,
    Status.COMPLETED,
    Status.CANCELLED,
    Status.SUPERSEDED,
)
FIRST_IN_LINE = 1_000  # entries that are looked at for when the next one goes
LAST_ANSWERS = 10_000  # the most that the metrics take into account


class QueueViews(QueueRepository):
    """Reads the entries of one profile as people see them."""

    def count_by_status(self) -> Counts:
        """Count the entries of each status."""
        query = select(Q.status, func.count()).where(self._mine).group_by(Q.status)
        return Counts({Status(status): number for status, number in self._conn.execute(query)})

    def find_ids(self, query: QueueQuery) -> "array[int]":
        """Return the seqs of the entries that a filter selects, in its order."""
        if not query.attention:
            return array("q", (i for (i,) in self._conn.execute(self._select_seqs(query))))
        statuses = [s for s in ATTENTION_ORDER if not query.statuses or s in query.statuses]
        seqs = array("q")
        for status in statuses:  # each is read along an index: a million finished rows are never sorted
            statement = self._select_seqs(replace(query, statuses=frozenset({status})))
            seqs.extend(i for (i,) in self._conn.execute(statement))
        return seqs

    def _select_seqs(self, query: QueueQuery) -> Select[Any]:
        statement = select(Q.seq).where(self._mine)
        if query.statuses:
            statement = statement.where(Q.status.in_([s.value for s in query.statuses]))
        if query.types:
            statement = statement.where(Q.type.in_(sorted(query.types)))
        if query.patient_key:
            statement = statement.where(Q.patient_key == query.patient_key)
        if query.cause:
            statement = statement.where(*_match_cause(query.cause))
        if query.text:
            like = f"%{query.text.replace('%', '')}%"
            named = select(patient.c.key).where(belongs_to(patient.c.profile, self._profile), patient.c.name.like(like))
            statement = statement.where(or_(Q.key.like(like), Q.patient_key.like(like), Q.patient_key.in_(named)))
        return statement.order_by(Q.seq.desc() if query.newest_first else Q.seq)

    def read_rows(self, seqs: Sequence[int]) -> list[QueueRow]:
        """Return rows by seq, in the order of `seqs`; missing ones are left out."""
        query = (
            select(queue_entry, patient.c.name.label("patient_name"))
            .outerjoin(patient, (patient.c.profile == Q.profile) & (patient.c.key == Q.patient_key))
            .where(belongs_to(Q.profile, self._profile), Q.seq.in_(list(seqs)))
        )
        rows = {row.seq: _row(row) for row in self._conn.execute(query)}
        return [rows[seq] for seq in seqs if seq in rows]

    def find_uuids(self, query: QueueQuery) -> list[str]:
        """Return the uuids of the entries that a filter selects, oldest first."""
        statement = self._select_seqs(replace(query, newest_first=False)).with_only_columns(Q.uuid)
        return [uuid for (uuid,) in self._conn.execute(statement)]

    def group_failures(self) -> list[FailureGroup]:
        """Group failed, conflicting and held entries by cause, the most frequent cause first."""
        cause = (Q.reason, *(func.json_extract(Q.reason_params, f"$.{name}") for name in CAUSE))
        query = select(*cause, Q.status, func.count()).where(
            self._mine, Q.status.in_([Status.FAILED, Status.CONFLICT, Status.HELD])
        )
        groups: dict[tuple[Any, ...], FailureGroup] = {}
        for code, *params, status, count in self._conn.execute(query.group_by(*cause, Q.status)):
            named = {n: str(v) for n, v in zip(CAUSE, params, strict=True) if v is not None}
            before = groups.get((code, *params), FailureGroup(Reason(code or REFUSED, named), 0, frozenset()))
            statuses = before.statuses | {Status(status)}
            groups[code, *params] = FailureGroup(before.reason, before.count + count, statuses)
        return sorted(groups.values(), key=lambda g: -g.count)

    def read_chain(self, patient_key: str) -> list[ChainRow]:
        """Return the open entries of one patient in order, each with the entry that must be sent before it."""
        open_ = select(Q.seq, Q.uuid, Q.type, Q.key, Q.waits_type, Q.waits_key).where(
            self._mine, Q.patient_key == patient_key, Q.status.in_([s.value for s in OPEN])
        )
        entries = self._conn.execute(open_.order_by(Q.seq)).all()
        newest = {(r.type, r.key): r.uuid for r in entries}
        rows, before = {r.seq: r for r in self.read_rows([r.seq for r in entries])}, dict[tuple[str, str], str]()
        chain = []
        for r in entries:
            blocked_by = before.get((r.type, r.key)) or newest.get((r.waits_type, r.waits_key))
            before.setdefault((r.type, r.key), r.uuid)
            chain.append(ChainRow(rows[r.seq], blocked_by))
        return chain

    def find_notices(self, now: float) -> list[Reason]:
        """Return what the user should know of the queue as a whole."""
        return explain.find_notices(self._conn, self._profile, now)

    def read_details(self, uuid: str, now: float = 0.0) -> EntryDetails:
        """Return an entry with its attempts, and why it stands as it does. Raises NotFound."""
        row = self._conn.execute(select(queue_entry).where(self._mine, Q.uuid == uuid)).one_or_none()
        if row is None:
            raise NotFound("no_such_entry", entry=uuid)
        history = self._conn.execute(select(attempt).where(attempt.c.seq == row.seq).order_by(attempt.c.number))
        name = Patients(self._conn, self._profile).find_name(row.patient_key)
        why = explain.explain(self._conn, row, now)
        return EntryDetails(entry_from_row(row), why, tuple(attempt_from_row(uuid, a) for a in history), name)

    def read_answers(self) -> tuple[list[tuple[float, int | None]], tuple[int, int]]:
        """Return (milliseconds, status) of each of the last answers, and (edits that changed the record, all edits that
        have ended)."""
        answers = select(attempt.c.ms, attempt.c.status).join(queue_entry, attempt.c.seq == Q.seq)
        query = answers.where(belongs_to(Q.profile, self._profile), attempt.c.ms.is_not(None))
        last = [
            (ms, status) for ms, status in self._conn.execute(query.order_by(attempt.c.id.desc()).limit(LAST_ANSWERS))
        ]
        ended: dict[str, int] = dict(
            self._conn.execute(
                select(Q.status, func.count())
                .where(self._mine, Q.edit.is_not(None), Q.status.in_([s.value for s in FINAL]))
                .group_by(Q.status)
            ).all()
        )
        return last, (ended.get("completed", 0), sum(ended.values()))

    def read_last_saved(self) -> float | None:
        """Return when the server accepted something last, of the last attempts; None when it did not."""
        newest = select(func.max(attempt.c.id)).scalar_subquery()
        query = select(attempt.c.at).join(queue_entry, attempt.c.seq == Q.seq)
        query = query.where(belongs_to(Q.profile, self._profile), attempt.c.id > newest - LAST_ANSWERS)
        query = query.where(attempt.c.verdict == Verdict.DONE.value)
        at: float | None = self._conn.execute(query.order_by(attempt.c.id.desc()).limit(1)).scalar()
        return at

    def find_next_due(self) -> float | None:
        """Return when the next entry may go, of those that stand first; None when none waits for its turn."""
        first = select(Q.not_before).where(self._mine, Q.status == Status.PENDING.value)
        first_due = first.order_by(Q.urgency.desc(), Q.seq).limit(FIRST_IN_LINE).subquery()
        at: float | None = self._conn.execute(select(func.min(first_due.c.not_before))).scalar()
        return at


def count_unsent(conn: Connection) -> dict[str, dict[str, int]]:
    """Count the open entries of every profile: profile → record type → number."""
    query = select(Q.profile, Q.type, func.count()).where(Q.status.in_([s.value for s in OPEN]))
    counts: dict[str, dict[str, int]] = {}
    for profile, type_, number in conn.execute(query.group_by(Q.profile, Q.type)):
        counts.setdefault(profile, {})[type_] = number
    return counts


def _match_cause(cause: Reason) -> list[ColumnElement[bool]]:
    """Return the conditions for the entries that `group_failures` puts into the group of a cause."""
    params = {name: func.json_extract(Q.reason_params, f"$.{name}") for name in CAUSE}
    same = [params[n] == cause.params[n] if n in cause.params else params[n].is_(None) for n in CAUSE]
    return [func.coalesce(Q.reason, REFUSED) == cause.code, *same]


def _row(row: Any) -> QueueRow:
    return QueueRow(
        row.seq,
        row.uuid,
        row.type,
        row.key,
        row.operation,
        Status(row.status),
        row.priority,
        row.attempts,
        row.not_before,
        row.created_at,
        explain.explain_alone(row),
        row.patient_key,
        row.patient_name,
        row.logical_id,
    )


def has_waiting(conn: Connection) -> bool:
    """True when an entry of any profile is still to be sent or checked without a decision of the user."""
    states = [s.value for s in OPEN - {Status.FAILED, Status.CONFLICT}]
    return conn.execute(select(Q.seq).where(Q.status.in_(states)).limit(1)).scalar() is not None
