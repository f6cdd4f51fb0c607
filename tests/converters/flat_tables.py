"""The flat Synthea tables beside the repository as rows of our record types, and the resources they were made of."""

import csv
import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fhirdesk.r4 import json

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TABLES = DATA / "derived" / "synthea_flat_tables.tar.gz"
ORACLE = DATA / "synthea" / "synthea_v2_transactions.ndjson.gz"
Row = dict[str, Any]


def _same(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


def patient(row: Row) -> Row:
    named = _same(row, "patient_id", "family_name", "given_name", "gender", "birth_date", "phone")
    return named | {"address": row["street"], "postcode": row["postal_code"]}


def encounter(row: Row) -> Row:
    named = _same(row, "encounter_id", "patient_id", "status")
    return named | {"encounter_class": row["class"], "started_at": row["start"], "ended_at": row["end"]}


def lab_result(row: Row) -> Row:
    named = _same(row, "result_id", "patient_id", "encounter_id", "test_code", "test_name")
    return named | {"result_value": row["value"], "result_unit": row["ucum"], "resulted_at": row["issued_at"]}


def medication(row: Row) -> Row:
    named = _same(row, "order_id", "patient_id", "encounter_id", "status", "ordered_at", "instructions")
    return named | {
        "order_type": "medication",
        "code": row["rxnorm"],
        "code_system": "RxNorm",
        "display": row["name"],
    }


def procedure(row: Row) -> Row:
    return _same(row, "patient_id", "encounter_id", "status") | {
        "order_id": row["procedure_id"],
        "order_type": "procedure",
        "code": row["snomed"],
        "code_system": "SNOMED CT",
        "display": row["name"],
        "performed_at": row["start"],
        "performed_end": row["end"],
        "ordered_at": row["start"],
    }


def diagnosis(row: Row) -> Row:
    named = _same(row, "diagnosis_id", "patient_id", "encounter_id", "clinical_status", "recorded_at")
    return named | {
        "icd_code": row["snomed"],
        "code_system": "SNOMED CT",
        "diagnosis_name": row["name"],
        "verification": row["verification_status"],
        "onset_date": row["onset"],
        "resolved_date": row["abatement"],
    }


def study(row: Row) -> Row:
    named = _same(row, "study_id", "patient_id", "encounter_id", "modality", "num_series", "num_instances", "status")
    uid = row["study_uid"]
    return named | {"study_instance_uid": uid, "body_part": row["body_site"], "started_at": row["started"]}


def report(row: Row) -> Row:
    named = _same(row, "patient_id", "encounter_id", "status")
    return named | {
        "job_id": row["report_id"],
        "model_name": "panel",
        "title": row["name"],
        "completed_at": row["issued"],
    }


def allergy(row: Row) -> Row:
    named = _same(row, "allergy_id", "patient_id", "category", "criticality", "recorded_at")
    return named | {
        "allergen_code": row["snomed"],
        "allergen_name": row["name"],
        "status": row["clinical_status"],
        "verification": "confirmed",
    }


# table → record type, how a row is read, the elements that are equal to those of the resource it came from
KNOWN: dict[str, tuple[str, Callable[[Row], Row], str]] = {
    "patients": (
        "patient",
        patient,
        "name.0.family name.0.given name.0.use gender birthDate telecom.0.value telecom.0.system address.0.line "
        "address.0.postalCode",
    ),
    "encounters": ("encounter", encounter, "status class subject period"),
    "lab_results": ("lab_result", lab_result, "status code category subject encounter issued valueQuantity"),
    "medication_orders": (
        "order",
        medication,
        "status intent medicationCodeableConcept subject encounter authoredOn",
    ),
    "procedures": ("order", procedure, "status code subject encounter performedPeriod"),
    "diagnoses": (
        "diagnosis",
        diagnosis,
        "clinicalStatus verificationStatus code subject encounter onsetDateTime abatementDateTime recordedDate",
    ),
    "radiology_studies": (
        "radiology_study",
        study,
        "status subject encounter started numberOfSeries numberOfInstances",
    ),
    "reports": ("ai_job", report, "status subject encounter issued code.text"),
    "allergies": (
        "allergy",
        allergy,
        "clinicalStatus verificationStatus category criticality code patient recordedDate",
    ),
}


def tables() -> Iterator[tuple[str, list[Row]]]:
    """(name, rows) of each table."""
    with tarfile.open(TABLES) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file:
                rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))
                yield Path(member.name).stem, rows


def oracle() -> dict[tuple[str, str], Row]:
    """Each resource by type and id."""
    found = {}
    with gzip.open(ORACLE) as lines:
        for line in lines:
            for entry in json.loads(line)["entry"]:
                resource = entry["resource"]
                found[resource["resourceType"], resource["id"]] = resource
    return found


def plain(node: Any) -> Any:
    """Without displays, references by the id at their end."""
    if isinstance(node, dict):
        kept = {n: plain(v) for n, v in node.items() if n != "display"}
        if isinstance(node.get("reference"), str):
            kept["reference"] = node["reference"].replace("urn:uuid:", "/").rsplit("/", 1)[-1]
        return kept
    return [plain(item) for item in node] if isinstance(node, list) else node
