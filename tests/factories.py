"""The patient of the tests: a row of a clinic, a record, a resource that somebody else wrote on the server."""

from typing import Any

from fhirdesk.core.records import Record

SYSTEM = "https://fhir.hospital.com/identifier/patient"  # of a patient's identifier


def person_fields(key: str = "P-1", **fields: Any) -> dict[str, Any]:
    """Return what a clinic says of a patient; `fields` are added or replace."""
    row = {"patient_id": key, "family_name": "홍", "given_name": "길동", "gender": "M", "birth_date": "1985-06-15"}
    return row | fields


def person_row(key: str = "P-1", **fields: Any) -> dict[str, Any]:
    """Return the same as a row of a file of several types."""
    return {"type": "patient"} | person_fields(key, **fields)


def person(key: str = "P-1", **fields: Any) -> Record:
    """Return the record of such a patient."""
    return Record("patient", key, person_fields(key, gender="male") | fields)


def resource(key: str, **elements: Any) -> dict[str, Any]:
    """Return elements of a resource, under our identifier, that somebody else wrote."""
    return {"identifier": [{"system": SYSTEM, "value": key}], **elements}
