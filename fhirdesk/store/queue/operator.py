"""What the user does to entries, written into their rows: each of BULK_ACTIONS, corrections, resolved conflicts."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, case, exists, select, update

from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, FINAL, PERHAPS_SENT, IdMapping, QueueEntry, Reason, Status
from fhirdesk.store.audit import AuditEvent, AuditLog
from fhirdesk.store.queue.dispatch import Queue
from fhirdesk.store.queue.model import Q, QueueRepository, reason_columns
from fhirdesk.store.records.id_map import IdMap
from fhirdesk.store.schema.tables import attempt, queue_entry
from fhirdesk.store.sqlite.raw_sql import chunks

Columns = Mapping[str, object]
_NEWEST_WAS_LOST = exists(
    select(attempt.c.id).where(
        attempt.c.seq == Q.seq, attempt.c.number == Q.attempts, attempt.c.phase.in_(PERHAPS_SENT)
    )
)


def _retry(now: float, _: str) -> Columns:
    """Make failed, held and waiting entries due now; an unknown outcome is checked on the server first."""
    unknown = (Q.status == "unknown") | (Q.status.in_(["failed", "held"]) & _NEWEST_WAS_LOST)
    return {
        "status": case((unknown, "unknown"), else_="pending"),
        "not_before": now,
        "counted": 0,
        "crashes": 0,
        "waits_type": None,
        "waits_key": None,
        "reason": case((Q.status == "unknown", Q.reason), else_=None),
    }


def _cancel(now: float, _: str) -> Columns:
    """Cancel entries, but none that is in flight or whose outcome is not known."""
    return {"status": "cancelled", "finished_at": now, **reason_columns(None)}


def _discard(now: float, why: str) -> Columns:
    """Give up failed, held and conflicting entries, for a reason."""
    return {"status": "cancelled", "finished_at": now, **reason_columns(Reason("why_discarded", {"text": why}))}


def _hold(_now: float, _: str) -> Columns:
    """Hold pending entries until the user releases them."""
    return {"status": "held", **reason_columns(Reason("why_held_by_hand"))}


def _release(now: float, _: str) -> Columns:
    """Release held entries; one that still waits for its parent is held again when its turn comes."""
    status = case((_NEWEST_WAS_LOST, "unknown"), else_="pending")
    return {"status": status, "not_before": now, "waits_type": None, "waits_key": None, **reason_columns(None)}


# What each of BULK_ACTIONS writes into an entry: (now, the user's reason) → columns.
COLUMNS: Mapping[str, Callable[[float, str], Columns]] = {
    "retry": _retry,
    "cancel": _cancel,
    "discard": _discard,
    "hold": _hold,
    "release": _release,
}


class OperatorActions(QueueRepository):
    """The user's actions. Each changes only entries whose status allows it, writes a row into the audit for every one,
    and returns how many it changed."""

    __slots__ = ("_audit",)

    def __init__(self, conn: Connection, profile: str, audit: AuditLog):
        super().__init__(conn, profile)
        self._audit = audit

    def change(self, action: str, uuids: Sequence[str], now: float, why: str = "") -> int:
        """Do one of BULK_ACTIONS to entries. `why`: the user's reason, which the audit keeps."""
        return self._act(uuids, action, COLUMNS[action](now, why), now, f": {why}" if why else "")

    def supersede(self, entry: QueueEntry, by: str, now: float) -> int:
        """Supersede an entry by its corrected retry (the uuid `by`); its attempts stay."""
        columns = {"status": "superseded", "finished_at": now, **reason_columns(Reason("why_edited", {"entry": by}))}
        return self._act([entry.uuid], "edit", columns, now)

    def resolve(
        self,
        entry: QueueEntry,
        status: Status,
        how: str,
        now: float,
        mapped: IdMapping | None = None,
        reason: Reason | None = None,
    ) -> int:
        """Write the user's decision on an entry: it is sent again, or has arrived (`mapped` proves it), or the server's
        copy stands. `how` names the decision in the audit."""
        columns = {"status": status.value, "not_before": now, "counted": 0, **reason_columns(reason)}
        if status in FINAL:
            columns["finished_at"] = now
        if mapped:
            columns |= {"logical_id": mapped.logical_id, "version_id": mapped.version_id}
        changed = self._act([entry.uuid], "resolve", columns, now, f" {how}")
        if changed and mapped:
            IdMap(self._conn, self._profile).put_many([mapped])
            Queue(self._conn, self._profile).release_children([(entry.type, entry.key)])
        return changed

    def _act(
        self,
        uuids: Sequence[str],
        action: str,
        values: Columns,
        now: float,
        how: str = "",
    ) -> int:
        """Write the action into those whose state allows it; `how`: what the audit says beside its name."""
        states = sorted(s.value for s in ALLOWED_ACTIONS[action])
        changed = 0
        for part in chunks(uuids):
            these = (self._mine, Q.uuid.in_(part), Q.status.in_(states))
            rows = self._conn.execute(select(Q.uuid, Q.type, Q.key).where(*these).order_by(Q.seq)).all()
            self._conn.execute(update(queue_entry).where(*these).values(dict(values)))
            self._audit.append([AuditEvent(action + how, row.type, row.key, row.uuid) for row in rows], now)
            changed += len(rows)
        return changed

    def make_due(self, now: float) -> int:
        """Make every entry due now that waits for its time; returns how many."""
        return self._conn.execute(
            update(queue_entry)
            .where(self._mine, Q.status.in_(["pending", "unknown"]), Q.not_before > now)
            .values(not_before=now)
        ).rowcount
