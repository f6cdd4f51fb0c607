"""Two servers in one data folder: a record belongs to a profile, and no read or write of one touches the other's."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from fhirdesk.core.errors import NotFound, StoreError
from fhirdesk.core.events import Events
from fhirdesk.core.queue_entry import IdMapping, Operation, Status
from fhirdesk.core.records import Base, Record
from fhirdesk.core.views import PatientQuery, PatientSort, QueueQuery
from fhirdesk.store.damage.integrity_check import verify
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.records import patient_search
from fhirdesk.store.sqlite import raw_sql
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.unit_of_work import Snapshot
from tests.factories import person
from tests.marks import fault
from tests.old_files import create, insert, rows, unpack

NAMES = {"here": "길동", "there": "철수"}
Stores = dict[str, SqliteStore]


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    """Both have a patient P-1 and one read from Patient/101, and mean different people."""
    with ExitStack() as opened:
        both = {name: opened.enter_context(closing(SqliteStore.open(tmp_path, name, Events()))) for name in NAMES}
        for name, store in both.items():
            with store.transaction() as tx:
                tx.records.put(
                    [person(given_name=NAMES[name], phone="010-1")], 1.0, {("patient", "P-1"): name.encode()}
                )
                tx.records.put([read(name)], 1.0)
                tx.records.put([Record("encounter", "E-1", {"reason": name, "patient_id": "Patient/101"})], 1.0)
        yield both


def read(name: str) -> Record:
    base = f'{{"resourceType":"Patient","id":"101","identifier":[{{"system":"urn:{name}","value":"X"}}]}}'
    return Record("patient", f"{name}-101", {"family_name": name}, Base(base.encode()))


def entry(store: SqliteStore, uuid: str, operation: Operation = Operation.UPDATE) -> None:
    with store.transaction() as tx:
        record = tx.records.expect("patient", "P-1")
        tx.queue.enqueue([NewEntry(uuid, record, "Patient", operation, 5)], 2.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_read_by_its_profile(stores: Stores, name: str) -> None:
    other = next(n for n in NAMES if n != name)
    with stores[name].snapshot() as view:
        assert view.records.expect("patient", "P-1").fields["given_name"] == NAMES[name]
        assert view.records.get("patient", f"{other}-101") is None
        assert view.records.find_present({("patient", f"{n}-101") for n in NAMES}) == {("patient", f"{name}-101")}
        assert not view.records.has_key_prefix("patient", other) and view.records.has_key_prefix("patient", name)
        assert [r.key for r in view.records.iterate("patient")] == ["P-1", f"{name}-101"]
        assert [r.fields["reason"] for r in view.records.find_changed_since("encounter", 0.0)] == [name]
        assert view.records.read_source_marks({("patient", "P-1")}) == {("patient", "P-1"): name.encode()}


@pytest.mark.parametrize("name", NAMES)
def test_a_reference_means_a_record_of_its_profile(stores: Stores, name: str) -> None:
    asked = ["Patient/101", *(f"Patient?identifier=urn:{n}|X" for n in NAMES)]
    mine = ("patient", f"{name}-101")
    with stores[name].snapshot() as view:
        assert view.records.find_by_names(asked) == {"Patient/101": mine, f"Patient?identifier=urn:{name}|X": mine}
        assert set(view.records.find_names([mine])) == {"Patient/101", f"Patient?identifier=urn:{name}|X"}
        assert view.id_map.resolve_names([("patient", "Patient/101")]) == {("patient", "Patient/101"): mine}


@pytest.mark.parametrize("many", [1, patient_search.MANY])
@pytest.mark.parametrize("sort", list(PatientSort))
def test_patients_are_searched_and_listed_by_profile(
    stores: Stores, sort: PatientSort, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_search, "MANY", many)
    for name, given in NAMES.items():
        with stores[name].snapshot() as view:
            for text in ("", "홍", "ㅎ", "홍길동", "홍철수", "ㅎㄱㄷ", "010-1", "P-1", "here", "there"):
                ids = view.patients.find_ids(PatientQuery(text, sort))
                found = [row.name for row in view.patients.read_rows(ids)]
                assert set(found) <= {f"홍{given}", name} and len(found) == len(ids), text
                for count in (1, 9):
                    first = [row.name for row in view.patients.find_first(PatientQuery(text, sort), count)]
                    assert first == found[:count], text
            assert f"홍{given}" in [r.name for r in view.patients.find_first(PatientQuery(f"홍{given}"), 9)]
            assert view.patients.find_name("P-1") == f"홍{given}"
    with stores["here"].snapshot() as here, stores["there"].snapshot() as there:
        assert there.patients.read_rows(here.patients.find_ids(PatientQuery())) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_here_changes_nothing_there(stores: Stores, name: str) -> None:
    here, there = stores[name], next(store for n, store in stores.items() if n != name)
    before = rows_of(there)
    with here.transaction() as tx:
        tx.records.put([person(given_name="영희"), read("here"), read("there")], 3.0)
        tx.records.write_source_marks({("patient", "P-1"): b"new"})
        tx.records.mark_gone([("encounter", "E-1")], 3.0)
        assert tx.records.find_gone({("encounter", "E-1")})
        tx.id_map.put_many([IdMapping("patient", "P-1", "Patient", "7", "1", None)])
        for type_, key in (("patient", "P-1"), ("patient", "here-101"), ("encounter", "E-1")):
            tx.records.tombstone(type_, key, 3.0)
        assert tx.records.find_by_names(["Patient/101"]) == {"Patient/101": ("patient", "there-101")}
        assert [r.key for r in tx.records.iterate("patient")] == ["there-101"]
        assert tx.id_map.forget_all() == 1
    assert rows_of(there) == before


def test_a_record_of_one_key_has_the_names_of_its_own_resource(stores: Stores) -> None:
    shared = {name: replace(read(name), key="shared") for name in NAMES}
    for name, store in stores.items():
        with store.transaction() as tx:
            tx.records.put([shared[name]], 2.0)
    for name, store in stores.items():
        with store.snapshot() as view:
            names = view.records.find_names([("patient", "shared")])
            assert set(names) == {"Patient/101", f"Patient?identifier=urn:{name}|X"}


def rows_of(store: SqliteStore) -> list[object]:
    """All that the database holds of a profile's records."""
    with store.snapshot() as view:
        where = f"WHERE profile = '{view.profile}' ORDER BY 1, 2, 3"
        tables = ("record", "record_name", "patient", "resource_map")
        return [tuple(r) for t in tables for r in view.conn.exec_driver_sql(f"SELECT * FROM {t} {where}")]


def test_a_late_patient_names_its_own_children_alone(stores: Stores) -> None:
    """A record of the patient Patient/101 came first, in both; the patient comes to one."""
    with stores["here"].transaction() as tx:
        tx.records.put([Record("lab_result", "L-1", {"patient_id": "Patient/102"})], 1.0)
    with stores["there"].transaction() as tx:
        tx.records.put([Record("lab_result", "L-1", {"patient_id": "Patient/102"})], 1.0)
        tx.records.put([Record("patient", "102", {"family_name": "오"})], 2.0)
    found = rows_of_patients(stores["here"], "lab_result")
    assert found == [("here", "Patient/102"), ("there", "102")]


def rows_of_patients(store: SqliteStore, type_: str) -> list[tuple[str, str]]:
    with store.snapshot() as view:
        sql = f"SELECT profile, patient_key FROM record WHERE type = '{type_}' ORDER BY 1"
        return [(profile, key) for profile, key in view.conn.exec_driver_sql(sql)]


def test_the_next_patient_number_is_the_profile_s_own(stores: Stores) -> None:
    with stores["there"].transaction() as tx:
        tx.records.put([Record("patient", "here-900", {"family_name": "there"})], 2.0)
    for name, suggested in (("here", "here-102"), ("there", "here-901")):
        with stores[name].snapshot() as view:
            assert view.patients.suggest_key() == suggested


def test_the_queue_shows_its_profile_s_entries_and_patients(stores: Stores) -> None:
    for name, store in stores.items():
        entry(store, f"of {name}")
    for name, store in stores.items():
        with store.snapshot() as view:
            views = view.queue_views
            (row,) = views.read_rows(views.find_ids(QueueQuery(text=NAMES[name])))
            assert (row.uuid, row.patient_name) == (f"of {name}", f"홍{NAMES[name]}")
            others = QueueQuery(text=next(given for n, given in NAMES.items() if n != name))
            assert views.find_uuids(others) == [] and views.count_by_status().by_status == {Status.PENDING: 1}
            assert views.read_details(f"of {name}").patient_name == f"홍{NAMES[name]}"
            (other,) = [n for n in NAMES if n != name]
            assert view.entries.get(f"of {other}") is None
            with pytest.raises(NotFound):
                views.read_details(f"of {other}")
    with stores["here"].snapshot() as here, stores["there"].snapshot() as there:
        assert there.queue_views.read_rows(here.queue_views.find_ids(QueueQuery())) == []


def test_metrics_are_of_the_profile_s_own_answers(stores: Stores, tmp_path: Path) -> None:
    for store in stores.values():
        entry(store, f"u-{id(store)}")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as file, file:
        for seq, ms in ((1, 10.0), (2, 20.0)):
            file.execute("INSERT INTO attempt (seq, number, at, phase, ms) VALUES (?, 1, 1, 'answered', ?)", (seq, ms))
    for store, ms in zip(stores.values(), (10.0, 20.0), strict=True):
        with store.snapshot() as view:
            assert view.queue_views.read_answers()[0] == [(ms, None)]


@fault("B6")
def test_damage_of_one_stops_nobody_there(stores: Stores, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as file, file:
        file.execute("UPDATE record SET profile = 'there' WHERE profile = 'here' AND key = 'here-101'")
    with stores["there"].snapshot() as view:
        assert view.records.expect("patient", "P-1")
        with pytest.raises(StoreError):  # a record that was moved from outside is nobody's
            view.records.get("patient", "here-101")
    (damage,) = verify(tmp_path, "here")
    assert damage.params == {"type": "patient", "key": "here-101", "profile": "there"}


READS: dict[str, Callable[[Snapshot], object]] = {
    "patients by id": lambda view: view.patients.read_rows([1, 2]),
    "patients by letters": lambda view: view.patients.find_first(PatientQuery("길동ㄱ"), 9),
    "patients by name": lambda view: view.patients.find_first(PatientQuery("홍"), 9),
    "patients by number": lambda view: view.patients.find_ids(PatientQuery("P-1")),
    "records": lambda view: view.records.get_many("patient", ["P-1", "P-2"]),
    "all records": lambda view: list(view.records.iterate("patient")),
    "changed records": lambda view: view.records.find_changed_since("patient", 9.0),
    "names": lambda view: view.records.find_names([("patient", "P-1"), ("patient", "P-2")]),
    "records by name": lambda view: view.records.find_by_names(["Patient/1", "Patient/2"]),
    "entries by id": lambda view: view.queue_views.read_rows([1, 2]),
    "answers": lambda view: view.queue_views.read_answers(),
}


@pytest.mark.parametrize("what", READS)
def test_no_read_goes_through_all_that_a_profile_has(stores: Stores, what: str) -> None:
    """SQLite would, where nothing but the profile leads to the rows."""
    statements: list[str] = []
    with stores["here"].snapshot() as view:
        raw = raw_sql.raw_connection(view.conn)
        raw.set_trace_callback(statements.append)
        READS[what](view)
        raw.set_trace_callback(None)
        queries = [s for s in dict.fromkeys(statements) if s.startswith("SELECT") and "patient_search_" not in s]
        plans = [step for s in queries for *_, step in raw.execute(f"EXPLAIN QUERY PLAN {s}")]
    assert queries and not [step for step in plans if step.endswith("(profile=?)")]


# -- from before


def test_records_of_before_go_to_whom_they_belong(tmp_path: Path) -> None:
    database = unpack("v11", tmp_path / "data")
    SqliteStore.open(tmp_path / "data", "branch", Events()).close()
    owners: dict[str, set[str]] = {}
    for key, profile in rows(database, "SELECT key, profile FROM record"):
        owners.setdefault(key, set()).add(profile)
    assert owners["P-1"] == {"default", "branch"}  # both servers have it
    assert owners["P-branch"] == owners["E-branch"] == {"branch"}
    assert owners["P-here"] == {"branch"}, "nobody's: it goes to the profile in use"
    assert all(of == {"default"} for key, of in owners.items() if key not in ("P-1", "P-branch", "E-branch", "P-here"))


def test_a_copy_is_whole_and_found(tmp_path: Path) -> None:
    unpack("v11", tmp_path / "data")
    for name in ("default", "branch"):
        with closing(SqliteStore.open(tmp_path / "data", name, Events())) as store, store.snapshot() as view:
            (row,) = view.patients.find_first(PatientQuery("ㅎㄱㄷ", PatientSort.KEY), 1)
            assert row.key == "P-1" and row.synced_at
            assert view.records.find_by_names(["Patient/101"]).keys() == (
                {"Patient/101"} if name == "default" else set()
            )
    assert verify(tmp_path / "data", "default") == []


def test_what_an_entry_waits_for_and_is_about_goes_with_it(tmp_path: Path) -> None:
    database = create(tmp_path, 11)
    for number, key in enumerate(("P-1", "P-2", "P-3"), 1):
        person_ = {"id": number, "type": "patient", "key": key, "fields": b"{}", "created_at": 1.0, "updated_at": 1.0}
        insert(database, "record", **person_)
    held = {"type": "encounter", "key": "E-1", "status": "held", "waits_type": "patient", "waits_key": "P-1"}
    first = {"uuid": "u", "profile": "there", "resource_type": "Encounter", "operation": "create", "priority": 5}
    insert(database, "queue_entry", **first, **held, urgency=5, created_at=1.0, not_before=1.0, patient_key="P-2")
    SqliteStore.open(tmp_path, "here", Events()).close()
    owners = rows(database, "SELECT key, profile FROM record ORDER BY key")
    assert owners == [("P-1", "there"), ("P-2", "there"), ("P-3", "here")]
