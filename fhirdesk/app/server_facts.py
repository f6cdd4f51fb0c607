"""What a server says of itself, told by the program's record types."""

from fhirdesk.converters import registry
from fhirdesk.core.exchange import Capabilities
from fhirdesk.core.records import RecordType
from fhirdesk.core.views import ServerFacts, TypeTaken

SENDING = ("create", "update", "delete")


def read_facts(declared: Capabilities) -> ServerFacts:
    """What the server is, and what it takes of each record type."""
    types = tuple(_read_type(each, declared) for each in registry.record_types().values())
    return ServerFacts(declared.software, declared.software_version, declared.fhir_version, types)


def _read_type(kind: RecordType, declared: Capabilities) -> TypeTaken:
    """What it takes of every FHIR type that such a record may become; of records of any type, what it takes of some."""
    names = kind.resource_types
    taken = [{i for i in SENDING if declared.takes(name, i)} for name in names or declared.interactions]
    both = set.intersection(*taken) if names and taken else set().union(*taken)
    return TypeTaken(kind.name, names[0] if names else "", frozenset(both))
