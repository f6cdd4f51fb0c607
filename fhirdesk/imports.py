"""An import: rows of files become records that are stored and queued, a batch a transaction."""

import uuid as uuids
from collections.abc import Sequence

from fhirdesk.converters import registry
from fhirdesk.entry import Reason
from fhirdesk.errors import InvalidInput, InvalidRecord
from fhirdesk.files import BadRow, Note, Row, Rows
from fhirdesk.intake import Intake
from fhirdesk.records import Said
from fhirdesk.sync.outbox import Incoming, Outbox, Saved
from fhirdesk.views import ImportLine, ImportOptions

IMPORT = "import"  # the source of files for which no other was named


class ImportRun:
    """One import of one or more files; all of them are one source."""

    def __init__(self, intake: Intake, outbox: Outbox, options: ImportOptions):
        self._intake, self._outbox, self._options = intake, outbox, options
        self.notes: list[Reason] = []  # what is to be said of the files

    def take(self, batch: Sequence[Rows]) -> list[ImportLine]:
        """One transaction; bad rows are refused by themselves. Returns a line for each row, in order."""
        self.notes += [row.reason for row in batch if isinstance(row, Note)]
        rows = [row for row in batch if not isinstance(row, Note)]
        read = self._intake.read(rows, self._options.type)
        good = [Incoming(r, str(uuids.uuid4())) for r in read if isinstance(r, Said)]
        how = self._options
        source = how.source or IMPORT
        saved = iter(self._outbox.add(good, enqueue=how.enqueue, who=IMPORT, source=source, whole=how.whole))
        return [
            self._taken(row, result, next(saved)) if isinstance(result, Said) else self._refused(row, result)
            for row, result in zip(rows, read, strict=True)
        ]

    def _taken(self, row: Row | BadRow, said: Said, saved: Saved) -> ImportLine:
        if saved.error:
            return self._refused(row, saved.error)
        return ImportLine(row.line, said.type, said.key, saved.result, saved.entry, notes=saved.notes)

    def _refused(self, row: Row | BadRow, error: InvalidInput) -> ImportLine:
        """What is wrong with a row, by its type, key and field where they are known."""
        field, key = (error.field, error.key) if isinstance(error, InvalidRecord) else (None, None)
        data = getattr(row, "data", {"resourceType": None})
        named = None if "resourceType" in data else data.get("type", self._options.type)
        known = named if isinstance(named, str) and named in registry.record_types() else None
        return ImportLine(row.line, known, key, "refused", None, Reason(error.code, error.params), field)
