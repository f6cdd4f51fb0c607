"""How entries come into the queue: what they supersede, and the urgency that they give to their parents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from fhirdesk.core.queue_entry import Operation, Status
from fhirdesk.core.records import Place, by_type
from fhirdesk.r4 import json
from fhirdesk.store.queue.entries import Entries
from fhirdesk.store.queue.model import NewEntry, Q, waiting_reason
from fhirdesk.store.records.id_map import IdMap
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import base_columns
from fhirdesk.store.schema.tables import queue_entry

_SUPERSEDABLE = text(  # unsent changes of whole records, except those that the user holds
    # (the plus sign keeps SQLite from reading all pending entries instead of the few keys)
    "profile = :mine AND type = :kind AND key IN :these AND +status IN ('pending', 'held') AND edit IS NULL "
    "AND attempts = 0 AND (reason IS NULL OR reason <> 'why_held_by_hand')"
).bindparams(bindparam("these", expanding=True))
_SUPERSEDED_URGENCY = select(Q.key, func.max(Q.urgency)).where(_SUPERSEDABLE).group_by(Q.key)
_SUPERSEDE = (
    update(queue_entry)
    .where(_SUPERSEDABLE)
    .values(status="superseded", finished_at=bindparam("at"), reason=None, waits_type=None, waits_key=None)
)
_CHILDREN_URGENCY = text(
    "SELECT waits_key, max(urgency) FROM queue_entry WHERE profile = :profile AND status = 'held' "
    "AND waits_type = :type AND waits_key IN :keys GROUP BY waits_key"
).bindparams(bindparam("keys", expanding=True))
_RAISE_URGENCY = text(
    "UPDATE queue_entry SET urgency = :u WHERE profile = :profile AND type = :t AND key = :k "
    "AND status IN ('pending', 'held') AND urgency < :u"
)


def enqueue(conn: Connection, profile: str, new: Sequence[NewEntry], now: float) -> dict[str, int]:
    """Add entries in order, without those whose uuid is queued already. Returns the seq of each by its uuid."""
    known = Entries(conn, profile).find_known([n.uuid for n in new])
    fresh = [n for n in new if n.uuid not in known]
    if not fresh:
        return {}
    urgency = _supersede(conn, profile, fresh, now)
    present = IdMap(conn, profile).find_present({p for n in fresh for p in n.parents})
    last = _last_in_batch(fresh)
    rows = [_row(profile, n, present, now, bool(n.edit) or n is last[n.record.type, n.record.key]) for n in fresh]
    for row in rows:
        row["urgency"] = max(row["priority"], urgency.get((row["type"], row["key"]), 0))
    conn.execute(insert(queue_entry), rows)
    _raise_parents(conn, profile, fresh)
    added = conn.execute(select(Q.uuid, Q.seq).where(Q.uuid.in_([n.uuid for n in fresh])))
    return {uuid: seq for uuid, seq in added}


def _row(profile: str, new: NewEntry, present: set[tuple[str, str]], now: float, newest: bool) -> dict[str, Any]:
    waits = next((p for p in new.parents if p not in present), None)
    held = waits is not None and new.operation is not Operation.DELETE
    status = Status.HELD if held else Status.PENDING
    reason = waiting_reason(*waits) if held and waits else None
    row = {
        "uuid": new.uuid,
        "profile": profile,
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
        "record": json.dumps(dict(new.record.fields)),
        **base_columns(new.record),
        "edit": json.dumps(dict(new.edit)) if new.edit else None,
        "patient_key": new.record.key if new.record.type == "patient" else new.record.patient_key,
        "finished_at": None if newest else now,
        "origin": new.origin,
    }
    return checksums.add_checksum(row, checksums.ENTRY)


def _supersede(conn: Connection, profile: str, new: Sequence[NewEntry], now: float) -> dict[Place, int]:
    """Supersede unsent changes of the same records. An edit changes a few fields only: it is not superseded, and
    supersedes nothing. Returns the urgency that each record's new entry inherits from the superseded ones, and from
    children that wait already."""
    urgency: dict[Place, int] = {}
    for type_, keys in by_type((n.record.type, n.record.key) for n in new).items():
        for key, most in conn.execute(_CHILDREN_URGENCY, {"profile": profile, "type": type_, "keys": keys}):
            urgency[type_, key] = most
    changes = [(n.record.type, n.record.key) for n in new if not n.edit]
    for type_, keys in by_type(changes).items():
        these = {"mine": profile, "kind": type_, "these": keys}
        for key, most in conn.execute(_SUPERSEDED_URGENCY, these).all():
            urgency[type_, key] = max(most, urgency.get((type_, key), 0))
        conn.execute(_SUPERSEDE, these | {"at": now})
    return urgency


def _raise_parents(conn: Connection, profile: str, new: Sequence[NewEntry]) -> None:
    """Raise the urgency of waiting parents to the priority of their new children."""
    urgency: dict[tuple[str, str], int] = {}
    resolved = IdMap(conn, profile).resolve_names([p for n in new for p in n.parents])
    for n in new:
        for parent in n.parents:
            real = resolved.get(parent, parent)
            urgency[real] = max(urgency.get(real, 0), n.priority)
    if urgency:
        rows = [{"profile": profile, "t": t, "k": k, "u": u} for (t, k), u in urgency.items()]
        conn.execute(_RAISE_URGENCY, rows)


def _last_in_batch(new: Sequence[NewEntry]) -> dict[tuple[str, str], NewEntry]:
    """Return the last change of each record in this batch: only that one is sent."""
    return {(n.record.type, n.record.key): n for n in new if not n.edit}
