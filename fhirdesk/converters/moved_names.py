"""What plug-ins may import that has another path or name now: one written for the old is told what to change."""

import re
from types import ModuleType

# Modules first, then names in modules that stayed where they were. docs/converters.md shows the same to its readers.
MOVED = {
    "fhirdesk.converters.ai_job": "fhirdesk.converters.types.ai_job",
    "fhirdesk.converters.allergy": "fhirdesk.converters.types.allergy",
    "fhirdesk.converters.any_resource": "fhirdesk.converters.types.generic_resource",
    "fhirdesk.converters.base": "fhirdesk.converters.context",
    "fhirdesk.converters.bases": "fhirdesk.converters.source_resource",
    "fhirdesk.converters.diagnosis": "fhirdesk.converters.types.diagnosis",
    "fhirdesk.converters.encounter": "fhirdesk.converters.types.encounter",
    "fhirdesk.converters.lab_result": "fhirdesk.converters.types.lab_result",
    "fhirdesk.converters.links": "fhirdesk.converters.references",
    "fhirdesk.converters.modality": "fhirdesk.converters.types.modality",
    "fhirdesk.converters.order": "fhirdesk.converters.types.order",
    "fhirdesk.converters.order_medication": "fhirdesk.converters.types.order_medication",
    "fhirdesk.converters.order_procedure": "fhirdesk.converters.types.order_procedure",
    "fhirdesk.converters.order_service": "fhirdesk.converters.types.order_service",
    "fhirdesk.converters.origins": "fhirdesk.converters.provenance",
    "fhirdesk.converters.overlay": "fhirdesk.converters.merge",
    "fhirdesk.converters.patient": "fhirdesk.converters.types.patient",
    "fhirdesk.converters.radiology_order": "fhirdesk.converters.types.radiology_order",
    "fhirdesk.converters.radiology_study": "fhirdesk.converters.types.radiology_study",
    "fhirdesk.converters.reading": "fhirdesk.converters.row_reader",
    "fhirdesk.converters.request": "fhirdesk.converters.types.request",
    "fhirdesk.converters.way_back": "fhirdesk.converters.reverse",
    "fhirdesk.entry": "fhirdesk.core.queue_entry",
    "fhirdesk.errors": "fhirdesk.core.errors",
    "fhirdesk.person_name": "fhirdesk.core.person_name",
    "fhirdesk.records": "fhirdesk.core.records",
    "fhirdesk.resource": "fhirdesk.core.resource",
    "fhirdesk.vendors": "fhirdesk.core.vendors",
    "fhirdesk.views": "fhirdesk.core.views",
    "fhirdesk.words": "fhirdesk.i18n.messages",
    "fhirdesk.converters.limits.within": "fhirdesk.converters.limits.check_limits",
    "fhirdesk.converters.numbers.narrowed": "fhirdesk.converters.numbers.normalize_width",
    "fhirdesk.converters.numbers.number": "fhirdesk.converters.numbers.to_json_number",
    "fhirdesk.converters.numbers.spelled": "fhirdesk.converters.numbers.parse_number",
    "fhirdesk.converters.registry.convert": "fhirdesk.converters.mapper.Mapper.convert",
    "fhirdesk.converters.registry.edit_record": "fhirdesk.converters.mapper.Mapper.edit_record",
    "fhirdesk.converters.registry.field_at": "fhirdesk.converters.mapper.Mapper.field_at",
    "fhirdesk.converters.registry.fields_at": "fhirdesk.converters.mapper.Mapper.fields_at",
    "fhirdesk.converters.registry.from_resource": "fhirdesk.converters.mapper.Mapper.from_resource",
    "fhirdesk.converters.registry.key_of": "fhirdesk.converters.mapper.Mapper.key_of",
    "fhirdesk.converters.registry.provenance": "fhirdesk.converters.mapper.Mapper.provenance",
    "fhirdesk.converters.registry.read_record": "fhirdesk.converters.mapper.Mapper.read_record",
    "fhirdesk.converters.registry.read_row": "fhirdesk.converters.mapper.Mapper.read_row",
    "fhirdesk.converters.registry.to_resource": "fhirdesk.converters.mapper.Mapper.to_resource",
    "fhirdesk.converters.registry.to_valid_resource": "fhirdesk.converters.mapper.Mapper.to_valid_resource",
    "fhirdesk.converters.registry.type_of": "fhirdesk.converters.mapper.Mapper.type_of",
    "fhirdesk.converters.systems.known": "fhirdesk.converters.systems.find_system",
    "fhirdesk.converters.systems.loinc_code": "fhirdesk.converters.systems.is_loinc_code",
    "fhirdesk.converters.times.Twice": "fhirdesk.converters.times.AmbiguousTime",
    "fhirdesk.converters.times.before": "fhirdesk.converters.times.is_before",
    "fhirdesk.converters.values.filled": "fhirdesk.converters.values.without_empty",
    "fhirdesk.converters.values.listed": "fhirdesk.converters.values.list_of",
    "fhirdesk.converters.values.worded": "fhirdesk.converters.values.text_only",
}
_NAME = re.compile(r"cannot import name '(\w+)'")  # in Python 3.11 an ImportError holds it nowhere else


def find_moved_name(error: Exception) -> tuple[str, str] | None:
    """Returns (old path, new path) if the error came from the use of a path that has moved, else None."""
    old = _missing_path(error)
    return (old, MOVED[old]) if old in MOVED else None


def _missing_path(error: Exception) -> str | None:
    """Returns the dotted path of the module or name that an import or a use of a module did not find."""
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        return f"{error.obj.__name__}.{error.name}"
    if not isinstance(error, ImportError):
        return None
    name = _NAME.match(str(error))
    return f"{error.name}.{name[1]}" if name else error.name
