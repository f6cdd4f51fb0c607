"""Rows of a file become FHIR resources, without a store: nothing is kept, nothing is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fhirdesk import files
from fhirdesk.app.mapping import mapper_for
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidInput, InvalidRecord
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.resource import Resource
from fhirdesk.core.settings import Settings
from fhirdesk.files import BadRow, DeletedResource, Note, Row, encodings


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one row became: a resource, or the error that says why not. A note is about the file as a whole."""

    line: int = 0
    resource: Resource | None = None
    error: InvalidInput | None = None
    note: Reason | None = None


def convert(
    source: Path | BinaryIO, type_: str, settings: Settings, encoding: str | None = None
) -> Iterator[Conversion]:
    """The conversion of each row, in order. `type_`: of rows that do not name theirs. Raises InvalidDocument when the
    file cannot be read at all."""
    mapper = mapper_for(settings)
    for row in files.rows(source, encoding):
        if isinstance(row, Note):
            yield Conversion(note=row.reason)
            continue
        try:
            yield Conversion(row.line, _to_resource(row, type_, mapper))
        except InvalidInput as error:
            yield Conversion(row.line, error=error)


def _to_resource(row: Row | BadRow | DeletedResource, type_: str, mapper: Mapper) -> Resource:
    if isinstance(row, BadRow):
        raise row.error
    if isinstance(row, DeletedResource) or row.is_resource:
        raise InvalidRecord("row_is_fhir", field="resourceType")
    return mapper.convert(row.data, type_, table=row.is_table)[1]


def find_encoding(name: str) -> str | None:
    """The text encoding that goes by that name; None where there is none."""
    return encodings.find_encoding(name)
