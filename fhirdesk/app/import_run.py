"""An import: rows of files become records that are stored and queued, a batch a transaction."""

import hashlib
import uuid as uuids
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fhirdesk.app.importing import Importer
from fhirdesk.converters import registry
from fhirdesk.core.errors import InvalidInput, InvalidRecord
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.records import Base, Place, SourceRecord
from fhirdesk.core.views import ImportLine, ImportOptions
from fhirdesk.files import BadRow, DeletedResource, Note, Row, Rows
from fhirdesk.files.versions import version_of
from fhirdesk.r4 import json
from fhirdesk.store.store import Store
from fhirdesk.sync.outbox.outbox import Incoming, Outbox, Saved

IMPORT = "import"  # the source of files for which no other was named
OLDER, GONE = Reason("version_older"), Reason("gone_at_source")
GONE_AND_NOT_HERE = Reason("gone_not_here")
MOST_SEEN = 1_000_000  # records of one file that are remembered, to find one that is there twice


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is right and changes nothing; `note` tells the user why."""

    place: Place
    note: Reason


RowResult = SourceRecord | Skipped | InvalidInput


class ImportRun:
    """One import of one or more files; all of them are one source."""

    def __init__(self, store: Store, intake: Importer, outbox: Outbox, options: ImportOptions):
        self._store, self._intake, self._outbox, self._options = store, intake, outbox, options
        self._state = intake.begin_import(options.type, options.source)
        # of this file: record → its line, and a digest of what it said
        self._first_lines: dict[int, tuple[int, bytes]] = {}
        self.notes: list[Reason] = []  # what is to be said of the files

    def begin_file(self) -> None:
        """Forget what was remembered of the last file: the rows that come now are of another one."""
        self._first_lines.clear()
        self._state.ids_made.clear()

    def needs_first_pass(self) -> bool:
        """Whether the files are read twice: patients with plain ids are stored here, and a row may refer to one of the
        files' own patients before that one comes."""
        with self._store.snapshot() as view:
            return self._options.source is None and view.records.has_key_prefix("patient", "Patient/")

    def first_pass(self, batch: Sequence[Rows]) -> bool:
        """Remember which of these patients are other people than those stored here. Returns whether to read on."""
        resources = [row for row in batch if isinstance(row, Row) and row.is_resource]
        self._intake.remember_other_people(
            [row for row in resources if row.data["resourceType"] == "Patient"], self._state
        )
        return bool(resources)

    def take(self, batch: Sequence[Rows]) -> list[ImportLine]:
        """Store and queue a batch in one transaction; a bad row is refused by itself. Returns a line for each row."""
        self.notes += [row.reason for row in batch if isinstance(row, Note)]
        rows = [row for row in batch if not isinstance(row, Note)]
        results = self._read_results(rows)
        good = [Incoming(r, str(uuids.uuid4())) for r in results if isinstance(r, SourceRecord)]
        options = self._options
        source = options.source or IMPORT
        self._mark_gone(results)
        saved = iter(self._outbox.add(good, enqueue=options.enqueue, source=source, whole=options.whole))
        return [self._line(row, result, saved) for row, result in zip(rows, results, strict=True)]

    def _line(self, row: Row | BadRow | DeletedResource, result: RowResult, saved: Iterator[Saved]) -> ImportLine:
        if isinstance(result, SourceRecord):
            saved_record = next(saved)
            if saved_record.error:
                return self._refused(row, saved_record.error)
            return ImportLine(
                row.line, result.type, result.key, saved_record.result, saved_record.entry, notes=saved_record.notes
            )
        if isinstance(result, Skipped):
            return ImportLine(row.line, *result.place, "unchanged", notes=(result.note,))
        return self._refused(row, result)

    def _refused(self, row: Row | BadRow | DeletedResource, error: InvalidInput) -> ImportLine:
        """The line of a refused row, with type, key and field if they are known."""
        field, key = (error.field, error.key) if isinstance(error, InvalidRecord) else (None, None)
        data = getattr(row, "data", {"resourceType": None})
        named = None if "resourceType" in data else data.get("type", self._options.type)
        known = named if isinstance(named, str) and named in registry.record_types() else None
        return ImportLine(row.line, known, key, "refused", None, Reason(error.code, error.params), field)

    # -- which of several rows of one record counts

    def _read_results(self, rows: Sequence[Row | BadRow | DeletedResource]) -> list[RowResult]:
        """The result of each row: what it says of its record, Skipped if a newer version is known, or its error."""
        read = iter(self._intake.read([r for r in rows if not isinstance(r, DeletedResource)], self._state))
        results: list[RowResult] = [self._skip_gone(r) if isinstance(r, DeletedResource) else next(read) for r in rows]
        newest = self._stored_bases([r for r in results if isinstance(r, SourceRecord) and r.base])
        at: dict[Place, int] = {}
        for number, (row, record) in enumerate(zip(rows, results, strict=True)):
            if not isinstance(record, SourceRecord):
                continue
            place = record.type, record.key
            older = _is_older(record.base, newest.get(place))
            if older or (isinstance(row, Row) and row.outdated):
                results[number] = Skipped(place, OLDER)
            elif older is None and (error := self._find_contradiction(row, record)):
                results[number] = error
            else:
                if older is False and place in at:
                    results[at[place]] = Skipped(place, OLDER)
                if record.base:
                    newest[place], at[place] = record.base, number
        return results

    def _stored_bases(self, records: Sequence[SourceRecord]) -> dict[Place, Base]:
        """The bases of these records as they are stored."""
        bases: dict[Place, Base] = {}
        with self._store.snapshot() as view:
            for type_ in {r.type for r in records}:
                keys = [r.key for r in records if r.type == type_]
                records_here = view.records.get_many(type_, keys, replacing=True)
                bases |= {(type_, key): record.base for key, record in records_here.items() if record.base}
        return bases

    def _skip_gone(self, row: DeletedResource) -> Skipped:
        place = self._intake.find_place_of(row, self._state)
        base = self._stored_base(*place)
        if base is None:
            return Skipped(place, GONE_AND_NOT_HERE)
        return Skipped(place, OLDER if row.version.is_older(version_of(json.loads(base.body))) else GONE)

    def _stored_base(self, type_: str, key: str) -> Base | None:
        with self._store.snapshot() as view:
            record = view.records.get_many(type_, [key], replacing=True).get(key)
        return record.base if record else None

    def _mark_gone(self, results: Sequence[RowResult]) -> None:
        """Mark records as deleted at their source, and as there again if they come again."""
        gone = {each.place for each in results if isinstance(each, Skipped) and each.note is GONE}
        present = {(each.type, each.key) for each in results if isinstance(each, SourceRecord) and each.base} - gone
        if gone:
            self._outbox.mark_gone(gone)
        if present:
            self._outbox.mark_gone(present, gone=False)

    def _find_contradiction(self, row: Row | BadRow | DeletedResource, record: SourceRecord) -> InvalidRecord | None:
        """The error of a row whose record this file had before with other content; None if there is none."""
        content = json.loads(record.base.body) if record.base else dict(record.fields)
        digest = hashlib.sha256(json.canonical(content)).digest()[:8]
        place = hash((record.type, record.key))
        first_line, first_digest = self._first_lines.setdefault(place, (row.line, digest))
        if len(self._first_lines) > MOST_SEEN:
            self._first_lines.pop(next(iter(self._first_lines)))
        if first_digest == digest or self._options.last_wins:
            return None
        return InvalidRecord("key_twice", key=record.key, name=record.key, first=first_line, second=row.line)


def _is_older(base: Base | None, other: Base | None) -> bool | None:
    """Whether a version of a resource comes before another one of the same; None: they do not say, or are not of the
    same server."""
    if base is None or other is None:
        return None
    one, two = json.loads(base.body), json.loads(other.body)
    if one.get("id") != two.get("id"):
        return None
    return version_of(one).is_older(version_of(two))
