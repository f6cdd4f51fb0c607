"""Rows of every record type, made from their fields: good ones, and ones with one thing wrong."""

import os
from typing import Any

from hypothesis import HealthCheck, assume, reject, settings
from hypothesis import strategies as st

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.records import Field, Kind, Record
from fhirdesk.r4.json import Number

MAPPER = Mapper()
# How many of each: `CASES=10000 pytest tests/converters/test_properties.py` tries as many.
_LOOSE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
CASES = settings(max_examples=int(os.environ.get("CASES", "30")), deadline=None, suppress_health_check=_LOOSE)
TYPES = sorted(registry.row_types())
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("가힣한김 \t\n'\"<>&é"), min_size=1, max_size=30
).filter(lambda t: any(c.isalnum() for c in t))
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,9}", fullmatch=True) | st.sampled_from(["718-7", "I10", "MR", "12"])
KEYS = st.from_regex(r"[A-Z]{1,3}-[0-9]{1,6}|[0-9]{1,9}|[가-힣]_[0-9]", fullmatch=True) | st.integers(0, 10**9)
NUMBERS = st.integers(0, 10**6) | st.from_regex(r"(0|[1-9][0-9]{0,4})(\.[0-9]{1,4})?([eE][+-]?[0-9])?", fullmatch=True)
DATES = st.dates().map(str) | st.sampled_from(["2024", "2024-02", "2024-02-29"])
TIMES = st.from_regex(
    r"20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-]0[0-9]:00|\+0900)?)?",
    fullmatch=True,
)
VALUES = NUMBERS | TEXTS | st.tuples(st.sampled_from(["<", "≤ ", ">=", "≥"]), NUMBERS).map(lambda p: f"{p[0]}{p[1]}")
JSON = st.recursive(
    st.booleans() | st.integers(-1000, 1000) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=5,
).filter(lambda v: isinstance(v, dict | list) and v)
BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.KEY: KEYS,
    Kind.TEXT: TEXTS,
    Kind.CODE: CODES,
    Kind.DATE: DATES,
    Kind.DATETIME: TIMES,
    Kind.NUMBER: NUMBERS,
    Kind.INTEGER: st.integers(1, 400),
    Kind.VALUE: VALUES,
    Kind.BOOLEAN: st.booleans() | st.sampled_from(["true", "False"]),
    Kind.JSON: JSON,
}
UIDS = st.from_regex(r"1\.2\.[1-9][0-9]{0,5}\.[1-9][0-9]{0,9}", fullmatch=True)
BY_NAME = {"uid": UIDS, "study_instance_uid": UIDS, "wado_url": CODES.map(lambda c: f"https://pacs.example/{c}")}


def values(field: Field) -> st.SearchStrategy[Any]:
    """What a field may hold."""
    if field.kind is Kind.LIST:
        return st.lists(_items(field), min_size=1, max_size=3)
    return st.sampled_from(field.codes.known) if field.codes else BY_NAME.get(field.name, BY_KIND[field.kind])


def _items(field: Field) -> st.SearchStrategy[Any]:
    plain = st.sampled_from(field.codes.known) if field.codes else TEXTS
    if not field.items:
        return plain
    objects = st.fixed_dictionaries(
        {f.name: values(f) for f in field.items if f.required},
        optional={f.name: values(f) for f in field.items if not f.required},
    )
    return plain | objects if field.plain_items else objects


@st.composite
def rows(draw: st.DrawFn, type_: str) -> dict[str, Any]:
    """A row that is read: what the fields together do not allow is taken out."""
    fields = registry.record_types()[type_].fields
    row = {f.name: draw(values(f)) for f in fields if f.required or draw(st.booleans())}
    for _ in range(len(fields)):
        try:
            MAPPER.read_record(row, type_)
            return row
        except InvalidRecord as error:
            name = (error.field or "").partition("[")[0]
            field = registry.record_types()[type_].field(name)
            assume(field is not None)
            assert field is not None
            if name in row and not field.required:
                del row[name]
            else:
                row[name] = draw(values(field))
    return reject()


def records(type_: str) -> st.SearchStrategy[Record]:
    """Records of a type."""
    return rows(type_).map(lambda row: MAPPER.read_record(row, type_))


BAD_TIMES = ["2025-02-29", "2025-13-01", "0000-01-01", "2025-1-1", "2025-01-01T24:00", "2025-01-01T10:60", "내일", "1"]
BAD_TEXTS: list[Any] = [7, True, ["x"], {"x": 1}, "a\x00b", "a\x1bb", "\ufeff", "\ufeff \ufeff", "x" * 1_048_577]
BAD: dict[Kind, list[Any]] = {
    Kind.KEY: [True, ["x"], {"x": 1}, "a  b", "a\nb", "a\x00b", "\ufeff", Number("1.5")],
    Kind.TEXT: BAD_TEXTS,
    Kind.CODE: [*BAD_TEXTS, "a  b", "a\tb"],
    Kind.DATE: [*BAD_TEXTS, *BAD_TIMES, "2025-01-01T10:00:00Z"],
    Kind.DATETIME: [*BAD_TEXTS, *BAD_TIMES, "2025-01T10:00", "2025-01-01T10:00:00+15:00", "2025-01-01T"],
    Kind.NUMBER: [True, ["1"], {"x": 1}, "1,00", "0,123", "1.", "1 2", "+-1", "NaN", "Infinity", "0x10", "１．"],
    Kind.INTEGER: [True, ["1"], "1.5", Number("1.0"), "많이", Number("1E2")],
    Kind.VALUE: [True, ["1"], {"x": 1}, "a\x00b", "\ufeff"],
    Kind.BOOLEAN: ["yes", 1, 0, ["true"], "참"],
    Kind.LIST: [7, [7], [[["x"]]], "[1,", "[[1]]"],
    Kind.JSON: ["{not json", "[1,"],
}


def wrong_values(field: Field) -> list[Any]:
    """What a field may not hold."""
    bad = BAD[field.kind]
    if field.codes and field.kind is not Kind.LIST:
        bad = [*bad, "no such code", "nosuchcode", "가"]
    if field.codes or field.kind in (Kind.DATE, Kind.DATETIME, Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN):
        bad = [*bad, "\u202e김", "'; DROP TABLE x", "💥" * 9, "<script>alert(1)</script>", "%s%n", "../../etc/passwd"]
    return bad


def wrong(field: Field) -> st.SearchStrategy[Any]:
    """One of them."""
    return st.sampled_from(wrong_values(field))
