"""What a row of vaccinations becomes, and that the way back changes nothing. Run where the package is installed."""

import pytest

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Record
from fhirdesk.r4.check import check

MAPPER = Mapper()
HEPATITIS_B = {
    "immunization_id": "V-1",
    "patient_id": "P-1",
    "vaccine_code": "08",
    "vaccine_name": "Hep B, adolescent or pediatric",
    "given_on": "2026-03-02T10:15:00+09:00",
    "lot_number": "AC53B",
    "expires_on": "2027-01-31",
    "dose": "0.50",
    "dose_unit": "mL",
    "dose_number": "2",
    "performer": "정간호",
}
NOT_GIVEN = {
    "immunization_id": "V-2",
    "patient_id": "P-1",
    "vaccine_name": "MMR",
    "status": "not_given",
    "given_on": "2026-03-02",
    "reason": "fever",
}


def read(row: dict[str, str]) -> Record:
    return MAPPER.read_record(row, "immunization")


@pytest.mark.parametrize("row", [HEPATITIS_B, NOT_GIVEN], ids=["given", "not given"])
def test_it_is_right_r4_and_the_way_back_changes_nothing(row: dict[str, str]) -> None:
    record = read(row)
    resource = MAPPER.to_resource(record)
    assert not check(resource)
    assert MAPPER.from_resource(resource, over=record) == record


def test_each_field_has_its_element() -> None:
    resource = MAPPER.to_resource(read(HEPATITIS_B))
    assert resource["vaccineCode"]["coding"] == [{"system": "http://hl7.org/fhir/sid/cvx", "code": "08"}]
    assert resource["status"] == "completed" and resource["patient"] == {"reference": "Patient/P-1"}
    assert str(resource["doseQuantity"]["value"]) == "0.50" and resource["doseQuantity"]["code"] == "mL"
    assert resource["protocolApplied"] == [{"doseNumberPositiveInt": 2}]


def test_one_that_was_not_given_says_why() -> None:
    with pytest.raises(InvalidRecord) as refused:
        read({name: value for name, value in NOT_GIVEN.items() if name != "reason"})
    assert refused.value.field == "reason"
    assert MAPPER.to_resource(read(NOT_GIVEN))["statusReason"] == {"text": "fever"}


def test_any_resource_is_read_and_nothing_breaks_off() -> None:
    for odd in ({}, {"vaccineCode": "MMR", "performer": [], "protocolApplied": [{"doseNumberString": "2"}]}):
        MAPPER.from_resource({"resourceType": "Immunization", **odd}, over=read(NOT_GIVEN))
