"""One module for each record type: its fields, its resource, and the way back. A type of the program's own is listed in
MODULES, and what people call it stands in `i18n.labels`; types of others are plug-ins."""

from fhirdesk.converters.types import (
    ai_job,
    allergy,
    diagnosis,
    encounter,
    generic_resource,
    lab_result,
    order,
    patient,
    radiology_order,
    radiology_study,
)

MODULES = (
    patient,
    encounter,
    lab_result,
    ai_job,
    order,
    radiology_order,
    diagnosis,
    radiology_study,
    allergy,
    generic_resource,
)
