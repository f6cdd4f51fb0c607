"""The names by which FHIR references call records read from resources: Type/id, Type?identifier=system|value."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.records import Place, Record
from fhirdesk.core.resource import names
from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import record_name
from fhirdesk.store.sqlite.raw_sql import chunks

N = record_name.c
WAITED_AS = {"radiology_order": "order"}  # children wait for a ServiceRequest that is not here yet as for an order


def put_many(conn: Connection, records: Sequence[Record]) -> None:
    """Save the names of records as their newest bases give them, and delete their former names."""
    with_base = [r for r in records if r.base]
    if not with_base:
        return
    for places in chunks([(r.type, r.key) for r in with_base]):
        conn.execute(record_name.delete().where(tuple_(N.type, N.key).in_(places)))
    rows = [{"name": name, "type": r.type, "key": r.key} for r in with_base for name in list_names(r)]
    if rows:
        conn.execute(insert(record_name).on_conflict_do_nothing(), rows)


def list_names(record: Record) -> Iterator[str]:
    """Yield the names by which references may call a record, from the resource that it was read from."""
    body = json.loads(record.base.body) if record.base else {}
    plain = f"{body.get('resourceType')}/{body.get('id')}"
    for name in names(body):
        yield record.base.name if record.base and record.base.name and name == plain else name


def find_records(conn: Connection, names: Iterable[str]) -> dict[str, Place]:
    """Return the record (type, key) of each name; a name that two records have is left out."""
    owners: dict[str, set[Place]] = {}
    for part in chunks(list(names)):
        for row in conn.execute(select(record_name).where(N.name.in_(part))):
            owners.setdefault(row.name, set()).add((row.type, row.key))
    return {name: next(iter(places)) for name, places in owners.items() if len(places) == 1}


def find_names(conn: Connection, places: Iterable[Place]) -> dict[str, Place]:
    """Return every name of the records at `places` (type, key), each with its record."""
    owners: dict[str, Place] = {}
    for part in chunks(list(places)):
        rows = conn.execute(select(record_name).where(tuple_(N.type, N.key).in_(part)))
        owners |= {row.name: (row.type, row.key) for row in rows}
    return owners


def forget(conn: Connection, type_: str, key: str) -> None:
    """Delete the names of a record."""
    conn.execute(record_name.delete().where(N.type == type_, N.key == key))
