"""JSON that keeps its digits: 13.50 stays 13.50, 1.00E+2 stays 1.00E+2 (https://hl7.org/fhir/R4/json.html#decimal)."""

from typing import Any

import msgspec

from fhirdesk.errors import InvalidDocument


class Number:
    """A JSON number that is no plain whole number, with its source text. Equal when the text is equal."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return f"Number({self.text})"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __float__(self) -> float:
        return float(self.text)


def _encode_number(value: object) -> msgspec.Raw:
    if isinstance(value, Number):
        return msgspec.Raw(value.text.encode())
    raise NotImplementedError(f"{type(value).__name__} is not JSON")


_decoder = msgspec.json.Decoder(float_hook=Number)
_encoder = msgspec.json.Encoder(enc_hook=_encode_number)
_canonical = msgspec.json.Encoder(enc_hook=_encode_number, order="sorted")


def loads(data: bytes | str) -> Any:
    """One JSON document. Raises InvalidDocument with the place, never anything else."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise InvalidDocument("not_json", detail=str(error)) from None
    except RecursionError:
        raise InvalidDocument("too_deep") from None


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON, keys in the order given."""
    return _encoder.encode(value)


def written(body: bytes) -> Any:
    """JSON that is written already: goes into a larger document as it is."""
    return msgspec.Raw(body)


def canonical(value: Any) -> bytes:
    """Compact UTF-8 JSON with sorted keys: equal values give equal bytes."""
    return _canonical.encode(value)


def equal(one: bytes, other: bytes) -> bool:
    """Whether two documents say the same to the last digit, in whatever order their members are."""
    return one == other or canonical(loads(one)) == canonical(loads(other))


def pretty(value: Any) -> str:
    """Indented JSON for people."""
    return msgspec.json.format(_encoder.encode(value), indent=2).decode()
