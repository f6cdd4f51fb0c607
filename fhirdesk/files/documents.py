"""JSON documents as they are written: is it one over several lines, or one a line?"""

import io
from collections.abc import Iterator
from itertools import chain

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files.row import BadRow, Document
from fhirdesk.files.streams import MAX_LENGTH, Lines, is_blank
from fhirdesk.r4 import json


class DocumentBuffer:
    """The lines of a text that have been read so far, in one piece."""

    def __init__(self) -> None:
        self._text, self._first, self._looked_at = io.BytesIO(), 0, 0
        self.size = self.filled = 0
        self._state = json.State.OPEN

    def add(self, number: int, line: bytes) -> None:
        """One line more. Raises InvalidDocument when it is more than we hold."""
        filled = not is_blank(line)
        if not filled and not self.filled:  # blank lines before a document are no part of it
            return
        self._first = self._first or number
        self.size += self._text.write(line)
        self.filled += filled
        if self.size > MAX_LENGTH:
            raise InvalidDocument("file_too_large", line=self._first)

    @property
    def state(self) -> json.State:
        """How far it is one document."""
        with self._text.getbuffer() as text:
            return json.state(text)

    @property
    def now_and_then(self) -> json.State:
        """The same, but looked at again only once it has doubled."""
        if self._state is json.State.OPEN and self.size >= 2 * self._looked_at:
            self._looked_at, self._state = self.size, self.state
        return self._state

    def whole(self) -> tuple[int, bytes]:
        """Its first line's number, and all of it."""
        return self._first, self._text.getvalue()

    def lines(self) -> Lines:
        """Line by line again."""
        self._text.seek(0)
        return enumerate(self._text, self._first)


def split_documents(lines: Lines) -> Iterator[Document | BadRow]:
    """Each document with the line it begins on: all of the text, where it is one; else one a line."""
    buffer = DocumentBuffer()
    try:
        for number, line in lines:
            buffer.add(number, line)
            if buffer.now_and_then is not json.State.OPEN:
                break
    except InvalidDocument as error:
        yield BadRow(error.line or 1, error)
        return
    more = next(((n, line) for n, line in lines if not is_blank(line)), None)
    if not buffer.filled:
        yield BadRow(1, InvalidDocument("file_empty", line=1))
    elif more is None and (buffer.filled == 1 or buffer.state is json.State.WHOLE):
        yield Document(*buffer.whole(), is_alone=True)
    else:
        for number, line in chain(buffer.lines(), filter(None, (more,)), lines):
            if not is_blank(line):
                yield Document(number, line)


def read_document(lines: Lines) -> tuple[DocumentBuffer, bool]:
    """What was read of a text that begins with an object, and whether it is one document; else it is one a line, told
    by the first line that is a document by itself. Raises InvalidDocument when it is more than we hold."""
    buffer, has_document, all_begin = DocumentBuffer(), False, True
    for number, line in lines:
        buffer.add(number, line)
        if is_blank(line):
            continue
        all_begin = all_begin and line.startswith(b"{")
        if line.startswith(b"{") and json.state(line) is json.State.WHOLE:
            if buffer.now_and_then is json.State.BROKEN:
                return buffer, False
            has_document = True
    return buffer, buffer.state is json.State.WHOLE or not (has_document or (all_begin and buffer.filled > 1))
