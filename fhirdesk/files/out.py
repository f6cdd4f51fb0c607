"""Writes files: private, whole or not at all, never over another file or through a link; CSV that no spreadsheet
runs."""

import csv
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from fhirdesk.core.errors import DiskFull, Refused
from fhirdesk.core.private_files import open_private
from fhirdesk.files.csv_rows import guard_cell
from fhirdesk.r4 import json
from fhirdesk.r4.json import Number

BOM = "\ufeff"


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Opens a new file (mode 0600) that gets its name only once all of it is on the disk. Raises Refused if it exists
    already or cannot be written, DiskFull."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    if os.path.lexists(path):
        raise Refused("export_exists", path=path.name)
    try:
        with os.fdopen(open_private(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _publish(part, path)
    except FileExistsError as error:
        raise Refused("export_exists", path=path.name) from error
    except OSError as error:
        raise (DiskFull() if error.errno == 28 else Refused("export_unwritable", path=path.name)) from error
    finally:
        with suppress(OSError):  # not there, or never a name that Windows takes
            part.unlink()


def _publish(part: Path, path: Path) -> None:
    """Gives a whole file its name. A link, unlike a rename, replaces nothing that came meanwhile; where the file system
    has no links (a memory stick), the name is taken first. Raises FileExistsError."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        os.close(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        part.replace(path)


def ndjson(documents: Iterable[Any]) -> Iterator[bytes]:
    """Yields each JSON document as a line."""
    return (json.dumps(document) + b"\n" for document in documents)


def bundle(entries: Iterable[tuple[str | None, Mapping[str, Any]]]) -> Iterator[bytes]:
    """Yields the parts of one collection Bundle of (fullUrl, resource) (https://hl7.org/fhir/R4/bundle.html)."""
    head = b'{"resourceType":"Bundle","type":"collection"'
    empty = True
    for full_url, resource in entries:
        entry = ({"fullUrl": full_url} if full_url else {}) | {"resource": resource}
        yield (head + b',"entry":[\n' if empty else b",\n") + json.dumps(entry)
        empty = False
    yield head + b"}\n" if empty else b"\n]}\n"


def csv_file(header: Sequence[str], records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yields a header of field names, then a row for each record. A byte order mark tells spreadsheets that it is
    UTF-8."""
    line = io.StringIO(BOM)
    writer = csv.writer(line, lineterminator="\r\n")
    line.seek(0, io.SEEK_END)
    writer.writerow(header)
    yield line.getvalue().encode()
    for fields in records:
        line.seek(0)
        line.truncate()
        writer.writerow([_cell(fields.get(name)) for name in header])
        yield line.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard_cell(value)
    return value.text if isinstance(value, Number) else json.dumps(value).decode()
