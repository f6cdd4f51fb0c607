"""The nine record types: there and back, what is refused, what older exports hold."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirdesk.converters import registry
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Record, RecordType
from tests.converters.rows import MAPPER, TYPES, records

ABOUT = {"patient_id": "P-1"}
ORDER = ABOUT | {"order_id": "O-1", "status": "active", "ordered_at": "2026-01-02"}
PRESCRIPTION = ORDER | {"order_type": "medication", "display": "약"}
LAB = ORDER | {"order_type": "lab", "display": "혈액검사"}
PROCEDURE = ORDER | {"order_type": "procedure", "display": "소독"}
IMAGES = ORDER | {"modality": "CT"}
STUDY = ABOUT | {"study_id": "S-1", "study_instance_uid": "1.2.3", "modality": "CT"}
JOB = ABOUT | {"job_id": "J-1", "model_name": "m", "status": "completed"}
DIAGNOSIS = ABOUT | {
    "diagnosis_id": "D-1",
    "encounter_id": "E-1",
    "icd_code": "I10",
    "diagnosis_name": "고혈압",
    "recorded_at": "2026-01-02",
}
ALLERGY = ABOUT | {"allergy_id": "A-1", "allergen_name": "우유"}


def read(type_: str, row: dict[str, Any]) -> Record:
    return MAPPER.read_record(row, type_)


def made(type_: str, row: dict[str, Any]) -> dict[str, Any]:
    return MAPPER.to_resource(read(type_, row))


@pytest.mark.parametrize("type_", TYPES)
@given(st.data())
def test_a_partial_record_converts(type_: str, data: st.DataObject) -> None:
    """Pulled resources may lack what a clinic's row must have: previews of them do not fail."""
    record = data.draw(records(type_))
    kind: RecordType = registry.record_types()[type_]
    keep = data.draw(st.sets(st.sampled_from(sorted(record.fields))))
    fields = {n: v for n, v in record.fields.items() if n in keep | {kind.key_field}}
    assert MAPPER.to_resource(replace(record, fields=fields))["resourceType"] in kind.resource_types


@pytest.mark.parametrize(
    ("type_", "row", "field"),
    [
        ("order", PRESCRIPTION | {"order_type": "처방"}, "order_type"),
        ("order", LAB | {"dose_value": 1}, "dose_value"),
        ("order", PRESCRIPTION | {"performed_at": "2026-01-02"}, "performed_at"),
        ("order", LAB | {"status": "preparation"}, "status"),
        ("order", PROCEDURE | {"status": "revoked"}, "status"),
        ("order", PROCEDURE | {"performed_at": "2026-01-02", "performed_end": "2026-01-01"}, "performed_end"),
        ("order", LAB | {"display": " "}, "display"),
        ("order", PRESCRIPTION | {"frequency_per_day": 0}, "frequency_per_day"),
        ("order", PRESCRIPTION | {"frequency_per_day": "1.5"}, "frequency_per_day"),
        ("order", PRESCRIPTION | {"duration_days": -1}, "duration_days"),
        ("order", LAB | {"priority": "high"}, "priority"),
        ("radiology_order", IMAGES | {"modality": "엑스레이"}, "modality"),
        ("radiology_order", IMAGES | {"laterality": "up"}, "laterality"),
        ("radiology_order", IMAGES | {"contrast": "maybe"}, "contrast"),
        ("radiology_study", STUDY | {"study_instance_uid": "1.2.x"}, "study_instance_uid"),
        ("radiology_study", STUDY | {"study_instance_uid": f"1.{'2' * 63}"}, "study_instance_uid"),
        ("radiology_study", STUDY | {"num_series": -1}, "num_series"),
        ("radiology_study", STUDY | {"num_instances": 2**31}, "num_instances"),
        ("radiology_study", STUDY | {"wado_url": "pacs"}, "wado_url"),
        ("radiology_study", STUDY | {"series": ["1.2.3"]}, "series[0]"),
        ("radiology_study", STUDY | {"series": [{"uid": "1.2.3"}, {"uid": "x"}]}, "series[1].uid"),
        ("radiology_study", STUDY | {"series": [{"number": 1}]}, "series[0].uid"),
        ("radiology_study", STUDY | {"series": [{"uid": "1.2.3", "number": -1}]}, "series[0].number"),
        ("ai_job", JOB | {"confidence": 2}, "confidence"),
        ("ai_job", JOB | {"confidence": "97%"}, "confidence"),
        ("ai_job", JOB | {"findings": [{"code": "A", "probability": -1}]}, "findings[0].probability"),
        ("ai_job", JOB | {"findings": ["a", {"probability": 1}]}, "findings[1].code"),
        ("ai_job", JOB | {"findings": [{"code": "A", "size": 1}]}, "findings[0].size"),
        ("ai_job", JOB | {"result": "{not json"}, "result"),
        ("ai_job", JOB | {"status": "done"}, "status"),
        ("diagnosis", DIAGNOSIS | {"onset_date": "2026-01-02", "resolved_date": "2026-01-01"}, "resolved_date"),
        ("diagnosis", DIAGNOSIS | {"clinical_status": "relapse", "resolved_date": "2026-01-01"}, "resolved_date"),
        ("diagnosis", DIAGNOSIS | {"diagnosis_type": "main"}, "diagnosis_type"),
        ("diagnosis", {k: v for k, v in DIAGNOSIS.items() if k != "encounter_id"}, "encounter_id"),
        ("allergy", ALLERGY | {"category": ["food", "pollen"]}, "category[1]"),
        ("allergy", ALLERGY | {"severity": "심함"}, "severity"),
        ("allergy", ALLERGY | {"allergen_code": "a  b"}, "allergen_code"),
    ],
)
def test_a_wrong_field_is_named(type_: str, row: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecord) as found:
        read(type_, row)
    assert found.value.field == field


@pytest.mark.parametrize(
    ("word", "code"), [("MRI", "MR"), ("x-ray", "DX"), ("Sono", "US"), ("pet", "PT"), ("mammo", "MG"), ("rf", "RF")]
)
def test_modalities_are_read_in_the_clinic_s_words(word: str, code: str) -> None:
    assert made("radiology_order", IMAGES | {"modality": word})["code"]["coding"][0]["code"] == code
    assert made("radiology_study", STUDY | {"modality": word})["modality"][0]["code"] == code


@pytest.mark.parametrize(
    ("row", "status", "back"),
    [
        (LAB | {"status": "ordered"}, "active", "active"),
        (LAB | {"status": "stopped"}, "revoked", "cancelled"),
        (PRESCRIPTION | {"status": "in_progress"}, "active", "active"),
        (PRESCRIPTION | {"status": "entered-in-error"}, "entered-in-error", "entered-in-error"),
        (PROCEDURE | {"status": "draft"}, "preparation", "ordered"),
        (PROCEDURE | {"status": "active"}, "in-progress", "in_progress"),
        (PROCEDURE | {"status": "cancelled"}, "not-done", "cancelled"),
    ],
)
def test_an_order_s_status_is_said_in_its_target_s_words(row: dict[str, Any], status: str, back: str) -> None:
    resource = made("order", row)
    found = MAPPER.from_resource(resource)
    assert resource["status"] == status and found is not None and found.fields["status"] == back


@pytest.mark.parametrize(
    ("stored", "element"),
    [
        ({}, "basedOn"),
        ({("order", "O-1"): "ServiceRequest"}, "basedOn"),
        ({("order", "O-1"): "Procedure"}, "procedureReference"),
        ({("order", "O-1"): "Procedure", ("radiology_order", "O-1"): "ServiceRequest"}, "basedOn"),
    ],
)
def test_a_study_points_at_what_it_was_made_for(stored: dict[tuple[str, str], str], element: str) -> None:
    record = read("radiology_study", STUDY | {"order_id": "O-1"})
    resource = MAPPER.with_stored_types(stored).to_resource(record)
    assert {"basedOn", "procedureReference"} & resource.keys() == {element}


def test_no_images_are_made_for_a_prescription() -> None:
    mapper = MAPPER.with_stored_types({("order", "O-1"): "MedicationRequest"})
    with pytest.raises(InvalidRecord) as found:
        mapper.to_resource(read("radiology_study", STUDY | {"order_id": "O-1"}))
    assert found.value.field == "order_id"


def test_the_supply_s_duration_is_read_where_the_timing_has_none() -> None:
    resource = made("order", PRESCRIPTION)
    resource["dispenseRequest"] = {"expectedSupplyDuration": {"value": 7, "unit": "days", "code": "d"}}
    found = MAPPER.from_resource(resource)
    assert found is not None and found.fields["duration_days"] == 7


def test_plain_forms_of_older_exports_are_read() -> None:
    study = {"resourceType": "ImagingStudy", "id": "1", "modality": "MRI", "endpoint": "https://pacs.example.org/1"}
    found = MAPPER.from_resource(study)
    assert found is not None and registry.missing_fields(found) == ("patient_id", "study_instance_uid")
    assert (found.fields["modality"], found.fields["wado_url"]) == ("MR", "https://pacs.example.org/1")
    drug = {"resourceType": "MedicationRequest", "id": "1", "status": "active", "category": "outpatient"}
    found = MAPPER.from_resource(drug)
    assert (
        found is not None
        and found.fields["order_type"] == "medication"
        and "patient_id" in registry.missing_fields(found)
    )
    allergy = {"resourceType": "AllergyIntolerance", "id": "1", "category": "food", "code": {"text": "우유"}}
    found = MAPPER.from_resource(allergy)
    assert found is not None and found.fields["category"] == ["food"]
    order = {"resourceType": "ServiceRequest", "id": "1", "category": ["lab"], "code": {"text": "x"}}
    found = MAPPER.from_resource(order, type_="order")
    assert found is not None and found.fields["order_type"] == "lab"


@pytest.mark.parametrize("status", ["completed", "final", "corrected", "entered-in-error"])
def test_a_job_that_is_done_is_for_the_server(status: str) -> None:
    assert registry.is_ready(read("ai_job", JOB | {"status": status}))


@pytest.mark.parametrize("status", ["pending", "running", "failed", "cancelled", "preliminary"])
def test_a_job_that_is_not_done_stays_here(status: str) -> None:
    assert not registry.is_ready(read("ai_job", JOB | {"status": status}))


def test_what_others_wrote_in_an_order_stays_when_it_changes() -> None:
    base = made("order", PRESCRIPTION) | {"note": [{"text": "남의 것"}], "category": [{"text": "외래"}]}
    changed = read("order", PRESCRIPTION | {"instructions": "1정", "status": "stopped"})
    laid = MAPPER.draft(changed).merge_into(base, MAPPER.to_resource(changed))
    assert (laid["note"], laid["category"], laid["status"]) == (base["note"], base["category"], "stopped")
    assert laid["dosageInstruction"] == [{"text": "1정"}]


def test_the_category_of_a_procedure_is_others_and_no_list() -> None:
    base = made("order", PROCEDURE) | {"category": {"text": "외과"}}
    changed = read("order", PROCEDURE | {"status": "stopped"})
    laid = MAPPER.draft(changed).merge_into(base, MAPPER.to_resource(changed))
    assert laid == base | {"status": "stopped"}
    assert registry.same("order", laid, base | {"status": "stopped"})


def laid_over(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What others wrote, read as a record, changed, and laid over it again; without our identifier."""
    record = MAPPER.from_resource(base)
    assert record is not None
    changed = record.with_fields(**changes)
    laid = MAPPER.draft(changed).merge_into(base, MAPPER.to_resource(changed))
    return {name: value for name, value in laid.items() if name != "identifier"}


def test_nothing_of_ours_is_put_into_a_report_that_others_wrote() -> None:
    base: dict[str, Any] = {"resourceType": "DiagnosticReport", "id": "1", "status": "final"}
    base |= {"code": {"text": "CBC"}, "result": [{"reference": "Observation/1"}]}
    base |= {"contained": [{"resourceType": "Device", "id": "d"}]}
    assert laid_over(base, title="일반혈액검사") == base | {"code": {"text": "일반혈액검사"}}


def test_what_is_taken_stays_where_others_only_refer_to_it() -> None:
    base: dict[str, Any] = {"resourceType": "MedicationRequest", "id": "1", "status": "active", "intent": "order"}
    base |= {"medicationReference": {"reference": "#m"}, "dosageInstruction": [{"text": "1정", "sequence": 1}]}
    base |= {"contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "아스피린"}}]}
    record = MAPPER.from_resource(base)
    assert record is not None and record.fields["display"] == "아스피린"
    assert laid_over(base, instructions="2정") == base | {"dosageInstruction": [{"text": "2정", "sequence": 1}]}


def test_a_timing_has_one_kind_of_bounds() -> None:
    base: dict[str, Any] = {"resourceType": "MedicationRequest", "id": "1", "status": "active", "intent": "order"}
    base |= {"medicationCodeableConcept": {"text": "약"}}
    repeat = {"boundsPeriod": {"start": "2026"}, "frequency": 2, "period": 1, "periodUnit": "d"}
    laid = laid_over(base | {"dosageInstruction": [{"timing": {"repeat": repeat}}]}, duration_days=5)
    assert laid["dosageInstruction"][0]["timing"]["repeat"].keys() - repeat.keys() == {"boundsDuration"}
    assert "boundsPeriod" not in laid["dosageInstruction"][0]["timing"]["repeat"]


KOREA = "http://www.hl7korea.or.kr/CodeSystem/"


@pytest.mark.parametrize(
    ("name", "system", "back"),
    [
        ("LOINC", "http://loinc.org", "LOINC"),
        ("snomed ct", "http://snomed.info/sct", "SNOMED CT"),
        ("ICD-10", "http://hl7.org/fhir/sid/icd-10", "ICD-10"),
        ("ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm", "ICD-10-CM"),
        ("KCD", f"{KOREA}kostat-kcd-8", "KCD"),
        ("KCD-8", f"{KOREA}kostat-kcd-8", "KCD"),
        ("KCD-9", f"{KOREA}kostat-kcd-9", "KCD-9"),
        ("EDI", f"{KOREA}hira-edi-procedure", "EDI"),
        ("EDI-DRUG", f"{KOREA}hira-edi-medication", "EDI-DRUG"),
        ("KD", f"{KOREA}kpis-kdcode", "KD"),
        ("ATC", "http://www.whocc.no/atc", "ATC"),
        ("RxNorm", "http://www.nlm.nih.gov/research/umls/rxnorm", "RxNorm"),
        ("DCM", "http://dicom.nema.org/resources/ontology/DCM", "DCM"),
        ("urn:oid:1.2.3", "urn:oid:1.2.3", "urn:oid:1.2.3"),
        ("우리 병원", "https://fhir.hospital.com/code/order", None),
        (None, "https://fhir.hospital.com/code/order", None),
    ],
)
def test_a_code_system_is_named_as_clinics_name_it(name: str | None, system: str, back: str | None) -> None:
    resource = made("order", LAB | {"code": "1", "code_system": name})
    assert resource["code"]["coding"] == [{"system": system, "code": "1"}]
    found = MAPPER.from_resource(resource)
    assert found is not None and found.fields.get("code_system") == back


def test_what_is_meant_without_a_name_is_not_named() -> None:
    for type_, row, system in (
        ("diagnosis", DIAGNOSIS | {"code_system": "ICD-10"}, "http://hl7.org/fhir/sid/icd-10"),
        ("allergy", ALLERGY | {"allergen_code": "1", "code_system": "SNOMED"}, "http://snomed.info/sct"),
    ):
        resource = made(type_, row)
        found = MAPPER.from_resource(resource)
        assert resource["code"]["coding"][0]["system"] == system
        assert found is not None and "code_system" not in found.fields


def test_what_was_entered_in_error_has_no_clinical_status() -> None:
    wrong = {"verification": "entered-in-error"}
    condition = made("diagnosis", DIAGNOSIS | wrong | {"clinical_status": "active", "resolved_date": "2026-01-01"})
    assert "clinicalStatus" not in condition and "abatementDateTime" not in condition  # con-5, con-4
    assert "clinicalStatus" not in made("allergy", ALLERGY | wrong | {"status": "active"})  # ait-2
    assert made("diagnosis", DIAGNOSIS | {"resolved_date": "2026"})["clinicalStatus"]["coding"][0]["code"] == "resolved"
