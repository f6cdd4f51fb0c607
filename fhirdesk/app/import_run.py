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
    """A row that is right and changes nothing: what is to be said of it."""

    place: Place
    note: Reason


Judged = SourceRecord | Skipped | InvalidInput


class ImportRun:
    """One import of one or more files; all of them are one source."""

    def __init__(self, store: Store, intake: Importer, outbox: Outbox, options: ImportOptions):
        self._store, self._intake, self._outbox, self._options = store, intake, outbox, options
        self._state = intake.begin_import(options.type, options.source)
        self._seen: dict[int, tuple[int, bytes]] = {}  # in this file: record → its line, and a sum of what it said
        self.notes: list[Reason] = []  # what is to be said of the files

    def begin_file(self) -> None:
        """Forget what was remembered of the last file: the rows that come now are of another one."""
        self._seen.clear()
        self._state.ids_made.clear()

    def needs_first_pass(self) -> bool:
        """Whether the files are read twice: patients with plain ids are stored here, and a row may refer to one of the
        files' own patients before that one comes."""
        with self._store.snapshot() as view:
            return self._options.source is None and view.records.has_key_prefix("patient", "Patient/")

    def first_pass(self, batch: Sequence[Rows]) -> bool:
        """Remember which of these patients are other people than those stored here. Returns whether to read on."""
        resources = [row for row in batch if isinstance(row, Row) and row.is_resource]
        self._intake.note_strangers([row for row in resources if row.data["resourceType"] == "Patient"], self._state)
        return bool(resources)

    def take(self, batch: Sequence[Rows]) -> list[ImportLine]:
        """Store and queue a batch in one transaction; a bad row is refused by itself. Returns a line for each row."""
        self.notes += [row.reason for row in batch if isinstance(row, Note)]
        rows = [row for row in batch if not isinstance(row, Note)]
        judged = self._judge(rows)
        good = [Incoming(r, str(uuids.uuid4())) for r in judged if isinstance(r, SourceRecord)]
        options = self._options
        source = options.source or IMPORT
        self._mark(judged)
        saved = iter(self._outbox.add(good, enqueue=options.enqueue, source=source, whole=options.whole))
        return [self._line(row, result, saved) for row, result in zip(rows, judged, strict=True)]

    def _line(self, row: Row | BadRow | DeletedResource, result: Judged, saved: Iterator[Saved]) -> ImportLine:
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
        """What is wrong with a row, by its type, key and field where they are known."""
        field, key = (error.field, error.key) if isinstance(error, InvalidRecord) else (None, None)
        data = getattr(row, "data", {"resourceType": None})
        named = None if "resourceType" in data else data.get("type", self._options.type)
        known = named if isinstance(named, str) and named in registry.record_types() else None
        return ImportLine(row.line, known, key, "refused", None, Reason(error.code, error.params), field)

    # -- which of several rows of one record counts

    def _judge(self, rows: Sequence[Row | BadRow | DeletedResource]) -> list[Judged]:
        """What becomes of each row: a record to be stored; nothing, as a newer one is known; or what is wrong."""
        read = iter(self._intake.read([r for r in rows if not isinstance(r, DeletedResource)], self._state))
        results: list[Judged] = [self._gone(r) if isinstance(r, DeletedResource) else next(read) for r in rows]
        newest = self._versions_here([r for r in results if isinstance(r, SourceRecord) and r.base])
        at: dict[Place, int] = {}
        for number, (row, record) in enumerate(zip(rows, results, strict=True)):
            if not isinstance(record, SourceRecord):
                continue
            place = record.type, record.key
            older = _is_older(record.base, newest.get(place))
            if older or (isinstance(row, Row) and row.outdated):
                results[number] = Skipped(place, OLDER)
            elif older is None and (error := self._twice(row, record)):
                results[number] = error
            else:
                if older is False and place in at:
                    results[at[place]] = Skipped(place, OLDER)
                if record.base:
                    newest[place], at[place] = record.base, number
        return results

    def _versions_here(self, records: Sequence[SourceRecord]) -> dict[Place, Base]:
        """The records that are here already of those that were read from resources."""
        bases: dict[Place, Base] = {}
        with self._store.snapshot() as view:
            for type_ in {r.type for r in records}:
                keys = [r.key for r in records if r.type == type_]
                records_here = view.records.get_many(type_, keys, replacing=True)
                bases |= {(type_, key): record.base for key, record in records_here.items() if record.base}
        return bases

    def _gone(self, row: DeletedResource) -> Skipped:
        place = self._intake.place_of(row, self._state)
        base = self._base_here(*place)
        if base is None:
            return Skipped(place, GONE_AND_NOT_HERE)
        return Skipped(place, OLDER if row.version.is_older(version_of(json.loads(base.body))) else GONE)

    def _base_here(self, type_: str, key: str) -> Base | None:
        with self._store.snapshot() as view:
            record = view.records.get_many(type_, [key], replacing=True).get(key)
        return record.base if record else None

    def _mark(self, judged: Sequence[Judged]) -> None:
        """What was deleted at its source is marked; what comes again is there again."""
        gone = {each.place for each in judged if isinstance(each, Skipped) and each.note is GONE}
        present = {(each.type, each.key) for each in judged if isinstance(each, SourceRecord) and each.base} - gone
        if gone:
            self._outbox.mark_gone(gone)
        if present:
            self._outbox.mark_gone(present, gone=False)

    def _twice(self, row: Row | BadRow | DeletedResource, record: SourceRecord) -> InvalidRecord | None:
        """What is wrong where the file had the record before, with other content."""
        content = json.loads(record.base.body) if record.base else dict(record.fields)
        digest = hashlib.sha256(json.canonical(content)).digest()[:8]
        place = hash((record.type, record.key))
        first_line, first_digest = self._seen.setdefault(place, (row.line, digest))
        if len(self._seen) > MOST_SEEN:
            self._seen.pop(next(iter(self._seen)))
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
