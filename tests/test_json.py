"""JSON keeps its digits and refuses what is not JSON."""

import pytest

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.r4 import json
from tests.marks import fault


@fault("F6")
@pytest.mark.parametrize(
    "digits", ["13.50", "1.00E+2", "0.10000000000000000001", "1e400", "12345678901234567890123456789", "0.0000001"]
)
def test_a_number_keeps_its_digits(digits: str) -> None:
    assert json.dumps(json.loads(f'{{"value":{digits}}}')) == f'{{"value":{digits}}}'.encode()


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b"NaN", b'"\xff"', b"[" * 100_000, b"[1] x", b'\xef\xbb\xbf{"a"'])
def test_what_is_not_json_is_refused_in_our_own_words(text: bytes) -> None:
    with pytest.raises(InvalidDocument):
        json.loads(text)
