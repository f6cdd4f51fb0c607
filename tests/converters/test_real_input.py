"""What clinics have: the flat Synthea tables against the resources they were made of, and 240 Korean people."""

import csv
import gzip
import unicodedata

import pytest

from fhirdesk import sample
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.converters.values import at
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Field, Record
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from tests.converters import flat_tables

MAPPER = Mapper()
NAUGHTY = flat_tables.DATA / "adverse" / "naughty_strings.json.gz"
PERSONS = flat_tables.DATA / "cdss" / "kr_persons.csv"


def step(name: str) -> str | int:
    return int(name) if name.isdigit() else name


@pytest.mark.slow
def test_the_flat_tables_become_the_resources_they_were_made_of() -> None:
    if not flat_tables.TABLES.exists():
        pytest.skip("../shared is not here")
    originals, compared = flat_tables.oracle(), 0
    for table, rows in flat_tables.tables():
        type_, reader, elements = flat_tables.KNOWN[table]
        for row in rows:
            record = MAPPER.read_record(reader(row), type_)
            made = MAPPER.to_resource(record)
            original = originals[made["resourceType"], record.key]
            for element in elements.split():
                path = [step(name) for name in element.split(".")]
                ours, theirs = (flat_tables.plain(at(r, *path)) for r in (made, original))
                assert ours == theirs, (record.key, element)
                compared += ours is not None
            assert not check(made), record.key
            assert MAPPER.from_resource(made, over=record) == record
    assert compared > 25_000


@pytest.mark.slow
def test_the_resources_they_were_made_of_are_read_as_those_rows() -> None:
    """The way back, from resources that others wrote."""
    if not flat_tables.TABLES.exists():
        pytest.skip("../shared is not here")
    originals = flat_tables.oracle()
    other = {"ordered_at", "phone", "address", "study_instance_uid", "model_name"}  # not in what others wrote
    for table, rows in flat_tables.tables():
        type_, reader, _ = flat_tables.KNOWN[table]
        kind = registry.record_types()[type_]
        for row in rows:
            record = MAPPER.read_record(reader(row), type_)
            found = MAPPER.from_resource(originals[registry.resource_type(record), record.key], type_=type_)
            assert found is not None
            for field in (f for f in kind.fields if f.name in record.fields.keys() - other - {kind.key_field}):
                assert _meant(found, field) == _meant(record, field), (record.key, field.name)


def _meant(record: Record, field: Field) -> str:
    """A code by what it means; the id at the end of a reference."""
    text = str(record.fields.get(field.name))
    return field.codes.code(text) if field.codes else text.removeprefix("urn:uuid:").removeprefix("urn:oid:")


def test_the_people_of_a_clinic_are_r4() -> None:
    if not PERSONS.exists():
        pytest.skip("../shared is not here")
    with PERSONS.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            assert not check(MAPPER.to_resource(MAPPER.read_record(row, "patient")))


def test_the_sample_clinic_is_r4() -> None:
    for row in sample.generate(300, 1):
        record = MAPPER.read_record(row, None)
        made = MAPPER.to_resource(record)
        assert not check(made), record.key
        assert MAPPER.from_resource(made, over=record) == record


def test_of_hostile_texts_only_what_holds_controls_or_nothing_to_see_is_refused() -> None:
    if not NAUGHTY.exists():
        pytest.skip("../shared is not here")
    row = {"patient_id": "P-1", "family_name": "김", "gender": "F", "birth_date": "1985"}
    texts: list[str] = [text for text in json.loads(gzip.decompress(NAUGHTY.read_bytes())) if text.strip()]
    refused = []
    for text in texts:
        try:
            _, made = MAPPER.convert(row | {"address": text}, "patient")
            assert made["address"][0]["text"] == text
        except InvalidRecord as error:
            refused.append(text)
            hidden = all(unicodedata.category(c) in ("Cf", "Zs") for c in text)
            assert (error.code, error.field) == ("field_invisible" if hidden else "field_control", "address")
            assert hidden or any(ord(c) < 0x20 and c not in "\t\r\n" for c in text)
    assert (len(texts), len(refused)) == (343, 4)
