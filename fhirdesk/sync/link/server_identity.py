"""Whether the server still is the one that gave us its ids: known ids are read back (D18). Otherwise all stops."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fhirdesk.converters.context import Context
from fhirdesk.core.address import origin
from fhirdesk.core.exchange import Response
from fhirdesk.core.queue_entry import IdMapping, Reason
from fhirdesk.remote.status import has_crashed, is_absent, is_ok, is_suspicious
from fhirdesk.store.store import Store
from fhirdesk.sync.link.copy_normalizer import Copies
from fhirdesk.sync.server_copy import belongs_to_another, has_lost_identity, identity_pause, proves_identity

SAMPLE = 3


class ServerIdentity:
    """Asks for known ids: the oldest, the newest, and one between."""

    def __init__(self, store: Store, copies: Copies, context: Context, address: str):
        self._store, self._copies, self._context, self._address = store, copies, context, address
        self.suspected = False
        self._accepted = False
        self._sure: set[tuple[str, str, str]] = set()  # what was read since: (type, key, logical id)
        self._found: Reason | None = None  # what speaks against it

    def record_answer(self, answer: Response) -> None:
        """An answer came; some make us look again."""
        self.suspected = self.suspected or is_suspicious(answer)

    def accept(self) -> None:
        """A person looked at it and said: go on. No id is trusted from now on before it was read."""
        self._accepted = True
        self._sure.clear()
        self._settle()

    def _moved(self) -> str | None:
        """Where the server was that we knew, if that is elsewhere."""
        with self._store.snapshot() as conn:
            before = self._store.queue.read_address(conn)
        return before if before and before != self._address else None

    def _settle(self) -> None:
        """Who is at this address is the one we know from now on."""
        with self._store.snapshot() as conn:
            if self._store.queue.read_address(conn) == self._address:
                return
        with self._store.transaction() as tx:
            self._store.queue.save_address(tx.conn, self._address)

    async def unverified_ids(self, known: Iterable[IdMapping]) -> list[tuple[IdMapping, Response]]:
        """After a person went on: the ids that were not read yet, or are not as they were, each with what the server
        says of it now."""
        asked = [m for m in known if self._accepted and (m.type, m.key, m.logical_id) not in self._sure]
        answers = await asyncio.gather(*(self._copies.of(m) for m in asked))
        found = list(zip(asked, answers, strict=True))
        good = [m for m, a in found if is_ok(a) and a.body and not belongs_to_another(m, a.body, self._context)]
        self._sure |= {(m.type, m.key, m.logical_id) for m in good}
        return [(m, a) for m, a in found if m not in good]

    async def verify(self, *, again: bool, heard: Callable[[Response], bool]) -> Reason | None:
        """Why all must stop; None: nothing speaks against it. `again`: also without a suspicion. Where nothing could be
        read the suspicion stays."""
        if self._accepted:
            return None
        if not (again or self.suspected):
            return self._found
        self.suspected = False
        with self._store.snapshot() as conn:
            known = [m for m in self._store.id_map.pick_sample(conn, SAMPLE) if not m.damaged]
        answers = await asyncio.gather(*(self._copies.of(m) for m in known))
        meanwhile = self.suspected
        told = [heard(a) or has_crashed(a) for a in answers]
        self.suspected = meanwhile or (bool(answers) and not any(told))
        self._found = self._judge(known, answers) or self._unproved(known, answers)
        if not self._found and not self.suspected:
            self._settle()
        return self._found

    def _unproved(self, known: Sequence[IdMapping], answers: Sequence[Response]) -> Reason | None:
        """H10: at another address what answers must prove that it is the server we knew: by a record of ours that is
        there, under its id, with its number and birth date."""
        before = self._moved()
        if (
            not before
            or not known
            or any(proves_identity(m, body, self._context) for m, body in _shown(known, answers))
        ):
            return None
        return Reason("pause_moved", {"before": str(origin(before) or before), "to": str(origin(self._address) or "?")})

    def _judge(self, known: Sequence[IdMapping], answers: Sequence[Response]) -> Reason | None:
        shown = _shown(known, answers)
        strangers = [m for m, body in shown if belongs_to_another(m, body, self._context)]
        if not strangers and all(has_lost_identity(m, body, self._context) for m, body in shown):
            strangers = [m for m, _ in shown]
        if strangers:
            return identity_pause(strangers[0])
        gone = [a for a in answers if is_absent(a)]
        if len(known) > 1 and len(gone) == len(known):
            return Reason("pause_vanished", {"count": str(len(gone))})
        return None


def _shown(known: Sequence[IdMapping], answers: Sequence[Response]) -> list[tuple[IdMapping, Mapping[str, Any]]]:
    """What the server has at the ids that are known."""
    told = zip(known, answers, strict=True)
    return [(m, a.body) for m, a in told if is_ok(a) and a.body and not a.not_fhir]
