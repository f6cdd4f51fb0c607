"""Records of every type for property tests: made from the type's field table, so that a new field is tested, too."""

from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from fhirdesk.converters import registry
from fhirdesk.converters.base import Context
from fhirdesk.errors import InvalidRecord
from fhirdesk.r4.json import Number
from fhirdesk.records import Field, Kind, Record

CONTEXT = Context()
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"])
TEXTS = st.text(LETTERS, min_size=1, max_size=8).filter(lambda t: t.strip("\ufeff \t")) | st.sampled_from(
    ["두 단어", "줄\n바꿈", "<b>", '"', "\\", "🙂", "a/b|c", "  앞뒤  "]
)
KEYS = st.sampled_from(["P-1", "A.b-2", "12", "김_1", "a b", "x" * 70, "007"])
SYSTEMS = st.sampled_from(
    ["LOINC", "SNOMED CT", "KCD", "kcd-9", "ATC", "RxNorm", "사내", "urn:oid:1.2", "http://x.org/y"]
)
OPEN_CODES = st.sampled_from(["I10", "718-7", "718-8", "A_1", "코드", "12345", "a b"])
DATES = st.dates().map(str) | st.sampled_from(["2024-02-29", "1985", "1985-06"])
MOMENTS = st.builds(
    lambda day, clock, zone: f"{day}T{clock}{zone}",
    st.dates().map(str),
    st.sampled_from(["00:00:00", "23:59:59.999", "12:34:56.7"]),
    st.sampled_from(["Z", "+09:00", "-03:30", ""]),
)
WHOLE = st.integers(1, 2**31 - 1)
NUMBERS = st.sampled_from([0, 7, Number("13.50"), Number("1.00E+2"), Number("0.10000000000000000001"), 10**28 + 1])
SHARES = st.sampled_from([0, 1, Number("0.970"), Number("1.0"), Number("1e-7")])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
).filter(lambda v: v is not None and not (isinstance(v, str) and not v.strip()))
UIDS = st.lists(st.integers(0, 9999), min_size=2, max_size=6).map(lambda parts: ".".join(map(str, parts)))
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "study_instance_uid": UIDS | UIDS.map("urn:oid:{}".format),
    "uid": UIDS,
    "wado_url": st.just("https://pacs.example.org/studies/1"),
    "confidence": SHARES,
    "probability": SHARES,
    "severity": st.sampled_from(["mild", "severe", "Moderate"]) | TEXTS,
}
BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.KEY: KEYS | st.integers(0, 10**6),
    Kind.TEXT: TEXTS,
    Kind.DATE: DATES,
    Kind.DATETIME: DATES | MOMENTS,
    Kind.NUMBER: NUMBERS,
    Kind.INTEGER: WHOLE,
    Kind.VALUE: NUMBERS | TEXTS | st.sampled_from(["<5", "≥ 1.50", ">1e3", "05"]),
    Kind.BOOLEAN: st.booleans(),
    Kind.JSON: JSON,
}


def values(field: Field) -> st.SearchStrategy[Any]:
    """What a field may hold."""
    if field.codes and field.kind is Kind.LIST:
        return st.lists(st.sampled_from(sorted(field.codes.known)), min_size=1, max_size=2, unique=True)
    if field.codes:
        return st.sampled_from(sorted(field.codes.known))
    if field.kind is Kind.LIST:
        item = rows(field.items)
        return st.lists(item | TEXTS if field.plain_items else item, min_size=1, max_size=3)
    if field.kind is Kind.CODE and field.name not in BY_NAME:
        return SYSTEMS if field.name.endswith("system") else OPEN_CODES
    return BY_NAME.get(field.name, BY_KIND.get(field.kind, TEXTS))


def rows(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """What is required, and any of the rest."""
    required = {f.name: values(f) for f in fields if f.required}
    return st.fixed_dictionaries(required, optional={f.name: values(f) for f in fields if not f.required})


def raw(type_: str) -> st.SearchStrategy[dict[str, Any]]:
    """Rows of a type, good ones and (where fields must agree) bad ones."""
    made = rows(registry.record_types()[type_].fields)
    return made.map(SHAPES[type_]) if type_ in SHAPES else made


@st.composite
def records(draw: st.DrawFn, type_: str) -> Record:
    """Records of a type."""
    row = draw(raw(type_))
    try:
        return registry.read_record(row, type_, CONTEXT)
    except InvalidRecord:
        assume(False)
        raise


def _order(row: dict[str, Any]) -> dict[str, Any]:
    """An order has only what belongs to its type, and that type's own statuses."""
    kind = row["order_type"]
    stray = {"medication": PROCEDURE, "procedure": MEDICATION}.get(kind, MEDICATION | PROCEDURE)
    words = row["status"].replace("-", "_") in WORDS
    return {n: v for n, v in row.items() if n not in stray} | {} if words else row | {"status": "completed"}


def _patient(row: dict[str, Any]) -> dict[str, Any]:
    return row if {"family_name", "given_name"} & row.keys() else row | {"family_name": "김"}


PROCEDURE = {"performed_at", "performed_end"}
MEDICATION = {"dose_value", "dose_unit", "route", "frequency_per_day", "duration_days", "quantity"}
WORDS = {"draft", "ordered", "active", "in_progress", "on_hold", "completed", "cancelled", "stopped"}
SHAPES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"order": _order, "patient": _patient}
