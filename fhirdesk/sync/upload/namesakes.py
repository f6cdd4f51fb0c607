"""Whether a patient may be there already without a number of ours, which a server cannot say that replaces numbers."""

from collections.abc import Mapping
from typing import Any

from fhirdesk.converters import patient_number
from fhirdesk.converters.context import Context
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.resource import Resource
from fhirdesk.remote.status import is_ok
from fhirdesk.store.store import Store
from fhirdesk.sync.link.copy_normalizer import CopyNormalizer
from fhirdesk.sync.plan import NEW_PERSON, Hold, Reject, Send
from fhirdesk.sync.results.response_handler import ResponseHandler
from fhirdesk.sync.search_result import has_same_name, list_resources
from fhirdesk.sync.server_copy import MASTER_IS_SERVER


class Namesakes:
    """Looks for people of the same name and birth date before a patient is made."""

    def __init__(self, store: Store, copies: CopyNormalizer, context: Context, reception: ResponseHandler):
        self._store, self._copies, self._context, self._reception = store, copies, context, reception

    async def check_namesakes(self, plan: Send) -> Send | Hold | Reject | None:
        """The plan; a conflict where a person must say whether it is the same one; None: it could not be asked."""
        entry, body = plan.entry, dict(plan.request.body or {})
        told = entry.attempts > 0 or (entry.reason is not None and entry.reason.code == NEW_PERSON)
        if not self._context.habits.own_numbers or entry.resource_type != MASTER_IS_SERVER or told:
            return plan
        answer = await self._copies.find_namesakes(entry, body)
        if not self._reception.record_contact(answer):
            return None
        if not is_ok(answer) or answer.body is None:
            return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)
        same = self._without_number(answer.body, entry.resource_type, body)
        ids = ", ".join(str(r["id"]) for r in same)
        return Reject(entry, Reason("why_namesake", {"ids": ids}), Status.CONFLICT) if same else plan

    def _without_number(self, found: Mapping[str, Any], kind: str, body: Mapping[str, Any]) -> list[Resource]:
        """Those of one name and birth date who have no number of a clinic's; one with another number is another."""
        people = [r for r in list_resources(found, kind) if has_same_name(body, r)]
        shown = {str(r["id"]): patient_number.find_shown_number(r, self._context) for r in people}
        with self._store.snapshot() as conn:
            ours = self._store.records.get_many(conn, "patient", [n for n in shown.values() if n])
        return [r for r in people if not (number := shown[str(r["id"])]) or (number.isdigit() and number not in ours)]
