"""The check against real resources: the good ones are not accused, the bad ones are caught and the reason is right."""

import json as python_json
import re
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.r4 import json
from fhirdesk.r4.check import Finding, check
from tests.r4.corpus import DATA, documents

GOOD = [
    "hl7_examples/hl7_r4_ten_types.tar.gz",
    "hl7_examples/hl7_r4_bundle_entries.ndjson.gz",
    "hl7_examples/hl7_r4_other_types.tar.gz",
    "ecqm/ecqm_r4_clean.ndjson.gz",
    "ecqm/ecqm_qicore_2023_cases.ndjson.gz",
    *(f"other_examples/{name}.tar.gz" for name in ("au_test_data", "fhir_test_cases", "ihe_rad_imr", "inferno_g10")),
    "other_examples/ms_fhir_server.tar.gz",
    *(f"other_examples/{name}.tar.gz" for name in ("inferno_us_core", "ips", "kr_core", "us_core")),
    *(f"synthea/bulk/{name}.ndjson.gz" for name in ("AllergyIntolerance", "Condition", "Device", "Encounter")),
    *(f"synthea/bulk/{name}.ndjson.gz" for name in ("Immunization", "Location", "MedicationRequest", "Organization")),
    *(f"synthea/bulk/{name}.ndjson.gz" for name in ("Patient", "Practitioner", "PractitionerRole", "Procedure")),
    "synthea/synthea_2021_hiv_transactions.ndjson.gz",
    "synthea/synthea_v2_intact.tar.gz",
    "synthea/synthea_v2_transactions.ndjson.gz",
    "synthea/synthea_v3_collections.ndjson.gz",
]
# Examples that are not R4: archive → document → what the check says of it; each looked up, and its reason told there.
BROKEN = python_json.loads((Path(__file__).parent / "broken.json").read_text(encoding="utf-8"))


def grave(resource: Any) -> list[Finding]:
    return [f for f in check(resource) if f.severity in ("error", "fatal")]


@pytest.mark.parametrize("name", GOOD)
def test_good_resources_are_not_accused(name: str) -> None:
    accused = {}
    for where, body in documents(name):
        if found := grave(json.loads(body.removeprefix(b"\xef\xbb\xbf"))):
            document = where[len(name) + 1 :].rsplit("/", 1)[-1].removesuffix(".json")
            accused[document] = " ".join(sorted({f.words for f in found}))
    assert accused == BROKEN["documents"].get(name, {})


def test_each_that_is_broken_has_its_reason() -> None:
    assert BROKEN["documents"].keys() <= set(GOOD)
    told = {word for kinds in BROKEN["documents"].values() for kind in kinds.values() for word in kind.split()}
    assert told == BROKEN["reasons"].keys()


def test_every_planted_error_is_caught() -> None:
    missed = []
    for where, line in documents("derived/planted_errors.ndjson.gz"):
        case = json.loads(line)
        resource = case["resource"]
        if not grave(json.loads(resource) if isinstance(resource, str) else resource):
            missed.append((where, case["case"]))
    assert missed == []


KINDS = {  # a reason of .why.json → the issue types that say the same
    "strict:primitive-dateTime": {"value"},
    "strict:primitive-instant": {"value"},
    "strict:primitive-decimal": {"structure", "value"},
    "strict:min-cardinality": {"required"},
    "strict:reference-form": {"value"},
    "schema:pattern": {"value"},
    "schema:required": {"required"},
    "schema:type": {"structure", "value"},
    "inv:con-4": {"invariant"},
}


def test_what_is_invalid_in_the_wild_is_refused_for_that_reason() -> None:
    lines = list(documents("adverse/natural_invalid.ndjson.gz"))
    reasons = python_json.loads((DATA / "adverse/natural_invalid.why.json").read_text())
    for (where, line), why in zip(lines, reasons, strict=True):
        codes = {f.code for f in grave(json.loads(line))}
        for reason in why:
            assert codes & KINDS[reason.split("@")[0]], (where, reason, codes)


def test_the_resource_cases_get_their_verdict() -> None:
    cases = dict(documents("adverse/resource_cases.tar.gz"))
    listed = next(body for where, body in cases.items() if where.endswith("/cases.json"))
    for case in python_json.loads(listed):
        body = next(b for where, b in cases.items() if where.endswith("/" + case["file"]))
        try:
            found = grave(json.loads_strict(body.removeprefix(b"\xef\xbb\xbf")))
        except InvalidDocument:
            found = [Finding("not_json", "$this")]
        if case["expect"] != "either":
            assert bool(found) == (case["expect"] != "accept"), (case, found)


FIELDS = {  # primitive → (resource, element of it) that holds one
    "base64_binary": ("Binary", "data"),
    "boolean": ("Patient", "active"),
    "canonical": ("Questionnaire", "derivedFrom"),
    "code": ("Observation", "language"),
    "date": ("Patient", "birthDate"),
    "date_time": ("Observation", "effectiveDateTime"),
    "decimal": ("Location", "position"),
    "id": ("Patient", "id"),
    "instant": ("Observation", "issued"),
    "integer": ("Observation", "valueInteger"),
    "markdown": ("Questionnaire", "purpose"),
    "oid": ("Basic", "valueOid"),
    "positive_int": ("Appointment", "minutesDuration"),
    "string": ("Observation", "valueString"),
    "time": ("Observation", "valueTime"),
    "unsigned_int": ("ImagingStudy", "numberOfSeries"),
    "uri": ("Patient", "implicitRules"),
    "url": ("Basic", "valueUrl"),
    "uuid": ("Basic", "valueUuid"),
}


def holding(kind: str, token: str) -> bytes:
    """The least resource that holds the JSON token as a value of that primitive type."""
    type_, element = FIELDS[kind]
    if type_ == "Basic":
        return f'{{"resourceType":"Basic","extension":[{{"url":"u:x","{element}":{token}}}]}}'.encode()
    if kind == "decimal":
        return f'{{"resourceType":"Location","position":{{"longitude":{token},"latitude":1}}}}'.encode()
    if kind == "canonical":
        token = f"[{token}]"
    return f'{{"resourceType":"{type_}","{element}":{token}}}'.encode()


def test_primitive_values() -> None:
    path = DATA / "adverse/primitive_values.json"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    wrong = []
    for kind, sides in python_json.loads(path.read_text()).items():
        for token in sides["valid"]:
            if any(FIELDS[kind][1] in f.expression for f in check(json.loads(holding(kind, token)))):
                wrong.append((kind, token, "accused"))
        for token in sides["invalid"]:
            try:
                found = check(json.loads(holding(kind, token)))
            except InvalidDocument:
                continue
            if not any(re.search(r"longitude|" + FIELDS[kind][1], f.expression) for f in found):
                wrong.append((kind, token, "let through"))
    assert wrong == []
