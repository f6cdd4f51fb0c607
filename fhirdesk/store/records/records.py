"""The records of the clinic, and the patients' search index beside them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.errors import NotFound, StoreError
from fhirdesk.core.person_name import full_name
from fhirdesk.core.records import Place, Record
from fhirdesk.r4 import json
from fhirdesk.store.queue.model import by_type
from fhirdesk.store.records import hangul_search, reference_names
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import base_columns, record_from
from fhirdesk.store.schema.tables import patient, queue_entry, record
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import CHUNK, chunks

R = record.c
KEPT = ("fields", "base", "links", "patient_key", "updated_at", "deleted_at", "sum")  # written anew by an import
_FORGET = text(
    "INSERT INTO patient_search(patient_search, rowid, jamo, initials, digits, key) "
    "SELECT 'delete', id, jamo, initials, digits, key FROM patient WHERE id = :id"
)
_INDEX = text(
    "INSERT INTO patient_search(rowid, jamo, initials, digits, key) VALUES (:id, :jamo, :initials, :digits, :key)"
)
_SAID = f"SELECT key, said FROM record WHERE type = ? AND key IN {raw_sql.JSON_VALUES} AND said IS NOT NULL"  # noqa: S608 - a list


class Records:
    """The cache's records."""

    def get_many(
        self, conn: Connection, type_: str, keys: Sequence[str], *, replacing: bool = False
    ) -> dict[str, Record]:
        """Those that are here (and not deleted), by key. Raises StoreError for a damaged one; `replacing`: it comes
        back empty, because what will be written mends it."""
        found: dict[str, Record] = {}
        for part in chunks(keys):
            query = select(record).where(R.type == type_, R.key.in_(part), R.deleted_at.is_(None))
            found |= {row.key: _record(row, replacing) for row in conn.execute(query)}
        return found

    def get(self, conn: Connection, type_: str, key: str) -> Record | None:
        """The record, where it is here. Raises StoreError when it is damaged."""
        return self.get_many(conn, type_, [key]).get(key)

    def expect(self, conn: Connection, type_: str, key: str) -> Record:
        """The record, which must be here. Raises NotFound; StoreError when it is damaged."""
        found = self.get(conn, type_, key)
        if found is None:
            raise NotFound("no_such_record", type=type_, key=key)
        return found

    def present(self, conn: Connection, places: Collection[Place]) -> set[Place]:
        """Those of the records (type, key) that are here."""
        found: set[Place] = set()
        for type_, keys in by_type(places).items():
            for part in chunks(keys):
                rows = conn.execute(select(R.key).where(R.type == type_, R.key.in_(part), R.deleted_at.is_(None)))
                found |= {(type_, key) for (key,) in rows}
        return found

    def any_from(self, conn: Connection, type_: str, prefix: str) -> bool:
        """Whether a record of that type is here whose key begins so."""
        query = select(R.id).where(
            R.type == type_, R.key >= prefix, R.key < prefix + "\U0010ffff", R.deleted_at.is_(None)
        )
        return conn.execute(query.limit(1)).first() is not None

    def named(self, conn: Connection, wanted: Collection[str]) -> dict[str, Place]:
        """The record that each name means, as references give it: Patient/1, Patient?identifier=system|value."""
        return reference_names.records_of(conn, wanted)

    def names_of(self, conn: Connection, places: Collection[Place]) -> dict[str, Place]:
        """Every name of those records that were read from resources."""
        return reference_names.of(conn, places)

    def last_said(self, conn: Connection, places: Collection[Place]) -> dict[Place, bytes]:
        """What sources said last of those records (last_said.py), where that is known."""
        found: dict[Place, bytes] = {}
        for type_, keys in by_type(places).items():
            rows = raw_sql.run(conn, _SAID, type_, raw_sql.json_list(keys))
            found |= {(type_, key): said for key, said in rows}
        return found

    def remember(self, conn: Connection, said: Mapping[Place, bytes]) -> None:
        """What sources said of records that are here."""
        if said:
            rows = [(column, type_, key) for (type_, key), column in said.items()]
            raw_sql.run_many(conn, "UPDATE record SET said = ? WHERE type = ? AND key = ?", rows)

    def put(
        self, conn: Connection, records: Sequence[Record], now: float, said: Mapping[Place, bytes] | None = None
    ) -> None:
        """Store; a record that is here already is replaced, a tombstone lifted. `said`: what sources said of some."""
        newest = {(r.type, r.key): r for r in records}
        if not newest:
            return
        draft = insert(record)
        keep = {n: draft.excluded[n] for n in KEPT} | {"said": func.coalesce(draft.excluded.said, R.said)}
        conn.execute(
            draft.on_conflict_do_update(index_elements=[R.type, R.key], set_=keep),
            [_row(r, now) | {"said": (said or {}).get(place)} for place, r in newest.items()],
        )
        reference_names.put_many(conn, list(newest.values()))
        self._put_patients(conn, [r for r in newest.values() if r.type == "patient"], now)

    def _put_patients(self, conn: Connection, patients: Sequence[Record], now: float) -> None:
        if not patients:
            return
        _rename_children(conn, {name: r.key for r in patients for name in _other_names(r)})
        ids: dict[str, int] = {}
        for part in chunks([r.key for r in patients]):
            query = select(R.key, R.id).where(R.type == "patient", R.key.in_(part))
            ids |= {key: id_ for key, id_ in conn.execute(query)}
        rows = [_patient_row(ids[r.key], r, now) for r in patients]
        conn.execute(_FORGET, [{"id": row["id"]} for row in rows])
        draft = insert(patient)
        fresh = {c.name: draft.excluded[c.name] for c in patient.c if not c.primary_key}
        conn.execute(draft.on_conflict_do_update(index_elements=[patient.c.id], set_=fresh), rows)
        conn.execute(_INDEX, rows)

    def mark_gone(self, conn: Connection, places: Collection[Place], at: float | None) -> None:
        """They were deleted where they came from, and stay here; None: they are there again."""
        for type_, keys in by_type(places).items():
            for part in chunks(keys):
                these = (R.type == type_) & R.key.in_(part) & (R.gone_at.is_(None) == (at is not None))
                conn.execute(update(record).where(these).values(gone_at=at))

    def gone(self, conn: Connection, places: Collection[Place]) -> set[Place]:
        """Those of the records that were deleted where they came from."""
        found: set[Place] = set()
        for type_, keys in by_type(places).items():
            for part in chunks(keys):
                rows = conn.execute(select(R.key).where(R.type == type_, R.key.in_(part), R.gone_at.is_not(None)))
                found |= {(type_, key) for (key,) in rows}
        return found

    def tombstone(self, conn: Connection, type_: str, key: str, now: float) -> None:
        """The record was deleted on the server; importing it again is new."""
        found = conn.execute(select(R.id).where(R.type == type_, R.key == key)).scalar()
        if found is not None and type_ == "patient":
            conn.execute(_FORGET, {"id": found})
            conn.execute(patient.delete().where(patient.c.id == found))
        gone = {"deleted_at": now, "updated_at": now, "said": None}
        conn.execute(update(record).where(R.type == type_, R.key == key).values(gone))
        reference_names.forget(conn, type_, key)

    def iterate(self, conn: Connection, type_: str) -> Iterator[Record]:
        """All of a type, in the order they came, streamed."""
        last = 0
        query = select(record).where(R.type == type_, R.deleted_at.is_(None)).order_by(R.id).limit(CHUNK)
        while rows := conn.execute(query.where(R.id > last)).all():
            yield from map(_record, rows)
            last = rows[-1].id

    def changed_since(self, conn: Connection, type_: str, since: float) -> list[Record]:
        """Those changed at or after `since` (epoch seconds)."""
        query = select(record).where(R.type == type_, R.updated_at >= since, R.deleted_at.is_(None)).order_by(R.id)
        return [_record(row) for row in conn.execute(query)]


def _other_names(patient: Record) -> list[str]:
    return [n for n in (f"Patient/{patient.key}", *reference_names.given(patient)) if n != patient.key]


def _rename_children(conn: Connection, real: dict[str, str]) -> None:
    """What came before its patient knew it by the name that its reference gave it."""
    for part in chunks(list(real)):
        children = R.patient_key.in_(part)
        if conn.execute(select(R.id).where(children).limit(1)).first():
            _rename(conn, record, children, checksums.RECORD, real)
            for profile in _profiles(conn):  # the index on patients begins with the profile
                mine = (queue_entry.c.profile == profile) & queue_entry.c.patient_key.in_(part)
                _rename(conn, queue_entry, mine, checksums.ENTRY, real)


def _rename(
    conn: Connection, table: Table, these: ColumnElement[bool], columns: tuple[str, ...], real: dict[str, str]
) -> None:
    for row in conn.execute(select(table).where(these)).all():
        if checksums.whole(row, columns):
            told = dict(row._mapping) | {"patient_key": real[row.patient_key]}
            fresh = {n: checksums.checksum(told, columns)[n] for n in ("patient_key", checksums.SUM)}
            conn.execute(update(table).where(next(iter(table.primary_key)) == row[0]).values(fresh))


def _profiles(conn: Connection) -> Iterator[str]:
    """Each profile that has entries, a step in the index each."""
    last = ""
    column = queue_entry.c.profile
    while (found := conn.execute(select(func.min(column)).where(column > last)).scalar()) is not None:
        last = found
        yield last


def _record(row: Row[Any], replacing: bool = False) -> Record:
    if not checksums.whole(row, checksums.RECORD):
        if not replacing:
            raise StoreError("row_damaged", type=row.type, key=row.key)
        return Record(row.type, row.key, {})
    return record_from(row.type, row.key, row.fields, row.base, row.links)


def _row(r: Record, now: float) -> dict[str, Any]:
    row = {
        "type": r.type,
        "key": r.key,
        "fields": json.dumps(dict(r.fields)),
        **base_columns(r),
        "patient_key": r.patient_key,
        "created_at": now,
        "updated_at": now,
        "deleted_at": None,
    }
    return checksums.checksum(row, checksums.RECORD)


def _patient_row(id_: int, r: Record, now: float) -> dict[str, Any]:
    name, phone = full_name(r.fields.get("family_name"), r.fields.get("given_name")), r.fields.get("phone")
    return {
        "id": id_,
        "key": r.key,
        "name": name,
        "birth_date": r.fields.get("birth_date"),
        "gender": r.fields.get("gender"),
        "phone": phone,
        "updated_at": now,
        "jamo": hangul_search.jamo(name),
        "initials": hangul_search.initials(name),
        "digits": hangul_search.digits(phone),
    }
