"""The one door of what is printed. Nothing that came from a server, a file or a name acts on the terminal, JSON stays
JSON, and no character ends the program because a console cannot show it.
"""

import codecs
import getpass
import io
import logging
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from fhirdesk.core.errors import OutputFailed
from fhirdesk.core.visible import visible, visible_json

NEAR = {"✓": "+", "→": "->", "…": "...", "⏎": "|", "⟨": "<", "⟩": ">", "·": "-", "—": "-", "–": "-"}
NEAR |= dict.fromkeys("▏▎▍▌▋▊▉", " ") | {"█": "#"}


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """For a character that a console lacks, one that it has."""
    assert isinstance(error, UnicodeEncodeError), "it is registered for what is written"
    return "".join(NEAR.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


codecs.register_error("fhirdesk.nearest", _nearest)


def set_up() -> None:
    """Standard output and error take every text, standard input gives some. An encoding without Korean (cp1252, ASCII)
    becomes UTF-8; one that has it (cp949) stays: it is what the console reads."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        with suppress(io.UnsupportedOperation):  # something was read from it already: it stays as it is
            sys.stdin.reconfigure(errors="replace")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if _has_korean(stream.encoding) else "utf-8"
            stream.reconfigure(encoding=encoding, errors="fhirdesk.nearest", write_through=True)  # bytes go in between


def _has_korean(encoding: str) -> bool:
    try:
        return bool("가힣".encode(encoding))
    except UnicodeEncodeError:
        return False


def finish() -> None:
    """What was printed leaves now, while an error can still be told. Raises BrokenPipeError, OutputFailed."""
    if sys.stdout:
        with _leaving():
            sys.stdout.flush()


def give_up() -> None:
    """Nobody reads any more: what is left is not written, and the end is quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        os.dup2(nowhere, stream.fileno())


def set_up_log(verbose: bool = False) -> None:
    """The log on standard error: errors, or with `verbose` what is done, too."""
    handler = logging.StreamHandler()
    handler.setFormatter(LogLine("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO if verbose else logging.ERROR, handlers=[handler])
    for quiet in ("httpx2", "httpcore2", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)


class LogLine(logging.Formatter):
    """A line of the log, whatever is in its message; a traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging names what it calls
        return visible(super().formatMessage(record))

    def formatException(self, ei: "logging._SysExcInfoType") -> str:  # noqa: N802
        return "\n".join(map(visible, super().formatException(ei).splitlines()))


def print_lines(*lines: str, flush: bool = False) -> None:
    """Lines for people, on standard output."""
    _write(sys.stdout, "".join(f"{visible(line)}\n" for line in lines), flush=flush)


def print_error(*lines: str) -> None:
    """Messages for people, on standard error."""
    _write(sys.stderr, "".join(f"{visible(line)}\n" for line in lines))


def has_standard_error() -> bool:
    """Whether anybody can read what `print_error` says: a window program of Windows has no such stream."""
    return sys.stderr is not None


def ask(question: str) -> str:
    """What a person types, without its line end."""
    _write(sys.stderr, visible(question), flush=True)
    return read_line()


def read_line() -> str:
    """The next line of standard input, without its end and the mark that Windows' editors begin a file with."""
    return sys.stdin.readline().rstrip("\r\n").removeprefix("\ufeff")


def ask_unseen(question: str) -> str:
    """As `ask`, and what is typed is not shown."""
    return getpass.getpass(visible(question))


def print_json_bytes(text: bytes, *, error: bool = False, flush: bool = False) -> None:
    """JSON as it is, on standard output or error: always UTF-8, whatever the console's encoding."""
    _write_bytes(sys.stderr if error else sys.stdout, visible_json(text), flush=flush)


def print_csv(text: bytes) -> None:
    """CSV: data for a program as it is, on a terminal line by line as text for people."""
    if sys.stdout.isatty():
        print_lines(*text.decode("utf-8-sig").removesuffix("\r\n").split("\r\n"))
    else:
        _write_bytes(sys.stdout, text)


def _write(stream: TextIO | None, text: str, *, flush: bool = False) -> None:
    if stream:  # a program that has only a window has none
        with _leaving():
            stream.write(text)
            if flush:
                stream.flush()


def _write_bytes(stream: TextIO, data: bytes, *, flush: bool = False) -> None:
    with _leaving():
        stream.buffer.write(data)
        if flush:
            stream.flush()


@contextmanager
def _leaving() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(detail=error.strerror) from error


class Line:
    """A line of a terminal that is drawn again and again; nothing elsewhere. It works on a console that knows no escape
    sequences, too."""

    def __init__(self) -> None:
        self.on = bool(sys.stderr) and sys.stderr.isatty()
        self._width = 0

    def draw(self, text: str) -> None:
        """Write over what stands there."""
        if self.on:
            text = visible(text)
            width = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
            _write(sys.stderr, "\r" + text + " " * (self._width - width), flush=True)
            self._width = width

    def clear(self) -> None:
        """Leave the line clean."""
        self.draw("")
        if self.on:
            _write(sys.stderr, "\r", flush=True)
