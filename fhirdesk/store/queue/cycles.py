"""Records that wait for each other: held entries whose way from parent to parent comes back to where it began (E3)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select, text

from fhirdesk.core.queue_entry import QueueEntry, Status
from fhirdesk.core.records import Place
from fhirdesk.store.queue.model import OPEN_STATES, Q, Scope, by_type
from fhirdesk.store.records import id_map
from fhirdesk.store.schema.rows import entry_from_row
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite.raw_sql import chunks

_WAITED_FOR = text(
    "SELECT DISTINCT waits_type, waits_key FROM queue_entry "
    "WHERE profile = :profile AND status = 'held' AND waits_type IS NOT NULL"
)


class Cycles(Scope):
    """Found when nothing else can be done: they are rare."""

    def find_cycles(self, conn: Connection) -> list[list[QueueEntry]]:
        """Each ring of held lane heads, every one of which waits for the next."""
        waited = [(type_, key) for type_, key in conn.execute(_WAITED_FOR, {"profile": self.profile})]
        if not waited:
            return []
        meant = id_map.resolve_names(conn, waited)
        held = self._held(conn, {meant.get(place, place) for place in waited})
        waits = {place: meant.get(waits, waits) for place, (_, waits) in held.items()}
        return [[held[place][0] for place in ring] for ring in rings(waits)]

    def _held(self, conn: Connection, places: set[Place]) -> dict[Place, tuple[QueueEntry, Place]]:
        """The held lane heads of those records, and the parent that each waits for."""
        found: dict[Place, tuple[QueueEntry, Place]] = {}
        for type_, keys in by_type(places).items():
            for part in chunks(keys):
                lanes = select(queue_entry).where(
                    self._mine, Q.type == type_, Q.key.in_(part), Q.status.in_(OPEN_STATES)
                )
                heads = {row.key: row for row in conn.execute(lanes.order_by(Q.seq.desc()))}  # the oldest stays
                waiting = [r for r in heads.values() if r.status == Status.HELD and r.waits_type]
                found |= {(type_, r.key): (entry_from_row(r), (r.waits_type, r.waits_key)) for r in waiting}
        return found

    def find_unknown(self, conn: Connection, uuids: Sequence[str]) -> list[QueueEntry]:
        """Those of the entries whose outcome is not known."""
        query = select(queue_entry).where(self._mine, Q.uuid.in_(list(uuids)), Q.status == Status.UNKNOWN.value)
        return [entry_from_row(r) for r in conn.execute(query.order_by(Q.seq))]

    def count_unknown(self, conn: Connection, uuids: Sequence[str]) -> int:
        """How many of the entries have an outcome that is not known."""
        asked = select(func.count()).where(self._mine, Q.status == Status.UNKNOWN.value)
        return sum(conn.execute(asked.where(Q.uuid.in_(part))).scalar() or 0 for part in chunks(uuids))


def rings(waits: Mapping[Place, Place]) -> list[list[Place]]:
    """The cycles of a graph in which everything points at one thing."""
    found: list[list[Place]] = []
    seen: set[Place] = set()
    for start in waits:
        way: list[Place] = []
        at = start
        while at in waits and at not in seen:
            seen.add(at)
            way.append(at)
            at = waits[at]
        if at in way:
            found.append(way[way.index(at) :])
    return found
