"""Splits a text into JSON documents: one over several lines, or one for each line."""

import io
from collections.abc import Iterator
from itertools import chain

from fhirdesk.core.errors import InvalidDocument
from fhirdesk.files.row import BadRow, Document
from fhirdesk.files.streams import MAX_LENGTH, Lines, is_blank
from fhirdesk.r4 import json


class DocumentBuffer:
    """Holds the lines of a text that have been read so far, in one piece."""

    def __init__(self) -> None:
        self._text, self._first, self._looked_at = io.BytesIO(), 0, 0
        self.size = self.filled = 0
        self._state = json.State.OPEN

    def add(self, number: int, line: bytes) -> None:
        """Appends a line. Raises InvalidDocument if the text becomes longer than MAX_LENGTH."""
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
        """Whether the text is one document, the beginning of one, or neither."""
        with self._text.getbuffer() as text:
            return json.state(text)

    @property
    def now_and_then(self) -> json.State:
        """The state when it was last examined: again only once the text has doubled, so that the cost stays linear."""
        if self._state is json.State.OPEN and self.size >= 2 * self._looked_at:
            self._looked_at, self._state = self.size, self.state
        return self._state

    def whole(self) -> tuple[int, bytes]:
        """Returns the number of the first line, and the whole text."""
        return self._first, self._text.getvalue()

    def lines(self) -> Lines:
        """Yields the lines again, with their numbers."""
        self._text.seek(0)
        return enumerate(self._text, self._first)


def split_documents(lines: Lines) -> Iterator[Document | BadRow]:
    """Yields each document with the line that it begins on: the whole text if it is one document, else each line."""
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
    """Reads a text that begins with an object; returns what was read, and whether it is one document. If not, each line
    is one: the first line that is a document by itself shows it. Raises InvalidDocument if the text is too long."""
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
