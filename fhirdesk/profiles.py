"""Servers as this clinic knows them: one is tested before it is kept, and its secret goes to the keyring."""

import asyncio
from dataclasses import replace
from pathlib import Path

from fhirdesk import credentials
from fhirdesk.clock import Clock
from fhirdesk.metrics import Metrics
from fhirdesk.remote.client import Remote
from fhirdesk.settings import Profile, Settings, load_profiles, save_profiles
from fhirdesk.views import CheckStep


def test(settings: Settings, profile: Profile, secret: str | None) -> tuple[CheckStep, ...]:
    """The connection step by step, before anything is kept. Blocks: call it from a thread."""
    return asyncio.run(_test(replace(settings, profile=profile), secret))


async def _test(settings: Settings, secret: str | None) -> tuple[CheckStep, ...]:
    remote = Remote(
        settings.profile,
        secret=secret or settings.secret or credentials.get_secret(settings.profile.name),
        deadline=settings.deadline,
        bundle_deadline=settings.bundle_deadline,
        clock=Clock(),
        metrics=Metrics(),
    )
    try:
        return await remote.check()
    finally:
        await remote.close()


def keep(data_dir: Path, profile: Profile, secret: str | None = None) -> bool:
    """Save a profile and make it the one in use; False: there is no keyring, the secret lasts for this session."""
    save_profiles(data_dir, load_profiles(data_dir) | {profile.name: profile}, profile.name)
    return credentials.set_secret(profile.name, secret) if secret else True
