"""Explains in one sentence why an entry waits, and what the user should know of the queue as a whole."""

from typing import Any

from sqlalchemy import Connection, func, select

from fhirdesk.core.queue_entry import OPEN, Reason, Status
from fhirdesk.r4 import json
from fhirdesk.store.records.id_map import IdMap
from fhirdesk.store.schema.rows import reason_from_row
from fhirdesk.store.schema.tables import queue_entry, record, server_state

Q, R, S = queue_entry.c, record.c, server_state.c
ALARM = 14 * 86_400.0  # seconds: an entry open for longer raises a notice; nothing is ever dropped because of its age
MANY_ERRORS = 3  # entries with an error of the program itself, from which on there is a notice
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
    """Return why an entry stands as it does, from its own row only."""
    return reason_from_row(row) or Reason(BY_STATUS.get(Status(row.status), "why_due"))


def explain(conn: Connection, row: Any, now: float) -> Reason:
    """Return why an entry stands as it does, from its row, its lane, its parent and the server."""
    if row.status == Status.HELD and row.waits_type:
        return _explain_parent(conn, row)
    if row.status != Status.PENDING:
        return explain_alone(row)
    return _explain_pause(conn, row) or _explain_lane(conn, row) or _explain_time(row, now)


def _explain_time(row: Any, now: float) -> Reason:
    return Reason("why_later") if row.not_before > now and row.reason is None else explain_alone(row)


def _explain_pause(conn: Connection, row: Any) -> Reason | None:
    server = conn.execute(select(server_state).where(S.profile == row.profile)).one_or_none()
    return Reason(server.paused, json.loads(server.paused_params or "{}")) if server and server.paused else None


def _explain_lane(conn: Connection, row: Any) -> Reason | None:
    older = select(Q.uuid, Q.status).where(Q.profile == row.profile, Q.type == row.type, Q.key == row.key)
    before = older.where(Q.seq < row.seq, Q.status.in_([s.value for s in OPEN])).order_by(Q.seq).limit(1)
    head = conn.execute(before).one_or_none()
    return Reason("why_behind_entry", {"entry": head.uuid}) if head else None


def _explain_parent(conn: Connection, row: Any) -> Reason:
    parent = (row.waits_type, row.waits_key)
    type_, key = IdMap(conn, row.profile).resolve_names([parent]).get(parent, parent)
    lane = select(Q.status, Q.uuid).where(Q.profile == row.profile, Q.type == type_, Q.key == key)
    newest = conn.execute(lane.order_by(Q.seq.desc()).limit(1)).one_or_none()
    named = {"type": type_, "key": key}
    if newest is not None:
        code = BY_PARENT_STATUS.get(Status(newest.status))
        return Reason(code, named | {"entry": newest.uuid}) if code else explain_alone(row)
    here = select(R.id).where(R.profile == row.profile, R.type == type_, R.key == key, R.deleted_at.is_(None))
    return explain_alone(row) if conn.execute(here).first() else Reason("why_parent_absent", named)


def _find_unversioned(conn: Connection, profile: str) -> list[str]:
    """Return the types whose versions this server does not tell, if a change of one waits: it is protected weakly only
    against changes made there meanwhile (rule 7)."""
    learned = conn.execute(select(S.learned).where(S.profile == profile)).scalar()
    kinds = json.loads(learned).get("unversioned", ()) if learned else ()
    waits = select(Q.seq).where(Q.profile == profile, Q.status.in_([s.value for s in OPEN]), Q.operation != "create")
    return [k for k in kinds if conn.execute(waits.where(Q.resource_type == k).limit(1)).first()]


def find_notices(conn: Connection, profile: str, now: float) -> list[Reason]:
    """Return what is said once, however many entries it concerns: types that the server does not take, old entries,
    types without versions, errors of the program."""
    mine = Q.profile == profile
    kinds = select(Q.resource_type, func.count()).where(mine, Q.status == Status.HELD.value)
    held = kinds.where(Q.reason.in_(["why_unsupported", "why_no_safe_create"])).group_by(Q.resource_type)
    reasons = [Reason("notice_not_taken", {"type": t, "count": str(n)}) for t, n in conn.execute(held)]
    open_ = select(func.count()).where(mine, Q.status.in_([s.value for s in OPEN]))
    old = conn.execute(open_.where(Q.created_at < now - ALARM)).scalar() or 0
    errors = conn.execute(open_.where(Q.reason == "internal")).scalar() or 0
    reasons += [Reason("notice_old", {"count": str(old)})] if old else []
    reasons += [Reason("notice_unversioned", {"type": kind}) for kind in _find_unversioned(conn, profile)]
    return reasons + ([Reason("notice_internal", {"count": str(errors)})] if errors >= MANY_ERRORS else [])
