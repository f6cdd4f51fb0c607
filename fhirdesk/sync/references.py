"""Finds the FHIR type of each referenced record, which a converter cannot know (docs/mapping.md)."""

from collections.abc import Sequence

from fhirdesk.converters import registry
from fhirdesk.converters.context import StoredTypes
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.records import Record
from fhirdesk.store.unit_of_work import Snapshot


def read_stored_types(view: Snapshot, records: Sequence[Record]) -> StoredTypes:
    """The FHIR types of the records that these refer to, where more than one is possible: as the server has them,
    otherwise as the local record says. One query for each type of record, none where there is no choice."""
    places = {place for record in records for place in registry.open_choices(record)}
    types: dict[tuple[str, str], str] = {}
    for type_ in {t for t, _ in places}:
        stored = view.records.get_many(type_, [k for t, k in places if t == type_])
        types |= {(type_, key): registry.resource_type(record) for key, record in stored.items()}
    return types | view.id_map.find_resource_types(places) if places else types


def build_mapper(view: Snapshot, records: Sequence[Record], mapper: Mapper) -> Mapper:
    """The mapper for these records: it knows the FHIR types of what they refer to."""
    return mapper.with_stored_types(read_stored_types(view, records))
