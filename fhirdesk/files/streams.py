"""Reads a file or stream: unpacked, in UTF-8, with lines that end with LF and are not too long to hold."""

import gzip
import io
import stat
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from os import fstat
from pathlib import Path
from typing import Any, BinaryIO

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.core.queue_entry import Reason
from fhirdesk.files.encodings import detect_encoding, recode
from fhirdesk.files.row import Note

GZIP, BOM = b"\x1f\x8b", b"\xef\xbb\xbf"
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd", b"7z\xbc\xaf", b"Rar!", b"%PDF")
DAMAGED = (EOFError, gzip.BadGzipFile, zlib.error)  # what a spoilt .gz raises
PART = 1024 * 1024
HELD = 64 * PART  # bytes of a stream that cannot be read twice: it is judged by them
MAX_LENGTH = 100 * PART  # bytes of one line, or of one document over several lines
EMPTY = b" \t\r\n\x0b\x0c\x00\x1a"  # blanks, NUL padding, Ctrl-Z: no text of a record
PADDING = b"\x00\x1a"
Lines = Iterator[tuple[int, bytes]]


class LineTooLong(Exception):
    """A line is longer than MAX_LENGTH; `line` is its number."""

    def __init__(self, line: int):
        super().__init__()
        self.line = line


@dataclass(frozen=True, slots=True)
class Source:
    """An open file or stream, unpacked. `again`: the position to read it a second time from; None if that is
    impossible."""

    stream: Any
    name: str
    again: int | None


@contextmanager
def open_source(source: Path | BinaryIO) -> Iterator[Source]:
    """Opens a file or takes an open stream, and unpacks it. Raises InvalidDocument if it cannot be read."""
    if not isinstance(source, Path):
        with _unpack(source if hasattr(source, "peek") else io.BufferedReader(source)) as opened:
            yield opened
        return
    try:
        with source.open("rb") as file, _unpack(file) as opened:
            yield opened
    except OSError as error:
        raise InvalidDocument("file_unreadable", path=source.name) from error


@contextmanager
def _unpack(stream: Any) -> Iterator[Source]:
    name, again = Path(str(getattr(stream, "name", ""))).name, stream.tell() if _is_file(stream) else None
    if stream.peek(2)[:2] != GZIP:
        yield Source(stream, name, again)
        return
    yield Source(io.BufferedReader(_Gzip(stream), PART), name, None if again is None else 0)


class _Gzip(io.RawIOBase):
    """Gives what could be unpacked before it raises an error for the damage."""

    def __init__(self, stream: Any):
        self._file = gzip.GzipFile(fileobj=stream)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._file.read1(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


def _is_file(stream: Any) -> bool:
    """Whether the stream is a regular file, which can be read twice: no pipe, no device."""
    try:
        return stat.S_ISREG(fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def decode_to_utf_8(source: Source, requested: str | None = None) -> tuple[Any, Note | None]:
    """Returns the source's stream in UTF-8, and a note if its encoding was guessed. Raises InvalidDocument."""
    stream, again = source.stream, source.again
    if stream.peek(8)[:8].startswith(PACKED):
        raise InvalidDocument("file_packed", line=1)
    if again is not None:
        writing = detect_encoding(lambda: _reread(stream, again), requested)
        stream.seek(again)
        parts, whole = read_parts(stream), True
    else:
        held, rest = _hold_beginning(read_parts(stream))
        whole = held.tell() < HELD
        writing = detect_encoding(lambda: slices(held.getbuffer()), requested, whole=whole)
        parts = chain(slices(held.getbuffer()), rest)
    params = {"path": source.name, "encoding": writing.said}
    note = Note(Reason("file_read_as", params)) if writing.guessed else None
    if not (writing.is_usual and whole):
        return stream_from(recode(parts, writing)), note
    return (stream if again is not None else stream_from(parts)), note


def _reread(stream: Any, start: int) -> Iterator[bytes]:
    """Yields the whole file from `start`, as far as it can be unpacked."""
    stream.seek(start)
    try:
        yield from read_parts(stream)
    except DAMAGED:
        return


def _hold_beginning(parts: Iterator[bytes]) -> tuple[io.BytesIO, Iterator[bytes]]:
    """Returns the beginning of a stream, at most HELD bytes, and the parts after it, which may raise an error for
    damage."""
    held, damage = io.BytesIO(), []
    try:
        while held.tell() < HELD and (part := next(parts, b"")):
            held.write(part)
    except DAMAGED as error:
        damage = [error]
    return held, _parts_after(parts, damage)


def _parts_after(parts: Iterator[bytes], damage: Sequence[Exception]) -> Iterator[bytes]:
    for error in damage:
        raise error
    yield from parts


def slices(held: memoryview) -> Iterator[bytes]:
    """Yields held bytes part by part."""
    return (bytes(held[at : at + PART]) for at in range(0, len(held), PART))


def read_parts(stream: Any) -> Iterator[bytes]:
    """Yields the rest of a stream part by part."""
    while part := stream.read1(PART):
        yield part


def stream_from(parts: Iterable[bytes]) -> Any:
    """Returns a stream that reads from parts."""
    return io.BufferedReader(_Parts(parts), PART)


class _Parts(io.RawIOBase):
    def __init__(self, parts: Iterable[bytes]):
        self._parts, self._ready = iter(parts), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._ready = memoryview(part)
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def skip_blanks(stream: Any) -> tuple[bytes, int]:
    """Skips blanks; returns the first byte after them (b"" at the end) and how many lines were skipped."""
    skipped = lines_ = 0
    while part := stream.peek(PART):
        part = part[len(BOM) :] if (marked := part.startswith(BOM)) else part
        rest = part.lstrip(EMPTY)
        blank = part[: len(part) - len(rest)]
        size = blank.rfind(b"\n") + 1 if rest else len(blank)
        stream.read(size + len(BOM) * marked)
        skipped, lines_ = skipped + size, lines_ + blank.count(b"\n", 0, size)
        if rest:
            return rest[:1], lines_
        if skipped > MAX_LENGTH:
            raise LineTooLong(lines_ + 1)
    return b"", lines_


def lines(stream: Any, first: int = 1) -> Lines:
    """Yields lines, which end with LF only, without byte order marks and padding. Raises LineTooLong."""
    number = first
    while line := _line(stream, number):
        if line.startswith(BOM):
            line = line[len(BOM) :]
        if any(byte in PADDING for byte in (*line[:1], *line[-2:])):
            line = line.strip(PADDING + b"\r\n") + b"\n"
        yield number, line
        number += 1


def _line(stream: Any, number: int) -> bytes:
    line: bytes = stream.readline(PART)
    if len(line) < PART or line.endswith(b"\n"):
        return line
    whole = io.BytesIO()  # a buffer grows where it is, so that no second copy is made
    whole.write(line)
    while part := stream.readline(PART):
        whole.write(part)
        if whole.tell() > MAX_LENGTH:
            raise LineTooLong(number)
        if part.endswith(b"\n"):
            break
    return whole.getvalue()


def is_blank(line: bytes) -> bool:
    """Whether a line holds nothing."""
    return not line[:64].strip(EMPTY) and not line.strip(EMPTY)
