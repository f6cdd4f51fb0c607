"""JSON that keeps its digits: 13.50 stays 13.50, 1.00E+2 stays 1.00E+2 (https://hl7.org/fhir/R4/json.html#decimal)."""

import functools
import json as python_json
import re
from collections.abc import Iterable
from enum import Enum
from typing import Any

import msgspec

from fhirdesk.core.errors import InvalidDocument


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


MOST_PARTS, MOST_DEPTH = 1_500_000, 100  # of a document from far away: at most about 150 MB of room
MOST_WIDE, WIDE = 32 * 1024 * 1024, re.compile(rb"[\xf0-\xf7]")  # the first byte of a letter of four
Unread = msgspec.Raw  # a part of a document
MOST_VALUES = 2_000_000  # in one document
_decoder = msgspec.json.Decoder(float_hook=Number)
_encoder = msgspec.json.Encoder(enc_hook=_encode_number)
_raw = msgspec.json.Decoder(msgspec.Raw)
_canonical = msgspec.json.Encoder(enc_hook=_encode_number, order="sorted")


def loads(data: bytes | str) -> Any:
    """Returns the value of one JSON document. Raises InvalidDocument with the position, never anything else."""
    return _read(_decoder, data)


def loads_limited(data: bytes) -> Any:
    """Returns the value of a document from a server. Raises InvalidDocument as `loads` does, and if the value would
    take far more memory than its bytes or is nested too deep."""
    if sum(map(data.count, (b",", b":", b"[", b"{"))) > MOST_PARTS or _is_wide(data):
        raise InvalidDocument("too_many_parts", count=f"{MOST_PARTS:,}")
    value = loads(data)
    _check_depth(value)
    return value


def _is_wide(data: bytes) -> bool:
    """Whether a large text may take four bytes for each letter in memory, because one letter needs four."""
    return len(data) > MOST_WIDE and WIDE.search(data) is not None


def _check_depth(value: Any) -> None:
    """Raises InvalidDocument if the value is nested too deep; goes level by level, without recursion of its own."""
    level = [value]
    for _ in range(MOST_DEPTH):
        values = (v for node in level if type(node) in (dict, list) for v in _children(node))
        level = [v for v in values if type(v) in (dict, list)]
        if not level:
            return
    raise InvalidDocument("too_deep")


def _children(node: Any) -> Iterable[Any]:
    return node.values() if type(node) is dict else node


def _check_size(data: bytes) -> bytes:
    """Returns the data. Raises InvalidDocument if it may hold more values than fit into memory: a value takes many
    times its bytes. Each one follows a comma or an opening bracket, so that those are counted."""
    if len(data) > MOST_VALUES and sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise InvalidDocument("too_many_parts", count=f"{MOST_VALUES:,}")
    return data


def loads_strict(data: bytes) -> Any:
    """Returns the value of a document from a file. Raises InvalidDocument as `loads` does, and if it holds too many
    values or an object has a member twice."""
    value = loads(_check_size(data))
    if data.count(b":") != dumps(value).count(b":") or b"\\u003" in data:  # a colon for each member, and those in texts
        _refuse_duplicates(data)
    return value


def _refuse_duplicates(data: bytes) -> None:
    def pairs(members: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in members]
        if len(set(names)) < len(names):
            twice = next(n for n in names if names.count(n) > 1)
            raise InvalidDocument("member_twice", name=twice[:60])

    try:
        python_json.loads(data, object_pairs_hook=pairs, parse_int=str, parse_float=str)
    except RecursionError:
        raise InvalidDocument("too_deep") from None


class State(Enum):
    """Whether a text is a whole JSON document, the beginning of one, or neither."""

    WHOLE = "whole"
    OPEN = "open"  # it could be, if it went on
    BROKEN = "broken"


def state(data: bytes | memoryview) -> State:
    """Returns whether the data has the shape of a JSON document or of the beginning of one; strings are not checked."""
    try:
        _raw.decode(data)
    except msgspec.DecodeError as error:
        return State.OPEN if "truncated" in str(error) else State.BROKEN
    except (ValueError, RecursionError):
        return State.BROKEN
    return State.WHOLE


def member_view(data: bytes, name: str) -> memoryview | None:
    """Returns the bytes of one member of an object without a copy, or None. Raises InvalidDocument."""
    view = memoryview(_read(_member_decoder(name), data).found)
    return None if len(view) == 0 or bytes(view[:4]) == b"null" else view


def member(data: bytes, name: str) -> bytes | None:
    """Returns the bytes of one member of an object, or None."""
    view = member_view(data, name)
    return None if view is None else bytes(view)


def peek(data: bytes, *path: str) -> Any:
    """Returns the value at a path of members, or None; the rest is not parsed."""
    part: bytes | None = data
    for name in path:
        if part is None or part.lstrip()[:1] != b"{":
            return None
        part = member(part, name)
    return None if part is None else loads(_check_size(part))


@functools.cache
def _member_decoder(name: str) -> "msgspec.json.Decoder[Any]":
    member = msgspec.defstruct("Member", [("found", Unread, Unread(b""))], rename={"found": name})
    return msgspec.json.Decoder(member)


def _read(decoder: "msgspec.json.Decoder[Any]", data: bytes | str) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise InvalidDocument("not_json", detail=str(error)) from None
    except RecursionError:
        raise InvalidDocument("too_deep") from None


def dumps(value: Any) -> bytes:
    """Returns compact UTF-8 JSON with members in their order."""
    return _encoder.encode(value)


def raw(body: bytes) -> Any:
    """Returns ready JSON as a value that goes into a larger document as it is."""
    return msgspec.Raw(body)


def canonical(value: Any) -> bytes:
    """Returns compact UTF-8 JSON with sorted members, so that equal values give equal bytes."""
    return _canonical.encode(value)


def equal(one: bytes, other: bytes) -> bool:
    """Whether two documents are equal to the last digit; the order of members does not count."""
    return one == other or canonical(loads(one)) == canonical(loads(other))


def pretty(value: Any) -> str:
    """Returns indented JSON for people to read."""
    return msgspec.json.format(_encoder.encode(value), indent=2).decode()
