"""What a file is written in: UTF-8, UTF-16, or CP949 as Korean Windows has it. A file has one encoding."""

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
    """How a file is written. `guessed`: nobody said so, and it is not what is usual."""

    encoding: str
    ends_with_cr: bool = False  # the lines of an old Macintosh
    guessed: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether it can be read as it is."""
        return self.encoding == UTF_8 and not self.ends_with_cr

    @property
    def said(self) -> str:
        """Its encoding by the name that people know."""
        return COMMON_NAMES.get(self.encoding, self.encoding.upper())


def find_encoding(name: str) -> str | None:
    """The encoding of texts that goes by that name; None: there is none."""
    name = WINDOWS.get(name.strip().lower(), name.strip())
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # a codec of bytes is none
    except (LookupError, ValueError):
        return None
    return WIDER.get(codec.name, codec.name)


def detect_encoding(parts: Parts, requested: str | None, *, whole: bool = True) -> FileEncoding:
    """How a file is written, by all of it; `whole`: the parts are all of it. Raises InvalidDocument: nothing fits."""
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
    """The encoding that a mark at the beginning says, or that every other byte being zero does."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    zeros = [byte == 0 for byte in head[:4]]
    return "utf-16-le" if zeros == [False, True] * 2 else "utf-16-be" if zeros == [True, False] * 2 else None


def _first_fault(parts: Iterable[bytes], encoding: str, whole: bool) -> int | None:
    """The line of the first byte that does not fit."""
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
    """Whether most of what is not ASCII is Hangul in UTF-8: a damaged file, which would be read as other letters."""
    hangul = high = 0
    for part in parts:
        high += len(part.translate(None, ASCII))
        hangul += 3 * sum(1 for _ in HANGUL.finditer(part))
    return 2 * hangul > high


def recode(parts: Iterable[bytes], writing: FileEncoding) -> Iterator[bytes]:
    """The parts in UTF-8, with lines that end with LF. Raises InvalidDocument at a byte that does not fit; what stands
    before it came before."""
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
