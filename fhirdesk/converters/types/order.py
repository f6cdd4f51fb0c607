"""order ⇄ MedicationRequest, Procedure or ServiceRequest: its order_type says which (docs/mapping.md, order)."""

from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.limits import check_limits
from fhirdesk.converters.references import referred_key
from fhirdesk.converters.row_reader import check_code
from fhirdesk.converters.systems import name_of
from fhirdesk.converters.times import is_before
from fhirdesk.converters.types import order_medication, order_procedure, order_service
from fhirdesk.converters.types.request import PRIORITIES, STATUSES
from fhirdesk.converters.values import at, of_system, text_at, without_empty, words_of
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Codes, Field, Kind, Record, RecordType
from fhirdesk.core.resource import Resource

ORDER_TYPES = Codes(
    words={t: t for t in ("medication", "procedure", "lab", "imaging", "consult", "nursing", "diet", "other")}
)
MEDICATION_ONLY = (
    Field("dose_value", Kind.NUMBER),
    Field("dose_unit"),
    Field("route"),
    Field("frequency_per_day", Kind.INTEGER),
    Field("duration_days", Kind.NUMBER),
    Field("quantity", Kind.NUMBER),
)
PROCEDURE_ONLY = (Field("performed_at", Kind.DATETIME), Field("performed_end", Kind.DATETIME, after="performed_at"))
TYPE = RecordType(
    "order",
    "order_id",
    "order",
    (
        Field("order_id", Kind.KEY, required=True),
        Field("patient_id", Kind.KEY, required=True, refers_to=("patient",)),
        Field("encounter_id", Kind.KEY, refers_to=("encounter",)),
        Field("order_type", Kind.CODE, required=True, codes=ORDER_TYPES),
        Field("status", Kind.CODE, required=True, codes=STATUSES),
        Field("priority", Kind.CODE, codes=PRIORITIES),
        Field("code", Kind.CODE),
        Field("code_system", Kind.CODE, is_system=True),
        Field("display"),  # required, but a medication may have instructions alone
        Field("instructions"),
        Field("body_site"),
        *MEDICATION_ONLY,
        *PROCEDURE_ONLY,
        Field("ordered_at", Kind.DATETIME),  # required, but a procedure may lack it: R4 has no place for it there
        Field("ordered_by"),
        *STAMPS,
    ),
    ("ServiceRequest", "MedicationRequest", "Procedure"),
)
TARGETS: dict[str, ModuleType] = {"medication": order_medication, "procedure": order_procedure}
MODULES = {
    "ServiceRequest": order_service,
    "MedicationRequest": order_medication,
    "Procedure": order_procedure,
}
BELONGS_TO = {f.name: "medication" for f in MEDICATION_ONLY} | {f.name: "procedure" for f in PROCEDURE_ONLY}


def target(record: Record) -> ModuleType:
    """Returns the module of the FHIR type that the order becomes."""
    return TARGETS.get(record.fields.get("order_type", ""), order_service)


def resource_type(record: Record) -> str:
    """Returns the FHIR type that the order becomes."""
    order_module = target(record)
    return next(name for name, module in MODULES.items() if module is order_module)


def check(record: Record) -> None:
    """Refuses what the fields cannot say one by one. Raises InvalidRecord."""
    f, kind = record.fields, record.fields["order_type"]
    stray = next((name for name in f if BELONGS_TO.get(name, kind) != kind), None)
    if stray:
        raise InvalidRecord("field_elsewhere", field=stray, order_type=kind)
    check_code(f["status"], target(record).STATUSES, "status")
    if "display" not in f and not (kind == "medication" and "instructions" in f):
        raise InvalidRecord("field_missing", field="display")
    if "ordered_at" not in f and kind != "procedure":
        raise InvalidRecord("field_missing", field="ordered_at")
    check_limits(f.get("frequency_per_day"), "frequency_per_day", 1)
    check_limits(f.get("duration_days"), "duration_days", high=None)
    start, end = f.get("performed_at"), f.get("performed_end")
    if start and end and is_before(end, start):
        raise InvalidRecord("field_period", field="performed_end")


def outdated(changes: Mapping[str, Any], named: Collection[str]) -> list[str]:
    """Returns, if order_type changes, the fields that only other order types have."""
    kind = changes.get("order_type")
    return [n for n, owner in BELONGS_TO.items() if kind is not None and owner != kind and n not in named]


def to_resource(record: Record, context: Context) -> Resource:
    """Returns the resource of the order's type, as docs/mapping.md says."""
    resource: Resource = target(record).to_resource(record, context)
    return resource


def to_fields(resource: Resource, context: Context) -> dict[str, Any]:
    """Returns the record\'s fields, read from a resource of any of the three types."""
    module = MODULES.get(str(resource.get("resourceType")), order_service)
    code = order_medication.medication(resource) if module is order_medication else at(resource, "code")
    own: dict[str, Any] = module.to_fields(resource, context)
    status, display = text_at(resource, "status"), words_of(code)
    return own | without_empty(
        patient_id=referred_key(at(resource, "subject"), context),
        encounter_id=referred_key(at(resource, "encounter"), context),
        status=module.STATUSES.word(status) if status else None,
        code=text_at(code, "coding", 0, "code"),
        code_system=name_of(at(code, "coding", 0, "system"), "order", context),
        display=None if module is order_medication and display == own.get("instructions") else display,
    )


# What one target has no place for is missing on both sides, and so stays as others wrote it.
OWNED = (
    Owned("identifier", (of_system("/identifier/order"),)),
    *order_service.OWNED,
    *order_procedure.OWNED,
    *order_medication.OWNED,
)
