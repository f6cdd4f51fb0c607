"""Makes sure that the server still is the one that gave us its ids, by reading some of them back (D18)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.address import origin
from fhirdesk.core.exchange import Response
from fhirdesk.core.queue_entry import IdMapping, Reason
from fhirdesk.remote.status import has_crashed, is_absent, is_ok, is_suspicious
from fhirdesk.store.store import Store
from fhirdesk.sync.link.copy_normalizer import CopyNormalizer
from fhirdesk.sync.server_copy import belongs_to_another, has_lost_identity, identity_pause, proves_identity

SAMPLE = 3


class ServerIdentity:
    """Reads back known ids (the oldest, the newest, one between) and pauses if they are not as they were."""

    def __init__(self, store: Store, copies: CopyNormalizer, mapper: Mapper, address: str):
        self._store, self._copies, self._mapper, self._address = store, copies, mapper, address
        self.suspected = False
        self._accepted = False
        self._proved: set[tuple[str, str, str]] = set()  # read back since then: (type, key, logical id)
        self._doubt: Reason | None = None  # what speaks against the server

    def record_answer(self, answer: Response) -> None:
        """Note an answer: some of them make us read ids back before anything else is sent."""
        self.suspected = self.suspected or is_suspicious(answer)

    def accept(self) -> None:
        """Go on with this server, because a person said so. Each id is read back once before it is trusted again."""
        self._accepted = True
        self._proved.clear()
        self._remember_address()

    def _previous_address(self) -> str | None:
        """The address where the server was before; None if it is the same."""
        with self._store.snapshot() as view:
            before = view.server_state.read_address()
        return before if before and before != self._address else None

    def _remember_address(self) -> None:
        """Store this address as that of the server we know."""
        with self._store.snapshot() as view:
            if view.server_state.read_address() == self._address:
                return
        with self._store.transaction() as tx:
            tx.server_state.save_address(self._address)

    async def unverified_ids(self, known: Iterable[IdMapping]) -> list[tuple[IdMapping, Response]]:
        """The ids that cannot be trusted, each with the server's answer to a read of it. Empty unless a person said
        that this server is the right one."""
        unread = [m for m in known if self._accepted and (m.type, m.key, m.logical_id) not in self._proved]
        answers = await asyncio.gather(*(self._copies.read_mapped(m) for m in unread))
        pairs = list(zip(unread, answers, strict=True))
        good = [m for m, a in pairs if is_ok(a) and a.body and not belongs_to_another(m, a.body, self._mapper)]
        self._proved |= {(m.type, m.key, m.logical_id) for m in good}
        return [(m, a) for m, a in pairs if m not in good]

    async def verify(self, *, again: bool, heard: Callable[[Response], bool]) -> Reason | None:
        """Read some known ids back, if an answer was suspicious or `again` says so. Returns why sending must stop, or
        None; where nothing could be read, the suspicion stays. `heard` tells the breaker of each answer."""
        if self._accepted:
            return None
        if not (again or self.suspected):
            return self._doubt
        self.suspected = False
        with self._store.snapshot() as view:
            known = [m for m in view.id_map.pick_sample(SAMPLE) if not m.damaged]
        answers = await asyncio.gather(*(self._copies.read_mapped(m) for m in known))
        meanwhile = self.suspected
        contacts = [heard(a) or has_crashed(a) for a in answers]
        self.suspected = meanwhile or (bool(answers) and not any(contacts))
        self._doubt = self._judge(known, answers) or self._unproved(known, answers)
        if not self._doubt and not self.suspected:
            self._remember_address()
        return self._doubt

    def _unproved(self, known: Sequence[IdMapping], answers: Sequence[Response]) -> Reason | None:
        """Why sending must stop at a new address: no record of ours is there under its id, with its number and birth
        date, so nothing proves that it is the server we knew (H10)."""
        before = self._previous_address()
        if not before or not known or any(proves_identity(m, body, self._mapper) for m, body in _shown(known, answers)):
            return None
        return Reason("pause_moved", {"before": str(origin(before) or before), "to": str(origin(self._address) or "?")})

    def _judge(self, known: Sequence[IdMapping], answers: Sequence[Response]) -> Reason | None:
        shown = _shown(known, answers)
        others = [m for m, body in shown if belongs_to_another(m, body, self._mapper)]
        if not others and all(has_lost_identity(m, body, self._mapper) for m, body in shown):
            others = [m for m, _ in shown]
        if others:
            return identity_pause(others[0])
        gone = [a for a in answers if is_absent(a)]
        if len(known) > 1 and len(gone) == len(known):
            return Reason("pause_vanished", {"count": str(len(gone))})
        return None


def _shown(known: Sequence[IdMapping], answers: Sequence[Response]) -> list[tuple[IdMapping, Mapping[str, Any]]]:
    """The resources that the server showed, with the mapping of each."""
    pairs = zip(known, answers, strict=True)
    return [(m, a.body) for m, a in pairs if is_ok(a) and a.body and not a.not_fhir]
