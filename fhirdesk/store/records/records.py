"""The clinic's records, and the search index of patients beside them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.errors import NotFound, StoreError
from fhirdesk.core.person_name import full_name
from fhirdesk.core.records import Place, Record, by_type
from fhirdesk.r4 import json
from fhirdesk.store.records import hangul_search, reference_names
from fhirdesk.store.repository import Repository, belongs_to
from fhirdesk.store.schema import checksums
from fhirdesk.store.schema.rows import base_columns, record_from_columns
from fhirdesk.store.schema.tables import patient, queue_entry, record
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.raw_sql import CHUNK, chunks

R = record.c
REPLACED = (
    "fields",
    "base",
    "links",
    "patient_key",
    "updated_at",
    "deleted_at",
    "sum",
)  # columns that an import writes
_REMOVE_FROM_INDEX = text(
    "INSERT INTO patient_search(patient_search, rowid, jamo, initials, digits, key) "
    "SELECT 'delete', id, jamo, initials, digits, key FROM patient WHERE id = :id"
)
_ADD_TO_INDEX = text(
    "INSERT INTO patient_search(rowid, jamo, initials, digits, key) VALUES (:id, :jamo, :initials, :digits, :key)"
)
_SOURCE_MARKS = (
    f"SELECT key, said FROM record WHERE profile = ? AND type = ? AND key IN {raw_sql.JSON_VALUES} "  # noqa: S608 - a list
    "AND said IS NOT NULL"
)
_WRITE_MARKS = "UPDATE record SET said = ? WHERE profile = ? AND type = ? AND key = ?"


class Records(Repository):
    """Reads and writes the records of one profile that are kept here."""

    @property
    def _mine(self) -> ColumnElement[bool]:
        return R.profile == self._profile

    def get_many(self, type_: str, keys: Sequence[str], *, replacing: bool = False) -> dict[str, Record]:
        """Return the records of a type by key, without missing and deleted ones. Raises StoreError for a damaged one;
        with `replacing` it is returned empty, because the caller is about to overwrite it."""
        records: dict[str, Record] = {}
        for part in chunks(keys):
            query = select(record).where(self._mine, R.type == type_, R.key.in_(part), R.deleted_at.is_(None))
            records |= {row.key: _to_record(row, replacing) for row in self._conn.execute(query)}
        return records

    def get(self, type_: str, key: str) -> Record | None:
        """Return a record; None when it is missing or deleted. Raises StoreError when it is damaged."""
        return self.get_many(type_, [key]).get(key)

    def expect(self, type_: str, key: str) -> Record:
        """Return a record that must be here. Raises NotFound; StoreError when it is damaged."""
        existing = self.get(type_, key)
        if existing is None:
            raise NotFound("no_such_record", type=type_, key=key)
        return existing

    def find_present(self, places: Collection[Place]) -> set[Place]:
        """Return those of the records (type, key) that are here and not deleted."""
        return self._find(places, R.deleted_at.is_(None))

    def has_key_prefix(self, type_: str, prefix: str) -> bool:
        """True when a record of a type is here whose key begins with a prefix."""
        query = select(R.id).where(
            self._mine, R.type == type_, R.key >= prefix, R.key < prefix + "\U0010ffff", R.deleted_at.is_(None)
        )
        return self._conn.execute(query.limit(1)).first() is not None

    def find_by_names(self, names: Collection[str]) -> dict[str, Place]:
        """Return the record of each name that a reference uses: Patient/1, Patient?identifier=system|value."""
        return reference_names.find_records(self._conn, self._profile, names)

    def find_names(self, places: Collection[Place]) -> dict[str, Place]:
        """Return every name of the records that were read from resources, each with its record."""
        return reference_names.find_names(self._conn, self._profile, places)

    def read_source_marks(self, places: Collection[Place]) -> dict[Place, bytes]:
        """Return the marks of what sources gave last for these records (source_marks.py), where there are any."""
        marks: dict[Place, bytes] = {}
        for type_, keys in by_type(places).items():
            rows = raw_sql.run(self._conn, _SOURCE_MARKS, self._profile, type_, raw_sql.json_list(keys))
            marks |= {(type_, key): column for key, column in rows}
        return marks

    def write_source_marks(self, marks: Mapping[Place, bytes]) -> None:
        """Save the marks of sources beside records that are here already."""
        if marks:
            rows = [(column, self._profile, type_, key) for (type_, key), column in marks.items()]
            raw_sql.run_many(self._conn, _WRITE_MARKS, rows)

    def put(self, records: Sequence[Record], now: float, marks: Mapping[Place, bytes] | None = None) -> None:
        """Save records over earlier states of them, deleted ones included, and the source marks of some of them."""
        newest = {(r.type, r.key): r for r in records}
        if not newest:
            return
        draft = insert(record)
        fresh = {n: draft.excluded[n] for n in REPLACED} | {"said": func.coalesce(draft.excluded.said, R.said)}
        self._conn.execute(
            draft.on_conflict_do_update(index_elements=[R.profile, R.type, R.key], set_=fresh),
            [_row(self._profile, r, now) | {"said": (marks or {}).get(place)} for place, r in newest.items()],
        )
        reference_names.put_many(self._conn, self._profile, list(newest.values()))
        self._put_patients([r for r in newest.values() if r.type == "patient"], now)

    def _put_patients(self, patients: Sequence[Record], now: float) -> None:
        if not patients:
            return
        self._rename_children({name: r.key for r in patients for name in _other_names(r)})
        ids: dict[str, int] = {}
        for part in chunks([r.key for r in patients]):
            query = select(R.key, R.id).where(self._mine, R.type == "patient", R.key.in_(part))
            ids |= {key: id_ for key, id_ in self._conn.execute(query)}
        rows = [_patient_row(ids[r.key], self._profile, r, now) for r in patients]
        self._conn.execute(_REMOVE_FROM_INDEX, [{"id": row["id"]} for row in rows])
        draft = insert(patient)
        fresh = {c.name: draft.excluded[c.name] for c in patient.c if not c.primary_key}
        self._conn.execute(draft.on_conflict_do_update(index_elements=[patient.c.id], set_=fresh), rows)
        self._conn.execute(_ADD_TO_INDEX, rows)

    def mark_gone(self, places: Collection[Place], at: float | None) -> None:
        """Mark records as deleted where they came from, while they stay here; `at` None takes the mark away."""
        for type_, keys in by_type(places).items():
            for part in chunks(keys):
                these = self._mine & (R.type == type_) & R.key.in_(part) & (R.gone_at.is_(None) == (at is not None))
                self._conn.execute(update(record).where(these).values(gone_at=at))

    def find_gone(self, places: Collection[Place]) -> set[Place]:
        """Return those of the records (type, key) that were deleted where they came from."""
        return self._find(places, R.gone_at.is_not(None))

    def _find(self, places: Collection[Place], condition: ColumnElement[bool]) -> set[Place]:
        matches: set[Place] = set()
        for type_, keys in by_type(places).items():
            for part in chunks(keys):
                rows = self._conn.execute(select(R.key).where(self._mine, R.type == type_, R.key.in_(part), condition))
                matches |= {(type_, key) for (key,) in rows}
        return matches

    def tombstone(self, type_: str, key: str, now: float) -> None:
        """Mark a record as deleted, because it was deleted on the server; importing it again makes it new."""
        id_ = self._conn.execute(select(R.id).where(self._mine, R.type == type_, R.key == key)).scalar()
        if id_ is not None and type_ == "patient":
            self._conn.execute(_REMOVE_FROM_INDEX, {"id": id_})
            self._conn.execute(patient.delete().where(patient.c.id == id_))
        deleted = {"deleted_at": now, "updated_at": now, "said": None}
        self._conn.execute(update(record).where(self._mine, R.type == type_, R.key == key).values(deleted))
        reference_names.forget(self._conn, self._profile, type_, key)

    def iterate(self, type_: str) -> Iterator[Record]:
        """Stream all records of a type, in the order in which they came."""
        last = 0
        these = (belongs_to(R.profile, self._profile), R.type == type_, R.deleted_at.is_(None))
        query = select(record).where(*these).order_by(R.id).limit(CHUNK)
        while rows := self._conn.execute(query.where(R.id > last)).all():
            yield from map(_to_record, rows)
            last = rows[-1].id

    def find_changed_since(self, type_: str, since: float) -> list[Record]:
        """Return the records of a type that were changed at or after `since` (epoch seconds)."""
        changed = (self._mine, R.type == type_, R.updated_at >= since, R.deleted_at.is_(None))
        return [_to_record(row) for row in self._conn.execute(select(record).where(*changed).order_by(R.id))]

    def _rename_children(self, real: dict[str, str]) -> None:
        """Give records and entries that came before their patient the patient's real key, in place of the name by which
        their reference called it."""
        for part in chunks(list(real)):
            children = self._mine & R.patient_key.in_(part)
            if self._conn.execute(select(R.id).where(children).limit(1)).first():
                _rename(self._conn, record, children, checksums.RECORD, real)
                entries = (queue_entry.c.profile == self._profile) & queue_entry.c.patient_key.in_(part)
                _rename(self._conn, queue_entry, entries, checksums.ENTRY, real)


def _other_names(patient: Record) -> list[str]:
    return [n for n in (f"Patient/{patient.key}", *reference_names.list_names(patient)) if n != patient.key]


def _rename(
    conn: Connection, table: Table, these: ColumnElement[bool], columns: tuple[str, ...], real: dict[str, str]
) -> None:
    for row in conn.execute(select(table).where(these)).all():
        if checksums.is_intact(row, columns):
            renamed = dict(row._mapping) | {"patient_key": real[row.patient_key]}
            fresh = {n: checksums.add_checksum(renamed, columns)[n] for n in ("patient_key", checksums.SUM)}
            conn.execute(update(table).where(next(iter(table.primary_key)) == row[0]).values(fresh))


def _to_record(row: Row[Any], replacing: bool = False) -> Record:
    if not checksums.is_intact(row, checksums.RECORD):
        if not replacing:
            raise StoreError("row_damaged", type=row.type, key=row.key)
        return Record(row.type, row.key, {})
    return record_from_columns(row.type, row.key, row.fields, row.base, row.links)


def _row(profile: str, r: Record, now: float) -> dict[str, Any]:
    row = {
        "profile": profile,
        "type": r.type,
        "key": r.key,
        "fields": json.dumps(dict(r.fields)),
        **base_columns(r),
        "patient_key": r.patient_key,
        "created_at": now,
        "updated_at": now,
        "deleted_at": None,
    }
    return checksums.add_checksum(row, checksums.RECORD)


def _patient_row(id_: int, profile: str, r: Record, now: float) -> dict[str, Any]:
    name, phone = full_name(r.fields.get("family_name"), r.fields.get("given_name")), r.fields.get("phone")
    return {
        "id": id_,
        "profile": profile,
        "key": r.key,
        "name": name,
        "birth_date": r.fields.get("birth_date"),
        "gender": r.fields.get("gender"),
        "phone": phone,
        "updated_at": now,
        "jamo": hangul_search.to_jamo(name),
        "initials": hangul_search.to_initials(name),
        "digits": hangul_search.extract_digits(phone),
    }
