"""Edit and retry: an entry is replaced by a corrected one, which keeps the link to it."""

from collections.abc import Mapping
from dataclasses import replace

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.events import QueueChanged, RecordsChanged
from fhirdesk.core.queue_entry import QueueEntry, is_correctable
from fhirdesk.core.records import Record
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.queue import NewEntry
from fhirdesk.store.store import Store
from fhirdesk.sync.references import build_mapper


class Correction:
    """Replaces an entry in one transaction with its row in the audit. Runs on the engine's thread."""

    def __init__(self, store: Store, mapper: Mapper, clock: Clock):
        self._store, self._mapper, self._clock = store, mapper, clock

    def correct(self, uuid: str, fields: Mapping[str, object], new: str) -> None:
        """Replace an entry by a corrected one: the record with those fields ("" removes one) is queued as the entry
        `new`, which names the old one as its origin. Raises NotFound, Refused, InvalidRecord."""
        with self._store.transaction() as tx:
            entry = tx.entries.expect(uuid)
            if not is_correctable(entry.status, entry.operation):
                raise Refused("entry_not_correctable", entry=uuid)
            current = tx.records.get(entry.type, entry.key) or entry.record
            record = self._mapper.edit_record(current, {**(entry.edit or {}), **fields})
            now = self._clock.now()
            tx.operator.supersede(entry, new, now)
            corrected = _build_corrected(entry, current if entry.edit else record, fields, new)
            mapper = build_mapper(tx, [corrected.record], self._mapper)
            corrected = replace(corrected, parents=mapper.draft(corrected.record).references)
            tx.queue.enqueue([corrected], now)
            tx.audit.append([AuditEvent("correct", entry.type, entry.key, new)], now)
            if not entry.edit:  # the fields of a profile edit change here only when the server accepts
                tx.records.put([record], now)
            tx.emit(QueueChanged())
            tx.emit(RecordsChanged(frozenset({(entry.type, entry.key)})))


def _build_corrected(entry: QueueEntry, record: Record, fields: Mapping[str, object], new: str) -> NewEntry:
    """The new entry that replaces the one that is corrected."""
    edit = {**entry.edit, **{n: str(v) for n, v in fields.items()}} if entry.edit else None
    return NewEntry(
        new,
        replace(record, base=entry.record.base),
        registry.resource_type(record),
        entry.operation,
        entry.priority,
        edit=edit,
        origin=entry.uuid,
    )
