"""What holds for every record of every type: there and back, bad ones refused by name, where each value came from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirdesk.converters import registry
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.views import How
from fhirdesk.r4 import json
from fhirdesk.r4.check import check
from tests.converters.rows import CASES, MAPPER, TYPES, records, rows, wrong

EVERY_TYPE = pytest.mark.parametrize("type_", TYPES)


@EVERY_TYPE
@CASES
@given(st.data())
def test_a_record_becomes_r4_and_comes_back(type_: str, data: st.DataObject) -> None:
    """Laid over itself no field changes; from nothing it has the first words, and they give the same resource."""
    record = data.draw(records(type_))
    made = MAPPER.to_resource(record)
    assert check(made) == ()
    assert MAPPER.from_resource(json.loads(json.dumps(made)), over=record) == record
    back = MAPPER.from_resource(made, type_=type_)
    assert back is not None and back.key == record.key
    assert MAPPER.to_resource(back) == made
    for field in registry.record_types()[type_].fields:
        word = back.fields.get(field.name)
        # DICOM's own code is a modality's first word; that nobody came, an extension says
        if field.codes and isinstance(word, str) and field.name != "modality" and word != "no_show":
            assert word == field.codes.word(field.codes.code(word)), field.name


@EVERY_TYPE
@CASES
@given(st.data())
def test_a_wrong_field_is_named_with_the_key_and_nothing_else_happens(type_: str, data: st.DataObject) -> None:
    row = data.draw(rows(type_))
    kind = registry.record_types()[type_]
    field = data.draw(st.sampled_from(kind.fields))
    row[field.name] = data.draw(wrong(field))
    with pytest.raises(InvalidRecord) as found:
        MAPPER.convert(row, type_)
    assert (found.value.field or "").partition("[")[0] == field.name
    if field.name != kind.key_field:
        assert found.value.key == str(row[kind.key_field])


@pytest.mark.slow
@EVERY_TYPE
@CASES
@given(st.data())
def test_a_row_of_anything_is_refused_or_read(type_: str, data: st.DataObject) -> None:
    names = [f.name for f in registry.record_types()[type_].fields]
    anything = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda i: st.lists(i) | st.dictionaries(st.text(), i)
    )
    row: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(names), anything))
    try:
        record, made = MAPPER.convert(row, type_)
        assert record.type == type_ and check(made) == ()
    except InvalidRecord as error:
        assert error.field


@EVERY_TYPE
@CASES
@given(st.data())
def test_each_value_has_an_origin_and_each_field_a_place_or_is_left_out(type_: str, data: st.DataObject) -> None:
    record = data.draw(records(type_))
    made, origins = MAPPER.to_resource(record), MAPPER.provenance(record)
    assert {o.field for o in origins if o.field} == set(record.fields)
    assert all((o.path is None) == (o.how is How.LEFT_OUT) for o in origins)
    left = {o.field for o in origins if o.how is How.LEFT_OUT}
    assert {"created_at", "updated_at"} & set(record.fields) <= left
    copied = [o for o in origins if o.how is How.COPIED]
    for origin in copied:
        fields = {o.field for o in copied if o.path == origin.path}
        assert MAPPER.field_at(record, made, f"{made['resourceType']}.{origin.path}") in fields
