"""Detects the encoding of a file: UTF-8, UTF-16, or CP949 of Korean Windows. A file has one encoding."""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from fhirdesk.core.errors import InvalidDocument

UTF_8, KOREAN = "utf-8", "cp949"
MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
COMMON_NAMES = {
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    KOREAN: "CP949",
}
WIDER = {"euc_kr": KOREAN, "utf-8-sig": UTF_8}  # what is called EUC-KR holds the syllables that Windows added
WINDOWS = {"windows-949": KOREAN, "ks_c_5601": KOREAN}
ASCII = bytes(range(128))
HANGUL = re.compile(rb"[\xea-\xed][\x80-\xbf]{2}")  # in UTF-8
LINE_END = re.compile(r"\r+\n|\n|\r(?!$)")
Parts = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class FileEncoding:
    """The encoding of a file and its line ends. `guessed`: nobody named the encoding, and it is not UTF-8."""

    encoding: str
    ends_with_cr: bool = False  # the lines of an old Macintosh
    guessed: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether the file can be read without recoding."""
        return self.encoding == UTF_8 and not self.ends_with_cr

    @property
    def said(self) -> str:
        """The name of the encoding that people know."""
        return COMMON_NAMES.get(self.encoding, self.encoding.upper())


def find_encoding(name: str) -> str | None:
    """Returns the text encoding of that name, or None."""
    name = WINDOWS.get(name.strip().lower(), name.strip())
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # a codec of bytes is none
    except (LookupError, ValueError):
        return None
    return WIDER.get(codec.name, codec.name)


def detect_encoding(parts: Parts, requested: str | None, *, whole: bool = True) -> FileEncoding:
    """Returns the encoding that fits all parts of a file. `requested`: the one that the user named; `whole`: the parts
    are the whole file. Raises InvalidDocument if none fits."""
    head = next(iter(parts()), b"")
    marked = requested or _encoding_of_mark(head)
    faults = {}
    for encoding in [marked] if marked else [UTF_8, KOREAN]:
        faults[encoding] = _first_fault(parts(), encoding, whole)
        if faults[encoding] is None and not (
            encoding == KOREAN and not requested and _is_utf_8_but_for_little(parts())
        ):
            start = codecs.getincrementaldecoder(encoding)().decode(head)
            end = LINE_END.search(start)
            return FileEncoding(encoding, bool(end and end[0] == "\r"), not requested and encoding != UTF_8)
    encoding, line = next(iter(faults.items()))
    if marked:
        raise InvalidDocument("file_not_in", line=line or 1, encoding=FileEncoding(encoding).said)
    raise InvalidDocument("file_encoding", line=line or 1)


def _encoding_of_mark(head: bytes) -> str | None:
    """Returns the encoding that a byte order mark shows, or that every other byte being zero shows, or None."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    zeros = [byte == 0 for byte in head[:4]]
    return "utf-16-le" if zeros == [False, True] * 2 else "utf-16-be" if zeros == [True, False] * 2 else None


def _first_fault(parts: Iterable[bytes], encoding: str, whole: bool) -> int | None:
    """Returns the line of the first byte that does not fit the encoding, or None."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    try:
        for part in parts:
            decoder.decode(part)
            line += part.count(b"\n")
        decoder.decode(b"", final=whole)
    except UnicodeDecodeError as error:
        return line + bytes(error.object[: error.start]).count(b"\n")
    except UnicodeError:
        return line
    return None


def _is_utf_8_but_for_little(parts: Iterable[bytes]) -> bool:
    """Whether most of what is not ASCII is Hangul in UTF-8: a damaged UTF-8 file, which CP949 would read as wrong
    letters."""
    hangul = high = 0
    for part in parts:
        high += len(part.translate(None, ASCII))
        hangul += 3 * sum(1 for _ in HANGUL.finditer(part))
    return 2 * hangul > high


def recode(parts: Iterable[bytes], writing: FileEncoding) -> Iterator[bytes]:
    """Yields the parts in UTF-8, with lines that end with LF. Raises InvalidDocument at a byte that does not fit, after
    what stands before it."""
    decoder = codecs.getincrementaldecoder(writing.encoding)()
    for part in chain(parts, (b"",)):
        fault = None
        try:
            text = decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            fault, text = error, bytes(error.object[: error.start]).decode(writing.encoding)
        yield (text.replace("\r", "\n") if writing.ends_with_cr else text).encode()
        if fault:
            raise InvalidDocument("file_encoding_rest", encoding=writing.said)
