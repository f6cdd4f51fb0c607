"""Cuts a JSON list into its items while it is read; only one item is held in memory."""

import re
from collections.abc import Iterable, Iterator

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files.streams import EMPTY, MAX_LENGTH

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},"]', re.DOTALL)
DEEPEST = 1000
QUOTE, COMMA, END = b'",]'
OPENING, BLANKS = b"[{", b" \t\r\n"


def items(parts: Iterable[bytes], line: int) -> Iterator[tuple[int, bytes]]:
    """Yields the items of a list, each with the line that it begins on; `line`: where the text begins. Raises
    InvalidDocument, after the items before it, where the text is no list any more or ends too early."""
    parts, text, position, depth, count = iter(parts), b"", 0, 0, 0
    while more := _read_more(parts, text, line):
        text, start = more, 0
        for token in _TOKEN.finditer(text, position):
            mark, position = text[token.start()], token.end()
            if mark == QUOTE and position == token.start() + 1:  # a text that goes on
                position = token.start()
                break
            if mark in OPENING:
                depth += 1
                _check_depth(depth, line)
                if depth == 1:
                    start = position
            elif (mark == COMMA and depth > 1) or mark == QUOTE:
                continue
            else:
                depth -= mark != COMMA
                if depth > 0 and mark != COMMA:
                    continue
                item = text[start : token.start()]
                if count or mark == COMMA or item.strip(BLANKS):
                    yield line + _blank_lines(item), item.strip(BLANKS)
                count, line, start = count + 1, line + item.count(b"\n"), position
                if depth == 0:
                    _check_end(mark, text[position:], parts, line)
                    return
        else:
            position = len(text)
        text, position = text[start:], position - start
    raise InvalidDocument("list_cut", line=line)


def _read_more(parts: Iterator[bytes], text: bytes, line: int) -> bytes | None:
    """Returns the text and as much again, so that a long item is not scanned over and over, or None at the end."""
    read, remaining = [text], min(len(text), MAX_LENGTH - len(text) + 1)
    for part in parts:
        read.append(part)
        remaining -= len(part)
        if remaining <= 0:
            break
    if len(text) > MAX_LENGTH:
        raise InvalidDocument("file_too_large", line=line)
    return b"".join(read) if len(read) > 1 else None


def _check_depth(depth: int, line: int) -> None:
    if depth > DEEPEST:
        raise InvalidDocument("too_deep", line=line)


def _blank_lines(item: bytes) -> int:
    """Returns how many line ends stand before the item."""
    return item.count(b"\n", 0, len(item) - len(item.lstrip(BLANKS)))


def _check_end(mark: int, rest: bytes, parts: Iterator[bytes], line: int) -> None:
    if mark != END or rest.strip(EMPTY) or any(part.strip(EMPTY) for part in parts):
        raise InvalidDocument("list_more", line=line)
