"""Resources that others made: read, one field edited, laid over: only what the field writes differs (rule 7)."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.converters.paths import format_path, leaves
from fhirdesk.converters.variants import other_values, sample_value
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Base, Field, Record
from fhirdesk.core.resource import Resource
from fhirdesk.core.views import How
from fhirdesk.r4 import json
from tests.r4.corpus import documents

MAPPER = Mapper()
FILES = ["hl7_r4_ten_types", "us_core", "kr_core", "ips", "ihe_rad_imr", "inferno_us_core", "au_test_data"]
PATHS = [f"{'hl7_examples' if f.startswith('hl7') else 'other_examples'}/{f}.tar.gz" for f in FILES]
TEN = {t for kind in registry.row_types().values() for t in kind.resource_types}
NOT_EDITED = {"created_at", "updated_at", "openemr_patient_id", "order_type"}


def foreign() -> Iterator[tuple[str, str, Resource]]:
    """(where, record type, resource) of each that a record type is made of."""
    for where, data in documents(*PATHS):
        document = json.loads(data)
        for resource in [e.get("resource", {}) for e in document.get("entry", ())] or [document]:
            type_ = MAPPER.type_of(resource)
            if type_ and type_ in registry.row_types():
                yield where, type_, resource


def unnumbered(resource: Resource) -> Resource:
    """Our identifier is added to what is sent."""
    return {n: v for n, v in resource.items() if n != "identifier"}


def differing(a: Resource, b: Resource, type_: str) -> set[str]:
    """The elements in which they differ; a value[x] is one, and an element goes with its `_element`."""
    choices = [o.element for o in registry.converter(type_).owned if o.choice]
    names = {n.removeprefix("_") for n in {**a, **b} if a.get(n) != b.get(n)}
    return {next((c for c in choices if n.startswith(c)), n) for n in names}


def edits(record: Record) -> Iterator[tuple[Field, Record]]:
    """The record with one field changed, or given where it was missing."""
    kind = registry.record_types()[record.type]
    for field in kind.fields:
        if field.name == kind.key_field or field.refers_to or field.name in NOT_EDITED:
            continue
        now = record.fields.get(field.name)
        value = sample_value(field) if now is None else next(other_values(field, now), None)
        if value is not None:
            yield field, record.with_fields(**{field.name: value})


def laid(base: Resource, record: Record) -> Resource:
    return MAPPER.draft(record).merge_into(base, MAPPER.to_resource(record))


def test_of_each_value_it_is_told_whether_the_record_says_it_or_it_is_kept() -> None:
    for where, type_, resource in islice(foreign(), 0, None, 4):
        base = Base(json.dumps(resource), {})
        record = MAPPER.from_fhir(type_, MAPPER.key_of(resource, type_), resource, base)
        shown = dict(leaves(MAPPER.draft(record).for_server))
        told = MAPPER.provenance(record, lambda r: MAPPER.draft(r).for_server, [resource])
        assert {o.path for o in told if o.path} - {"resourceType"} == {format_path(p) for p in shown}, where
        there = {format_path(path): value for path, value in leaves(resource)}
        assert all(there[o.path] is not None for o in told if o.path and o.how is How.KEPT), where
        added = {format_path(p) for p in shown if p[0] == "identifier"} - there.keys()
        assert {o.path for o in told if o.how is How.DEFAULTED} <= added, where


def test_an_edit_of_one_field_changes_what_it_writes_alone_and_arrives() -> None:
    seen: dict[str, int] = {}
    for where, type_, resource in foreign():
        record = MAPPER.from_resource(resource)
        assert record is not None
        seen[resource["resourceType"]] = seen.get(resource["resourceType"], 0) + 1
        made, before = MAPPER.to_resource(record), json.dumps(resource)
        assert unnumbered(laid(resource, record)) == unnumbered(resource), where
        assert MAPPER.from_resource(resource, over=record) == record, where
        for field, edited in edits(record):
            try:
                wanted = MAPPER.to_resource(edited)
            except InvalidRecord:
                continue  # a study made for a prescription
            sent = laid(resource, edited)
            touched = differing(unnumbered(sent), unnumbered(resource), type_)
            assert touched <= differing(made, wanted, type_), (where, field.name)
            if wanted != made:
                back = MAPPER.from_resource(sent, over=edited)
                assert back is not None and back.fields == edited.fields, (where, field.name)
        assert json.dumps(resource) == before, where
    assert seen.keys() == TEN and sum(seen.values()) > 500, seen


PERSON: Resource = {
    "resourceType": "Patient",
    "identifier": [{"system": "urn:x", "value": "9"}],
    "name": [{"use": "old", "family": "이"}, {"text": "김경민", "_text": {"id": "t"}}],
    "telecom": [
        {"system": "phone", "use": "old", "value": "1"},
        {"system": "phone", "use": "mobile", "value": "2", "period": {"end": "2020"}},
        {"system": "fax", "value": "3"},
        {"system": "phone", "value": "4", "rank": 1},
        {"system": "email", "use": "work", "value": "a@b.example"},
    ],
    "address": [
        {"use": "old", "text": "옛집"},
        {"line": ["A", "B"], "city": "서울", "country": "KR", "extension": [{"url": "urn:e", "valueCode": "x"}]},
    ],
    "birthDate": "1970",
    "_birthDate": {"extension": [{"url": "urn:t", "valueDateTime": "1970-01-01T00:00:00Z"}]},
}


def edited(**fields: Any) -> Resource:
    record = MAPPER.from_resource(PERSON)
    assert record is not None
    return laid(PERSON, record.with_fields(patient_id="P-1", **fields))


def test_the_one_entry_that_was_read_is_replaced_and_the_others_stay() -> None:
    record = MAPPER.from_resource(PERSON)
    assert record is not None
    assert record.fields["phone"] == "4" and record.fields["address"] == "A B"
    assert record.fields["family_name"] == "김경민" and record.fields["email"] == "a@b.example"
    made = edited(phone="010-5", email=None)
    assert made["telecom"] == [*PERSON["telecom"][:3], {"system": "phone", "value": "010-5", "rank": 1}]
    assert {n: made[n] for n in ("name", "address", "_birthDate")} == {
        n: PERSON[n] for n in ("name", "address", "_birthDate")
    }


def test_a_new_address_drops_city_district_state_and_extensions_of_the_old_one() -> None:
    made = edited(address="부산")
    assert made["address"] == [PERSON["address"][0], {"line": ["부산"], "country": "KR", "text": "부산"}]


def test_what_belongs_to_a_value_goes_with_it() -> None:
    made = edited(birth_date="1971-02-03")
    assert made["birthDate"] == "1971-02-03" and "_birthDate" not in made


@pytest.mark.parametrize("unit", ["g/dL", None])
def test_an_edit_of_the_value_leaves_the_rest_of_an_observation(unit: str | None) -> None:
    base: Resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hb"}, {"code": "HB"}]},
        "valueQuantity": {"value": 1, "unit": unit, "extension": [{"url": "urn:e", "valueCode": "x"}]},
        "component": [{"code": {"text": "x"}}],
        "referenceRange": [{"high": {"value": 2}, "text": "0-2"}],
    }
    record = MAPPER.from_resource(base)
    assert record is not None
    made = laid(base, record.with_fields(result_value=3))
    assert made["valueQuantity"] == base["valueQuantity"] | {"value": 3}
    assert {n for n in made if made[n] != base.get(n)} == {"valueQuantity", "identifier", "interpretation"}
