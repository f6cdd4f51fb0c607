"""What real files hold: numbers, units, names, systems and clocks as clinics write them (docs/mapping.md)."""

from typing import Any

import pytest

from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.converters.mapper import Mapper
from fhirdesk.converters.systems import find_system
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.person_name import full_name
from fhirdesk.core.records import Record, SourceRecord
from fhirdesk.core.resource import Resource
from fhirdesk.r4.json import Number

SEOUL, NEW_YORK = Mapper(), Mapper(Context(time_zone="America/New_York"))
LAB: dict[str, Any] = {
    "type": "lab_result",
    "result_id": "L-1",
    "patient_id": "P-1",
    "test_code": "1988-5",
    "test_name": "CRP",
    "resulted_at": "2026-11-01",
}
STAY: dict[str, Any] = {
    "type": "encounter",
    "encounter_id": "E-1",
    "patient_id": "P-1",
    "encounter_class": "EMER",
    "status": "completed",
}
ORDER: dict[str, Any] = {"type": "order", "order_id": "O-1", "patient_id": "P-1", "status": "completed"}


def made(mapper: Mapper = SEOUL, **fields: Any) -> tuple[Record, Resource]:
    return mapper.convert(fields, None)


def lab(value: object, unit: str | None = "mg/L") -> Resource:
    """The resource of a result; what comes back of it makes it again."""
    record, found = made(**LAB, result_value=value, result_unit=unit)
    assert SEOUL.from_resource(found, over=record) == record
    fresh = SEOUL.from_resource(found)
    assert fresh and SEOUL.to_resource(fresh) == found
    return found


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("065.88", Number("65.88")),
        (".15", Number("0.15")),
        ("-.5", Number("-0.5")),
        ("+5", 5),
        ("００５．５", Number("5.5")),
        ("－５", -5),
        ("100,000", 100000),
        ("1,234.50", Number("1234.50")),
        ("+01.0e2", Number("1.0e2")),
    ],
)
def test_a_number_is_the_same_number_however_it_is_written(written: str, number: object) -> None:
    assert lab(written)["valueQuantity"]["value"] == number
    assert made(**LAB, result_value=1, reference_low=written)[0].fields["reference_low"] == number


@pytest.mark.parametrize(
    ("written", "comparator", "number"),
    [("> 100,000", ">", 100000), ("<.01", "<", Number("0.01")), ("=<5", "<=", 5), ("=> 05", ">=", 5), ("＜５", "<", 5)],
)
def test_a_comparator_before_it_too(written: str, comparator: str, number: object) -> None:
    found = lab(written)["valueQuantity"]
    assert (found["comparator"], found["value"]) == (comparator, number)


@pytest.mark.parametrize(
    ("written", "ends"), [("5-10", (5, 10)), ("-3 - .5", (-3, Number("0.5"))), ("-3--1", (-3, -1))]
)
def test_two_numbers_with_a_dash_are_a_range(written: str, ends: tuple[object, object]) -> None:
    found = lab(written, "/HPF")["valueRange"]
    assert found == {name: {"value": end, "unit": "/HPF"} for name, end in zip(("low", "high"), ends, strict=True)}


@pytest.mark.parametrize(
    ("written", "unit", "text"),
    [
        ("trace", "mg/dL", "trace mg/dL"),
        ("5% ", "%", "5% "),
        ("trace mg/dL ", "mg/dL ", "trace mg/dL "),  # as it is read back, with the blank that the unit had
        ("negative", None, "negative"),
        ("1:80", "titer", "1:80 titer"),
    ],
)
def test_a_text_takes_its_unit_along_but_where_it_ends_with_it(written: str, unit: str | None, text: str) -> None:
    assert lab(written, unit)["valueString"] == text


@pytest.mark.parametrize(
    "unit",
    [
        "K/uL",
        "K/mm3",
        "G/L",
        "T/L",
        "AU/mL",
        "AU",
        "u/L",
        "pH",
        "C",
        "Mmol/L",
        "IU/mL",
        "10*3.K",
        "K{cells}/uL",
        "V",
        "T",
    ],
)
def test_a_unit_that_ucum_reads_otherwise_gets_no_code(unit: str) -> None:
    assert lab("4.5", unit)["valueQuantity"] == {"value": Number("4.5"), "unit": unit}


@pytest.mark.parametrize("unit", ["10*3/uL", "U/L", "mU/L", "[pH]", "Cel", "mg/dL", "kg/m2", "mm/h", "kPa", "MBq", "%"])
def test_any_other_ucum_unit_keeps_its_code(unit: str) -> None:
    assert lab("4.5", unit)["valueQuantity"]["code"] == unit


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [
        ("김", "하늘A", "김하늘A"),
        ("김", "하늘2", "김하늘2"),
        ("김", "하늘(개명전 하나)", "김하늘(개명전 하나)"),
        ("김", "○○ 아기", "김○○ 아기"),
        ("남궁", "Ann", "남궁Ann"),
        ("山田", "はなこ", "山田はなこ"),
        ("ヤマダ", "ハナコ", "ヤマダハナコ"),
        ("ﾔﾏﾀﾞ", "ﾊﾅｺ", "ﾔﾏﾀﾞﾊﾅｺ"),
        ("佐々木", "花", "佐々木花"),
        ("Kim", "하늘", "하늘 Kim"),
        ("O'Neil", "Ann", "Ann O'Neil"),
    ],
)
def test_the_family_name_s_script_decides_the_order(family: str, given: str, name: str) -> None:
    found = made(type="patient", patient_id="P-1", family_name=family, given_name=given, gender="F", birth_date="1985")
    assert found[1]["name"][0]["text"] == name == full_name(family, given)


@pytest.mark.parametrize(
    ("names", "system"),
    [
        ("ICD10 icd-10 ICD_10 2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
        ("ICD10CM ICD-10-CM icd10-cm urn:oid:2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
        ("KCD KCD8 KCD-8 kcd_8", "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8"),
        ("KCD9", "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-9"),
        ("SNOMEDCT SNOMED-CT urn:oid:2.16.840.1.113883.6.96", "http://snomed.info/sct"),
        ("urn:oid:1.2.410.9 1.2.410.9", "urn:oid:1.2.410.9"),
    ],
)
def test_a_code_system_is_known_by_its_letters_and_by_its_oid(names: str, system: str) -> None:
    assert {find_system(name) for name in names.split()} == {system}
    assert find_system("ICD 10") == find_system("ICD-10") and find_system("KCD 8") == find_system("KCD-8")


@pytest.mark.parametrize("name", ["HOUSE", "ICD9", "1.2", "I10"])
def test_an_unknown_code_system_is_the_clinic_s_own_and_is_said(name: str) -> None:
    row = LAB | {"result_value": 1, "test_code_system": name}
    assert made(**row)[1]["code"]["coding"][0]["system"] == "https://fhir.hospital.com/code/lab-result"
    (note,) = registry.remarks(SEOUL.read_row(row, None))
    assert (note.code, dict(note.params)) == ("import_code_system", {"field": "test_code_system", "system": name})
    assert registry.remarks(SourceRecord("lab_result", "L-1", {"test_code_system": "EDI"})) == ()


@pytest.mark.parametrize(
    ("end", "meant"),
    [
        ("2026-11-01T01:10:00", "2026-11-01T01:10:00-05:00"),
        ("2026-11-01 01:55", "2026-11-01T01:55:00-04:00"),
        ("2026-11-01T01:10:00-05:00", "2026-11-01T01:10:00-05:00"),
    ],
)
def test_an_end_in_the_hour_that_comes_twice_lies_after_its_start(end: str, meant: str) -> None:
    record, found = made(NEW_YORK, **STAY, started_at="2026-11-01T01:50", ended_at=end)
    assert found["period"] == {"start": "2026-11-01T01:50:00-04:00", "end": meant}
    assert type(record.fields["ended_at"]) is str
    order = ORDER | {"order_type": "procedure", "display": "x"}
    order |= {"performed_at": "2026-11-01T01:50", "performed_end": end}
    assert made(NEW_YORK, **order)[1]["performedPeriod"]["end"] == meant


def test_an_end_that_is_earlier_by_what_it_says_itself_is_refused() -> None:
    with pytest.raises(InvalidRecord) as found:
        made(NEW_YORK, **STAY, started_at="2026-11-01T01:50", ended_at="2026-11-01T01:10:00-04:00")
    assert (found.value.code, found.value.field) == ("field_period", "ended_at")


@pytest.mark.parametrize("field", ["started_at", "ended_at"])
def test_a_time_that_the_changed_clock_left_out_is_refused(field: str) -> None:
    with pytest.raises(InvalidRecord) as found:
        made(NEW_YORK, **STAY, **{field: "2026-03-08T02:30:00"})
    assert (found.value.code, found.value.field) == ("field_clock", field)
    assert made(NEW_YORK, **STAY, **{field: "2026-03-08T02:30:00-05:00"})


def test_a_procedure_may_lack_ordered_at_and_no_other_order() -> None:
    order = ORDER | {"display": "x"}
    record, found = made(**order, order_type="procedure", ordered_at="2026-11-01")
    fresh = SEOUL.from_resource(found)
    assert fresh and registry.missing_fields(fresh) == () and record.fields["ordered_at"] == "2026-11-01"
    with pytest.raises(InvalidRecord) as wrong:
        made(**order, order_type="lab")
    assert wrong.value.field == "ordered_at"


def test_a_changed_text_leaves_no_code_of_the_old_one() -> None:
    theirs: Resource = {
        "resourceType": "Encounter",
        "id": "E-1",
        "status": "finished",
        "subject": {"reference": "Patient/P-1"},
    }
    theirs |= {"class": {"code": "AMB"}, "reasonCode": [{"coding": [{"code": "1", "display": "cough"}], "id": "a"}]}
    record = SEOUL.from_resource(theirs)
    assert record and record.fields["reason"] == "cough"
    changed = SEOUL.edit_record(record, {"reason": "fever"})
    laid = SEOUL.draft(changed).merge_into(theirs, SEOUL.to_resource(changed))
    assert laid["reasonCode"] == [{"id": "a", "text": "fever"}]


@pytest.mark.parametrize("type_", ["ServiceRequest", "Procedure"])
def test_a_place_that_others_say_by_a_code_is_read(type_: str) -> None:
    order: Resource = {"resourceType": type_, "id": "O-1", "bodySite": [{"coding": [{"display": "Knee"}]}]}
    found = SEOUL.from_resource(order, type_="order")
    assert found and found.fields["body_site"] == "Knee"
