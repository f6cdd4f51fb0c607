"""Which resource each record is on each server: its logical id, its version, and the server's copy."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select, text

from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.records import Place, by_type
from fhirdesk.core.resource import is_name, local_id, pointer
from fhirdesk.r4 import json
from fhirdesk.store.records import reference_names
from fhirdesk.store.repository import Repository
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import MAPPING, mapping_from_columns, mapping_from_row
from fhirdesk.store.schema.tables import resource_map
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import JSON_VALUES, chunks, json_list

M = resource_map.c
_PUT = (
    f"INSERT INTO resource_map ({', '.join(MAPPING)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - ours
    "ON CONFLICT (profile, type, key) DO UPDATE SET resource_type = excluded.resource_type, "
    "logical_id = excluded.logical_id, version_id = excluded.version_id, base = excluded.base, "
    "base_read = excluded.base_read, synced_at = excluded.synced_at, sum = excluded.sum"
)
_KNOWN = f"SELECT {', '.join(MAPPING)} FROM resource_map WHERE profile = ? AND type = ? AND key IN {JSON_VALUES}"  # noqa: S608
_AT_SHARE = text(  # the first row at or after a share of the table: one step into its B-tree, however large it is
    "SELECT * FROM resource_map WHERE profile = :profile AND rowid >= (SELECT min(rowid) + "
    "CAST(:share * (max(rowid) - min(rowid)) AS INTEGER) FROM resource_map) ORDER BY rowid LIMIT 1"
)


def _group(places: Iterable[Place]) -> Iterable[tuple[str, Sequence[str]]]:
    """Split records into (type, at most CHUNK keys)."""
    return ((type_, part) for type_, keys in by_type(places).items() for part in chunks(keys))


class IdMap(Repository):
    """Which resource each record is on the server of one profile."""

    def find_present(self, places: Collection[Place]) -> set[Place]:
        """Return those of the records (type, key) that have a logical id on the server."""
        present: set[Place] = set()
        for type_, keys in _group(places):
            query = select(M.key).where(M.profile == self._profile, M.type == type_, M.key.in_(keys))
            present |= {(type_, key) for (key,) in self._conn.execute(query)}
        resolved = self.resolve_names([p for p in places if p not in present])
        targets = self.find_present(set(resolved.values())) if resolved else set()
        return present | {place for place, target in resolved.items() if target in targets}

    def resolve_names(self, places: Sequence[Place]) -> dict[Place, Place]:
        """Return the real record of each (type, key) whose key is a name: Patient/1 is the record that was read from
        that resource, else the one with the key 1. Records that stand for themselves are left out."""
        named = [p for p in places if is_name(p[1])]
        owners = reference_names.find_records(self._conn, self._profile, {name for _, name in named}) if named else {}
        resolved = {(type_, name): owners.get(name) or (type_, local_id(name) or name) for type_, name in named}
        return {place: real for place, real in resolved.items() if real != place}

    def get_many(self, places: Collection[Place]) -> dict[Place, IdMapping]:
        """Return the mappings of records (type, key) that have one."""
        mappings: dict[Place, IdMapping] = {}
        for type_, keys in by_type(places).items():
            rows = raw_sql.run(self._conn, _KNOWN, self._profile, type_, json_list(keys))
            mappings |= {(m.type, m.key): m for m in map(mapping_from_columns, rows)}
        resolved = self.resolve_names([p for p in places if p not in mappings])
        targets = self.get_many(set(resolved.values())) if resolved else {}
        return mappings | {place: targets[target] for place, target in resolved.items() if target in targets}

    def get(self, type_: str, key: str) -> IdMapping | None:
        """Return the mapping of a record; None when the server does not have it."""
        return self.get_many({(type_, key)}).get((type_, key))

    def find_resource_types(self, places: Iterable[Place]) -> dict[Place, str]:
        """Return the FHIR type on the server of each record that has a mapping."""
        types: dict[Place, str] = {}
        for type_, keys in _group(places):
            query = select(M.key, M.resource_type).where(M.profile == self._profile, M.type == type_, M.key.in_(keys))
            types |= {(type_, key): resource_type for key, resource_type in self._conn.execute(query)}
        return types

    def pick_sample(self, count: int) -> list[IdMapping]:
        """Return up to `count` mappings: the oldest, the newest, and others evenly between them."""
        mappings = {}
        for step in range(count):
            row = self._conn.execute(
                _AT_SHARE, {"profile": self._profile, "share": step / max(count - 1, 1)}
            ).one_or_none()
            if row:
                mappings[row.type, row.key] = mapping_from_row(row)
        return list(mappings.values())

    def find_other(self, resource_type: str, but: Place) -> IdMapping | None:
        """Return an undamaged mapping of a FHIR type, of another record than `but` but of its type; None: there
        is none."""
        others = (M.profile == self._profile, M.type == but[0], M.resource_type == resource_type, M.key != but[1])
        row = self._conn.execute(select(resource_map).where(*others).limit(1)).one_or_none()
        mapping = mapping_from_row(row) if row else None
        return mapping if mapping and not mapping.damaged else None

    def find_records(self, references: Collection[str]) -> dict[str, Place]:
        """Return the record that each reference of the server's own resources (Type/id, of any version) points to."""
        by_id: dict[str, dict[str, str]] = {}
        for reference in references:
            resource_type, _, id_ = (pointer(reference) or "").partition("/")
            by_id.setdefault(resource_type, {})[id_] = reference
        targets: dict[str, Place] = {}
        for resource_type, texts in by_id.items():
            for part in chunks(list(texts)):
                rows = self._conn.execute(
                    select(M.type, M.key, M.logical_id).where(
                        M.profile == self._profile, M.resource_type == resource_type, M.logical_id.in_(part)
                    )
                )
                targets |= {texts[row.logical_id]: (row.type, row.key) for row in rows}
        return targets

    def belongs_to_another(self, resource: str, record: Place) -> bool:
        """True when a resource (Type/id) is mapped to another record: two records must not share a resource."""
        return self.find_records([resource]).get(resource, record) != record

    def put_many(self, mappings: Sequence[IdMapping]) -> None:
        """Save mappings over earlier ones of the same records."""
        if not mappings:
            return
        raw_sql.run_many(self._conn, _PUT, [_row(self._profile, m) for m in mappings])

    def forget(self, type_: str, key: str) -> None:
        """Delete a mapping, because the record is no longer on that server."""
        self._conn.execute(resource_map.delete().where(M.profile == self._profile, M.type == type_, M.key == key))

    def forget_all(self) -> int:
        """Delete all mappings of a server that was reset; returns how many there were."""
        return self._conn.execute(resource_map.delete().where(M.profile == self._profile)).rowcount


def _row(profile: str, m: IdMapping) -> tuple[Any, ...]:
    base = json.dumps(m.base) if m.base is not None else None
    values = (profile, m.type, m.key, m.resource_type, m.logical_id, m.version_id, base, int(m.base_read))
    return (*values, checksums.compute(values), m.synced_at)
