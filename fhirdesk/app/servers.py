"""The servers that this clinic knows, for one actor: which there are, what waits for each, which one is in use.

It stands beside the desk, because a server can be set, tested and changed while no desk is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from fhirdesk.app import profiles
from fhirdesk.core import permissions
from fhirdesk.core.errors import FhirDeskError, Forbidden
from fhirdesk.core.permissions import LOCAL, Action, Actor
from fhirdesk.core.settings import Profile, Settings
from fhirdesk.core.views import ConnectionReport, KnownServer

T = TypeVar("T")


class Servers:
    """The profiles of one data folder. Each verb asks whether the actor may do it, then works on a thread of its own;
    what is changed and what is refused are rows of the audit. Every method raises Forbidden, ConfigurationError,
    DataFolderError, StoreError."""

    def __init__(self, settings: Settings, actor: Actor = LOCAL):
        self._settings, self._folder, self.actor = settings, settings.data_dir, actor

    async def _do(self, action: Action, work: Callable[[], T]) -> T:
        try:
            permissions.check(self.actor, action)
        except Forbidden:
            with suppress(FhirDeskError):  # a folder that cannot be written has no audit
                await asyncio.to_thread(profiles.record_refusal, self._folder, action, self.actor)
            raise
        return await asyncio.to_thread(work)

    async def read_all(self) -> tuple[KnownServer, ...]:
        """The servers and what waits for each; the practice server is the last."""
        return await self._do(Action.READ_SERVERS, lambda: profiles.read_all(self._folder))

    async def test(self, profile: Profile, secret: str | None = None) -> ConnectionReport:
        """Test the connection step by step, without keeping anything. `secret`: None is the one that is kept."""
        return await self._do(Action.TEST_SERVER, lambda: profiles.test(self._settings, profile, secret))

    async def keep(self, profile: Profile, secret: str | None = None, *, use: bool = False) -> bool:
        """Save a server, and (`use`) make it the one in use. False: there is no keyring, the secret lasts for this
        session."""
        return await self._do(
            Action.KEEP_SERVER, lambda: profiles.keep(self._folder, profile, secret, use=use, actor=self.actor)
        )

    async def use(self, name: str) -> Profile:
        """Make a server the one in use, and return its profile. Entries of the others wait."""

        def work() -> Profile:
            profiles.use(self._folder, name, actor=self.actor)
            return profiles.known(self._folder)[0].get(name, Profile(name))

        return await self._do(Action.USE_SERVER, work)

    async def remove(self, name: str) -> None:
        """Forget a server and its secret; what its queue holds stays."""
        await self._do(Action.REMOVE_SERVER, lambda: profiles.remove(self._folder, name, actor=self.actor))

    async def read_public_keys(self, name: str) -> Mapping[str, Any]:
        """Return the public keys of a server as the JWK Set (RFC 7517) that is registered there."""
        return await self._do(Action.READ_PUBLIC_KEYS, lambda: profiles.read_public_keys(self._settings, name))

    async def rotate_key(self, name: str) -> Mapping[str, Any]:
        """Make a new key for a server, and return its public keys; the one before stays until the next time."""
        return await self._do(Action.ROTATE_KEY, lambda: profiles.rotate_key(self._settings, name, actor=self.actor))
