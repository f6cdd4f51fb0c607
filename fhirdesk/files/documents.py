"""JSON documents as they are written: is it one over several lines, or one a line?"""

from collections.abc import Iterator
from itertools import chain

from fhirdesk.errors import InvalidDocument
from fhirdesk.files.row import BadRow, Document
from fhirdesk.r4 import json

Lines = Iterator[tuple[int, bytes]]


def texts(lines: Lines, most: int) -> Iterator[Document | BadRow]:
    """Each document with the line it begins on. One over several lines is at most `most` bytes."""
    filled = ((number, line) for number, line in lines if line.strip())
    read = _as_far_as_one_document(filled, most)
    if not read:
        yield BadRow(1, InvalidDocument("file_empty", line=1))
        return
    data, more = b"".join(line for _, line in read), next(filled, None)
    if more is None and (len(read) == 1 or json.state(data) is json.State.WHOLE):
        yield Document(read[0][0], data, is_alone=True)
        return
    for number, line in chain(read, filter(None, (more,)), filled):
        yield Document(number, line)


def _as_far_as_one_document(filled: Lines, most: int) -> list[tuple[int, bytes]]:
    """The lines that may be one document; they are looked at again each time they have doubled."""
    read, size, looked_at = [], 0, 0
    for number, line in filled:
        read.append((number, line))
        size += len(line)
        if size >= 2 * looked_at:
            looked_at = size
            if size > most or json.state(b"".join(part for _, part in read)) is not json.State.OPEN:
                break
    return read
