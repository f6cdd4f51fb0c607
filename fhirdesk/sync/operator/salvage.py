"""A damaged database is read as far as it can be, and what was not on the server yet is queued again (fault B7)."""

import uuid
from pathlib import Path

from fhirdesk.converters import registry
from fhirdesk.converters.context import Context
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.permissions import LOCAL
from fhirdesk.core.views import Salvaged
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.damage.salvage import Salvage, restore
from fhirdesk.store.store import Store, Transaction
from fhirdesk.sync.outbox.batch import Queued
from fhirdesk.sync.outbox.outbox import new_entry
from fhirdesk.sync.references import build_context


def salvage(store: Store, context: Context, clock: Clock, wreck: Path) -> Salvaged:
    """Fill an empty database from a damaged one, all or nothing; the damaged one is only read. Raises Refused when this
    one is not empty."""
    found, now = Salvage.read(wreck), clock.now()
    with store.transaction() as tx:
        if store.audit.has_events(tx.conn):
            raise Refused("salvage_not_empty")
        restore(tx.conn, found, now)
        queued = _queue_again(store, tx, context, found, now)
        deeds = [AuditEvent(LOCAL, f"salvage {wreck.name}")]
        deeds += [AuditEvent("salvage", "salvaged", row.type, row.key) for row in found.live_records]
        deeds += [AuditEvent("salvage", "salvaged", row.type, row.key, row.uuid) for row in found.open_entries]
        store.audit.append(tx.conn, deeds + queued, now)
    return Salvaged(len(found.live_records), len(found.open_entries) + len(queued), tuple(found.find_lost()))


def _queue_again(store: Store, tx: Transaction, context: Context, found: Salvage, now: float) -> list[AuditEvent]:
    """Changes whose entry cannot be read, under the uuid that was acknowledged, where the audit still has it."""
    lost = ((r, told or str(uuid.uuid4()), new) for r, told, new in found.find_unqueued() if registry.is_ready(r))
    again = [Queued(record, entry, None, created=new) for record, entry, new in lost]
    around = build_context(store, tx.conn, [one.record for one in again], context)
    entries = [new_entry(one, around) for one in again]
    store.queue.enqueue(tx.conn, entries, now)
    return [AuditEvent("salvage", "changed", one.record.type, one.record.key, one.uuid) for one in again]
