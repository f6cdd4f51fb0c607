"""A draft works out a record's resource and references once, and nobody changes what it holds."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from fhirdesk import sample
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import IdMapping, Operation, QueueEntry, Status
from fhirdesk.core.records import Base, Record
from fhirdesk.core.resource import replace_references
from fhirdesk.r4 import json
from fhirdesk.sync.plan import Send
from fhirdesk.sync.upload.request_builder import build_request

MAPPER = Mapper()
ROWS = {row["type"]: row for row in sample.generate(40, 1)}


def from_fhir(type_: str) -> Record:
    """A record of that type as it comes back from its own resource."""
    resource = MAPPER.to_resource(MAPPER.read_record(ROWS[type_], None))
    return MAPPER.from_fhir(type_, MAPPER.key_of(resource, type_), resource, Base(json.dumps(resource)))


def entry(record: Record) -> QueueEntry:
    kind = registry.resource_type(record)
    return QueueEntry(1, "u", record.type, record.key, kind, Operation.CREATE, Status.PENDING, 6, 0, 0, 0, 0, record)


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the converters were called from now on."""
    calls: Counter[str] = Counter()
    for name, converter in registry._CONVERTERS.items():

        def to_resource(*arguments: Any, function: Any = converter.to_resource) -> Any:
            calls["to_resource"] += 1
            return function(*arguments)

        def to_fields(*arguments: Any, function: Any = converter.to_fields) -> Any:
            calls["to_fields"] += 1
            return function(*arguments)

        counted = replace(converter, to_resource=to_resource, to_fields=to_fields)
        monkeypatch.setitem(registry._CONVERTERS, name, counted)
    return calls


@pytest.mark.parametrize("type_", sorted(ROWS))
def test_what_came_from_fhir_and_did_not_change_is_read_once_to_be_planned(
    type_: str, conversions: Counter[str]
) -> None:
    record = from_fhir(type_)
    conversions.clear()
    draft = MAPPER.draft(record)
    known = {place: IdMapping(*place, "Patient", "7", None, None) for place in draft.references}
    plan = build_request(entry(record), known, draft)
    assert isinstance(plan, Send) and plan.request.body and record.base
    assert conversions == {"to_fields": 1}
    wanted = json.loads(record.base.body)
    assert plan.request.body.keys() == wanted.keys() - {"id"}


@pytest.mark.parametrize("type_", sorted(ROWS))
def test_planning_changes_nothing_of_the_draft(type_: str) -> None:
    for record in (from_fhir(type_), MAPPER.read_record(ROWS[type_], None)):
        draft = MAPPER.draft(record)
        before = json.dumps(draft.resource)
        known = {place: IdMapping(*place, "Patient", "7", None, None) for place in draft.references}
        first, second = (build_request(entry(record), known, draft) for _ in range(2))
        assert first == second and isinstance(first, Send)
        assert json.dumps(draft.resource) == before == json.dumps(MAPPER.to_resource(record))


def test_only_what_holds_a_reference_is_copied() -> None:
    resource = {"name": [{"family": "Kim"}], "link": [{"other": {"reference": "Patient/1"}}, {"type": "seealso"}]}
    replaced = replace_references(resource, lambda r: {**r, "reference": "Patient/2"})
    assert replaced["link"] == [{"other": {"reference": "Patient/2"}}, {"type": "seealso"}]
    assert resource["link"] == [{"other": {"reference": "Patient/1"}}, {"type": "seealso"}]
    assert replaced["name"] is resource["name"] and replaced["link"][1] is resource["link"][1]
    assert replace_references(resource, lambda r: r) is resource
