"""What records refer to: which of the candidates are here, and as what FHIR type (docs/mapping.md)."""

from collections.abc import Sequence
from dataclasses import replace

from fhirdesk.converters import registry
from fhirdesk.converters.context import Context, Stored
from fhirdesk.core.records import Record
from fhirdesk.store.store import Conn, Store


def read_stored_types(store: Store, conn: Conn, records: Sequence[Record]) -> Stored:
    """The FHIR type of what the records refer to, where they leave a choice: as the server has it, else as the record
    here says. One query a type for all of them; none when there is no choice."""
    places = {place for record in records for place in registry.open_choices(record)}
    found: dict[tuple[str, str], str] = {}
    for type_ in {t for t, _ in places}:
        here = store.records.get_many(conn, type_, [k for t, k in places if t == type_])
        found |= {(type_, key): registry.resource_type(record) for key, record in here.items()}
    return found | store.id_map.resource_types(conn, places) if places else found


def build_context(store: Store, conn: Conn, records: Sequence[Record], context: Context) -> Context:
    """The context in which those records can be converted."""
    here = read_stored_types(store, conn, records)
    return replace(context, stored=here) if here else context
