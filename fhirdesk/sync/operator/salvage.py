"""Reads a damaged database as far as possible and queues again what was not on the server yet (B7)."""

import uuid
from pathlib import Path

from fhirdesk.converters import registry
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.clock import Clock
from fhirdesk.core.errors import Refused
from fhirdesk.core.views import Salvaged
from fhirdesk.store.audit import AuditEvent
from fhirdesk.store.damage.salvage import Salvage, restore
from fhirdesk.store.store import Store
from fhirdesk.store.unit_of_work import UnitOfWork
from fhirdesk.sync.outbox.batch import Queued
from fhirdesk.sync.outbox.outbox import new_entry
from fhirdesk.sync.references import build_mapper


def salvage(store: Store, mapper: Mapper, clock: Clock, wreck: Path) -> Salvaged:
    """Fill an empty database from a damaged one, all or nothing; the damaged one is only read. Returns what was saved
    and what was lost. Raises Refused if this database is not empty."""
    with store.snapshot() as view:
        salvaged, now = Salvage.read(wreck, view.profile), clock.now()
    with store.transaction() as tx:
        if tx.audit.has_events():
            raise Refused("salvage_not_empty")
        restore(tx, salvaged, now)
        queued = _queue_again(tx, mapper, salvaged, now)
        events = [AuditEvent(f"salvage {wreck.name}")]
        events += [AuditEvent("salvaged", row.type, row.key) for row in salvaged.live_records]
        events += [AuditEvent("salvaged", row.type, row.key, row.uuid) for row in salvaged.open_entries]
        tx.audit.append(events + queued, now)
    return Salvaged(len(salvaged.live_records), len(salvaged.open_entries) + len(queued), tuple(salvaged.find_lost()))


def _queue_again(tx: UnitOfWork, mapper: Mapper, salvaged: Salvage, now: float) -> list[AuditEvent]:
    """Queue changes whose entry cannot be read, each in its profile, under the uuid that the user was told if the audit
    still has it, else under a new one. Returns their audit events."""
    unqueued: dict[str, list[Queued]] = {}
    for lost in filter(lambda lost: registry.is_ready(lost.record), salvaged.find_unqueued()):
        entry = Queued(lost.record, lost.entry or str(uuid.uuid4()), None, created=lost.is_new)
        unqueued.setdefault(lost.profile, []).append(entry)
    for profile, queued in unqueued.items():
        mine = tx.for_profile(profile)
        there = build_mapper(mine, [one.record for one in queued], mapper)
        mine.queue.enqueue([new_entry(one, there) for one in queued], now)
    all_ = [one for queued in unqueued.values() for one in queued]
    return [AuditEvent("changed", one.record.type, one.record.key, one.uuid) for one in all_]
