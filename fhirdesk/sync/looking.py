"""Entries whose outcome is not known are looked at on the server, many at once."""

import asyncio
from collections.abc import Sequence

from fhirdesk.entry import Phase, QueueEntry, Reason, Status
from fhirdesk.store.queue import Move
from fhirdesk.store.store import Store
from fhirdesk.sync.connection import Connection
from fhirdesk.sync.probe import Probe
from fhirdesk.sync.reception import Reception, final


class Looking:
    """Unknown outcomes become known."""

    def __init__(self, store: Store, probe: Probe, connection: Connection, reception: Reception):
        self._store, self._probe, self._connection, self._reception = store, probe, connection, reception

    async def look_at(self, entries: Sequence[QueueEntry]) -> None:
        """Look, and write down what was seen."""
        if not await self._connection.ready():
            return
        moves = await asyncio.gather(*(self.look(e) for e in entries))
        found = [m for m in moves if m is not None]
        self._reception.ledger.commit([final(m, None) for m in found])
        if len(found) < len(moves):
            self._reception.away(Reason("why_offline"))
        elif self._reception.circuit.offline:
            self._reception.circuit.answered()

    async def look(self, entry: QueueEntry) -> Move | None:
        """What became of one entry; None: the server could not be asked."""
        with self._store.reading() as conn:
            flight = self._store.queue.flight(conn, entry)
            mapped = self._store.resource_map.get_many(conn, {(entry.type, entry.key)}).get((entry.type, entry.key))
        if mapped is not None and mapped.damaged:
            return Move(entry, entry.attempts, Status.CONFLICT, Reason("why_damaged_map"), phase=Phase.PROBED)
        return await self._probe.look(entry, mapped, flight)
