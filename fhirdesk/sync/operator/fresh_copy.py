"""Reads the server's copy of a record at the moment the user decides about it."""

from fhirdesk.converters import patient_number
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import Refused, Unavailable
from fhirdesk.core.queue_entry import IdMapping
from fhirdesk.core.records import Place
from fhirdesk.core.resource import Resource, identifier
from fhirdesk.remote.client import Remote
from fhirdesk.remote.status import is_absent, is_ok
from fhirdesk.store.store import Store
from fhirdesk.sync.server_copy import belongs_to_another


class FreshCopy:
    """Reads the copy and checks that it is the record's."""

    def __init__(self, store: Store, remote: Remote, mapper: Mapper):
        self._store, self._remote, self._mapper = store, remote, mapper

    async def read(self, resource_type: str, logical_id: str) -> Resource | None:
        """The resource at that id; None if there is none. Raises Unavailable if it could not be read."""
        response = await self._remote.read(resource_type, logical_id)
        if is_absent(response):
            return None
        body = response.body or {}
        if not is_ok(response) or body.get("resourceType") != resource_type or body.get("id") != logical_id:
            raise Unavailable("resolve_not_read")
        return dict(body)

    async def of(self, mapped: IdMapping) -> Resource | None:
        """The server's copy of the mapped record; None if there is none. Raises Unavailable; Refused if it is another
        record's."""
        theirs = await self.read(mapped.resource_type, mapped.logical_id)
        if theirs is None:
            return None
        theirs = patient_number.restore_number(theirs, mapped.type, mapped.key, self._mapper.context)
        if self.is_another_record((mapped.type, mapped.key), theirs, mapped):
            raise Refused("resolve_other_record", id=mapped.logical_id)
        return theirs

    def is_another_record(self, place: Place, theirs: Resource, mapped: IdMapping | None = None) -> bool:
        """True if the resource is another record's: it carries another number, is mapped to another record, or is not
        the person that it was."""
        with self._store.snapshot() as view:
            reference = f"{theirs['resourceType']}/{theirs['id']}"
            if view.id_map.belongs_to_another(reference, place):
                return True
        number = identifier(theirs, self._mapper.identifier_system(place[0]))
        return number not in (None, place[1]) or (
            mapped is not None and belongs_to_another(mapped, theirs, self._mapper)
        )
