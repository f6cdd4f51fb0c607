"""Decides for each of the records that come in together whether it is stored and queued (rule 1)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.records import Place, Record, SourceRecord
from fhirdesk.r4 import json
from fhirdesk.store.records import source_marks
from fhirdesk.sync.outbox.sources import apply_source, fill_unnamed

NOT_READY = Reason("import_not_ready")
QUEUED_AGAIN_AFTER = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Incoming:
    """A whole record, or what a source says of one, and the uuid of the action that brings it, chosen by the caller."""

    record: Record | SourceRecord
    uuid: str
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an incoming record: new, changed, unchanged or refused (with its `error`); the uuid of its entry;
    and `notes` for the user about a record that was taken."""

    result: str
    entry: str | None
    notes: tuple[Reason, ...] = ()
    error: InvalidRecord | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A record to be queued; `created`: as far as we know the server does not have it."""

    record: Record
    uuid: str
    priority: int | None
    created: bool


@dataclass(slots=True)
class Batch:
    """The incoming records' state in the store, and what is to be written. Later records of a batch see the earlier
    ones."""

    stored: dict[Place, Record]
    newest: dict[Place, Status]  # the status of each record's newest entry
    last: dict[Place, bytes]  # what each source said of them last
    replayed: Collection[str]
    source: str | None
    whole: bool
    enqueue: bool
    mapper: Mapper
    queued: list[Queued] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)
    source_marks: dict[Place, bytes] = field(default_factory=dict)

    def take(self, one: Incoming) -> Saved:
        """Decide what becomes of the next record; what is to be written is collected in the batch."""
        if one.uuid in self.replayed:  # the same action twice (D19): queued already, and newer changes must stay
            return Saved("unchanged", one.uuid)
        before = self.stored.get((one.record.type, one.record.key))
        try:
            record = (
                self._apply_source_record(one.record, before)
                if isinstance(one.record, SourceRecord)
                else _keep_base(one.record, before)
            )
        except InvalidRecord as error:
            return Saved("refused", None, error=error)
        same = before is not None and _same(before, record)
        if not same:
            self.changed.append(record)
            self.stored[record.type, record.key] = record
        ready = registry.is_ready(record)
        queued = self.enqueue and ready and self._queue(one, record, before, same)
        result = "new" if before is None else "unchanged" if same and not queued else "changed"
        notes: tuple[Reason, ...] = (NOT_READY,) if self.enqueue and not ready else ()
        if isinstance(one.record, SourceRecord) and not one.record.base:
            notes += registry.remarks(one.record)
        return Saved(result, one.uuid if queued else None, notes)

    def _apply_source_record(self, incoming: SourceRecord, before: Record | None) -> Record:
        """The record with what its source says; what it said is kept for the next time. Raises InvalidRecord."""
        place = incoming.type, incoming.key
        column = self.last.get(place) if before else None
        source = self.source or ""
        last = source_marks.parse_column(column).get(source, {})
        row, known = (fill_unnamed(incoming), {}) if self.whole else (incoming, last)
        result = apply_source(row, before, known, self.mapper)
        if not result.marks.items() <= last.items():
            self.last[place] = self.source_marks[place] = source_marks.update_column(column, source, result.marks)
        return result.record

    def _queue(self, one: Incoming, record: Record, before: Record | None, same: bool) -> bool:
        """Queue the record unless its newest entry sends, or sent, the same. Returns whether it was queued."""
        place = record.type, record.key
        status = self.newest.get(place)
        if same and status is not None and status not in QUEUED_AGAIN_AFTER:
            return False
        known = before is not None and status is Status.COMPLETED and before.base == record.base
        sent = replace(record, base=None) if known else record
        self.queued.append(Queued(sent, one.uuid, one.priority, created=before is None or status is None))
        self.newest[place] = Status.PENDING
        return True


def _keep_base(record: Record, before: Record | None) -> Record:
    """The record with the resource that the stored one was read from, if it brings none itself."""
    return replace(record, base=before.base) if record.base is None and before is not None else record


def _same(before: Record, record: Record) -> bool:
    """True if fields and bases are equal, in any order of their members. If the bases are equal so are the references,
    whichever records they were resolved to."""
    if record.base is before.base:
        return before.fields == record.fields
    if before.base is None or record.base is None or not json.equal(before.base.body, record.base.body):
        return False
    references = {f.name for f in registry.record_types()[record.type].fields if f.refers_to}
    old, new = ({n: v for n, v in r.fields.items() if n not in references} for r in (before, record))
    return old == new
