"""One record of each type with every field, one with the least, and the traps: what they become, to the letter."""

from pathlib import Path
from typing import Any

import pytest

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.r4 import json

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
MAPPER = Mapper()


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_record_becomes_this_resource_and_comes_back(path: Path) -> None:
    golden = json.loads(path.read_bytes())
    record = MAPPER.read_record(golden["record"], None)
    made = MAPPER.to_resource(record)
    assert json.pretty(made) == json.pretty(golden["resource"])
    assert MAPPER.from_resource(made, over=record) == record


def test_each_type_and_each_target_is_there_with_every_field() -> None:
    seen: dict[tuple[str, str], set[str]] = {}
    for path in GOLDEN:
        golden = json.loads(path.read_bytes())
        record = MAPPER.read_record(golden["record"], None)
        seen.setdefault((record.type, registry.resource_type(record)), set()).update(record.fields)
    for name, kind in registry.row_types().items():
        assert {target for type_, target in seen if type_ == name} == set(kind.resource_types)
        held: set[Any] = set().union(*(fields for (type_, _), fields in seen.items() if type_ == name))
        assert held == {f.name for f in kind.fields}
