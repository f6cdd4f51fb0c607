"""Each thing the check says, on the least resource that deserves it: where, which FHIR issue type, both languages."""

# ruff: noqa: E501  (a table: a line a case)

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhirdesk.i18n.catalog.fhir import R4_SENTENCES
from fhirdesk.r4 import json
from fhirdesk.r4.check import Finding, check, check_entries
from fhirdesk.r4.json import Number

SUBJECT = {"reference": "Patient/1"}
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def patient(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **more}


def observation(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **more}


def condition(**more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "subject": SUBJECT, **more}


def allergy(**more: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "patient": SUBJECT, **more}


ONE = {"system": "http://unitsofmeasure.org", "code": "1"}


def stay(**length: Any) -> dict[str, Any]:
    class_ = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}
    return {"resourceType": "Encounter", "status": "finished", "class": class_, "length": length}


def medication(**more: Any) -> dict[str, Any]:
    least = {"status": "active", "intent": "order", "subject": SUBJECT, "medicationCodeableConcept": {"text": "x"}}
    return {"resourceType": "MedicationRequest", **least, **more}


def questionnaire(**item: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "string", **item}]}


def bundle(kind: str = "collection", *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, **({"entry": list(entries)} if entries else {})}


def timing(**repeat: Any) -> dict[str, Any]:
    return medication(dosageInstruction=[{"timing": {"repeat": repeat}}])


def extended(*extensions: Any) -> dict[str, Any]:
    return patient(extension=list(extensions))


def narrative(div: str) -> dict[str, Any]:
    return patient(text={"status": "generated", "div": div})


def held(*contained: Any, **more: Any) -> dict[str, Any]:
    return patient(contained=list(contained), **more)


ORG = {"resourceType": "Organization", "id": "o", "name": "x"}
TO_ORG = {"managingOrganization": {"reference": "#o"}}
CASES: list[tuple[Any, str, str, str]] = [  # (resource, words, issue type, where)
    ([], "r4_not_an_object", "structure", "$this"),
    ({}, "r4_no_type", "structure", "$this"),
    ({"resourceType": "Foo"}, "r4_unknown_type", "structure", "$this"),
    ({"resourceType": "patient"}, "r4_type_case", "structure", "$this"),
    ({"resourceType": "MedicationOrder"}, "r4_type_of_version", "structure", "$this"),
    ({"resourceType": "DeviceUsage"}, "r4_type_of_version", "structure", "$this"),
    (condition(context=SUBJECT, assertedDate="2020"), "r4_is_version", "structure", "Condition"),
    (patient(foo=1), "r4_unknown_element", "structure", "Patient.foo"),
    ({"resourceType": "EvidenceVariable", "status": "draft", "characteristic": [{"definitionReference": {"reference": "Group/1"}, "definition": 1}]}, "r4_choice_unknown", "structure", "EvidenceVariable.characteristic[0].definition"),
    ({"resourceType": "MedicinalProduct", "name": [{"productName": "x", "countryLanguage": [{"country": {"text": "KR"}}]}]}, "r4_required", "required", "MedicinalProduct.name[0].countryLanguage[0].language"),
    (observation(referenceRange=[{"low": {"value": 1, "comparator": "<"}}]), "r4_unknown_element", "structure", "Observation.referenceRange[0].low.comparator"),
    (patient(birthdate="2020"), "r4_did_you_mean", "structure", "Patient.birthdate"),
    (patient(name=[{"given": ["a"], "famly": "b"}]), "r4_did_you_mean", "structure", "Patient.name[0].famly"),
    (observation(value=1), "r4_choice_unknown", "structure", "Observation.value"),
    ({"resourceType": "Observation", "code": {"text": "x"}}, "r4_required", "required", "Observation.status"),
    (patient(link=[{"type": "seealso"}]), "r4_required", "required", "Patient.link[0].other"),
    (observation(category="laboratory"), "r4_wants_objects", "structure", "Observation.category"),
    (patient(gender="M"), "r4_codes_near", "code-invalid", "Patient.gender"),
    (observation(status="Final"), "r4_codes_near", "code-invalid", "Observation.status"),
    (observation(valueString="a", valueInteger=1), "r4_choice", "structure", "Observation"),
    ({k: v for k, v in medication().items() if "CodeableC" not in k}, "r4_choice_missing", "required", "MedicationRequest.medication"),
    (patient(name={"family": "x"}), "r4_wants_list", "structure", "Patient.name"),
    (patient(birthDate=["2020"]), "r4_wants_one", "structure", "Patient.birthDate"),
    (observation(subject="Patient/1"), "r4_wants_object", "structure", "Observation.subject"),
    (patient(birthDate=2020), "r4_wants_text", "structure", "Patient.birthDate"),
    (observation(valueQuantity={"value": "1"}), "r4_wants_number", "structure", "Observation.valueQuantity.value"),
    (patient(active="true"), "r4_wants_boolean", "structure", "Patient.active"),
    (patient(birthDate=None), "r4_null", "structure", "Patient.birthDate"),
    (patient(name=[None]), "r4_null", "structure", "Patient.name[0]"),
    (patient(name=[{"given": ["a", None]}]), "r4_null_alone", "structure", "Patient.name[0].given[1]"),
    (
        patient(name=[{"given": ["a", None], "_given": [{"id": "x"}]}]),
        "r4_lists_differ",
        "structure",
        "Patient.name[0].given",
    ),
    (patient(name=[]), "r4_empty_list", "structure", "Patient.name"),
    (patient(maritalStatus={}), "r4_empty_object", "structure", "Patient.maritalStatus"),
    (patient(maritalStatus={"id": "x"}), "r4_empty_object", "structure", "Patient.maritalStatus"),
    (patient(birthDate=""), "r4_empty_text", "value", "Patient.birthDate"),
    (bundle("collection", {"resource": {}}), "r4_resource", "structure", "Bundle.entry[0].resource"),
    (patient(name=[{"family": "a\x00"}]), "r4_string", "value", "Patient.name[0].family"),
    (patient(language="a  b"), "r4_code", "value", "Patient.language"),
    (patient(id="a_b"), "r4_id", "value", "Patient.id"),
    (patient(implicitRules="a b"), "r4_uri", "value", "Patient.implicitRules"),
    (patient(identifier=[{"system": "urn:oid:1.02"}]), "r4_uri", "value", "Patient.identifier[0].system"),
    (patient(meta={"profile": ["a b"]}), "r4_canonical", "value", "Patient.meta.profile[0]"),
    (extended({"url": "u:x", "valueOid": "1.2"}), "r4_oid", "value", "Patient.extension[0].valueOid"),
    (extended({"url": "u:x", "valueUuid": "1"}), "r4_uuid", "value", "Patient.extension[0].valueUuid"),
    (extended({"url": "u:x", "valueUrl": "a b"}), "r4_url", "value", "Patient.extension[0].valueUrl"),
    (extended({"url": "u:x", "valueMarkdown": "\x01"}), "r4_markdown", "value", "Patient.extension[0].valueMarkdown"),
    (patient(birthDate="1985-3-5"), "r4_date", "value", "Patient.birthDate"),
    (patient(birthDate="1985-03-05T10:00:00Z"), "r4_date", "value", "Patient.birthDate"),
    (patient(birthDate="2019-02-29"), "r4_no_such_day", "value", "Patient.birthDate"),
    (observation(effectiveDateTime="2020/01/01"), "r4_dateTime", "value", "Observation.effectiveDateTime"),
    (observation(effectiveDateTime="2020-01-01T24:00:00Z"), "r4_dateTime", "value", "Observation.effectiveDateTime"),
    (observation(effectiveDateTime="2020-01-01T10:00:00"), "r4_no_zone", "value", "Observation.effectiveDateTime"),
    (observation(issued="2020-01-01"), "r4_instant", "value", "Observation.issued"),
    (observation(valueTime="10:00"), "r4_time", "value", "Observation.valueTime"),
    (patient(photo=[{"contentType": "image/png", "data": "abc"}]), "r4_base64Binary", "value", "Patient.photo[0].data"),
    (patient(photo=[{"contentType": "png"}]), "r4_mime", "value", "Patient.photo[0].contentType"),
    (extended({"url": "u:x", "valueMoney": {"currency": "won"}}), "r4_currency", "value", "Patient.extension[0].valueMoney.currency"),
    (observation(valueInteger=Number("1.0")), "r4_integer", "value", "Observation.valueInteger"),
    (patient(telecom=[{"rank": 0}]), "r4_positiveInt", "value", "Patient.telecom[0].rank"),
    (patient(photo=[{"size": -1}]), "r4_unsignedInt", "value", "Patient.photo[0].size"),
    (timing(period=-1, periodUnit="d"), "r4_notNegative", "value", "MedicationRequest.dosageInstruction[0].timing.repeat.period"),
    (condition(onsetAge={"value": 0, "code": "a"}), "r4_positive", "value", "Condition.onsetAge.value"),
    (condition(onsetAge={"value": 1, "code": "a", "system": "u:x"}), "r4_ucum", "value", "Condition.onsetAge.system"),
    (condition(onsetAge={"system": "u:x"}), "r4_ucum", "value", "Condition.onsetAge.system"),
    (stay(value=1, code="d", system="u:x"), "r4_lacks", "invariant", "Encounter.length"),
    (stay(code="d", system="http://unitsofmeasure.org"), "r4_needs", "invariant", "Encounter.length"),
    (patient(extension=[{"url": "u:x", "valueCount": {"value": Number("1.5"), **ONE}}]), "r4_integer", "value", "Patient.extension[0].valueCount.value"),
    (patient(extension=[{"url": "u:x", "valueCount": {"value": 1, **ONE, "code": "2"}}]), "r4_codes", "code-invalid", "Patient.extension[0].valueCount.code"),
    (patient(_birthDate={"id": "x"}), "r4_empty_object", "structure", "Patient.birthDate"),
    (patient(name=[{"given": ["a", None], "_given": [None, {"id": "x"}]}]), "r4_null_alone", "structure", "Patient.name[0].given[1]"),
    (patient(managingOrganization={"reference": "#"}), "r4_dangling", "not-found", "Patient.managingOrganization.reference"),
    (condition(subject={"reference": "../Patient/1"}), "r4_reference", "value", "Condition.subject.reference"),
    (condition(subject={"type": "Foo", "display": "x"}), "r4_target", "value", "Condition.subject.type"),
    (patient(gender="x"), "r4_codes", "code-invalid", "Patient.gender"),
    (questionnaire(type="x"), "r4_code_long_list", "code-invalid", "Questionnaire.item[0].type"),
    (condition(clinicalStatus={"text": "active"}), "r4_concept", "code-invalid", "Condition.clinicalStatus"),
    (condition(clinicalStatus=coded(CLINICAL, "Active")), "r4_concept", "code-invalid", "Condition.clinicalStatus.coding"),
    (condition(subject={"reference": "P-1"}), "r4_reference", "value", "Condition.subject.reference"),
    (condition(subject={"reference": "Patient/a_b"}), "r4_reference", "value", "Condition.subject.reference"),
    (condition(subject={"reference": "Practitioner/1"}), "r4_target", "value", "Condition.subject.reference"),
    (condition(subject={"reference": "http://a.b/fhir/Device/1/_history/2"}), "r4_target", "value", "Condition.subject.reference"),
    (condition(subject={"type": "Device", "identifier": {"value": "1"}}), "r4_target", "value", "Condition.subject.type"),
    (condition(subject={"type": "Group", "reference": "Patient/1"}), "r4_type_differs", "value", "Condition.subject"),
    (held(ORG, generalPractitioner=[{"reference": "#p"}], **TO_ORG), "r4_dangling", "not-found", "Patient.generalPractitioner[0].reference"),
    (held(patient(id="o"), **TO_ORG), "r4_target", "value", "Patient.managingOrganization.reference"),
    (held(ORG), "r4_contained_unused", "invariant", "Patient.contained[0]"),
    (held({**ORG, "contained": [ORG]}, **TO_ORG), "r4_contained_nested", "invariant", "Patient.contained[0].contained[0]"),
    (held({**ORG, "meta": {"versionId": "1"}}, **TO_ORG), "r4_contained_meta", "invariant", "Patient.contained[0].meta"),
    (held({"resourceType": "Foo", "id": "o"}, **TO_ORG), "r4_unknown_type", "structure", "Patient.contained[0]"),
    (held({**ORG, "active": "yes"}, **TO_ORG), "r4_wants_boolean", "structure", "Patient.contained[0].active"),
    (patient(contact=[{"gender": "male"}]), "r4_any", "invariant", "Patient.contact[0]"),
    (questionnaire(enableWhen=[{"question": "1", "operator": "exists"}]), "r4_has", "invariant", "Questionnaire.item[0].enableWhen[0]"),
    ({"resourceType": "Parameters", "parameter": [{"name": "x"}]}, "r4_one", "invariant", "Parameters.parameter[0]"),
    (observation(valueString="a", dataAbsentReason={"text": "x"}), "r4_apart", "invariant", "Observation"),
    (observation(valueQuantity={"value": 1, "code": "g"}), "r4_needs", "invariant", "Observation.valueQuantity"),
    (patient(telecom=[{"value": "1"}]), "r4_needs", "invariant", "Patient.telecom[0]"),
    (timing(timeOfDay=["10:00:00"], when=["AC"]), "r4_apart", "invariant", "MedicationRequest.dosageInstruction[0].timing.repeat"),
    (observation(valueRatio={"numerator": {"value": 1}}), "r4_both", "invariant", "Observation.valueRatio"),
    ({**bundle(), "total": 1}, "r4_lacks", "invariant", "Bundle"),
    (extended({"url": "u:x"}, {"url": "u:y", "valueCode": "a"}), "r4_extension", "invariant", "Patient.extension[0]"),
    (extended({"url": "u:x", "valueCode": "a", "valueString": "b"}), "r4_extension", "invariant", "Patient.extension[0]"),
    (extended({"url": "x", "valueCode": "a"}), "r4_extension_url", "value", "Patient.extension[0].url"),
    (patient(name=[{"period": {"start": "2020-02", "end": "2020-01-31"}}]), "r4_period", "invariant", "Patient.name[0].period"),
    (observation(valueRange={"low": {"value": 2}, "high": {"value": Number("1.5")}}), "r4_range", "invariant", "Observation.valueRange"),
    (condition(category=[coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")]), "r4_con_3", "invariant", "Condition"),
    (condition(clinicalStatus=coded(CLINICAL, "active"), abatementString="x"), "r4_con_4", "invariant", "Condition.clinicalStatus"),
    (
        condition(clinicalStatus=coded(CLINICAL, "active"), verificationStatus=coded(VERIFICATION, "entered-in-error")),
        "r4_con_5",
        "invariant",
        "Condition.clinicalStatus",
    ),
    (allergy(), "r4_ait_1", "invariant", "AllergyIntolerance"),
    (
        allergy(
            clinicalStatus=coded(ALLERGY.replace("verification", "clinical"), "active"),
            verificationStatus=coded(ALLERGY, "entered-in-error"),
        ),
        "r4_ait_2",
        "invariant",
        "AllergyIntolerance.clinicalStatus",
    ),
    (
        observation(code=coded("u:x", "1"), valueString="a", component=[{"code": coded("u:x", "1")}]),
        "r4_obs_7",
        "invariant",
        "Observation.component[0].code",
    ),
    ({**ORG, "telecom": [{"system": "phone", "use": "home"}]}, "r4_org_home", "invariant", "Organization.telecom[0].use"),
    ({"resourceType": "Linkage", "item": [{"type": "source", "resource": SUBJECT}]}, "r4_too_few", "invariant", "Linkage.item"),
    (questionnaire(item=[{"linkId": "1", "type": "string"}]), "r4_not_unique", "invariant", "Questionnaire"),
    (narrative(f"<div {XHTML}>&nbsp;</div>"), "r4_div_xml", "structure", "Patient.text.div"),
    (narrative("<div>x</div>"), "r4_div_root", "structure", "Patient.text.div"),
    (narrative(f"<p {XHTML}>x</p>"), "r4_div_root", "structure", "Patient.text.div"),
    (narrative(f"<div {XHTML}>x<script>1</script></div>"), "r4_div_active", "invariant", "Patient.text.div"),
    (narrative(f'<div {XHTML} onclick="x()">x</div>'), "r4_div_active", "invariant", "Patient.text.div"),
    (narrative(f'<div {XHTML}><a href=" JavaScript:x()">x</a></div>'), "r4_div_active", "invariant", "Patient.text.div"),
    (narrative(f'<!DOCTYPE d [<!ENTITY a "b">]><div {XHTML}>&a;</div>'), "r4_div_active", "invariant", "Patient.text.div"),
    (narrative(f"<div {XHTML}> \n</div>"), "r4_div_empty", "invariant", "Patient.text.div"),
    (narrative(f"<div {XHTML}>\x00</div>"), "r4_xhtml", "value", "Patient.text.div"),
    (bundle("batch", {"resource": patient()}), "r4_bundle_request", "invariant", "Bundle.entry[0]"),
    (bundle("batch-response", {"resource": patient()}), "r4_bundle_response", "invariant", "Bundle.entry[0]"),
    (bundle("collection", {"search": {"mode": "match"}, "resource": patient()}), "r4_bundle_search", "invariant", "Bundle.entry[0]"),
    (bundle("message", {"resource": patient()}), "r4_bundle_first", "invariant", "Bundle"),
    (bundle("collection", {"fullUrl": "Patient/1", "resource": patient()}), "r4_full_url_relative", "value", "Bundle.entry[0].fullUrl"),
    (bundle("history", {"fullUrl": "http://a.b/Patient/1/_history/1", "resource": patient(id="1")}), "r4_full_url_version", "invariant", "Bundle.entry[0].fullUrl"),
    (bundle("collection", {"fullUrl": "http://a.b/Patient/1", "resource": patient(id="2")}), "r4_full_url_other", "value", "Bundle.entry[0].fullUrl"),
    (
        bundle(
            "collection",
            {"fullUrl": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", "resource": ORG},
            {"resource": condition(subject={"reference": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"})},
        ),
        "r4_target",
        "value",
        "Bundle.entry[1].resource.subject.reference",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "words", "code", "where"), CASES, ids=[f"{c[1]}-{c[3]}" for c in CASES])
def test_what_is_wrong_is_said(resource: Any, words: str, code: str, where: str) -> None:
    found = {(f.words, f.code, f.expression) for f in check(resource)}
    assert (words, code, where) in found
    for finding in check(resource):
        for text in (finding.text("en"), finding.text("ko")):
            assert "?" not in text.replace("meant?", "").replace("것인가요?", ""), text


def test_no_sentence_is_left_untested() -> None:
    told = {words for _, words, _, _ in CASES}
    internal = {"r4_other", "r4_boolean", "r4_decimal", "r4_too_deep", "r4_canonical_relative", "r4_more"}
    assert set(R4_SENTENCES) - told - internal == set()


GOOD = [
    patient(birthDate="2000-02-29", _birthDate={"id": "b"}),
    patient(birthDate="0385"),
    patient(name=[{"given": [None, "a"], "_given": [{"extension": [{"url": "u:x", "valueCode": "b"}]}, None]}]),
    {"resourceType": "Observation", "_status": {"extension": [{"url": "u:x", "valueCode": "b"}]}, "code": {"text": "x"}},
    observation(valueQuantity={"value": Number("1e400")}),
    observation(valueQuantity={"value": 12345678901234567890123456789}),
    observation(valueQuantity={"value": Number("0.10000000000000000000000000001")}),
    observation(valueString="a\u00a0\u2028\t\n", effectiveDateTime="2016-12-31T23:59:60+14:00"),
    observation(effectivePeriod={"start": "2013-01-20T23:30:00+09:00", "end": "2013-01-20T15:00:00Z"}),
    observation(effectivePeriod={"start": "2013-01-20", "end": "2013-01-20T10:00:00Z"}),
    observation(referenceRange=[{"low": {"value": 900, "code": "mg", "system": "u:x"}, "high": {"value": 1, "code": "g", "system": "u:x"}}]),
    condition(subject={"reference": "https://a.b/fhir/Patient/1/_history/3", "type": "Patient"}),
    condition(subject={"reference": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"}),
    condition(subject={"reference": "Patient?identifier=u:x|1"}),
    condition(subject={"reference": "https://a.b/people/1"}),
    condition(subject={"type": "http://hl7.org/fhir/StructureDefinition/Patient", "display": "x"}),
    condition(onsetAge={"value": 1, "code": "a", "system": "http://unitsofmeasure.org"}),
    stay(value=2, unit="d", system="http://unitsofmeasure.org/"),  # drt-1: only a code binds the system
    stay(value=2, unit="d"),
    stay(system="u:x"),
    patient(extension=[{"url": "u:x", "valueCount": {"value": 3, **ONE}}]),
    condition(subject={"identifier": {"value": "1"}}, recorder={"display": "Kim"}),
    held(ORG, **TO_ORG),
    held({**ORG, "partOf": {"reference": "#p"}}, {**ORG, "id": "p"}, **TO_ORG),
    held({"resourceType": "Provenance", "target": [{"reference": "#"}], "recorded": "2020-01-01T00:00:00Z", "agent": [{"who": {"display": "x"}}]}),
    {"resourceType": "ExampleScenario", "status": "draft", "instance": [{"resourceId": "1", "resourceType": "Patient"}]},
    {"resourceType": "EvidenceVariable", "status": "draft", "characteristic": [{"definitionReference": {"reference": "Group/1"}}]},
]  # fmt: skip


@pytest.mark.parametrize("resource", GOOD, ids=lambda r: r["resourceType"])
def test_what_is_right_is_left_alone(resource: dict[str, Any]) -> None:
    assert check(resource) == ()
    assert check(json.loads(json.dumps(resource))) == ()


def test_a_relative_canonical_is_a_warning() -> None:
    (found,) = check(patient(meta={"profile": ["StructureDefinition/x"]}))
    assert (found.words, found.severity) == ("r4_canonical_relative", "warning")


def test_no_more_is_told_than_anybody_reads() -> None:
    found = check(patient(name=[{"foo": n} for n in range(5000)]))
    assert (len(found), found[-1].words, found[-1].severity) == (101, "r4_more", "information")


def test_one_slip_of_shape_is_not_called_another_version() -> None:
    assert "r4_is_version" not in {f.words for f in check(condition(category={"text": "x"}))}
    found = [f for f in check(condition(category={"text": "x"}, clinicalStatus="active")) if f.words == "r4_is_version"]
    assert "DSTU2" in found[0].text()


def test_what_is_nested_too_deep_is_said_and_nothing_breaks() -> None:
    deep: dict[str, Any] = {"url": "u:x", "valueCode": "a"}
    for _ in range(100000):
        deep = {"url": "u:x", "extension": [deep]}
    assert [f.words for f in check(extended(deep))] == ["r4_too_deep"]


def test_a_bundle_says_its_own_and_each_entrys_findings() -> None:
    whole = bundle("collection", {"resource": patient(gender="M")}, {"resource": 1}, {"resource": patient()})
    found = [(index, [f.expression for f in findings]) for index, _, findings in check_entries(whole)]
    assert found == [(None, ["Bundle.entry[1].resource"]), (0, ["Patient.gender"]), (1, ["$this"]), (2, [])]


def test_a_wrong_bundle_of_decimals() -> None:
    entry = {"resource": observation(valueQuantity={"value": Number("13.50")})}
    assert [f.expression for f in check(bundle("Collection", entry))] == ["Bundle.type"]


NAMES = [
    *("id", "contained", "extension", "url", "reference", "start", "end", "low", "high", "div", "value", "entry"),
    *("resource", "resourceType", "given", "_given", "item", "text", "meta", "name", "code", "coding", "component"),
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([Number("1e400"), "#x", "#"])
)
MEMBERS = st.sampled_from(NAMES) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4), max_leaves=25
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(
    type_=st.sampled_from(["Patient", "Bundle", "Observation", "Condition", "Questionnaire", "Parameters", "List"]),
    body=st.dictionaries(MEMBERS, VALUES, max_size=6),
)
def test_whatever_it_is_given_it_answers(type_: str, body: dict[str, Any]) -> None:
    for finding in check({**body, "resourceType": type_}):
        assert isinstance(finding, Finding) and finding.words in R4_SENTENCES
        assert finding.expression.startswith(type_)
        assert finding.words != "r4_other"
