"""ai_job ⇄ DiagnosticReport that contains its model and its analysis
(https://hl7.org/fhir/R4/diagnosticreport.html)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.limits import check_limits
from fhirdesk.converters.references import refer, referred_key
from fhirdesk.converters.systems import LOINC, TERMINOLOGY, UCUM, name_of, system_of
from fhirdesk.converters.times import is_instant
from fhirdesk.converters.values import (
    at,
    concept,
    first_item,
    identifier,
    items_at,
    list_of,
    number_at,
    of_system,
    resource,
    text_at,
    where,
    without_empty,
    words_of,
)
from fhirdesk.core.errors import InvalidDocument, InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource
from fhirdesk.r4 import json

STATUSES = Codes(
    words={
        "pending": "registered",
        "running": "partial",
        "completed": "final",
        "cancelled": "cancelled",
        "failed": "cancelled",
    },
    own=frozenset(
        [
            "registered",
            "partial",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "appended",
            "cancelled",
            "entered-in-error",
            "unknown",
        ]
    ),
)
DONE = frozenset(["final", "amended", "corrected", "appended", "entered-in-error"])  # what the server is told of
FINDING = (
    Field("code", Kind.KEY),
    Field("code_system", Kind.CODE, is_system=True),
    Field("display"),
    Field("probability", Kind.NUMBER),
)
TYPE = RecordType(
    "ai_job",
    "job_id",
    "ai-job",
    (
        Field("job_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_id", Kind.KEY, refers_to=("encounter",)),
        Field("study_id", Kind.KEY, refers_to=("radiology_study",)),
        Field("model_name", required=True),
        Field("model_version"),
        Field("status", Kind.CODE, required=True, codes=STATUSES),
        Field("completed_at", Kind.DATETIME),
        Field("title"),
        Field("conclusion"),
        Field("confidence", Kind.NUMBER),
        Field("findings", Kind.LIST, items=FINDING),
        Field("result", Kind.JSON),
        *STAMPS,
    ),
    ("DiagnosticReport",),
    create_priority=7,
)
IMAGING_STUDY = "18748-4"
SECTIONS = f"{TERMINOLOGY}v2-0074"
MODEL, ANALYSIS = {"reference": "#model"}, {"reference": "#analysis"}
JSON_FORM = "application/json"
CONTAINED = (where(resourceType="Device", id="model"), where(resourceType="Observation", id="analysis"))
PRESENTED = where(contentType=JSON_FORM)


def ready(record: Record) -> bool:
    """Whether the job is done: the server is told of no other."""
    return STATUSES.code(record.fields["status"]) in DONE


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    f = record.fields
    check_limits(f.get("confidence"), "confidence", high=1)
    for index, finding in enumerate(f.get("findings", ())):
        if isinstance(finding, dict):
            path = f"findings[{index}]"
            check_limits(finding.get("probability"), f"{path}.probability", high=1)
            if "code" not in finding and "display" not in finding:
                raise InvalidRecord("field_missing", field=f"{path}.code")


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the DiagnosticReport of the record, as docs/mapping.md says."""
    f, study, at_ = record.fields, record.fields.get("study_id"), record.fields.get("completed_at")
    code = concept(LOINC, IMAGING_STUDY if study else None, f.get("title", f.get("model_name")))
    subject = refer(record, "patient_id", context)
    ours = "model_name" in f  # a report that others wrote has no model, and none of ours is put into it
    return resource(
        "DiagnosticReport",
        record,
        contained=[_model(f), _analysis(f, code, subject, context)] if ours else None,
        identifier=[identifier(record, context)],
        status=STATUSES.code(f["status"]) if "status" in f else None,
        category=[concept(SECTIONS, "IMG" if study else "OTH")],
        code=code,
        subject=subject,
        encounter=refer(record, "encounter_id", context),
        effectiveDateTime=at_,
        issued=at_ if at_ and is_instant(at_) else None,
        result=[dict(ANALYSIS)] if ours else None,
        imagingStudy=list_of(refer(record, "study_id", context)),
        conclusion=f.get("conclusion"),
        presentedForm=[_form(f["result"])] if "result" in f else None,
    )


def _model(f: Mapping[str, Any]) -> dict[str, Any]:
    version = [{"value": f["model_version"]}] if "model_version" in f else None
    name = [{"name": f["model_name"], "type": "model-name"}]
    return {"resourceType": "Device", "id": "model"} | without_empty(deviceName=name, version=version)


def _analysis(f: Mapping[str, Any], code: Any, subject: Any, context: Context) -> dict[str, Any]:
    """Returns the Observation of what the model saw: its confidence, then one component for each finding."""
    own = context.code_system("ai-job")
    components = [_confidence(own, f["confidence"])] if "confidence" in f else []
    components += [_finding(finding, own, context) for finding in f.get("findings", ())]
    head = {"resourceType": "Observation", "id": "analysis", "status": "final"}
    return head | without_empty(code=code, subject=subject and dict(subject), device=dict(MODEL), component=components)


def _confidence(own: str, value: Any) -> dict[str, Any]:
    return {"code": concept(own, "confidence"), "valueQuantity": _share(value)}


def _share(value: Any) -> dict[str, Any]:
    """Returns a Quantity of a number from 0 to 1."""
    return {"value": value, "system": UCUM, "code": "1"}


def _finding(finding: Any, own: str, context: Context) -> dict[str, Any]:
    if isinstance(finding, str):
        return {"code": concept(own, "finding"), "valueString": finding}
    system = system_of(finding.get("code_system"), "ai-job", context)
    code = concept(system, finding.get("code"), finding.get("display"))
    if "probability" in finding:
        return {"code": code, "valueQuantity": _share(finding["probability"])}
    return {"code": code, "valueBoolean": True}


def _form(result: Any) -> dict[str, Any]:
    return {"contentType": JSON_FORM, "data": base64.b64encode(json.dumps(result)).decode()}


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from a DiagnosticReport."""
    model, analysis = (pick(items_at(resource, "contained")) for pick in CONTAINED)
    status, title = text_at(resource, "status"), words_of(at(resource, "code"))
    name = text_at(model, "deviceName", 0, "name")
    confidence, findings = _components(analysis, context)
    return without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        study_id=referred_key(at(resource, "imagingStudy", 0), context),
        model_name=name,
        model_version=text_at(model, "version", 0, "value"),
        status=STATUSES.word(status) if status else None,
        completed_at=text_at(resource, "issued") or text_at(resource, "effectiveDateTime"),
        title=None if title == name else title,
        conclusion=text_at(resource, "conclusion"),
        confidence=confidence,
        findings=findings,
    ) | _result(resource)


def _components(analysis: Any, context: Context) -> tuple[Any, list[Any]]:
    """Returns (confidence, findings) of the analysis."""
    confidence, findings, own_system = None, [], context.code_system("ai-job")
    for component in items_at(analysis, "component"):
        code = at(component, "code", "coding", 0)
        own = text_at(code, "code") if at(code, "system") == own_system and not at(component, "code", "text") else None
        if own == "confidence" and confidence is None:
            confidence = number_at(component, "valueQuantity", "value")
        elif own == "finding" and text_at(component, "valueString"):
            findings.append(component["valueString"])
        else:
            findings.append(_finding_back(component, context))
    return confidence, findings


def _finding_back(component: dict[str, Any], context: Context) -> dict[str, Any]:
    code = at(component, "code")
    return without_empty(
        code=text_at(code, "coding", 0, "code"),
        code_system=name_of(at(code, "coding", 0, "system"), "ai-job", context),
        display=text_at(code, "text"),
        probability=number_at(component, "valueQuantity", "value"),
    )


def _result(resource: Resource) -> dict[str, Any]:
    """Returns {"result": the JSON of presentedForm}, {} if there is none that can be read."""
    data = text_at(PRESENTED(items_at(resource, "presentedForm")), "data")
    try:
        return {"result": json.loads(base64.b64decode(data, validate=True))} if data else {}
    except (binascii.Error, InvalidDocument):
        return {}


OWNED = (
    Owned("contained", CONTAINED),
    Owned("identifier", (of_system("/identifier/ai-job"),)),
    Owned("status"),
    Owned("category", (of_system("v2-0074"),)),
    Owned("code"),
    Owned("subject"),
    Owned("encounter"),
    Owned("effective", choice=True),
    Owned("issued"),
    Owned("result", (where(reference="#analysis"),)),
    Owned("imagingStudy", (first_item,)),
    Owned("conclusion"),
    Owned("presentedForm", (PRESENTED,)),
)
