"""A reference that may mean one of several records, or a record of several FHIR types (docs/mapping.md)."""

from collections.abc import Callable
from typing import Any

import pytest

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from tests.factories import person
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness

Make = Callable[..., Harness]


def read(type_: str, **fields: Any) -> Record:
    return Mapper().read_record(fields, type_)


def order(order_type: str, key: str = "O-1") -> Record:
    return read(
        "order",
        order_id=key,
        patient_id="P-1",
        order_type=order_type,
        status="completed",
        display="검사",
        ordered_at="2026-01-02",
    )


def result() -> Record:
    return read(
        "lab_result",
        result_id="L-1",
        patient_id="P-1",
        order_id="O-1",
        test_code="718-7",
        test_name="혈색소",
        result_value=13,
        resulted_at="2026-01-02",
    )


def study() -> Record:
    return read(
        "radiology_study",
        study_id="S-1",
        patient_id="P-1",
        order_id="O-1",
        study_instance_uid="1.2.3",
        modality="CT",
    )


def picture_order() -> Record:
    return read(
        "radiology_order",
        order_id="O-1",
        patient_id="P-1",
        modality="CT",
        status="active",
        ordered_at="2026-01-02",
    )


@pytest.mark.parametrize(
    ("order_type", "element", "kind"),
    [
        ("lab", "basedOn", "ServiceRequest"),
        ("medication", "basedOn", "MedicationRequest"),
        ("procedure", "partOf", "Procedure"),
    ],
)
def test_a_result_points_at_what_its_order_is_whichever_came_first(
    bench: Make, order_type: str, element: str, kind: str
) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (child,) = desk.add(result())
        desk.add(person("P-1"))
        desk.drain()
        entry = desk.entry(child)
        assert entry.status is Status.HELD and entry.reason and entry.reason.params["key"] == "O-1"
        (parent,) = desk.add(order(order_type))
        desk.drain()
        assert desk.states(child, parent) == [Status.COMPLETED, Status.COMPLETED]
    (made,) = [r for path, r in server.held.items() if path.startswith("Observation/")]
    assert made[element] == [{"reference": f"{kind}/{desk.entry(parent).logical_id}"}]
    assert ({"basedOn", "partOf"} - {element}).isdisjoint(made)


def test_a_study_waits_for_a_radiology_order_and_takes_the_order_that_comes_instead(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        (child,) = desk.add(study())
        desk.add(person("P-1"))
        desk.drain()
        reason = desk.entry(child).reason
        assert reason and reason.params == {"type": "radiology_order", "key": "O-1"}
        (parent,) = desk.add(order("procedure"))
        desk.drain()
        assert desk.states(child, parent) == [Status.COMPLETED, Status.COMPLETED]
    (made,) = [r for path, r in server.held.items() if path.startswith("ImagingStudy/")]
    assert made["procedureReference"] == {"reference": f"Procedure/{desk.entry(parent).logical_id}"}
    assert "basedOn" not in made


def test_of_two_orders_of_one_key_a_study_means_the_radiology_order(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        _, other, parent, child = desk.add(person("P-1"), order("lab"), picture_order(), study())
        desk.drain()
        assert desk.states(other, parent, child) == [Status.COMPLETED] * 3
    (made,) = [r for path, r in server.held.items() if path.startswith("ImagingStudy/")]
    assert made["basedOn"] == [{"reference": f"ServiceRequest/{desk.entry(parent).logical_id}"}]


def test_a_study_made_for_a_prescription_fails_and_names_the_field(bench: Make) -> None:
    with FakeFhirServer() as server:
        desk = bench(server)
        _, _, child = desk.add(person("P-1"), order("medication"), study())
        desk.drain()
    entry = desk.entry(child)
    assert entry.status is Status.FAILED and entry.reason and entry.reason.params["field"] == "order_id"
