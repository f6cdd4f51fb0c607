"""The way into the queue: new entries, what they supersede, and the urgency they lend their parents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from fhirdesk.core.queue_entry import Operation, Status
from fhirdesk.core.records import Place
from fhirdesk.r4 import json
from fhirdesk.store.queue.model import NewEntry, Q, Scope, by_type, waiting_reason
from fhirdesk.store.records import id_map
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import base_columns
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite.raw_sql import chunks

_GIVE_WAY = text(  # unsent changes of a whole record, but for what a person holds back
    # (the sign keeps SQLite from walking all that is pending instead of the few keys)
    "profile = :mine AND type = :kind AND key IN :these AND +status IN ('pending', 'held') AND edit IS NULL "
    "AND attempts = 0 AND (reason IS NULL OR reason <> 'why_held_by_hand')"
).bindparams(bindparam("these", expanding=True))
_INHERIT = select(Q.key, func.max(Q.urgency)).where(_GIVE_WAY).group_by(Q.key)
_SUPERSEDE = (
    update(queue_entry)
    .where(_GIVE_WAY)
    .values(status="superseded", finished_at=bindparam("at"), reason=None, waits_type=None, waits_key=None)
)
_CHILDREN = text(
    "SELECT waits_key, max(urgency) FROM queue_entry WHERE profile = :profile AND status = 'held' "
    "AND waits_type = :type AND waits_key IN :keys GROUP BY waits_key"
).bindparams(bindparam("keys", expanding=True))
_RAISE = text(
    "UPDATE queue_entry SET urgency = :u WHERE profile = :profile AND type = :t AND key = :k "
    "AND status IN ('pending', 'held') AND urgency < :u"
)


class Enqueue(Scope):
    """Entries come in."""

    def find_known(self, conn: Connection, uuids: Sequence[str]) -> set[str]:
        """Those that are queued already, or were."""
        found: set[str] = set()
        for part in chunks(uuids):
            found |= {u for (u,) in conn.execute(select(Q.uuid).where(Q.uuid.in_(part)))}
        return found

    def enqueue(self, conn: Connection, new: Sequence[NewEntry], now: float) -> dict[str, int]:
        """Add entries in order; a uuid that is there already is passed over. Returns seq by uuid."""
        known = self.find_known(conn, [n.uuid for n in new])
        fresh = [n for n in new if n.uuid not in known]
        if not fresh:
            return {}
        urgency = self._supersede(conn, fresh, now)
        present = id_map.find_present(conn, self.profile, {p for n in fresh for p in n.parents})
        last = _last_in_batch(fresh)
        rows = [self._row(n, present, now, bool(n.edit) or n is last[n.record.type, n.record.key]) for n in fresh]
        for row in rows:
            row["urgency"] = max(row["priority"], urgency.get((row["type"], row["key"]), 0))
        conn.execute(insert(queue_entry), rows)
        self._raise_parents(conn, fresh)
        found = conn.execute(select(Q.uuid, Q.seq).where(Q.uuid.in_([n.uuid for n in fresh])))
        return {uuid: seq for uuid, seq in found}

    def _row(self, new: NewEntry, present: set[tuple[str, str]], now: float, newest: bool) -> dict[str, Any]:
        waits = next((p for p in new.parents if p not in present), None)
        held = waits is not None and new.operation is not Operation.DELETE
        status = Status.HELD if held else Status.PENDING
        reason = waiting_reason(*waits) if held and waits else None
        row = {
            "uuid": new.uuid,
            "profile": self.profile,
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

    def _supersede(self, conn: Connection, new: Sequence[NewEntry], now: float) -> dict[Place, int]:
        """Unsent changes of the same records give way; an edit says a few fields alone: it stays, and nothing gives way
        to it. Returns the urgency that their successors inherit: of those that gave way, and of children that already
        wait."""
        urgency: dict[Place, int] = {}
        for type_, keys in by_type((n.record.type, n.record.key) for n in new).items():
            for key, most in conn.execute(_CHILDREN, {"profile": self.profile, "type": type_, "keys": keys}):
                urgency[type_, key] = most
        changes = [(n.record.type, n.record.key) for n in new if not n.edit]
        for type_, keys in by_type(changes).items():
            these = {"mine": self.profile, "kind": type_, "these": keys}
            for key, most in conn.execute(_INHERIT, these).all():
                urgency[type_, key] = max(most, urgency.get((type_, key), 0))
            conn.execute(_SUPERSEDE, these | {"at": now})
        return urgency

    def _raise_parents(self, conn: Connection, new: Sequence[NewEntry]) -> None:
        """A parent inherits its child's urgency."""
        wanted: dict[tuple[str, str], int] = {}
        meant = id_map.resolve_names(conn, [p for n in new for p in n.parents])
        for n in new:
            for parent in n.parents:
                real = meant.get(parent, parent)
                wanted[real] = max(wanted.get(real, 0), n.priority)
        if wanted:
            conn.execute(_RAISE, [{"profile": self.profile, "t": t, "k": k, "u": u} for (t, k), u in wanted.items()])


def _last_in_batch(new: Sequence[NewEntry]) -> dict[tuple[str, str], NewEntry]:
    """Of several changes of one record in one transaction only the newest is sent."""
    return {(n.record.type, n.record.key): n for n in new if not n.edit}
