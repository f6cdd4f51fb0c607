"""Looking after the queue: recovery, what is due, what is in a lane, urgency by age."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, case, func, select, update

from fhirdesk.core.errors import NotFound
from fhirdesk.core.exchange import OUTDATED, Verdict
from fhirdesk.core.queue_entry import Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.r4 import json
from fhirdesk.store.queue.model import OPEN_STATES, LastAttempt, Q, Scope, reason_columns
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import ENTRY, base_columns, entry_from_columns, entry_from_row
from fhirdesk.store.schema.tables import attempt, queue_entry
from fhirdesk.store.sqlite import raw_sql

POISON_CRASHES = 3
LONGEST_WAIT = 3600.0  # seconds
STRETCH = 2000  # entries that grow older in one step
_ENTRIES = f"SELECT {', '.join(ENTRY)} FROM queue_entry WHERE profile = ? AND "  # noqa: S608 - ours
_OPEN_EDITS = _ENTRIES + "operation = 'edit' AND status IN ('pending', 'unknown') ORDER BY seq"  # as its index says it
_UNKNOWNS = _ENTRIES + "status = 'unknown' AND not_before <= ? ORDER BY seq LIMIT ?"
_ATTEMPTS = "SELECT request, at, expires_at, empty_at, verdict, issue FROM attempt WHERE seq = ? ORDER BY number DESC"
REQUEST, EMPTY, VERDICT = 0, 3, 4  # columns of it
_UNKNOWN_LANE = _ENTRIES + "status = 'unknown' AND not_before <= ? AND type = ? AND key = ? ORDER BY seq LIMIT ?"

_COUNTS = (Q.operation != Operation.EDIT.value) | (Q.status != Status.CANCELLED.value)  # a refused edit changed nothing


class Entries(Scope):
    """The queue is looked after."""

    def rewrite(
        self, conn: Connection, entry: QueueEntry, record: Record, edit: Mapping[str, str] | None = None
    ) -> None:
        """What an open entry sends took over what the server, its master, changed meanwhile, or what a person chose."""
        row = dict(conn.execute(select(queue_entry).where(Q.seq == entry.seq)).mappings().one())
        row["record"] = json.dumps(dict(record.fields))
        row |= base_columns(record)
        row["edit"] = row["edit"] if edit is None else json.dumps(dict(edit))
        fresh = {
            name: checksums.add_checksum(row, checksums.ENTRY)[name]
            for name in ("record", "base", "links", "edit", checksums.SUM)
        }
        conn.execute(update(queue_entry).where(Q.seq == entry.seq, Q.status.in_(OPEN_STATES)).values(fresh))

    def recover(self, conn: Connection) -> int:
        """At start, the former owner being dead: what was in flight is unknown, or poison. Returns how many."""
        flying = conn.execute(select(Q.seq, Q.crashes).where(self._mine, Q.status == Status.PROCESSING.value)).all()
        if not flying:
            return 0
        seqs = [seq for seq, _ in flying]
        alone = len(flying) == 1
        poison = alone and flying[0].crashes + 1 >= POISON_CRASHES
        conn.execute(
            update(queue_entry)
            .where(Q.seq.in_(seqs))
            .values(
                status=(Status.FAILED if poison else Status.UNKNOWN).value,
                alone=1,
                crashes=Q.crashes + int(alone),
                not_before=0,
                **reason_columns(Reason("why_poison" if poison else "why_interrupted")),
            )
        )
        conn.execute(
            update(attempt)
            .where(attempt.c.seq.in_(seqs), attempt.c.phase == Phase.STARTED.value)
            .values(phase=Phase.INTERRUPTED.value)
        )
        return len(flying)

    def find_unknowns(
        self, conn: Connection, now: float, count: int, lane: tuple[str, str] | None = None
    ) -> list[QueueEntry]:
        """Entries whose outcome is not known and whose look at the server is due."""
        statement = _UNKNOWN_LANE if lane else _UNKNOWNS
        return [*map(entry_from_columns, raw_sql.run(conn, statement, self.profile, now, *(lane or ()), count))]

    def read_last_attempt(self, conn: Connection, entry: QueueEntry) -> LastAttempt:
        """The newest attempt, and whether an earlier one was found not to have arrived."""
        rows = raw_sql.run(conn, _ATTEMPTS, entry.seq).fetchall()
        request, at, expires_at, empty_at, verdict, issue = rows[0]
        return LastAttempt(
            request=json.loads(request) if request else {},
            at=at,
            expires_at=expires_at or at,
            empty_at=empty_at,
            stale=sum(map(_refused_for_what_is_there, rows)),
            resent=any(row[EMPTY] is not None for row in rows[1:]),
            verdict=Verdict(verdict) if verdict else None,
            issue=issue,
        )

    def read_sent_bodies(self, conn: Connection, entry: QueueEntry) -> list[Mapping[str, Any]]:
        """The bodies of every attempt in this entry's lane up to it, newest first."""
        lane = select(attempt.c.request).join(queue_entry, attempt.c.seq == Q.seq)
        mine = lane.where(self._mine, Q.type == entry.type, Q.key == entry.key, Q.seq <= entry.seq)
        rows = conn.execute(mine.order_by(attempt.c.id.desc()))
        return [body for (request,) in rows if request and (body := json.loads(request).get("body"))]

    def has_completed_since(self, conn: Connection, at: float) -> bool:
        """Whether any entry was completed at or after `at`: others succeed."""
        query = select(Q.seq).where(self._mine, Q.status == Status.COMPLETED.value, Q.finished_at >= at)
        return conn.execute(query.order_by(Q.seq.desc()).limit(1)).first() is not None

    def isolate(self, conn: Connection, seqs: Sequence[int], until: float) -> None:
        """An unforeseen error met these: in flight → unknown; the others wait, and go singly next."""
        conn.execute(
            update(queue_entry)
            .where(Q.seq.in_(seqs), Q.status.in_(["processing", "pending"]))
            .values(
                status=case((Q.status == "processing", "unknown"), else_="pending"),
                alone=1,
                not_before=until,
                **reason_columns(Reason("internal")),
            )
        )

    def read_lane(self, conn: Connection, type_: str, key: str) -> list[QueueEntry]:
        """The open entries of one record, head first."""
        query = (
            select(queue_entry)
            .where(self._mine, Q.type == type_, Q.key == key, Q.status.in_(OPEN_STATES))
            .order_by(Q.seq)
        )
        return [entry_from_row(r) for r in conn.execute(query)]

    def get(self, conn: Connection, uuid: str) -> QueueEntry | None:
        """One entry."""
        row = conn.execute(select(queue_entry).where(Q.uuid == uuid)).one_or_none()
        return entry_from_row(row) if row else None

    def expect(self, conn: Connection, uuid: str) -> QueueEntry:
        """One entry that must be here. Raises NotFound."""
        entry = self.get(conn, uuid)
        if entry is None:
            raise NotFound("no_such_entry", entry=uuid)
        return entry

    def find_newest(self, conn: Connection, type_: str, key: str) -> QueueEntry | None:
        """The newest entry of a record, whatever its state, but for edits that came to nothing."""
        these = (self._mine, Q.type == type_, Q.key == key, _COUNTS)
        query = select(queue_entry).where(*these).order_by(Q.seq.desc()).limit(1)
        row = conn.execute(query).one_or_none()
        return entry_from_row(row) if row else None

    def find_open_edits(self, conn: Connection) -> list[QueueEntry]:
        """Profile edits whose outcome is open."""
        return [*map(entry_from_columns, raw_sql.run(conn, _OPEN_EDITS, self.profile))]

    def read_last_verdict(self, conn: Connection, entry: QueueEntry) -> Verdict | None:
        """What the answer to the newest attempt meant; None: there was none, or no attempt."""
        query = select(attempt.c.verdict).where(attempt.c.seq == entry.seq).order_by(attempt.c.number.desc()).limit(1)
        verdict = conn.execute(query).scalar()
        return Verdict(verdict) if verdict else None

    def cancel_unsent_edit(self, conn: Connection, entry: QueueEntry, reason: Reason, now: float) -> int:
        """A pending entry that was never sent is taken back."""
        return conn.execute(
            update(queue_entry)
            .where(Q.seq == entry.seq, Q.status == Status.PENDING.value, Q.attempts == 0)
            .values(status=Status.CANCELLED.value, finished_at=now, **reason_columns(reason))
        ).rowcount

    def reschedule(self, conn: Connection, entry: QueueEntry, until: float) -> None:
        """Ask again later, if it still waits as it did."""
        as_it_was = (Q.seq == entry.seq, Q.status == entry.status.value, Q.attempts == entry.attempts)
        conn.execute(update(queue_entry).where(*as_it_was).values(not_before=until))

    def find_newest_statuses(self, conn: Connection, type_: str, keys: Iterable[str]) -> dict[str, Status]:
        """The state of the newest entry of each record that has one; a delete, which says nothing of what a record
        holds, counts as cancelled, and an edit that came to nothing does not count."""
        these = (self._mine, Q.type == type_, Q.key.in_(list(keys)), _COUNTS)
        newest = select(func.max(Q.seq)).where(*these).group_by(Q.key)
        said = case((Q.operation == Operation.DELETE.value, Status.CANCELLED.value), else_=Q.status)
        return {k: Status(s) for k, s in conn.execute(select(Q.key, said).where(Q.seq.in_(newest)))}

    def raise_aged(self, conn: Connection, now: float, after: int = 0) -> int:
        """A stretch of what waits, behind the seq `after`: +1 urgency for each ten minutes of waiting, up to 9, so that
        nothing starves and what is urgent stays so; and no wait is longer than an hour (what waits longer was set by a
        clock that has been put back since). The seq where it ends; 0: there is no more."""
        pending = (self._mine, Q.status == Status.PENDING.value, Q.seq > after)
        end = conn.execute(select(Q.seq).where(*pending).order_by(Q.seq).offset(STRETCH - 1).limit(1)).scalar()
        these = pending if end is None else (*pending, Q.seq <= end)
        aged = func.min(9, Q.priority + ((now - Q.created_at) / 600).cast(Q.priority.type))
        older = update(queue_entry).where(*these, Q.created_at < now - 600, Q.urgency < aged)
        conn.execute(older.values(urgency=aged))
        for waiting in (these, (self._mine, Q.status == Status.UNKNOWN.value)):
            conn.execute(update(queue_entry).where(*waiting, Q.not_before > now + LONGEST_WAIT).values(not_before=now))
        return end or 0


def _refused_for_what_is_there(row: Sequence[Any]) -> bool:
    """Whether an attempt met another state than it knew (rule 7): no create does, nor what a server at work put off."""
    if row[VERDICT] not in OUTDATED or not row[REQUEST]:
        return False
    method: object = json.loads(row[REQUEST]).get("method")
    return method != "POST"
