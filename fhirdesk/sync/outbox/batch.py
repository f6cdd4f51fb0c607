"""Records that come in together: what becomes of each, the later ones knowing of the earlier (rule 1)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.queue_entry import Reason, Status
from fhirdesk.core.records import Place, Record, Said
from fhirdesk.r4 import json
from fhirdesk.store.records import source_marks
from fhirdesk.sync.outbox.sources import apply_source, completed

NOT_READY = Reason("import_not_ready")
QUEUED_AGAIN_AFTER = frozenset({Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Incoming:
    """A whole record, or what a source says of one, and the uuid of the action that brings it, made by its caller."""

    record: Record | Said
    uuid: str
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of it: new, changed, unchanged or refused (`error`), its entry, and what is to be said of it, though
    it was taken."""

    result: str
    entry: str | None
    notes: tuple[Reason, ...] = ()
    error: InvalidRecord | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A record that goes into the queue; `created`: the server is not known to have it."""

    record: Record
    uuid: str
    priority: int | None
    created: bool


@dataclass(slots=True)
class Batch:
    """What is here of those records (`here`, the state of their newest entries, what sources said of them `last`), and
    what is to be written of them."""

    here: dict[Place, Record]
    newest: dict[Place, Status]
    last: dict[Place, bytes]
    replayed: Collection[str]
    source: str | None
    whole: bool
    enqueue: bool
    context: Context
    queued: list[Queued] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)
    said: dict[Place, bytes] = field(default_factory=dict)

    def take(self, one: Incoming) -> Saved:
        """What becomes of the next one."""
        if one.uuid in self.replayed:  # the same action twice (D19): it is queued already, and newer changes stand
            return Saved("unchanged", one.uuid)
        before = self.here.get((one.record.type, one.record.key))
        try:
            record = self._heard(one.record, before) if isinstance(one.record, Said) else _based(one.record, before)
        except InvalidRecord as error:
            return Saved("refused", None, error=error)
        same = before is not None and _same(before, record)
        if not same:
            self.changed.append(record)
            self.here[record.type, record.key] = record
        ready = registry.is_ready(record)
        queued = self.enqueue and ready and self._queue(one, record, before, same)
        result = "new" if before is None else "unchanged" if same and not queued else "changed"
        notes: tuple[Reason, ...] = (NOT_READY,) if self.enqueue and not ready else ()
        if isinstance(one.record, Said) and not one.record.base:
            notes += registry.remarks(one.record)
        return Saved(result, one.uuid if queued else None, notes)

    def _heard(self, said: Said, before: Record | None) -> Record:
        """The record that results, and what its source said is kept. Raises InvalidRecord."""
        place = said.type, said.key
        column = self.last.get(place) if before else None
        source = self.source or ""
        last = source_marks.parse_column(column).get(source, {})
        told, known = (completed(said), {}) if self.whole else (said, last)
        found = apply_source(told, before, known, self.context)
        if not found.said.items() <= last.items():
            self.last[place] = self.said[place] = source_marks.update_column(column, source, found.said)
        return found.record

    def _queue(self, one: Incoming, record: Record, before: Record | None, same: bool) -> bool:
        """Queue it, unless the queue brings or brought just that; whether it is."""
        place = record.type, record.key
        status = self.newest.get(place)
        if same and status is not None and status not in QUEUED_AGAIN_AFTER:
            return False
        known = before is not None and status is Status.COMPLETED and before.base == record.base
        sent = replace(record, base=None) if known else record
        self.queued.append(Queued(sent, one.uuid, one.priority, created=before is None or status is None))
        self.newest[place] = Status.PENDING
        return True


def _based(record: Record, before: Record | None) -> Record:
    """A clinic's record keeps the resource that it was read from."""
    return replace(record, base=before.base) if record.base is None and before is not None else record


def _same(before: Record, record: Record) -> bool:
    """Equal fields and equal bases, in whatever order their members came. Of equal bases the references are equal,
    whichever records they were found to mean."""
    if record.base is before.base:
        return before.fields == record.fields
    if before.base is None or record.base is None or not json.equal(before.base.body, record.base.body):
        return False
    references = {f.name for f in registry.record_types()[record.type].fields if f.refers_to}
    was, now = ({n: v for n, v in r.fields.items() if n not in references} for r in (before, record))
    return was == now
