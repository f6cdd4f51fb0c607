"""Reference cycles: held entries whose chain of parents leads back to themselves (fault E3)."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, text

from fhirdesk.core.queue_entry import QueueEntry, Status
from fhirdesk.core.records import Place, by_type
from fhirdesk.store.queue.model import OPEN_STATES, Q
from fhirdesk.store.records.id_map import IdMap
from fhirdesk.store.schema.rows import entry_from_row
from fhirdesk.store.schema.tables import queue_entry
from fhirdesk.store.sqlite.raw_sql import chunks

_WAITED_FOR = text(
    "SELECT DISTINCT waits_type, waits_key FROM queue_entry "
    "WHERE profile = :profile AND status = 'held' AND waits_type IS NOT NULL"
)


def find_cycles(conn: Connection, profile: str) -> list[list[QueueEntry]]:
    """Return each cycle of held lane heads, every one of which waits for the next. They are rare: ask only when nothing
    else can be sent."""
    parents = [(type_, key) for type_, key in conn.execute(_WAITED_FOR, {"profile": profile})]
    if not parents:
        return []
    resolved = IdMap(conn, profile).resolve_names(parents)
    held = _find_held_heads(conn, profile, {resolved.get(place, place) for place in parents})
    waits = {place: resolved.get(parent, parent) for place, (_, parent) in held.items()}
    return [[held[place][0] for place in cycle] for cycle in find_rings(waits)]


def _find_held_heads(conn: Connection, profile: str, places: set[Place]) -> dict[Place, tuple[QueueEntry, Place]]:
    """Return the held lane heads of records (type, key), each with the parent that it waits for."""
    held: dict[Place, tuple[QueueEntry, Place]] = {}
    for type_, keys in by_type(places).items():
        for part in chunks(keys):
            lanes = select(queue_entry).where(
                Q.profile == profile, Q.type == type_, Q.key.in_(part), Q.status.in_(OPEN_STATES)
            )
            heads = {row.key: row for row in conn.execute(lanes.order_by(Q.seq.desc()))}  # the oldest stays
            waiting = [r for r in heads.values() if r.status == Status.HELD and r.waits_type]
            held |= {(type_, r.key): (entry_from_row(r), (r.waits_type, r.waits_key)) for r in waiting}
    return held


def find_rings(waits: Mapping[Place, Place]) -> list[list[Place]]:
    """Return the cycles of a graph in which every node points to one other."""
    cycles: list[list[Place]] = []
    visited: set[Place] = set()
    for start in waits:
        path: list[Place] = []
        node = start
        while node in waits and node not in visited:
            visited.add(node)
            path.append(node)
            node = waits[node]
        if node in path:
            cycles.append(path[path.index(node) :])
    return cycles
