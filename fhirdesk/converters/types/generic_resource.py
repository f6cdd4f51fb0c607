"""Any FHIR resource that no record type is made of: the resource it came from is all it is."""

from typing import Any

from fhirdesk.converters.context import Context, Owned
from fhirdesk.converters.values import identifier
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import STAMPS, Field, Kind, Record, RecordType, spaced
from fhirdesk.core.resource import Resource, named_as

NAME = "resource"
TYPE = RecordType(NAME, "resource_key", NAME, (Field("resource_key", Kind.KEY, required=True), *STAMPS), ())
# How many identifiers a type may have, where it is not any number (https://hl7.org/fhir/R4/resourcelist.html).
ONE_IDENTIFIER = spaced(
    "AdverseEvent Bundle Composition ConceptMap MedicinalProductIngredient QuestionnaireResponse SpecimenDefinition "
    "SubstanceSpecification TestReport TestScript"
)
NO_IDENTIFIER = spaced(
    "AuditEvent Binary CapabilityStatement CompartmentDefinition GraphDefinition ImplementationGuide Linkage "
    "MedicationKnowledge MedicinalProductContraindication MedicinalProductIndication MedicinalProductInteraction "
    "MedicinalProductManufactured MedicinalProductUndesirableEffect MessageHeader NamingSystem OperationDefinition "
    "OperationOutcome Parameters Provenance SearchParameter Subscription SubstanceNucleicAcid SubstancePolymer "
    "SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial TerminologyCapabilities VerificationResult"
)
OWNED, WHOLE = (Owned("identifier"),), True


def check(_record: Record) -> None:
    """Refuses the record: such records come from resources, never from rows. Raises InvalidRecord."""
    raise InvalidRecord("resource_row", field="type")


def resource_type(record: Record) -> str:
    """Returns the type in the record's key, which is Type/id."""
    return named_as(record.key)[0]


def to_resource(record: Record, context: Context) -> Resource:
    """Returns what is added to the source resource: our identifier, if the type has a place for it."""
    type_ = resource_type(record)
    if type_ in NO_IDENTIFIER:
        return {"resourceType": type_}
    ours = identifier(record, context)
    return {"resourceType": type_, "identifier": ours if type_ in ONE_IDENTIFIER else [ours]}


def to_fields(_resource: Resource, _context: Context) -> dict[str, Any]:
    """Returns {}: the record has no field but its key."""
    return {}
