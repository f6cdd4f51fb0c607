"""What each field becomes (mapping.md), and the way back."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirdesk import sample
from fhirdesk.converters import merge, registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.converters.systems import is_loinc_code
from fhirdesk.converters.units import is_ucum
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.r4 import json
from fhirdesk.r4.json import Number
from tests.marks import fault

MAPPER = Mapper()
PERSONS = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdss" / "kr_persons.csv"
PATIENT = {"patient_id": "P-1", "family_name": "김", "given_name": "경민", "gender": "F", "birth_date": "1985-06-15"}
RESULT: dict[str, Any] = {
    "result_id": "L-1",
    "patient_id": "P-1",
    "test_code": "718-7",
    "test_name": "혈색소",
    "result_value": "13.50",
    "result_unit": "g/dL",
    "resulted_at": "2026-01-02T03:04:05+09:00",
}
VISIT = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "outpatient", "status": "completed"}


def resource(type_: str, fields: dict[str, Any]) -> dict[str, Any]:
    return MAPPER.to_resource(MAPPER.read_record(fields, type_))


def laid_over(base: dict[str, Any], type_: str, fields: dict[str, Any]) -> dict[str, Any]:
    record = MAPPER.read_record(fields, type_)
    return MAPPER.draft(record).merge_into(base, MAPPER.to_resource(record))


def error(type_: str, fields: dict[str, Any]) -> InvalidRecord:
    with pytest.raises(InvalidRecord) as found:
        MAPPER.read_record(fields, type_)
    return found.value


@pytest.mark.parametrize(
    ("family", "given", "text"),
    [
        ("김", "경민", "김경민"),
        ("남궁", "민", "남궁민"),
        ("Bruen", "Norine", "Norine Bruen"),
        ("김", None, "김"),
        (None, "Cher", "Cher"),
    ],
)
def test_a_name_is_written_in_the_order_its_language_wants(family: str, given: str, text: str) -> None:
    name = resource("patient", PATIENT | {"family_name": family, "given_name": given})["name"][0]
    assert (name["text"], name.get("family"), name.get("given")) == (text, family, [given] if given else None)


def test_digits_survive() -> None:
    assert b'"value":13.50,' in json.dumps(resource("lab_result", RESULT))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<5", {"value": 5, "comparator": "<"}),
        ("≥ 1.50", {"value": Number("1.50"), "comparator": ">="}),
        ("200", {"value": 200}),
    ],
)
def test_a_comparator_is_kept(value: str, expected: dict[str, Any]) -> None:
    found = resource("lab_result", RESULT | {"result_value": value})["valueQuantity"]
    assert {k: found[k] for k in expected} == expected and ("comparator" in found) == ("comparator" in expected)


@pytest.mark.parametrize("value", ["양성", "10-5", "<많음", "1,00", "0,123", "5.", "1:160", "5~10", "2-3-4", "1-" * 99])
def test_any_other_result_is_text_with_its_unit(value: str) -> None:
    made = resource("lab_result", RESULT | {"result_value": value})
    assert made["valueString"] == f"{value} g/dL" and "valueQuantity" not in made


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        ({"reference_low": "12", "reference_high": "17"}, "N"),
        ({"reference_low": "14"}, "L"),
        ({"reference_high": "13.5"}, "N"),
        ({"reference_high": "13.49"}, "H"),
        ({"reference_low": "12", "is_abnormal": True}, "A"),
        ({"is_abnormal": False}, "N"),
        ({"is_abnormal": "true"}, "A"),
        ({"abnormal_flag": "HH", "reference_low": "12"}, "HH"),
        ({}, None),
    ],
)
def test_interpretation(more: dict[str, Any], flag: str | None) -> None:
    found = resource("lab_result", RESULT | more).get("interpretation")
    assert (found[0]["coding"][0]["code"] if found else None) == flag


def test_a_code_that_fails_loinc_s_check_digit_is_not_called_loinc() -> None:
    made = resource("lab_result", RESULT | {"test_code": "718-8"})
    assert made["code"]["coding"][0]["system"] == "https://fhir.hospital.com/code/lab-result"
    assert is_loinc_code("718-7") and is_loinc_code("2345-7") and not is_loinc_code("2345-8")


@pytest.mark.parametrize(
    ("unit", "good"),
    [
        *(
            (u, True)
            for u in ("mg/dL", "10*3/uL", "10^9/L", "mm[Hg]", "m[IU]/L", "mL/min/{1.73_m2}", "%{HbA1c}", "/uL")
        ),
        *((u, True) for u in ("ng/mL{FEU}", "10.uN.s/(cm5.m2)", "/100{WBCs}", "kg/m2", "meq/L", "U/(10.g){feces}")),
        *((u, False) for u in ("mg/dl ", "개", "mmHg", "mEq/L", "mcg/mL", "IU/L", "(m)2", "m2/", "//", "µg", "a..b")),
        *((u, False) for u in ("", "{", "sec", "cells/uL", "x10^3/uL", "m" * 201)),
    ],
)
def test_ucum(unit: str, good: bool) -> None:
    assert is_ucum(unit) is good


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2026-01-02 03:04", "2026-01-02T03:04:00+09:00"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T00:00:00.5+0900", "2026-01-02T00:00:00.5+09:00"),
        ("2024-02-29", "2024-02-29"),
        ("2026-01-02T00:00:00+14:00", "2026-01-02T00:00:00+14:00"),
    ],
)
def test_times_keep_their_offset_or_get_the_clinic_s(given: str, written: str) -> None:
    assert resource("lab_result", RESULT | {"resulted_at": given})["effectiveDateTime"] == written


NO_DAYS = ("2025-02-29", "2025-02-30", "2025-13-01", "0000-01-01", "10000-01-01", "2025-1-1", "내일", "")
NO_TIMES = ("1985-06-15T24:00", "2016-12-31T23:59:60Z", "2026-01-02T00:00:00+14:01")


@fault("F14")
@pytest.mark.parametrize(
    ("type_", "field", "value"),
    [
        *(("patient", "birth_date", value) for value in (*NO_DAYS, "1985-06-15T00:00:00Z")),
        *(("lab_result", "resulted_at", value) for value in (*NO_DAYS, *NO_TIMES)),
    ],
)
def test_a_time_that_does_not_exist_names_its_field(type_: str, field: str, value: str) -> None:
    good = {"patient": PATIENT, "lab_result": RESULT}[type_]
    assert error(type_, good | {field: value}).field == field


@fault("F14")
@pytest.mark.parametrize("value", ["0001", "0001-01-01", "9999-12-31"])
def test_a_far_day_is_one(value: str) -> None:
    assert resource("patient", PATIENT | {"birth_date": value})["birthDate"] == value
    assert resource("lab_result", RESULT | {"resulted_at": value})["effectiveDateTime"] == value


@fault("F14")
def test_a_person_has_a_name() -> None:
    without = {k: v for k, v in PATIENT.items() if "name" not in k}
    for nameless in (without, without | {"family_name": " ", "given_name": ""}):
        assert error("patient", nameless).field == "family_name"


@pytest.mark.parametrize(
    ("type_", "fields", "field"),
    [
        ("patient", PATIENT | {"shoe_size": "42"}, "shoe_size"),
        ("patient", PATIENT | {"gender": "X"}, "gender"),
        ("patient", PATIENT | {"phone": 1012345678}, "phone"),
        ("patient", PATIENT | {"address": "a\x00b"}, "address"),
        ("patient", PATIENT | {"address": "\ufeff"}, "address"),
        ("patient", {k: v for k, v in PATIENT.items() if "name" not in k}, "family_name"),
        ("patient", PATIENT | {"last_name": "이"}, "family_name"),
        ("encounter", VISIT | {"started_at": "2026-01-02", "ended_at": "2026-01-01"}, "ended_at"),
        ("lab_result", RESULT | {"reference_low": "5", "reference_high": "4"}, "reference_low"),
        ("lab_result", {k: v for k, v in RESULT.items() if k != "result_value"}, "result_value"),
    ],
)
def test_a_wrong_field_is_named(type_: str, fields: dict[str, Any], field: str) -> None:
    assert error(type_, fields).field == field


@pytest.mark.parametrize(
    ("status", "code"), [("no_show", "cancelled"), ("completed", "finished"), ("triaged", "triaged")]
)
def test_encounter_status(status: str, code: str) -> None:
    made = resource("encounter", VISIT | {"status": status})
    assert made["status"] == code and ("extension" in made) == (status == "no_show")


@pytest.mark.parametrize("key", ["김_1", "P_1", "x" * 65])
def test_a_key_that_is_no_id_is_referred_to_by_identifier(key: str) -> None:
    made = resource("encounter", VISIT | {"patient_id": key})
    assert made["subject"]["identifier"]["value"] == key and "reference" not in made["subject"]


def test_the_sample_clinic_converts_and_comes_back() -> None:
    for row in sample.generate(20, 7):
        record = MAPPER.read_record(row, None)
        made = MAPPER.to_resource(record)
        assert MAPPER.from_resource(made, over=record) == record


@fault("F9")
@given(st.text(min_size=1).filter(lambda s: s.strip() and all(c >= " " for c in s) and any(c.isalnum() for c in s)))
def test_any_text_goes_as_it_is(text: str) -> None:
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return
    made = json.loads(json.dumps(resource("patient", PATIENT | {"address": text})))
    assert made["address"][0]["text"] == text


def test_240_people_letter_by_letter() -> None:
    if not PERSONS.exists():
        pytest.skip("../shared is not here")
    with PERSONS.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        made = resource("patient", row)
        assert made["name"][0]["text"] == row["family_name"] + row["given_name"]
        assert made["address"][0]["text"] == row["address"]
    assert len(rows) == 240


THEIRS: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "7",
    "maritalStatus": {"text": "기혼"},
    "telecom": [
        {"system": "phone", "use": "home", "value": "02-000-0000"},
        {"system": "phone", "use": "mobile", "value": "010-1", "rank": 1},
        {"system": "email", "value": "old@example.com"},
    ],
}


def test_others_elements_stay_and_keep_their_places() -> None:
    made = laid_over(THEIRS, "patient", PATIENT | {"phone": "010-2"})
    assert made["maritalStatus"] == {"text": "기혼"}
    assert made["telecom"] == [THEIRS["telecom"][0], {"system": "phone", "use": "mobile", "value": "010-2", "rank": 1}]


def test_a_new_address_drops_the_parts_of_the_old_one() -> None:
    base = {"address": [{"use": "home", "text": "옛 주소", "city": "서울", "state": "x", "period": {"start": "2020"}}]}
    (made,) = laid_over(base, "patient", PATIENT | {"address": "새 주소"})["address"]
    assert made == {"use": "home", "text": "새 주소", "line": ["새 주소"], "period": {"start": "2020"}}


def test_same_compares_numbers_by_value() -> None:
    converter = registry.converter("lab_result")
    ours = resource("lab_result", RESULT)
    theirs = json.loads(json.dumps(ours).replace(b"13.50", b"13.5"))
    assert merge.same(ours, theirs, converter)
    assert not merge.same(ours, theirs | {"status": "amended"}, converter)
