"""Reads and upkeep of single entries: recovery after a crash, lanes, attempts, urgency by age."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select, update

from fhirdesk.core.errors import NotFound
from fhirdesk.core.exchange import OUTDATED, Verdict
from fhirdesk.core.queue_entry import Operation, Phase, QueueEntry, Reason, Status
from fhirdesk.core.records import Record
from fhirdesk.r4 import json
from fhirdesk.store.queue.model import OPEN_STATES, LastAttempt, Q, QueueRepository, reason_columns
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import ENTRY, base_columns, entry_from_columns, entry_from_row
from fhirdesk.store.schema.tables import attempt, queue_entry
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import chunks

POISON_CRASHES = 3
LONGEST_WAIT = 3600.0  # seconds
STEP = 2000  # entries whose urgency is raised in one transaction
_ENTRIES = f"SELECT {', '.join(ENTRY)} FROM queue_entry WHERE profile = ? AND "  # noqa: S608 - ours
_OPEN_EDITS = _ENTRIES + "operation = 'edit' AND status IN ('pending', 'unknown') ORDER BY seq"  # as its index says it
_UNKNOWNS = _ENTRIES + "status = 'unknown' AND not_before <= ? ORDER BY seq LIMIT ?"
_ATTEMPTS = "SELECT request, at, expires_at, empty_at, verdict, issue FROM attempt WHERE seq = ? ORDER BY number DESC"
REQUEST, EMPTY, VERDICT = 0, 3, 4  # columns of it
_UNKNOWN_LANE = _ENTRIES + "status = 'unknown' AND not_before <= ? AND type = ? AND key = ? ORDER BY seq LIMIT ?"

_NOT_A_REFUSED_EDIT = (Q.operation != Operation.EDIT.value) | (
    Q.status != Status.CANCELLED.value
)  # a refused edit changed nothing


class Entries(QueueRepository):
    """Reads entries, and keeps them in order."""

    def find_known(self, uuids: Sequence[str]) -> set[str]:
        """Return those of the uuids that have an entry, whatever its status."""
        known: set[str] = set()
        for part in chunks(uuids):
            known |= {u for (u,) in self._conn.execute(select(Q.uuid).where(Q.uuid.in_(part)))}
        return known

    def rewrite(self, entry: QueueEntry, record: Record, edit: Mapping[str, str] | None = None) -> None:
        """Replace what an open entry sends: it now contains what the server changed meanwhile, or the user chose."""
        row = dict(self._conn.execute(select(queue_entry).where(Q.seq == entry.seq)).mappings().one())
        row["record"] = json.dumps(dict(record.fields))
        row |= base_columns(record)
        row["edit"] = row["edit"] if edit is None else json.dumps(dict(edit))
        fresh = {
            name: checksums.add_checksum(row, checksums.ENTRY)[name]
            for name in ("record", "base", "links", "edit", checksums.SUM)
        }
        self._conn.execute(update(queue_entry).where(Q.seq == entry.seq, Q.status.in_(OPEN_STATES)).values(fresh))

    def recover(self) -> int:
        """Make entries unknown that were in flight when the former sender died; returns how many. One that was alone in
        flight at several crashes fails instead: it may be what crashes the program."""
        in_flight = self._conn.execute(
            select(Q.seq, Q.crashes).where(self._mine, Q.status == Status.PROCESSING.value)
        ).all()
        if not in_flight:
            return 0
        seqs = [seq for seq, _ in in_flight]
        alone = len(in_flight) == 1
        poison = alone and in_flight[0].crashes + 1 >= POISON_CRASHES
        self._conn.execute(
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
        self._conn.execute(
            update(attempt)
            .where(attempt.c.seq.in_(seqs), attempt.c.phase == Phase.STARTED.value)
            .values(phase=Phase.INTERRUPTED.value)
        )
        return len(in_flight)

    def find_unknowns(self, now: float, count: int, lane: tuple[str, str] | None = None) -> list[QueueEntry]:
        """Return unknown entries that are due to be checked on the server, of all lanes or of one (type, key)."""
        statement = _UNKNOWN_LANE if lane else _UNKNOWNS
        return [*map(entry_from_columns, raw_sql.run(self._conn, statement, self._profile, now, *(lane or ()), count))]

    def read_last_attempt(self, entry: QueueEntry) -> LastAttempt:
        """Return the newest attempt of an entry that has one, with what the earlier ones tell."""
        rows = raw_sql.run(self._conn, _ATTEMPTS, entry.seq).fetchall()
        request, at, expires_at, empty_at, verdict, issue = rows[0]
        return LastAttempt(
            request=json.loads(request) if request else {},
            at=at,
            expires_at=expires_at or at,
            empty_at=empty_at,
            stale=sum(map(_was_outdated, rows)),
            resent=any(row[EMPTY] is not None for row in rows[1:]),
            verdict=Verdict(verdict) if verdict else None,
            issue=issue,
        )

    def read_sent_bodies(self, entry: QueueEntry) -> list[Mapping[str, Any]]:
        """Return the bodies of all attempts of an entry's record up to that entry, newest first."""
        lane = select(attempt.c.request).join(queue_entry, attempt.c.seq == Q.seq)
        mine = lane.where(self._mine, Q.type == entry.type, Q.key == entry.key, Q.seq <= entry.seq)
        rows = self._conn.execute(mine.order_by(attempt.c.id.desc()))
        return [body for (request,) in rows if request and (body := json.loads(request).get("body"))]

    def has_completed_since(self, at: float) -> bool:
        """True when any entry was completed at or after `at` (epoch seconds): the server works for others."""
        query = select(Q.seq).where(self._mine, Q.status == Status.COMPLETED.value, Q.finished_at >= at)
        return self._conn.execute(query.order_by(Q.seq.desc()).limit(1)).first() is not None

    def isolate(self, seqs: Sequence[int], until: float) -> None:
        """Set entries apart that an unforeseen error hit: those in flight become unknown, all wait until `until`, and
        each is sent alone then."""
        self._conn.execute(
            update(queue_entry)
            .where(Q.seq.in_(seqs), Q.status.in_(["processing", "pending"]))
            .values(
                status=case((Q.status == "processing", "unknown"), else_="pending"),
                alone=1,
                not_before=until,
                **reason_columns(Reason("internal")),
            )
        )

    def find_unknown(self, uuids: Sequence[str]) -> list[QueueEntry]:
        """Return those of the entries (by uuid) whose outcome is not known."""
        query = select(queue_entry).where(self._mine, Q.uuid.in_(list(uuids)), Q.status == Status.UNKNOWN.value)
        return [entry_from_row(r) for r in self._conn.execute(query.order_by(Q.seq))]

    def count_unknown(self, uuids: Sequence[str]) -> int:
        """Count those of the entries (by uuid) whose outcome is not known."""
        unknown = select(func.count()).where(self._mine, Q.status == Status.UNKNOWN.value)
        return sum(self._conn.execute(unknown.where(Q.uuid.in_(part))).scalar() or 0 for part in chunks(uuids))

    def read_lane(self, type_: str, key: str) -> list[QueueEntry]:
        """Return the open entries of one record, head first."""
        query = (
            select(queue_entry)
            .where(self._mine, Q.type == type_, Q.key == key, Q.status.in_(OPEN_STATES))
            .order_by(Q.seq)
        )
        return [entry_from_row(r) for r in self._conn.execute(query)]

    def get(self, uuid: str) -> QueueEntry | None:
        """Return an entry by its uuid; None when this profile has none."""
        row = self._conn.execute(select(queue_entry).where(self._mine, Q.uuid == uuid)).one_or_none()
        return entry_from_row(row) if row else None

    def expect(self, uuid: str) -> QueueEntry:
        """Return an entry by its uuid. Raises NotFound."""
        entry = self.get(uuid)
        if entry is None:
            raise NotFound("no_such_entry", entry=uuid)
        return entry

    def find_newest(self, type_: str, key: str) -> QueueEntry | None:
        """Return the newest entry of a record, whatever its status, except cancelled edits; None when there is none."""
        these = (self._mine, Q.type == type_, Q.key == key, _NOT_A_REFUSED_EDIT)
        query = select(queue_entry).where(*these).order_by(Q.seq.desc()).limit(1)
        row = self._conn.execute(query).one_or_none()
        return entry_from_row(row) if row else None

    def find_open_edits(self) -> list[QueueEntry]:
        """Return the profile edits that are pending or unknown."""
        return [*map(entry_from_columns, raw_sql.run(self._conn, _OPEN_EDITS, self._profile))]

    def read_last_verdict(self, entry: QueueEntry) -> Verdict | None:
        """Return the verdict of the newest attempt; None when it has no answer, or there is no attempt."""
        query = select(attempt.c.verdict).where(attempt.c.seq == entry.seq).order_by(attempt.c.number.desc()).limit(1)
        verdict = self._conn.execute(query).scalar()
        return Verdict(verdict) if verdict else None

    def cancel_unsent_edit(self, entry: QueueEntry, reason: Reason, now: float) -> int:
        """Cancel a pending entry that was never sent; returns 1, or 0 when it was sent or changed meanwhile."""
        return self._conn.execute(
            update(queue_entry)
            .where(Q.seq == entry.seq, Q.status == Status.PENDING.value, Q.attempts == 0)
            .values(status=Status.CANCELLED.value, finished_at=now, **reason_columns(reason))
        ).rowcount

    def reschedule(self, entry: QueueEntry, until: float) -> None:
        """Make an entry wait until `until` (epoch seconds), unless it has changed meanwhile."""
        unchanged = (Q.seq == entry.seq, Q.status == entry.status.value, Q.attempts == entry.attempts)
        self._conn.execute(update(queue_entry).where(*unchanged).values(not_before=until))

    def find_newest_statuses(self, type_: str, keys: Iterable[str]) -> dict[str, Status]:
        """Return the status of the newest entry of each record that has one. A delete counts as cancelled, because it
        tells nothing of the record's content; cancelled edits do not count."""
        these = (self._mine, Q.type == type_, Q.key.in_(list(keys)), _NOT_A_REFUSED_EDIT)
        newest = select(func.max(Q.seq)).where(*these).group_by(Q.key)
        status = case((Q.operation == Operation.DELETE.value, Status.CANCELLED.value), else_=Q.status)
        return {k: Status(s) for k, s in self._conn.execute(select(Q.key, status).where(Q.seq.in_(newest)))}

    def raise_aged(self, now: float, after: int = 0) -> int:
        """Raise the urgency of the next pending entries behind the seq `after` by one for each ten minutes of waiting,
        up to 9, so that none starves. Also ends every wait of more than an hour: it was set by a clock that has been
        put back since. Returns the seq of the last entry looked at; 0 when there are no more."""
        pending = (self._mine, Q.status == Status.PENDING.value, Q.seq > after)
        end = self._conn.execute(select(Q.seq).where(*pending).order_by(Q.seq).offset(STEP - 1).limit(1)).scalar()
        these = pending if end is None else (*pending, Q.seq <= end)
        aged = func.min(9, Q.priority + ((now - Q.created_at) / 600).cast(Q.priority.type))
        older = update(queue_entry).where(*these, Q.created_at < now - 600, Q.urgency < aged)
        self._conn.execute(older.values(urgency=aged))
        for waiting in (these, (self._mine, Q.status == Status.UNKNOWN.value)):
            self._conn.execute(
                update(queue_entry).where(*waiting, Q.not_before > now + LONGEST_WAIT).values(not_before=now)
            )
        return end or 0


def _was_outdated(row: Sequence[Any]) -> bool:
    """Whether an attempt met another state than it knew (rule 7): no create does, nor what a server at work put off."""
    if row[VERDICT] not in OUTDATED or not row[REQUEST]:
        return False
    method: object = json.loads(row[REQUEST]).get("method")
    return method != "POST"
