"""Finds patients who may be on the server already, where the server replaces our numbers by its own."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.converters import patient_number
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.resource import Resource
from fhirdesk.remote.status import is_ok
from fhirdesk.store.store import Store
from fhirdesk.sync.link.search_result import has_same_name, list_resources
from fhirdesk.sync.link.server_link import ServerLink
from fhirdesk.sync.plan import NEW_PERSON, Hold, Reject, Send
from fhirdesk.sync.server_copy import MASTER_IS_SERVER


class Namesakes:
    """Searches for people of the same name and birth date before a patient is created."""

    def __init__(self, store: Store, link: ServerLink, mapper: Mapper):
        self._store, self._link, self._mapper = store, link, mapper

    async def check_namesakes(self, plan: Send) -> Send | Hold | Reject | None:
        """The plan, or a conflict if the user must say whether a patient on the server is the same person. None if the
        server could not be asked."""
        entry, body = plan.entry, dict(plan.request.body or {})
        is_decided = entry.attempts > 0 or (entry.reason is not None and entry.reason.code == NEW_PERSON)
        if not self._mapper.habits.own_numbers or entry.resource_type != MASTER_IS_SERVER or is_decided:
            return plan
        response = await self._link.copies.find_namesakes(entry, body)
        if not self._link.record_contact(response):
            return None
        if not is_ok(response) or response.body is None:
            return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
        namesakes = self._without_number(response.body, entry.resource_type, body)
        ids = ", ".join(str(r["id"]) for r in namesakes)
        return Reject(entry, Reason("why_namesake", {"ids": ids}), Status.CONFLICT) if namesakes else plan

    def _without_number(
        self, searchset: Mapping[str, Any], resource_type: str, body: Mapping[str, Any]
    ) -> list[Resource]:
        """The patients of the same name and birth date who carry no number of another record of ours."""
        people = [r for r in list_resources(searchset, resource_type) if has_same_name(body, r)]
        shown = {str(r["id"]): patient_number.find_shown_number(r, self._mapper.context) for r in people}
        with self._store.snapshot() as view:
            ours = view.records.get_many("patient", [n for n in shown.values() if n])
        return [r for r in people if not (number := shown[str(r["id"])]) or (number.isdigit() and number not in ours)]
