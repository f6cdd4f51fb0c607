"""The database: private, whole or not at all, never overwritten."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from fhirdesk.core.errors import DataFolderError, DiskFull, StoreError
from fhirdesk.core.events import Event, Events, QueueChanged
from fhirdesk.core.records import Base, Record
from fhirdesk.core.views import PatientQuery
from fhirdesk.r4.json import Number
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.database.sqlite_store import SqliteStore
from fhirdesk.store.records import reference_names
from fhirdesk.store.schema.tables import audit, record
from fhirdesk.store.sqlite.data_folder import DATABASE
from fhirdesk.store.sqlite.file_lock import FileLock
from tests.factories import person
from tests.marks import fault


def test_a_record_comes_back_with_its_digits(store: SqliteStore) -> None:
    result = Record("lab_result", "L-1", {"result_id": "L-1", "patient_id": "P-1", "result_value": Number("13.50")})
    with store.transaction() as tx:
        tx.records.put([result], 1.0)
    with store.snapshot() as view:
        assert view.records.get_many("lab_result", ["L-1"]) == {"L-1": result}


PRACTITIONER = b'{"resourceType":"Practitioner","id":"7","identifier":[{"system":"urn:x","value":"D-1"}]}'


def test_a_record_keeps_the_resource_it_was_read_from_and_its_names(store: SqliteStore) -> None:
    kept = Record("resource", "Practitioner/7", {}, Base(PRACTITIONER, {"urn:uuid:1": ("patient", "P-1")}))
    with store.transaction() as tx:
        tx.records.put([kept], 1.0)
        assert tx.records.get_many("resource", [kept.key]) == {kept.key: kept}
        asked = ["Practitioner/7", "Practitioner?identifier=urn:x|D-1", "Practitioner/8"]
        found = reference_names.find_records(tx.conn, "default", asked)
        assert found == dict.fromkeys(asked[:2], ("resource", "Practitioner/7"))
        rival = Record("resource", "other", {}, Base(PRACTITIONER.replace(b'"7"', b'"8"')))
        tx.records.put([rival], 1.0)
        assert set(reference_names.find_records(tx.conn, "default", asked)) == {
            "Practitioner/7",
            "Practitioner/8",
        }  # two have the number D-1
        tx.records.tombstone("resource", "other", 2.0)
        assert set(reference_names.find_records(tx.conn, "default", asked)) == set(asked[:2])


@pytest.mark.parametrize("text", ["길동", "홍", "ㅎㄱㄷ", "ㅎㄱ", "5678", "010-1234", "P-1", "홍길"])
def test_a_patient_is_found(store: SqliteStore, text: str) -> None:
    with store.transaction() as tx:
        tx.records.put([person("P-1", phone="010-1234-5678"), person("X-2", given_name="나", family_name="김")], 1.0)
    with store.snapshot() as view:
        assert [r.key for r in view.patients.find_first(PatientQuery(text), 10)] == ["P-1"]


def test_a_changed_name_is_found_by_its_new_letters_alone(store: SqliteStore) -> None:
    for given in ("길동", "동길"):
        with store.transaction() as tx:
            tx.records.put([person("P-1", given_name=given)], 1.0)
    with store.snapshot() as view:
        assert len(view.patients.find_ids(PatientQuery("동길"))) == 1
        assert len(view.patients.find_ids(PatientQuery("홍길동"))) == 0


@fault("G11")
def test_files_are_private(store: SqliteStore, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "data").iterdir()}
    assert set(modes.values()) == {0o600}, modes


@fault("B1")
def test_a_full_disk_saves_nothing_and_says_so(store: SqliteStore) -> None:
    with store.transaction() as tx:
        pages = tx.conn.exec_driver_sql("PRAGMA page_count").scalar() or 0
        tx.conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(DiskFull), store.transaction() as tx:
        tx.records.put([person(f"P-{n}", address="가" * 4000) for n in range(100)], 1.0)
    with store.snapshot() as view:
        assert view.conn.execute(record.select()).all() == []


@fault("B11")
def test_a_newer_database_that_another_program_left_here_is_refused_untouched(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as newer:
        newer.execute("PRAGMA user_version = 99")
    before = (tmp_path / DATABASE).read_bytes()
    with pytest.raises(DataFolderError) as said:
        SqliteStore.open(tmp_path, "default", Events())
    assert said.value.code == "store_newer" and (tmp_path / DATABASE).read_bytes() == before != b""


@fault("A5", "A6")
def test_one_process_holds_the_lock_and_a_left_over_file_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "sender.lock").write_text("4711", encoding="utf-8")
    one, other = FileLock(tmp_path / "sender.lock"), FileLock(tmp_path / "sender.lock")
    assert one.try_acquire() and not other.try_acquire()
    one.release()
    assert other.try_acquire()


def test_events_come_after_the_commit_and_not_without_one(store: SqliteStore) -> None:
    seen: list[Event] = []
    store.events.subscribe(seen.append)
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.emit(QueueChanged())
        raise ZeroDivisionError
    assert seen == []
    with store.transaction() as tx:
        tx.emit(QueueChanged())
        assert seen == []
    assert seen == [QueueChanged()]


@fault("G10")
@pytest.mark.parametrize("change", ["verb = 'other' WHERE seq = 2", "at = 9 WHERE seq = 1"])
def test_a_changed_audit_row_breaks_the_chain(store: SqliteStore, change: str) -> None:
    for number in range(3):
        with store.transaction() as tx:
            tx.audit.append([AuditEvent("new", "patient", f"P-{number}")], 1.5 + number)
    with store.transaction() as tx:
        assert tx.audit.find_break() is None
        tx.conn.exec_driver_sql(f"UPDATE audit SET {change}")
        assert tx.audit.find_break() == int(change[-1])


@fault("G10")
def test_a_removed_audit_row_breaks_the_chain(store: SqliteStore) -> None:
    for number in range(3):
        with store.transaction() as tx:
            tx.audit.append([AuditEvent("new", "patient", f"P-{number}")], 1.5)
    with store.transaction() as tx:
        tx.conn.execute(audit.delete().where(audit.c.seq == 2))
        assert tx.audit.find_break() == 3


@pytest.mark.parametrize(
    "statement", ['SELECT * FROM "the table is locked"', 'SELECT * FROM "disk is full"', 'SELECT * FROM "malformed"']
)
def test_errors_are_told_apart_by_their_code_and_not_by_their_text(store: SqliteStore, statement: str) -> None:
    with pytest.raises(StoreError) as raised, store.transaction() as tx:
        tx.conn.exec_driver_sql(statement)
    assert type(raised.value) is StoreError and raised.value.code == StoreError().code
