"""H4: what becomes of an answer of any shape: the entry moves or stays, and nothing else happens."""

import contextlib
import itertools
import os
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhirdesk.converters import merge, patient_number, registry
from fhirdesk.converters.context import Context
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.exchange import Delivery, Request, Response
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Status
from fhirdesk.core.records import Record
from fhirdesk.remote.outcome import classify
from fhirdesk.sync import server_copy
from fhirdesk.sync.link import search_result as found_by
from fhirdesk.sync.results import edit_transitions
from fhirdesk.sync.results.stored_check import check_stored
from fhirdesk.sync.results.transitions import Company, plan_transition
from fhirdesk.sync.upload.request_builder import build_send
from tests.marks import fault
from tests.shapes import FOUND, OBSERVATION, OUTCOME, PATIENT, Spoiler

SEEDS, EACH = int(os.environ.get("FHIRDESK_FUZZ_SEEDS", "100")), 10
MAPPERS, CLOCK = (Mapper(), Mapper(Context(vendor="openemr"))), Clock()
PERSON = Record("patient", "P-1", {
    "patient_id": "P-1", "family_name": "홍", "given_name": "길동", "gender": "male", "birth_date": "1985-06-15",
    "phone": "010-1", "address": "서울", "postcode": "04524",
})  # fmt: skip
RESULT = Record("lab_result", "LR-1", {
    "result_id": "LR-1", "patient_id": "P-1", "test_code": "718-7", "test_name": "Hb", "result_value": "13.5",
    "resulted_at": "2025-01-01T00:00:00+09:00",
})  # fmt: skip
KNOWN = {("patient", "P-1"): IdMapping("patient", "P-1", "Patient", "7", "3", PATIENT, base_read=True)}


def entry(record: Record, operation: Operation = Operation.UPDATE) -> QueueEntry:
    """In flight."""
    kind = registry.resource_type(record)
    edit = {"phone": "010-2"} if operation is Operation.EDIT else None
    return QueueEntry(
        1, "u", record.type, record.key, kind, operation, Status.PROCESSING, 5, 0.0, 0.0, 0, 1, record, edit=edit
    )


def settled(one: QueueEntry, body: dict[str, Any], found: Response, mapper: Mapper) -> None:
    """What an answer does to its entry."""
    requests = (Request("POST", one.resource_type, body, if_none_exist="identifier=s%7Ck"),
                Request("PUT", f"{one.resource_type}/7", body, if_match="1"))  # fmt: skip
    for request in requests:
        reading = classify(request, found)
        move = plan_transition(one, 1, reading, request, CLOCK, Company())
        if reading.resource:
            move = check_stored(move, body, body, reading.resource, mapper)
        assert move.status is not Status.COMPLETED or (move.mapping and isinstance(move.mapping.logical_id, str))
        if one.edit:
            edit_transitions.final_transition(move, body)


def compared(one: QueueEntry, body: dict[str, Any], there: dict[str, Any], mapper: Mapper) -> None:
    """What a copy of the server is compared for before ours is laid over it."""
    mapped = replace(KNOWN["patient", "P-1"], type=one.type, key=one.key, resource_type=one.resource_type, base=there)
    patient_number.restore_number(there, one.type, one.key, mapper.context)
    found_by.has_same_name(body, there)
    server_copy.proves_identity(mapped, body, mapper)
    server_copy.proves_identity(replace(mapped, base=body), there, mapper)
    server_copy.is_another_record(one, body, there, mapper)
    server_copy.belongs_to_another(mapped, body, mapper)
    server_copy.belongs_to_another(replace(mapped, base=body), there, mapper)
    server_copy.has_lost_identity(mapped, there, mapper)
    server_copy.is_same_person(one, body, there, mapper)
    merge.same(body, there, registry.converter(one.type))
    server_copy.unset_locally(one, there, mapper)
    server_copy.server_changes(one, body, there, mapper)
    server_copy.conflicting_elements(one, body, there, mapper)
    server_copy.conflicting_elements(one, there, body, mapper)
    build_send(one, mapped, KNOWN, mapper.draft(one.record))


@fault("H4")
@settings(max_examples=SEEDS, deadline=None)
@given(st.integers(0, 2**64))
def test_no_spoilt_answer_breaks_what_becomes_of_it(seed: int) -> None:
    spoil = Spoiler(seed)
    for _ in range(EACH):
        found = spoil.document(FOUND)
        if isinstance(found, dict):
            for mapper in MAPPERS:
                found_by.find_matches(found, entry(PERSON), mapper)
                found_by.find_other_holder(found, entry(PERSON), mapper)
            found_by.has_next_page(found)
        for record, right, kinds in (
            (PERSON, PATIENT, (Operation.UPDATE, Operation.EDIT)),
            (RESULT, OBSERVATION, (Operation.UPDATE,)),
        ):
            for operation, mapper in itertools.product(kinds, MAPPERS):
                there = spoil.document(right, right, OUTCOME)
                with contextlib.suppress(FhirDeskError):
                    if isinstance(there, dict):
                        settled(
                            entry(record, operation), right, Response(Delivery.ANSWERED, spoil.status(), there), mapper
                        )
                        compared(entry(record, operation), right, there, mapper)
