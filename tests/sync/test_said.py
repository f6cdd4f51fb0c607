"""What rows say and do not say of records, against what their source said last (rule 1; docs/records.md)."""

import io
import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhirdesk import files
from fhirdesk.app.exporting import Exporter
from fhirdesk.app.importing import Importer
from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.records import Record, SourceRecord
from fhirdesk.core.views import EditOutcome
from fhirdesk.files import Row
from fhirdesk.r4.json import Number
from fhirdesk.store.records.source_marks import hash_name
from fhirdesk.sync.outbox.outbox import Incoming, Saved
from tests.marks import rule
from tests.require import require
from tests.scripted import FakeFhirServer, Reply, issue
from tests.sync.bench import Harness

Make = Callable[..., Harness]
FULL = {
    "type": "patient",
    "patient_id": "P-1",
    "family_name": "김",
    "given_name": "별",
    "gender": "F",
    "birth_date": "1985-06-15",
    "phone": "010-1",
    "email": "a@example.org",
    "address": "서울시 1",
    "postcode": "01234",
}
NUMBER = [{"system": Mapper().identifier_system("patient"), "value": "P-1"}]
PERSON = {
    "resourceType": "Patient",
    "identifier": NUMBER,
    "name": [{"family": "김", "given": ["별"]}],
    "gender": "female",
    "birthDate": "1985-06-15",
    "telecom": [{"system": "phone", "value": "010-1", "use": "mobile"}],
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Harness]:
    made = Harness(tmp_path, "http://127.0.0.1:9/fhir")
    yield made
    made.close()


def read(desk: Harness, rows: Iterable[Any]) -> list[Any]:
    intake = Importer(desk.store, desk.mapper)
    return list(intake.read(list(rows), intake.begin_import()))


def take(desk: Harness, *rows: dict[str, Any], **how: Any) -> list[Saved]:
    """Import those rows."""
    told = [Incoming(one, str(uuid.uuid4())) for one in read(desk, (Row(1, dict(row)) for row in rows))]
    assert all(isinstance(one.record, SourceRecord) for one in told), told
    return desk.outbox.add(told, **({"source": "import"} | how))


def table(desk: Harness, text: str) -> list[Saved]:
    """Import a CSV."""
    told = [Incoming(one, str(uuid.uuid4())) for one in read(desk, files.rows(io.BytesIO(text.encode())))]
    return desk.outbox.add(told, source="import")


def here(desk: Harness, type_: str = "patient", key: str = "P-1") -> dict[str, Any]:
    with desk.store.snapshot() as view:
        return dict(view.records.expect(type_, key).fields)


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {n: v for n, v in row.items() if n not in names}


# -- what is not said


def test_a_column_that_is_not_there_says_nothing(desk: Harness) -> None:
    table(
        desk,
        "type,patient_id,family_name,given_name,gender,birth_date,phone,email\npatient,P-1,김,별,F,1985,010-1,a@b.c\n",
    )
    (saved,) = table(desk, "type,patient_id,family_name,given_name,gender,birth_date\npatient,P-1,김,별,F,1985\n")
    assert saved.result == "unchanged"
    assert (here(desk)["phone"], here(desk)["email"]) == ("010-1", "a@b.c")


def test_a_row_may_name_its_key_and_what_changed_alone(desk: Harness) -> None:
    take(desk, FULL)
    (saved,) = take(desk, {"type": "patient", "patient_id": "P-1", "phone": "010-2"})
    assert saved.result == "changed"
    assert here(desk) == without(FULL, "type") | {"phone": "010-2"}


@pytest.mark.parametrize("empty", ["", None, "  "])
def test_an_empty_value_clears(desk: Harness, empty: str | None) -> None:
    take(desk, FULL)
    assert take(desk, {"type": "patient", "patient_id": "P-1", "phone": empty})[0].result == "changed"
    assert here(desk) == without(FULL, "type", "phone")


def test_an_empty_cell_clears_and_one_in_a_column_of_another_type_is_nothing(desk: Harness) -> None:
    take(desk, FULL)
    header = "type,patient_id,phone,encounter_id,encounter_class,status\n"
    first, second = table(desk, header + "patient,P-1,,,,\nencounter,P-1,,E-1,AMB,arrived\n")
    assert (first.result, second.result) == ("changed", "new")
    assert "phone" not in here(desk)


def test_an_empty_value_under_an_unknown_key_refuses_a_row_that_is_no_table(desk: Harness) -> None:
    (found,) = read(desk, [Row(1, FULL | {"nickname": ""})])
    assert getattr(found, "code", None) == "field_unknown"


def test_whole_clears_what_is_not_there(desk: Harness) -> None:
    take(desk, FULL)
    assert take(desk, without(FULL, "phone", "address"), whole=True)[0].result == "changed"
    assert here(desk) == without(FULL, "type", "phone", "address")


def test_whole_compares_with_the_record_and_not_with_what_was_said(desk: Harness) -> None:
    take(desk, FULL)
    desk.outbox.add([Incoming(Record("patient", "P-1", without(FULL, "type") | {"phone": "010-9"}), "u")])
    assert take(desk, FULL)[0].result == "unchanged"
    assert take(desk, FULL, whole=True)[0].result == "changed"
    assert here(desk)["phone"] == "010-1"


def test_required_fields_are_asked_of_the_record_that_results(desk: Harness) -> None:
    (saved,) = take(desk, {"type": "patient", "patient_id": "P-1", "phone": "010-1"})
    assert (saved.result, saved.error and saved.error.field, saved.error and saved.error.key) == (
        "refused",
        "gender",
        "P-1",
    )
    take(desk, FULL)
    (saved,) = take(desk, {"type": "patient", "patient_id": "P-1", "gender": ""})
    assert (saved.result, saved.error and saved.error.field) == ("refused", "gender")
    assert here(desk)["gender"] == "F"


def test_later_rows_of_a_batch_lie_over_the_earlier_ones(desk: Harness) -> None:
    rows = (
        FULL,
        {"type": "patient", "patient_id": "P-1", "phone": "010-2"},
        {"type": "patient", "patient_id": "P-1", "email": ""},
    )
    assert [s.result for s in take(desk, *rows)] == ["new", "changed", "changed"]
    assert here(desk) == without(FULL, "type", "email") | {"phone": "010-2"}


def test_a_row_s_second_time_is_told_from_the_start_that_is_here(tmp_path: Path) -> None:
    desk = Harness(tmp_path / "york", "http://127.0.0.1:9/fhir")
    desk.mapper = Mapper(Context(time_zone="America/New_York"))
    stay = {
        "type": "encounter",
        "encounter_id": "E-1",
        "patient_id": "P-1",
        "encounter_class": "AMB",
        "status": "arrived",
    }
    take(desk, stay | {"started_at": "2026-11-01T01:50"})
    end = {"type": "encounter", "encounter_id": "E-1", "ended_at": "2026-11-01T01:10"}
    assert [s.result for s in (*take(desk, end), *take(desk, end), *take(desk, end, source="ward"))] == [
        "changed",
        "unchanged",
        "unchanged",
    ]
    assert here(desk, "encounter", "E-1")["ended_at"] == "2026-11-01T01:10:00-05:00"
    desk.close()


def test_a_nested_reference_says_what_it_holds(desk: Harness) -> None:
    stay = {
        "type": "encounter",
        "encounter_id": "E-1",
        "patient_id": "P-1",
        "encounter_class": "AMB",
        "status": "arrived",
    }
    take(desk, stay)
    for nested, key in (({"name": "x"}, "P-1"), ({"patient_id": "P-2"}, "P-2")):
        take(desk, {"type": "encounter", "encounter_id": "E-1", "patient": nested})
        assert here(desk, "encounter", "E-1")["patient_id"] == key
    table(desk, 'type,encounter_id,patient\nencounter,E-1,"{""patient_id"":""P-3""}"\n')
    assert here(desk, "encounter", "E-1")["patient_id"] == "P-3"
    for saved in (
        *take(desk, {"type": "encounter", "encounter_id": "E-1", "patient": None}),
        *table(desk, "type,encounter_id,patient\nencounter,E-1,\n"),
    ):
        assert (saved.result, saved.error and saved.error.field) == ("refused", "patient_id")


# -- what goes with what

LAB = {
    "type": "lab_result",
    "result_id": "L-1",
    "patient_id": "P-1",
    "test_code": "718-7",
    "test_name": "Hb",
    "result_value": "9.1",
    "result_unit": "g/dL",
    "reference_low": 12,
    "abnormal_flag": "L",
    "is_abnormal": True,
    "resulted_at": "2026-11-01",
}


def lab(**said: Any) -> dict[str, Any]:
    return {"type": "lab_result", "result_id": "L-1", **said}


def test_a_new_value_without_flags_clears_both_and_keeps_unit_and_range(desk: Harness) -> None:
    take(desk, LAB)
    take(desk, lab(result_value=13))
    assert here(desk, "lab_result", "L-1") == without(LAB, "type", "abnormal_flag", "is_abnormal") | {
        "result_value": 13
    }
    take(desk, LAB)  # it says the flags otherwise than by its last row: they come back
    assert here(desk, "lab_result", "L-1") == without(LAB, "type") | {"result_value": Number("9.1")}


def test_the_same_value_without_flags_keeps_them_and_so_does_a_value_beside_one(desk: Harness) -> None:
    take(desk, LAB)
    take(desk, lab(result_value="9.1", comments="again"))
    assert here(desk, "lab_result", "L-1")["abnormal_flag"] == "L"
    take(desk, lab(result_value=8, abnormal_flag="LL"))
    assert here(desk, "lab_result", "L-1")["is_abnormal"] is True


def test_a_new_code_without_a_system_keeps_the_system(desk: Harness) -> None:
    take(desk, LAB | {"test_code": "C1", "test_code_system": "EDI"})
    take(desk, lab(test_code="C2"))
    assert here(desk, "lab_result", "L-1")["test_code_system"] == "EDI"


def test_a_new_order_type_clears_what_belongs_to_the_old_one_alone(desk: Harness) -> None:
    order: dict[str, Any] = {
        "type": "order",
        "order_id": "O-1",
        "patient_id": "P-1",
        "order_type": "medication",
        "status": "ordered",
    }
    order |= {"display": "A", "instructions": "i", "ordered_at": "2026-11-01", "dose_value": 1, "dose_unit": "mg"}
    take(desk, order)
    take(desk, {"type": "order", "order_id": "O-1", "order_type": "procedure", "performed_at": "2026-11-02"})
    kept = without(order, "type", "dose_value", "dose_unit") | {"order_type": "procedure", "performed_at": "2026-11-02"}
    assert here(desk, "order", "O-1") == kept
    (saved,) = take(desk, {"type": "order", "order_id": "O-1", "order_type": "lab", "performed_at": "2026-11-03"})
    assert (saved.result, saved.error and saved.error.field) == ("refused", "performed_at")


def test_an_edited_address_without_a_postcode_drops_the_old_one(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        desk.edit(address="부산시 2")
        assert here(desk) == without(FULL, "type", "postcode") | {"address": "부산시 2"}
        assert "postalCode" not in server.held["Patient/1"]["address"][0]


def test_a_postcode_is_edited_by_itself_and_beside_its_address(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        desk.edit(address=FULL["address"], postcode="54321")
        assert here(desk) == without(FULL, "type") | {"postcode": "54321"}
        assert server.held["Patient/1"]["address"][0]["postalCode"] == "54321"


# -- what the source said last


@rule(1)
def test_an_old_export_takes_back_no_edit(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        desk.edit(phone="010-9999-0000")
        (saved,) = take(desk, FULL)
        desk.drain()
        assert (saved.result, saved.entry) == ("unchanged", None)
        assert {t["system"]: t["value"] for t in server.held["Patient/1"]["telecom"]}["phone"] == "010-9999-0000"
    assert here(desk)["phone"] == "010-9999-0000"


@rule(1)
def test_an_old_export_takes_back_nothing_that_a_colleague_changed(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        theirs = [{"system": "phone", "value": "010-77", "use": "mobile"}]
        server.put(
            "Patient", "1", **(without(server.held["Patient/1"], "id", "meta", "resourceType") | {"telecom": theirs})
        )
        take(desk, FULL | {"given_name": "달"})
        desk.drain()
        assert here(desk)["phone"] == "010-77"  # taken over by the merge
        assert take(desk, FULL | {"given_name": "달"})[0].result == "unchanged"
        assert take(desk, FULL)[0].result == "changed"  # the name was said otherwise, and is taken back; the phone not
        desk.drain()
        assert [t["value"] for t in server.held["Patient/1"]["telecom"]] == ["010-77"]


@rule(1)
def test_after_an_edit_nothing_is_queued_again_whether_it_was_accepted_or_refused(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        server.script = lambda asked: Reply(422, issue("value")) if asked.method == "PUT" else None
        assert desk.edit(phone="010-9").outcome is EditOutcome.REFUSED
        (saved,) = take(desk, FULL)
        assert (saved.result, saved.entry) == ("unchanged", None)
        assert desk.outbox.queue("patient", "P-1", "again", "update", priority=None, changed_only=True) is None


@rule(1)
def test_an_accepted_edit_is_what_a_record_s_newest_entry_brought(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        assert desk.edit(phone="010-9").outcome is EditOutcome.ACCEPTED
        assert desk.outbox.queue("patient", "P-1", "again", "update", priority=None, changed_only=True) is None


@rule(1)
def test_an_edit_and_an_import_of_another_field_are_both_kept(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, FULL)
        desk.drain()
        desk.edit(phone="010-9")
        (saved,) = take(desk, FULL | {"address": "부산시 2"})
        assert saved.result == "changed"
        assert (here(desk)["phone"], here(desk)["address"]) == ("010-9", "부산시 2")


@rule(1)
def test_each_source_is_compared_with_itself(desk: Harness) -> None:
    take(desk, FULL)
    assert take(desk, FULL | {"phone": "010-2"}, source="ward")[0].result == "changed"
    assert take(desk, FULL)[0].result == "unchanged"
    assert take(desk, FULL | {"phone": "010-2"}, source="ward")[0].result == "unchanged"
    assert take(desk, FULL | {"phone": "010-3"})[0].result == "changed"
    assert take(desk, FULL | {"phone": "010-2"}, source="ward")[0].result == "unchanged"
    assert here(desk)["phone"] == "010-3"


@rule(1)
def test_a_field_that_is_named_for_the_first_time_is_compared_with_the_record(desk: Harness) -> None:
    take(desk, without(FULL, "phone"))
    desk.outbox.add([Incoming(Record("patient", "P-1", without(FULL, "type") | {"phone": "010-9"}), "u")])
    assert take(desk, FULL | {"phone": "010-9"})[0].result == "unchanged"
    assert take(desk, FULL | {"phone": "010-5"})[0].result == "changed"


@rule(1)
def test_after_failed_or_cancelled_an_equal_import_queues_what_is_here(desk: Harness) -> None:
    (saved,) = take(desk, FULL)
    with desk.store.transaction() as tx:
        tx.operator.change("cancel", [require(saved.entry)], 1.0)
    (again,) = take(desk, FULL)
    assert (again.result, again.entry is None) == ("changed", False)
    assert take(desk, FULL)[0].result == "unchanged"


@rule(1)
def test_after_a_delete_the_same_row_is_new(desk: Harness) -> None:
    take(desk, FULL)
    with desk.store.transaction() as tx:
        tx.records.tombstone("patient", "P-1", 1.0)
    assert take(desk, FULL)[0].result == "new"


@rule(1)
def test_a_damaged_record_is_mended_by_what_was_said_before(desk: Harness) -> None:
    take(desk, FULL)
    with desk.store.transaction() as tx:
        tx.conn.exec_driver_sql('UPDATE record SET fields = \'{"patient_id":"P-1"}\'')
    assert take(desk, FULL)[0].result == "changed"
    assert here(desk) == without(FULL, "type")


@rule(1)
def test_what_was_said_and_cannot_be_read_says_nothing(desk: Harness) -> None:
    take(desk, FULL)
    for broken in (b"x", b"\0\1", b"\0\6import\xff\xff", b"\0\1\xff\0\1x", b"\0\0\0\0", b"\0\6import\0\3abc"):
        with desk.store.transaction() as tx:
            tx.conn.exec_driver_sql("UPDATE record SET said = ?", (broken,))
        assert take(desk, FULL)[0].result == "unchanged"


@rule(1)
def test_what_was_said_is_small(desk: Harness) -> None:
    take(desk, FULL)
    with desk.store.snapshot() as view:
        (said,) = view.records.read_source_marks({("patient", "P-1")}).values()
    assert len(said) < 90


# -- resources are whole


def test_a_resource_keeps_the_fields_that_its_type_has_no_place_for(desk: Harness) -> None:
    take(desk, FULL | {"openemr_patient_id": "7", "created_at": "2026-01-01"})
    (saved,) = take(desk, PERSON)
    assert saved.result == "changed"
    kept = {"openemr_patient_id": "7", "created_at": "2026-01-01", "gender": "F"}
    assert here(desk) == without(FULL, "type", "email", "address", "postcode") | kept


@rule(1)
def test_an_old_bundle_takes_back_no_edit(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        take(desk, PERSON)
        desk.drain()
        desk.edit(phone="010-9")
        assert take(desk, PERSON)[0].result == "unchanged"
        assert take(desk, PERSON | {"maritalStatus": {"text": "single"}})[0].result == "changed"
        desk.drain()
        assert server.held["Patient/1"]["telecom"][0]["value"] == "010-9" == here(desk)["phone"]
        assert server.held["Patient/1"]["maritalStatus"] == {"text": "single"}


@rule(1)
def test_a_bundle_takes_back_no_edit_of_what_a_row_of_its_source_said(desk: Harness) -> None:
    take(desk, FULL)
    desk.outbox.add([Incoming(Record("patient", "P-1", without(FULL, "type") | {"phone": "010-9"}), "u")])
    take(desk, PERSON | {"active": True})
    assert here(desk)["phone"] == "010-9"
    assert "email" not in here(desk)


@rule(1)
def test_the_marks_of_a_type_s_fields_differ() -> None:
    for kind in registry.record_types().values():
        names = ["", *(f.name for f in kind.fields)]
        assert len({hash_name(n) for n in names}) == len(names), kind.name


def test_export_writes_every_field_and_reads_as_whole(desk: Harness) -> None:
    take(desk, without(FULL, "phone"))
    out = io.BytesIO()
    Exporter(desk.store, desk.mapper).write("patient", "records", out.write)
    row = json.loads(out.getvalue())
    assert row["phone"] is None
    assert take(desk, row)[0].result == "unchanged"


# -- all of it against a model

FIELDS = ("phone", "email", "address", "given_name")
VALUES = st.sampled_from(["1", "2", ""])
ROWS = st.tuples(st.sampled_from(["import", "ward"]), st.booleans(), st.dictionaries(st.sampled_from(FIELDS), VALUES))
EDITS = st.tuples(st.just("edit"), st.just(False), st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1))


@rule(1)
@given(st.lists(ROWS | EDITS, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rows_and_edits_leave_what_each_said_otherwise_last(
    desk: Harness, steps: list[tuple[str, bool, dict[str, str]]]
) -> None:
    key = f"P-{uuid.uuid4()}"
    least = {"patient_id": key, "family_name": "김", "gender": "F", "birth_date": "1985"}
    take(desk, {"type": "patient", **least})
    record, said = dict.fromkeys(FIELDS, ""), dict[str, dict[str, str]]()
    for who, whole, fields in steps:
        before = dict(record)
        if who == "edit":
            record |= fields
            now = {n: v for n, v in record.items() if v}
            desk.outbox.add([Incoming(Record("patient", key, least | now), str(uuid.uuid4()))])
            continue
        last = said.setdefault(who, {})
        named = dict.fromkeys(FIELDS, "") | fields if whole else fields
        record |= {n: v for n, v in named.items() if whole or last.get(n) != v}
        last |= named
        (saved,) = take(desk, {"type": "patient", **least, **fields}, source=who, whole=whole)
        assert (saved.result == "unchanged") == (record == before)
        assert {n: here(desk, key=key).get(n, "") for n in FIELDS} == record
