"""How references in FHIR name the records that were read from resources: Type/id, Type?identifier=system|value."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from fhirdesk.core.records import Place, Record
from fhirdesk.core.resource import names
from fhirdesk.r4 import json
from fhirdesk.store.schema.tables import record_name
from fhirdesk.store.sqlite.raw_sql import chunks

N = record_name.c
WAITED_AS = {"radiology_order": "order"}  # a ServiceRequest that is not here yet is waited for as an order


def put_many(conn: Connection, records: Sequence[Record]) -> None:
    """The names of records as their newest bases give them; the older ones go."""
    named = [r for r in records if r.base]
    if not named:
        return
    for places in chunks([(r.type, r.key) for r in named]):
        conn.execute(record_name.delete().where(tuple_(N.type, N.key).in_(places)))
    found = [{"name": name, "type": r.type, "key": r.key} for r in named for name in given(r)]
    if found:
        conn.execute(insert(record_name).on_conflict_do_nothing(), found)


def given(record: Record) -> Iterator[str]:
    """How references call a record by the resource that it was read from."""
    body = json.loads(record.base.body) if record.base else {}
    plain = f"{body.get('resourceType')}/{body.get('id')}"
    for name in names(body):
        yield record.base.name if record.base and record.base.name and name == plain else name


def records_of(conn: Connection, wanted: Iterable[str]) -> dict[str, Place]:
    """The record that each name means; a name that two records have means none."""
    found: dict[str, set[Place]] = {}
    for part in chunks(list(wanted)):
        for row in conn.execute(select(record_name).where(N.name.in_(part))):
            found.setdefault(row.name, set()).add((row.type, row.key))
    return {name: next(iter(places)) for name, places in found.items() if len(places) == 1}


def of(conn: Connection, places: Iterable[Place]) -> dict[str, Place]:
    """Every name of those records."""
    found: dict[str, Place] = {}
    for part in chunks(list(places)):
        rows = conn.execute(select(record_name).where(tuple_(N.type, N.key).in_(part)))
        found |= {row.name: (row.type, row.key) for row in rows}
    return found


def forget(conn: Connection, type_: str, key: str) -> None:
    """That record is no more."""
    conn.execute(record_name.delete().where(N.type == type_, N.key == key))
