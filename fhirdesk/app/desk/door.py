"""The door of the desk: every verb goes through it, to the parts behind it and on the right thread, or is refused."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from fhirdesk.app.threads import LoopThread
from fhirdesk.core import permissions
from fhirdesk.core.errors import Forbidden
from fhirdesk.core.permissions import Action, Actor

if TYPE_CHECKING:
    from fhirdesk.app.container import Container
    from fhirdesk.store.unit_of_work import Snapshot

P = TypeVar("P")
T = TypeVar("T")


class Door:
    """Asks for each verb whether the actor may do it (a refusal is kept in the audit), then calls what does it. Every
    method raises Forbidden. `patient_key`: the patient whose record the verb is done to, where it is known of one."""

    def __init__(self, actor: Actor):
        self.actor, self.threads = actor, LoopThread()
        self.container: Container | None = None  # set once the desk was started

    @property
    def parts(self) -> Container:
        """What lies behind the desk, to be used on the engine's thread."""
        assert self.container is not None, "start() comes first"
        return self.container

    async def do(self, action: Action, work: Callable[[Container], T], patient_key: str | None = None) -> T:
        """Call a function on the engine's thread."""
        self.check(action, patient_key)
        return await self.threads.do(lambda: work(self.parts))

    async def run(
        self, action: Action, work: Callable[[Container], Coroutine[Any, Any, T]], patient_key: str | None = None
    ) -> T:
        """Await a coroutine on the engine's loop."""
        self.check(action, patient_key)

        async def begin() -> T:
            return await work(self.parts)

        return await self.threads.run(begin())

    async def read(self, action: Action, work: Callable[[Snapshot], T]) -> T:
        """Read from one snapshot of the store, on the reader's thread."""
        self.check(action)
        store = self.parts.store

        def look() -> T:
            with store.snapshot() as view:
                return work(view)

        return await self.threads.read(look)

    async def read_with(self, action: Action, part: Callable[[Container], P], work: Callable[[P], T]) -> T:
        """Call a function on the reader's thread with a part, which is built on the engine's thread."""
        self.check(action)
        piece = await self.get_part(part)
        return await self.threads.read(lambda: work(piece))

    async def get_part(self, part: Callable[[Container], P]) -> P:
        """The part, which may be used on other threads once it is built."""
        from fhirdesk.app.container import NotBuilt

        try:
            return part(self.parts)
        except NotBuilt:
            return await self.threads.do(lambda: part(self.parts))

    def check(self, action: Action, patient_key: str | None = None) -> None:
        """Raises Forbidden unless the actor may do that."""
        try:
            permissions.check(self.actor, action, patient_key)
        except Forbidden:
            self.threads.wake(lambda: self.parts.record_refusal(action))
            raise

    def wake_worker(self) -> None:
        """Tell the worker, soon, that there may be something to send."""
        self.threads.wake(self.parts.wake_worker)
