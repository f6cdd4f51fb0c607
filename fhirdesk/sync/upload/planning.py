"""What a plan is made from, and what it may be."""

from dataclasses import dataclass, field

from fhirdesk.converters.mapper import Draft, Mapper
from fhirdesk.core.exchange import Capabilities, Response
from fhirdesk.core.queue_entry import IdMapping, QueueEntry, Reason
from fhirdesk.core.records import Place
from fhirdesk.remote.outcome import scope_missing
from fhirdesk.sync.plan import Hold, Reject, Send
from fhirdesk.sync.results.transitions import scope_reason

Plan = Send | Hold | Reject | None  # None: the server could not be asked; the entry is tried again later


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """What plans are made from: the id mappings of the records and their parents, the records' drafts, and what the
    server takes. `mapper`: knows the FHIR types of what the records refer to."""

    known: dict[Place, IdMapping]
    mapper: Mapper
    drafts: dict[Place, Draft]
    server: Capabilities
    just_read: set[Place] = field(default_factory=set)  # records whose copy was read for this plan

    def draft(self, entry: QueueEntry) -> Draft:
        """The draft of the entry's record: the same one as long as the record took over nothing of the server's."""
        place = entry.type, entry.key
        if self.drafts[place].record is not entry.record:
            self.drafts[place] = self.mapper.draft(entry.record)
        return self.drafts[place]


def hold_unsearched(entry: QueueEntry, response: Response) -> Hold:
    """Hold the entry because the server does not let us search: for want of a right, or at all."""
    if scope_missing(response):
        return Hold(entry, scope_reason(entry.resource_type, "read"), None)
    return Hold(entry, Reason("why_no_safe_create", {"type": entry.resource_type}), None)


def known_mapping(plan: Send) -> IdMapping:
    """The mapping of a plan for a resource that is on the server."""
    assert plan.mapped is not None, "only of what is there is the copy read"
    return plan.mapped
