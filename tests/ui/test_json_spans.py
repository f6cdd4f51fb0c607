"""Where the values of a JSON text stand."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.models.json_spans import JsonSpans, Path, format_path

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


def members(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value), *(found for name, member in inner for found in members(member, (*path, name)))]


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=4), st.sampled_from([None, 2]))
def test_every_value_is_found_where_it_stands(value: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    spans = JsonSpans(text)
    by_raw_name = {
        tuple(json.dumps(p)[1:-1] if isinstance(p, str) else p for p in path): v for path, v in members(value)
    }
    assert spans.by_path.keys() == by_raw_name.keys()
    for path, expected in by_raw_name.items():
        span = spans.by_path[path]
        cut = text[span.start : span.end]
        named = path and isinstance(path[-1], str)
        found = json.loads("{" + cut + "}") if named else json.loads(cut)
        assert (next(iter(found.values())) if named else found) == expected


PATIENT = json.dumps(
    {
        "resourceType": "Patient",
        "telecom": [{"system": "phone", "value": "010-1"}, {"system": "email", "value": "a@b"}],
        "multipleBirthInteger": 2,
    },
    indent=2,
)


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("Patient.telecom[1].value", "telecom[1].value"),
        ("telecom[1].value", "telecom[1].value"),
        ("Patient.telecom.value", "telecom[0].value"),
        ("Patient.multipleBirth", "multipleBirthInteger"),
        ("Patient.multipleBirth.ofType(integer)", "multipleBirthInteger"),
        ("Patient.telecom.where(system='phone')", "telecom"),
        ("Patient.telecom[1].rank", "telecom[1]"),
        ("Patient.name", ""),
        ("Patient", ""),
    ],
)
def test_an_expression_leads_to_its_place_or_the_nearest_around_it(expression: str, path: str) -> None:
    found = JsonSpans(PATIENT).find(expression)
    assert found is not None and format_path(found[0]) == path


def test_the_innermost_value_under_the_cursor() -> None:
    spans = JsonSpans(PATIENT)
    assert spans.at(PATIENT.index("010-1")) == ("telecom", 0, "value")
    assert spans.at(PATIENT.index("resourceType")) == ("resourceType",)
    assert spans.at(0) == ()


@pytest.mark.parametrize("text", ["", "{", "]", "[1,", '{"a": {"b"', "not json", '{"a"', "}}}", '"x"'])
def test_what_is_not_json_does_no_harm(text: str) -> None:
    spans = JsonSpans(text)
    spans.at(0)
    spans.find("Patient.name")
