"""Whatever bytes a file holds: rows or words, never anything else; a list is cut where JSON cuts it."""

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files import BadRow, documents, rows
from fhirdesk.files.lists import items
from tests.marks import fault

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)
MARKS = [b"\n", b"\r", b"\x00", b"\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xb1\xe8", b"\x1f\x8b"]
TEXTS = [b"a_id", b'{"a":1}', b'{"resourceType":"Bundle","type":"history","entry":[', b"sep=;", b"1", b"null", b"="]
PIECES = st.sampled_from([b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", *MARKS, *TEXTS])


@settings(max_examples=300, deadline=None)
@given(st.lists(JSON, max_size=8), st.integers(1, 9), st.sampled_from([None, 0, 1]), st.booleans())
def test_a_list_is_cut_into_its_items(values: list[Any], size: int, indent: int | None, ascii_: bool) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_).encode()
    parts = (text[at : at + size] for at in range(0, len(text), size))
    found = list(items(parts, 1))
    assert [json.loads(item) for _, item in found] == values
    if indent is not None:
        assert all(text.split(b"\n")[line - 1].strip()[:1] == item[:1] for line, item in found)


@fault("F3")
@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=6), max_size=30))
def test_any_bytes_give_rows_or_words(pieces: list[bytes]) -> None:
    for read in (rows, documents):
        try:
            for row in read(io.BytesIO(b"".join(pieces))):
                assert not isinstance(row, BadRow) or row.error.code
        except InvalidDocument as error:
            assert error.code
