"""An entry becomes a request, or waits for what it needs."""

import pytest

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.exchange import Capabilities
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Status
from fhirdesk.core.records import Record
from fhirdesk.sync.plan import Hold, Send
from fhirdesk.sync.upload.create_strategy import capability_gate
from fhirdesk.sync.upload.request_builder import build_request
from tests.marks import fault

MAPPER = Mapper()
VISIT = {"encounter_id": "E-1", "patient_id": "P-1", "encounter_class": "AMB", "status": "completed"}
THERE = IdMapping("patient", "P-1", "Patient", "1417", "3", {"resourceType": "Patient", "id": "1417"})


def entry() -> QueueEntry:
    record = Record("encounter", "E-1", VISIT)
    return QueueEntry(1, "u", "encounter", "E-1", "Encounter", Operation.CREATE, Status.PENDING, 6, 0, 0, 0, 0, record)


def server(*interactions: str, conditional: bool = True) -> Capabilities:
    return Capabilities(
        "4.0.1", "test", {"Encounter": frozenset(interactions)}, frozenset({"Encounter"} if conditional else ())
    )


@fault("E2")
def test_a_child_waits_for_its_parent_s_id() -> None:
    plan = build_request(entry(), {}, MAPPER.draft(entry().record))
    assert isinstance(plan, Hold) and plan.parent == ("patient", "P-1")


def test_a_create_carries_no_id_the_server_s_reference_and_a_condition() -> None:
    plan = build_request(entry(), {("patient", "P-1"): THERE}, MAPPER.draft(entry().record))
    assert isinstance(plan, Send) and plan.request.body
    assert "id" not in plan.request.body and plan.request.body["subject"] == {"reference": "Patient/1417"}
    assert plan.request.if_none_exist == "identifier=https%3A%2F%2Ffhir.hospital.com%2Fidentifier%2Fencounter%7CE-1"


def test_an_update_is_laid_over_the_server_s_copy_with_if_match() -> None:
    mine = IdMapping(
        "encounter", "E-1", "Encounter", "9", "2", {"resourceType": "Encounter", "id": "9", "length": {"value": 5}}
    )
    plan = build_request(entry(), {("patient", "P-1"): THERE, ("encounter", "E-1"): mine}, MAPPER.draft(entry().record))
    assert isinstance(plan, Send) and plan.request.body
    assert (plan.request.method, plan.request.path, plan.request.if_match) == ("PUT", "Encounter/9", "2")
    assert plan.request.body["id"] == "9" and plan.request.body["length"] == {"value": 5}


@fault("D6")
@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [
        (server("create"), None),
        (server("read"), "why_unsupported"),
        (server("create", conditional=False), "why_no_safe_create"),
    ],
)
def test_what_the_server_does_not_take_is_held_before_it_is_tried(
    capabilities: Capabilities, reason: str | None
) -> None:
    plan = capability_gate(
        build_request(entry(), {("patient", "P-1"): THERE}, MAPPER.draft(entry().record)), capabilities
    )
    assert (plan.reason.code if isinstance(plan, Hold) else None) == reason
