"""Entries of a record type whose plug-in is no longer installed: held, looked for once it is back, sent once."""

from collections.abc import Callable

import pytest

from fhirdesk.converters import registry
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person
from tests.marks import fault, rule
from tests.sync.bench import Harness

ALLERGY = Record("allergy", "A-1", {"allergy_id": "A-1", "patient_id": "P-1", "allergen_name": "라텍스"})


def remove_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has all record types but the allergy."""
    known = {name: kind for name, kind in registry.record_types().items() if name != "allergy"}
    monkeypatch.setattr(registry, "record_types", lambda: known)


@rule(6)
@fault("C3")
def test_what_was_perhaps_sent_is_held_and_looked_for_once_the_plug_in_is_back(
    bench: Callable[..., Harness], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as server:
        desk = bench(server)
        desk.add(person("P-1"))
        desk.drain()
        (uuid,) = desk.add(ALLERGY)
        server.fault(method="POST", drop=True, after=True)
        server.fault(method="GET", path="AllergyIntolerance", drop=True, times=1000)
        desk.drain(until=lambda: desk.states(uuid) == [Status.UNKNOWN])
        server.app.faults.clear()
        with monkeypatch.context() as without:
            remove_plugin(without)
            desk.drain()
            assert desk.states(uuid) == [Status.HELD] and desk.reason(uuid) == "why_no_such_type"
        assert desk.decisions().change("release", [uuid]) == 1
        assert desk.states(uuid) == [Status.UNKNOWN]
        desk.drain()
        assert desk.states(uuid) == [Status.COMPLETED]
        assert [write["type"] for write in server.journal()] == ["Patient", "AllergyIntolerance"]
