"""A client for a server that a test made."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from fhirdesk.core.clock import Clock
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.settings import Profile
from fhirdesk.remote.auth.keys import ClientKey
from fhirdesk.remote.client import Remote

T = TypeVar("T")


def with_remote(
    url: str,
    work: Callable[[Remote], Awaitable[T]],
    *,
    secret: str | None = None,
    keys: Sequence[ClientKey] = (),
    deadline: float = 5.0,
    clock: Clock | None = None,
    **profile: Any,
) -> T:
    """Do that with a client of that server."""

    async def run() -> T:
        remote = Remote(
            Profile(url=url, **profile),
            secret=secret,
            keys=keys,
            deadline=deadline,
            bundle_deadline=deadline,
            clock=clock or Clock(),
            metrics=Metrics(),
        )
        try:
            return await work(remote)
        finally:
            await remote.close()
            await asyncio.sleep(0.01)  # a handshake that was cut short is cleaned up by the loop

    return asyncio.run(run())
