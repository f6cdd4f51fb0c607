"""Why an entry waits, in one sentence, from all that bears on it; and what is to be known of the queue as a whole."""

from typing import Any

from sqlalchemy import Connection, func, select

from fhirdesk.core.queue_entry import OPEN, Reason, Status
from fhirdesk.r4 import json
from fhirdesk.store.records import id_map
from fhirdesk.store.schema.rows import reason_from_row
from fhirdesk.store.schema.tables import queue_entry, record, server_state

Q, R, S = queue_entry.c, record.c, server_state.c
ALARM = 14 * 86_400.0  # seconds after which an entry that is still open is an alarm; nothing is ever dropped by age
MANY_ERRORS = 3  # entries that met an error of the program's own, from which it is said
BY_STATUS = {
    Status.PENDING: "why_due",
    Status.PROCESSING: "why_sending",
    Status.COMPLETED: "why_completed",
    Status.SUPERSEDED: "why_superseded",
    Status.CANCELLED: "why_cancelled",
    Status.UNKNOWN: "why_checking",
}
BY_PARENT_STATUS = {  # why a child waits, by the state of its parent's newest entry
    Status.FAILED: "why_parent_refused",
    Status.CONFLICT: "why_parent_refused",
    Status.CANCELLED: "why_parent_cancelled",
    Status.COMPLETED: "why_parent_gone",
}


def explain_alone(row: Any) -> Reason:
    """From the entry alone."""
    return reason_from_row(row) or Reason(BY_STATUS.get(Status(row.status), "why_due"))


def explain(conn: Connection, row: Any, now: float) -> Reason:
    """From the entry, its lane, its parent and the server."""
    if row.status == Status.HELD and row.waits_type:
        return _explain_parent(conn, row)
    if row.status != Status.PENDING:
        return explain_alone(row)
    return _explain_pause(conn, row) or _explain_lane(conn, row) or _explain_time(row, now)


def _explain_time(row: Any, now: float) -> Reason:
    return Reason("why_later") if row.not_before > now and row.reason is None else explain_alone(row)


def _explain_pause(conn: Connection, row: Any) -> Reason | None:
    found = conn.execute(select(server_state).where(S.profile == row.profile)).one_or_none()
    return Reason(found.paused, json.loads(found.paused_params or "{}")) if found and found.paused else None


def _explain_lane(conn: Connection, row: Any) -> Reason | None:
    older = select(Q.uuid, Q.status).where(Q.profile == row.profile, Q.type == row.type, Q.key == row.key)
    before = older.where(Q.seq < row.seq, Q.status.in_([s.value for s in OPEN])).order_by(Q.seq).limit(1)
    head = conn.execute(before).one_or_none()
    return Reason("why_behind_entry", {"entry": head.uuid}) if head else None


def _explain_parent(conn: Connection, row: Any) -> Reason:
    asked = (row.waits_type, row.waits_key)
    type_, key = id_map.resolve_names(conn, [asked]).get(asked, asked)
    lane = select(Q.status, Q.uuid).where(Q.profile == row.profile, Q.type == type_, Q.key == key)
    newest = conn.execute(lane.order_by(Q.seq.desc()).limit(1)).one_or_none()
    named = {"type": type_, "key": key}
    if newest is not None:
        code = BY_PARENT_STATUS.get(Status(newest.status))
        return Reason(code, named | {"entry": newest.uuid}) if code else explain_alone(row)
    here = select(R.id).where(R.type == type_, R.key == key, R.deleted_at.is_(None))
    return explain_alone(row) if conn.execute(here).first() else Reason("why_parent_absent", named)


def _find_unversioned(conn: Connection, profile: str) -> list[str]:
    """Types of which this server shows no versions, where a change of one waits (rule 7: the protection is weak)."""
    learned = conn.execute(select(S.learned).where(S.profile == profile)).scalar()
    kinds = json.loads(learned).get("unversioned", ()) if learned else ()
    waits = select(Q.seq).where(Q.profile == profile, Q.status.in_([s.value for s in OPEN]), Q.operation != "create")
    return [k for k in kinds if conn.execute(waits.where(Q.resource_type == k).limit(1)).first()]


def find_notices(conn: Connection, profile: str, now: float) -> list[Reason]:
    """What is said once, however many entries it concerns: types that are not taken, entries that are old, errors."""
    mine = Q.profile == profile
    kinds = select(Q.resource_type, func.count()).where(mine, Q.status == Status.HELD.value)
    held = kinds.where(Q.reason.in_(["why_unsupported", "why_no_safe_create"])).group_by(Q.resource_type)
    said = [Reason("notice_not_taken", {"type": t, "count": str(n)}) for t, n in conn.execute(held)]
    open_ = select(func.count()).where(mine, Q.status.in_([s.value for s in OPEN]))
    old = conn.execute(open_.where(Q.created_at < now - ALARM)).scalar() or 0
    stumbled = conn.execute(open_.where(Q.reason == "internal")).scalar() or 0
    said += [Reason("notice_old", {"count": str(old)})] if old else []
    said += [Reason("notice_unversioned", {"type": kind}) for kind in _find_unversioned(conn, profile)]
    return said + ([Reason("notice_internal", {"count": str(stumbled)})] if stumbled >= MANY_ERRORS else [])
