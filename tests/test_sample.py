"""The clinic that does not exist: whole, the same for a seed, of all types, good unless faults are asked for."""

import itertools
import tracemalloc
from collections import Counter

from fhirdesk import sample
from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Record

MAPPER = Mapper()


def records(patients: int, seed: int = 1) -> list[Record]:
    return [MAPPER.read_record(row, None) for row in sample.generate(patients, seed)]


def test_all_types_are_there_and_each_refers_to_what_came_before() -> None:
    here: set[tuple[str, str]] = set()
    targets = set()
    for record in records(300):
        for field in registry.record_types()[record.type].references:
            key = record.fields.get(field.name)
            assert key is None or any((type_, key) in here for type_ in field.refers_to), (record.key, field.name)
        assert (record.type, record.key) not in here
        here.add((record.type, record.key))
        targets.add(registry.resource_type(record))
    counted = Counter(type_ for type_, _ in here)
    assert set(counted) == set(registry.row_types())
    assert {t for kind in registry.record_types().values() for t in kind.resource_types} == targets
    assert counted["lab_result"] == 5 * counted["patient"]
    assert {r.fields["status"] for r in records(300) if r.type == "ai_job"} == {"completed", "running", "failed"}


def test_a_result_s_order_is_the_same_patient_s() -> None:
    here = {(r.type, r.key): r for r in records(60)}
    for record in here.values():
        for field in registry.record_types()[record.type].references:
            parents = (here.get((type_, str(record.fields.get(field.name)))) for type_ in field.refers_to)
            assert all(p.patient_key in (record.patient_key, None) for p in parents if p), record.key


def test_a_seed_is_a_clinic() -> None:
    assert list(sample.generate(20, 7)) == list(sample.generate(20, 7)) != list(sample.generate(20, 8))
    longer = itertools.islice(sample.generate(1_000_000, 7), 100)
    assert list(longer) == list(itertools.islice(sample.generate(20, 7), 100))


def test_only_some_types_refer_to_nobody_who_is_not_there() -> None:
    rows = list(sample.generate(10, 1, types={"patient", "lab_result"}))
    assert len(rows) == 60 and not any({"encounter_id", "order_id"} & row.keys() for row in rows)


def test_faults_are_few_and_each_is_found() -> None:
    refused: Counter[str] = Counter()
    good = list(sample.generate(1_000, 1))
    for row, whole in zip(sample.generate(1_000, 1, faults=True), good, strict=True):
        try:
            MAPPER.read_record(row, None)
            assert row == whole
        except InvalidRecord as error:
            refused[row["type"]] += 1
            assert error.field is not None
    assert set(refused) == set(registry.row_types()) and 0.02 < refused.total() / len(good) < 0.04


def test_memory_does_not_grow() -> None:
    clinic = sample.generate(1_000_000, 1)
    for _ in itertools.islice(clinic, 1_000):
        pass
    tracemalloc.start()
    for _ in itertools.islice(clinic, 20_000):
        pass
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used < 200_000
