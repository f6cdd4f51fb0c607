"""The names by which FHIR references call records read from resources: Type/id, Type?identifier=system|value."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, select
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.records import Place, Record, by_type
from fhirdesk.core.resource import names
from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import record_name
from fhirdesk.store.sqlite.raw_sql import chunks

N = record_name.c
WAITED_AS = {"radiology_order": "order"}  # children wait for a ServiceRequest that is not here yet as for an order


def put_many(conn: Connection, profile: str, records: Sequence[Record]) -> None:
    """Save the names of a profile's records as their newest bases give them, and delete their former names."""
    with_base = [r for r in records if r.base]
    if not with_base:
        return
    for these in _select_places(profile, ((r.type, r.key) for r in with_base)):
        conn.execute(record_name.delete().where(these))
    named = [(name, r) for r in with_base for name in list_names(r)]
    if named:
        rows = [{"profile": profile, "name": name, "type": r.type, "key": r.key} for name, r in named]
        conn.execute(insert(record_name).on_conflict_do_nothing(), rows)


def list_names(record: Record) -> Iterator[str]:
    """Yield the names by which references may call a record, from the resource that it was read from."""
    body = json.loads(record.base.body) if record.base else {}
    plain = f"{body.get('resourceType')}/{body.get('id')}"
    for name in names(body):
        yield record.base.name if record.base and record.base.name and name == plain else name


def find_records(conn: Connection, profile: str, names: Iterable[str]) -> dict[str, Place]:
    """Return the record (type, key) of each name; a name that two records have is left out."""
    owners: dict[str, set[Place]] = {}
    for part in chunks(list(names)):
        for row in conn.execute(select(record_name).where(N.profile == profile, N.name.in_(part))):
            owners.setdefault(row.name, set()).add((row.type, row.key))
    return {name: next(iter(places)) for name, places in owners.items() if len(places) == 1}


def find_names(conn: Connection, profile: str, places: Iterable[Place]) -> dict[str, Place]:
    """Return every name of the records at `places` (type, key), each with its record."""
    owners: dict[str, Place] = {}
    for these in _select_places(profile, places):
        rows = conn.execute(select(record_name).where(these))
        owners |= {row.name: (row.type, row.key) for row in rows}
    return owners


def _select_places(profile: str, places: Iterable[Place]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together select the names of records; each is answered from an index (a list of pairs would
    not be)."""
    for type_, keys in by_type(places).items():
        for part in chunks(keys):
            yield and_(N.profile == profile, N.type == type_, N.key.in_(part))


def forget(conn: Connection, profile: str, type_: str, key: str) -> None:
    """Delete the names of a record."""
    conn.execute(record_name.delete().where(N.profile == profile, N.type == type_, N.key == key))
