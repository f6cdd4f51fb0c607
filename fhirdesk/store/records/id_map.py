"""What is known of each record on each server: logical id, version, and the server's copy."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.records import Place
from fhirdesk.core.resource import is_name, local_id, pointer
from fhirdesk.r4 import json
from fhirdesk.store.queue.model import by_type
from fhirdesk.store.records import reference_names
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import MAPPED, mapped_from, mapped_from_row
from fhirdesk.store.schema.tables import resource_map
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import JSON_VALUES, chunks, json_list

M = resource_map.c
_PUT = (
    f"INSERT INTO resource_map ({', '.join(MAPPED)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - ours
    "ON CONFLICT (profile, type, key) DO UPDATE SET resource_type = excluded.resource_type, "
    "logical_id = excluded.logical_id, version_id = excluded.version_id, base = excluded.base, "
    "base_read = excluded.base_read, synced_at = excluded.synced_at, sum = excluded.sum"
)
_KNOWN = f"SELECT {', '.join(MAPPED)} FROM resource_map WHERE profile = ? AND type = ? AND key IN {JSON_VALUES}"  # noqa: S608
_ABOUT = text(  # the first at or after a place in the table: one step into its B-tree, however large
    "SELECT * FROM resource_map WHERE profile = :profile AND rowid >= (SELECT min(rowid) + "
    "CAST(:share * (max(rowid) - min(rowid)) AS INTEGER) FROM resource_map) ORDER BY rowid LIMIT 1"
)


def _grouped(places: Iterable[Place]) -> Iterable[tuple[str, Sequence[str]]]:
    return ((type_, part) for type_, keys in by_type(places).items() for part in chunks(keys))


def present(conn: Connection, profile: str, places: Collection[Place]) -> set[Place]:
    """Those of `places` (type, key) that have a logical id."""
    found: set[Place] = set()
    for type_, keys in _grouped(places):
        query = select(M.key).where(M.profile == profile, M.type == type_, M.key.in_(keys))
        found |= {(type_, key) for (key,) in conn.execute(query)}
    real = resolve_names(conn, [p for p in places if p not in found])
    there = present(conn, profile, set(real.values())) if real else set()
    return found | {place for place, records_of in real.items() if records_of in there}


def resolve_names(conn: Connection, places: Sequence[Place]) -> dict[Place, Place]:
    """The records that places mean whose key is a name: Patient/1 is the record that was read from that resource, or
    the one with the key 1."""
    asked = [p for p in places if is_name(p[1])]
    records_of = reference_names.records_of(conn, {name for _, name in asked}) if asked else {}
    found = {(type_, name): records_of.get(name) or (type_, local_id(name) or name) for type_, name in asked}
    return {place: real for place, real in found.items() if real != place}


def get_many(conn: Connection, profile: str, places: Collection[Place]) -> dict[Place, IdMapping]:
    """What is known of those records."""
    found: dict[Place, IdMapping] = {}
    for type_, keys in by_type(places).items():
        known = map(mapped_from, raw_sql.run(conn, _KNOWN, profile, type_, json_list(keys)))
        found |= {(m.type, m.key): m for m in known}
    real = resolve_names(conn, [p for p in places if p not in found])
    there = get_many(conn, profile, set(real.values())) if real else {}
    return found | {place: there[records_of] for place, records_of in real.items() if records_of in there}


def resource_types(conn: Connection, profile: str, places: Iterable[Place]) -> dict[Place, str]:
    """The FHIR type that those records have on the server."""
    found: dict[Place, str] = {}
    for type_, keys in _grouped(places):
        query = select(M.key, M.resource_type).where(M.profile == profile, M.type == type_, M.key.in_(keys))
        found |= {(type_, key): resource_type for key, resource_type in conn.execute(query)}
    return found


def sample(conn: Connection, profile: str, count: int) -> list[IdMapping]:
    """Some that are known: the oldest, the newest, and what lies between."""
    rows = {}
    for step in range(count):
        place = {"profile": profile, "share": step / max(count - 1, 1)}
        found = conn.execute(_ABOUT, place).one_or_none()
        if found:
            rows[found.type, found.key] = mapped_from_row(found)
    return list(rows.values())


def another(conn: Connection, profile: str, resource_type: str, but: Place) -> IdMapping | None:
    """One that is known of that FHIR type, other than `but`."""
    mine = (M.profile == profile, M.type == but[0], M.resource_type == resource_type, M.key != but[1])
    row = conn.execute(select(resource_map).where(*mine).limit(1)).one_or_none()
    found = mapped_from_row(row) if row else None
    return found if found and not found.damaged else None


def records_of(conn: Connection, profile: str, references: Collection[str]) -> dict[str, Place]:
    """The records that references in the server's own resources (Type/id, of any version) mean."""
    ids: dict[str, dict[str, str]] = {}
    for reference in references:
        kind, _, id_ = (pointer(reference) or "").partition("/")
        ids.setdefault(kind, {})[id_] = reference
    found: dict[str, Place] = {}
    for kind, texts in ids.items():
        for part in chunks(list(texts)):
            rows = conn.execute(
                select(M.type, M.key, M.logical_id).where(
                    M.profile == profile, M.resource_type == kind, M.logical_id.in_(part)
                )
            )
            found |= {texts[row.logical_id]: (row.type, row.key) for row in rows}
    return found


def put_many(conn: Connection, profile: str, mapped: Sequence[IdMapping]) -> None:
    """Remember; what was known before is replaced."""
    if not mapped:
        return
    raw_sql.run_many(conn, _PUT, [_row(profile, m) for m in mapped])


def _row(profile: str, m: IdMapping) -> tuple[Any, ...]:
    base = json.dumps(m.base) if m.base is not None else None
    told = (profile, m.type, m.key, m.resource_type, m.logical_id, m.version_id, base, int(m.base_read))
    return (*told, checksums.total(told), m.synced_at)


def forget(conn: Connection, profile: str, type_: str, key: str) -> None:
    """The record is not on that server any more."""
    conn.execute(resource_map.delete().where(M.profile == profile, M.type == type_, M.key == key))


def forget_all(conn: Connection, profile: str) -> int:
    """The server was reset; how many records it had."""
    return conn.execute(resource_map.delete().where(M.profile == profile)).rowcount
