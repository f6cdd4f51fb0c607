"""radiology_study ⇄ ImagingStudy (https://hl7.org/fhir/R4/imagingstudy.html)."""

import re
from collections.abc import Mapping
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.limits import check_limits
from fhirdesk.converters.references import link, refer, referred_key
from fhirdesk.converters.systems import DICOM, TERMINOLOGY
from fhirdesk.converters.types.modality import MODALITIES, name_with_part, part_of
from fhirdesk.converters.values import (
    at,
    code_at,
    coding,
    concept,
    first_item,
    identifier,
    items_at,
    list_of,
    number_at,
    of_system,
    pointing_at,
    resource,
    text_at,
    text_only,
    where,
    without_empty,
)
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource
from fhirdesk.core.resource import identifier as identifier_of

STATUSES = Codes(own=frozenset(["registered", "available", "cancelled", "entered-in-error", "unknown"]))
SERIES = (
    Field("uid", Kind.CODE, required=True),
    Field("number", Kind.INTEGER),
    Field("modality", Kind.CODE, codes=MODALITIES),
    Field("description"),
    Field("num_instances", Kind.INTEGER),
)
TYPE = RecordType(
    "radiology_study",
    "study_id",
    "radiology-study",
    (
        Field("study_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("order_id", Kind.KEY, refers_to=("radiology_order", "order")),
        Field("encounter_id", Kind.KEY, refers_to=("encounter",)),
        Field("study_instance_uid", Kind.CODE, required=True),
        Field("accession_number", Kind.KEY),
        Field("modality", Kind.CODE, required=True, codes=MODALITIES),
        Field("body_part"),
        Field("description"),
        Field("started_at", Kind.DATETIME),
        Field("num_series", Kind.INTEGER),
        Field("num_instances", Kind.INTEGER),
        Field("status", Kind.CODE, codes=STATUSES),
        Field("wado_url", Kind.CODE),
        Field("series", Kind.LIST, items=SERIES, plain_items=False),
        *STAMPS,
    ),
    ("ImagingStudy",),
)
UIDS, OID = "urn:dicom:uid", "urn:oid:"
_UID = re.compile(r"[0-9]+(\.[0-9]+)+", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", re.ASCII)
ACCESSION = concept(f"{TERMINOLOGY}v2-0203", "ACSN")
WADO = {
    "status": "active",
    "connectionType": coding(f"{TERMINOLOGY}endpoint-connection-type", "dicom-wado-rs"),
    "payloadType": [{"text": "DICOM"}],
    "payloadMimeType": ["application/dicom"],
}


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    f = record.fields
    check_uid(f["study_instance_uid"], "study_instance_uid")
    for count in ("num_series", "num_instances"):
        check_limits(f.get(count), count)
    if "wado_url" in f and not _URL.fullmatch(f["wado_url"]):
        raise InvalidRecord("field_url", field="wado_url")
    for index, series in enumerate(f.get("series", ())):
        path = f"series[{index}]."
        check_uid(series["uid"], f"{path}uid")
        for count in ("number", "num_instances"):
            check_limits(series.get(count), path + count)


def check_uid(text: str, field: str) -> None:
    """Refuses what is no DICOM UID (numbers and dots, at most 64 characters). Raises InvalidRecord."""
    uid = text.removeprefix(OID)
    if len(uid) > 64 or not _UID.fullmatch(uid):
        raise InvalidRecord("field_uid", field=field)


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the ImagingStudy of the record, as docs/mapping.md says."""
    f = record.fields
    wado, part = f.get("wado_url"), f.get("body_part")
    modality = MODALITIES.code(f["modality"]) if "modality" in f else None
    return resource(
        "ImagingStudy",
        record,
        contained=[{"resourceType": "Endpoint", "id": "wado", **WADO, "address": wado}] if wado else None,
        identifier=_identifiers(record, context),
        status=f.get("status", "available"),
        modality=[coding(DICOM, modality)] if modality else None,
        subject=refer(record, "patient_id", context),
        encounter=refer(record, "encounter_id", context),
        started=f.get("started_at"),
        **_order(record, context),
        endpoint=[{"reference": "#wado"}] if wado else None,
        numberOfSeries=f.get("num_series"),
        numberOfInstances=f.get("num_instances"),
        procedureCode=[text_only(name_with_part(modality, part))] if part else None,
        description=f.get("description"),
        series=[_series(one, modality) for one in f.get("series", ())],
    )


def _order(record: Record, context: Context) -> dict[str, Any]:
    """Returns the reference to the order that asked for the study. Raises InvalidRecord for a prescription: nobody
    takes images because of one."""
    target = link(record, "order_id", context)
    if target and target.resource_type == "MedicationRequest":
        raise InvalidRecord("field_prescription", field="order_id", key=record.key)
    reference = refer(record, "order_id", context)
    if target and target.resource_type == "Procedure":
        return {"procedureReference": reference}
    return {"basedOn": list_of(reference)}


def _identifiers(record: Record, context: Context) -> list[dict[str, Any]]:
    f = record.fields
    identifiers = [identifier(record, context)]
    if "study_instance_uid" in f:
        identifiers.append({"system": UIDS, "value": OID + f["study_instance_uid"].removeprefix(OID)})
    if "accession_number" in f:
        identifiers.append({"type": ACCESSION, "system": accession(context), "value": f["accession_number"]})
    return identifiers


def accession(context: Context) -> str:
    """Returns the identifier system of accession numbers."""
    return f"{context.base}/identifier/accession"


def _series(one: Mapping[str, Any], study: str | None) -> dict[str, Any]:
    modality = one.get("modality", study)
    return without_empty(
        uid=one.get("uid", "").removeprefix(OID) or None,
        number=one.get("number"),
        modality=coding(DICOM, MODALITIES.code(modality)) if modality else None,
        description=one.get("description"),
        numberOfInstances=one.get("num_instances"),
    )


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from an ImagingStudy."""
    series = items_at(resource, "series")
    modality = _modality(resource) or next((m for s in series if (m := _modality(s))), None)
    order = at(resource, "basedOn", 0) or at(resource, "procedureReference")
    return without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        order_id=referred_key(order, context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        study_instance_uid=(identifier_of(resource, UIDS) or "").removeprefix(OID) or None,
        accession_number=identifier_of(resource, accession(context)),
        modality=modality,
        body_part=_part(resource, modality),
        description=text_at(resource, "description"),
        started_at=text_at(resource, "started"),
        num_series=number_at(resource, "numberOfSeries"),
        num_instances=number_at(resource, "numberOfInstances"),
        status=text_at(resource, "status"),
        wado_url=_wado(resource),
        series=[_series_back(s, modality) for s in series],
    )


def _modality(node: dict[str, Any]) -> str | None:
    """Returns the modality: a Coding, the first of a list, or an older export's plain word."""
    code = code_at(node, "modality")
    return MODALITIES.code(code) if code else None


def _part(resource: Resource, modality: str | None) -> str | None:
    part = part_of(modality, text_at(resource, "procedureCode", 0, "text"))
    return part or text_at(resource, "series", 0, "bodySite", "display")


def _wado(resource: Resource) -> str | None:
    """Returns the contained Endpoint's address; in older exports `endpoint` is the address itself."""
    targets = {text_at(e, "reference") for e in items_at(resource, "endpoint")}
    addresses = (text_at(c, "address") for c in items_at(resource, "contained") if f"#{c.get('id')}" in targets)
    return next((address for address in addresses if address), text_at(resource, "endpoint"))


def _series_back(one: dict[str, Any], study: str | None) -> dict[str, Any]:
    modality = _modality(one)
    return without_empty(
        uid=text_at(one, "uid"),
        number=number_at(one, "number"),
        modality=None if modality == study else modality,
        description=text_at(one, "description"),
        num_instances=number_at(one, "numberOfInstances"),
    )


OWNED = (
    Owned("contained", (where(resourceType="Endpoint", id="wado"),)),
    Owned("identifier", tuple(map(of_system, ("/identifier/radiology-study", UIDS, "/identifier/accession")))),
    Owned("status"),
    Owned("modality", (first_item,)),
    Owned("subject"),
    Owned("encounter"),
    Owned("started"),
    Owned("basedOn", (pointing_at("ServiceRequest"),)),
    Owned("procedureReference"),
    Owned("endpoint", (where(reference="#wado"),)),
    Owned("numberOfSeries"),
    Owned("numberOfInstances"),
    Owned("procedureCode", (first_item,)),
    Owned("description"),
    Owned("series"),
)
