"""radiology_order ⇄ ServiceRequest (https://hl7.org/fhir/R4/servicerequest.html)."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.references import refer, referred_key
from fhirdesk.converters.systems import DICOM, SNOMED
from fhirdesk.converters.types.modality import MODALITIES, name_with_part, part_of
from fhirdesk.converters.types.request import PRIORITIES, SERVICE_REQUEST
from fhirdesk.converters.values import (
    at,
    code_at,
    concept,
    first_item,
    identifier,
    items_at,
    list_of,
    of_system,
    resource,
    text_at,
    text_only,
    without_empty,
    words_of,
)
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource

SIDES = Codes(words={"left": "419161000", "right": "419465000", "both": "51440002"})
TYPE = RecordType(
    "radiology_order",
    "order_id",
    "radiology-order",
    (
        Field("order_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_id", Kind.KEY, refers_to=("encounter",)),
        Field("modality", Kind.CODE, required=True, codes=MODALITIES),
        Field("body_part"),
        Field("laterality", Kind.CODE, codes=SIDES),
        Field("clinical_info"),
        Field("contrast", Kind.BOOLEAN),
        Field("priority", Kind.CODE, codes=PRIORITIES),
        Field("status", Kind.CODE, required=True, codes=SERVICE_REQUEST),
        Field("ordered_at", Kind.DATETIME, required=True),
        Field("ordered_by"),
        *STAMPS,
    ),
    ("ServiceRequest",),
)
IMAGING = concept(SNOMED, "363679005")
CONTRAST = {True: "contrast", False: "no-contrast"}
CONTRAST_OF = of_system("/code/order-detail")
_CONTRAST_BACK = {code: value for value, code in CONTRAST.items()}


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the ServiceRequest of the record, as docs/mapping.md says."""
    f = record.fields
    modality, status = f.get("modality"), f.get("status")
    code = MODALITIES.code(modality) if modality else None
    return resource(
        "ServiceRequest",
        record,
        identifier=[identifier(record, context)],
        status=status and SERVICE_REQUEST.code(status),
        intent="order",
        category=[IMAGING],
        priority=f.get("priority"),
        code=concept(DICOM, code, name_with_part(code, f.get("body_part"))),
        orderDetail=_details(f, context),
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        authoredOn=f.get("ordered_at"),
        requester=without_empty(display=f.get("ordered_by")),
        reasonCode=list_of(text_only(f.get("clinical_info"))),
        bodySite=list_of(text_only(f.get("body_part"))),
    )


def _details(f: Mapping[str, Any], context: Context) -> list[dict[str, Any] | None]:
    side, contrast = f.get("laterality"), f.get("contrast")
    details = [concept(SNOMED, SIDES.code(side), side)] if side else []
    return details if contrast is None else [*details, concept(context.code_system("order-detail"), CONTRAST[contrast])]


def _side(items: list[Any]) -> Any:
    return next((i for i in items if code_at(i) in SIDES.words.values()), None)


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from a ServiceRequest."""
    details = items_at(resource, "orderDetail")
    side, contrast = code_at(_side(details)), code_at(CONTRAST_OF(details))
    modality, status = text_at(resource, "code", "coding", 0, "code"), text_at(resource, "status")
    return without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        modality=MODALITIES.code(modality) if modality else None,
        body_part=words_of(at(resource, "bodySite", 0)) or part_of(modality, text_at(resource, "code", "text")),
        laterality=side and SIDES.word(side),
        clinical_info=words_of(at(resource, "reasonCode", 0)),
        contrast=_CONTRAST_BACK.get(contrast or ""),
        priority=text_at(resource, "priority"),
        status=SERVICE_REQUEST.word(status) if status else None,
        ordered_at=text_at(resource, "authoredOn"),
        ordered_by=text_at(resource, "requester", "display"),
    )


OWNED = (
    Owned("identifier", (of_system("/identifier/radiology-order"),)),
    Owned("status"),
    Owned("intent"),
    Owned("category", (of_system("snomed.info/sct"),)),
    Owned("priority"),
    Owned("code"),
    Owned("orderDetail", (_side, CONTRAST_OF)),
    Owned("subject"),
    Owned("encounter"),
    Owned("authoredOn"),
    Owned("requester"),
    Owned("reasonCode", (first_item,)),
    Owned("bodySite", (first_item,)),
)
