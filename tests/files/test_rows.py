"""Files are told apart by content; a row that is wrong is named and does not stop the rest."""

import gzip
import io
import sys
import tarfile
from typing import Any

import pytest

from fhirdesk.files import BadRow, Row, rows
from tests.acceptance import SHARED
from tests.marks import fault

SUITE = SHARED / "data" / "adverse" / "json_test_suite.tar.gz"


def read(data: bytes) -> list[tuple[int, Any]]:
    """(line, data or code of the error) of each row."""
    return [
        (row.line, row.data if isinstance(row, Row) else row.error.code)
        for row in rows(io.BytesIO(data))
        if isinstance(row, Row | BadRow)
    ]


@fault("F13")
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b'{"a":1}\n\n{"b":\n{"c":2}', [(1, {"a": 1}), (3, "not_json"), (4, {"c": 2})]),
        (b'{"a":\n{"b":1}\n', [(1, "not_json"), (2, {"b": 1})]),
        (b'[{"a":1},\n\n{"b":2}\n,3]', [(1, {"a": 1}), (3, {"b": 2}), (4, "row_no_object")]),
        (b'\xef\xbb\xbf{\n "a":1\n}\n', [(1, {"a": 1})]),
        (gzip.compress(b'{"a":"\xe2\x80\xa8"}\n{"b":2}', mtime=0), [(1, {"a": "\u2028"}), (2, {"b": 2})]),
        (gzip.compress(b'{"a":1}\n' * 5000, mtime=0)[:-30], None),
        (b"", [(1, "file_empty")]),
        (b" \n\r\n", [(1, "file_empty")]),
        (b"\xff\xfe{\x00}\x00", [(1, {})]),
        (b"PK\x03\x04 zipped", [(1, "file_packed")]),
    ],
)
def test_what_can_be_read_is_read(data: bytes, found: list[tuple[int, Any]] | None) -> None:
    if found is None:  # cut off: what came before is there
        *good, last = read(data)
        assert last[1] == "file_gzip" and len(good) > 1000 and all(isinstance(row, dict) for _, row in good)
    else:
        assert read(data) == found


@fault("F13")
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            b'x_id,y\nP1,\n"P\n3",z\r\n\nP4,w',
            [(2, {"x_id": "P1", "y": ""}), (3, {"x_id": "P\n3", "y": "z"}), (6, None)],
        ),
        (b"x_id,y\nP1\nP2,a,b\nP3,c", [(2, "row_too_short"), (3, "row_too_long"), (4, {"x_id": "P3", "y": "c"})]),
        (b"x_id,y\nP1,\xff\nP2,a", [(2, "file_encoding")]),
        (b'x_id,y\nP1,a\nP2,"b\nP3,c\n', [(2, {"x_id": "P1", "y": "a"}), (3, "file_csv")]),
        ("x_id,y\nP1,가\u2028나\u0085다".encode(), [(2, {"x_id": "P1", "y": "가\u2028나\u0085다"})]),
        (b"x_id,x_id\nP1,a", [(1, "header_twice")]),
        ("P-1,홍,길동\nP-2,김,나".encode(), [(1, "file_unknown")]),
    ],
)
def test_rows_of_a_csv(data: bytes, found: list[tuple[int, Any]]) -> None:
    assert [(line, row) for (line, row), (_, wanted) in zip(read(data), found, strict=True) if wanted is not None] == [
        pair for pair in found if pair[1] is not None
    ]


@fault("F11")
def test_xml_is_refused_unread() -> None:
    for data in (
        b"<Patient/>",
        b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;</p>',
    ):
        assert read(data) == [(1, "file_xml")]


@fault("F3")
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b'{"a":' + b"9" * 5000 + b"}", "not_json"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":"\\ud800"}', "not_json"),
        (b'{"a":"\xff"}', "file_encoding"),
        (b'{"a":{"b" : 1, "b"  :2}}', "member_twice"),
        (b"[null]", "row_no_object"),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(1_000_000)) + b"}", None),
    ],
    ids=["deep list", "deep object", "5,000 digits", "NaN", "surrogate", "UTF-8", "twice", "null", "a million keys"],
)
def test_odd_json_is_refused_in_words(data: bytes, code: str | None) -> None:
    ((line, found),) = read(data)
    assert line == 1 and (len(found) == 1_000_000 if code is None else found == code)


def test_a_long_document_is_read_whole_and_one_without_an_end_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    item = b'{"a":"' + b"x" * 2_500_000 + b'"}'
    data = b"[" + b",\n".join([item] * 3) + b"]"
    assert [line for line, found in read(data) if len(found["a"]) == 2_500_000] == [1, 2, 3]
    monkeypatch.setattr("fhirdesk.files.lists.MAX_LENGTH", 500_000)
    assert read(data) == [(1, "file_too_large")]
    monkeypatch.setattr(sys.modules["fhirdesk.files.documents"], "MAX_LENGTH", 500_000)
    assert read(b"{" + data + b"}") == [(1, "file_too_large")]


def test_a_bundle_is_read_entry_by_entry() -> None:
    bundle = b"""{"resourceType": "Bundle", "type": "transaction", "entry": [
      {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "p",
        "identifier": [{"system": "s", "value": "v"}]}, "request": {"method": "POST", "url": "Patient"}},
      {"resource": {"resourceType": "Observation", "valueQuantity": {"value": 1.50}}},
      {"request": {"method": "DELETE", "url": "Patient/9"}},
      {"search": {"mode": "outcome"}, "resource": {"resourceType": "OperationOutcome"}}, 5]}"""
    person, result, delete, odd = rows(io.BytesIO(bundle))
    assert (
        isinstance(person, Row) and isinstance(result, Row) and isinstance(delete, BadRow) and isinstance(odd, BadRow)
    )
    assert [r.line for r in (person, result, delete, odd)] == [2, 4, 5, 6]
    assert str(result.data["valueQuantity"]["value"]) == "1.50" and person.full_url == "urn:uuid:1"
    assert result.around["urn:uuid:1"] is result.around["Patient?identifier=s|v"]
    assert result.around["urn:uuid:1"].id == "p"


@pytest.mark.skipif(not SUITE.exists(), reason="../shared is not here")
def test_every_malformed_file_is_refused_and_every_good_one_read() -> None:
    refused = taken = 0
    with tarfile.open(SUITE) as suite:
        for member in suite.getmembers():
            name, file = member.name.rsplit("/", 1)[-1], suite.extractfile(member)
            found = read(file.read()) if file else []
            if name.startswith("n_"):
                assert found and all(isinstance(row, str) for _, row in found), name
                refused += 1
            elif name.startswith("y_") and any(isinstance(row, dict) for _, row in found):
                taken += 1
    assert (refused, taken) == (125, 9)
