"""Servers as this clinic knows them: one is tested before it is kept, and its secret goes to the keyring."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fhirdesk.app import client_keys, credentials
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.permissions import LOCAL, Action, Actor
from fhirdesk.core.settings import (
    DEFAULT_PROFILE,
    DEMO_PROFILE,
    Profile,
    Settings,
    active_profile,
    check_name,
    load_profiles,
    load_settings,
    save_profiles,
)
from fhirdesk.core.views import ConnectionReport, KnownServer
from fhirdesk.remote.auth.keys import public_set


def test(settings: Settings, profile: Profile, secret: str | None) -> ConnectionReport:
    """The connection step by step, before anything is kept. Blocks: call it from a thread. Raises ConfigurationError
    for another server under a known name."""
    check_name(load_profiles(settings.data_dir), profile)
    if profile.signs_in_by == "key":
        profile = profile.with_key_file(settings.client_key)
    return asyncio.run(_test(replace(settings, profile=profile), secret))


async def _test(settings: Settings, secret: str | None) -> ConnectionReport:
    from fhirdesk.app.server_facts import read_facts
    from fhirdesk.converters import registry
    from fhirdesk.core.clock import Clock
    from fhirdesk.core.metrics import Metrics
    from fhirdesk.core.records import resource_types
    from fhirdesk.remote.client import Remote
    from fhirdesk.remote.connection_test import ConnectionTest

    remote = Remote(
        settings.profile,
        secret=secret or settings.secret or credentials.get_secret(settings.profile.name),
        keys=client_keys.load(settings.data_dir, settings.profile),
        deadline=settings.deadline,
        bundle_deadline=settings.bundle_deadline,
        clock=Clock(),
        metrics=Metrics(),
    )
    try:
        check = ConnectionTest(remote, resource_types(registry.record_types()))
        steps, declared = await check.run(), check.declared
        return ConnectionReport(steps, read_facts(declared) if declared else None)
    finally:
        await remote.close()


def keep(
    data_dir: Path,
    profile: Profile,
    secret: str | None = None,
    *,
    use: bool = True,
    new_key: bool = False,
    actor: Actor = LOCAL,
) -> bool:
    """Save a profile and (`use`) make it the one in use; `new_key`: make its key. False: there is no keyring, the
    secret lasts for this session. Raises ConfigurationError for the practice server's name, for another server under a
    known one, and for a new key where there is one."""
    if profile.name == DEMO_PROFILE:
        raise ConfigurationError("profile_is_demo", profile=DEMO_PROFILE)
    saved, active = load_profiles(data_dir), active_profile(data_dir)
    check_name(saved, profile)
    _note(data_dir, f"profile keep {profile.name}", actor)
    if new_key:
        client_keys.create(data_dir, profile)
    save_profiles(data_dir, dict(saved) | {profile.name: profile}, profile.name if use else active)
    return credentials.set_secret(profile.name, secret) if secret else True


def read_public_keys(settings: Settings, name: str) -> Mapping[str, Any]:
    """The public keys of a server as the JWK Set that is registered there. Raises ConfigurationError."""
    keys = client_keys.load(settings.data_dir, _with_key(settings, name))
    if not keys:
        raise ConfigurationError("key_missing", profile=name)
    return public_set(keys)


def rotate_key(settings: Settings, name: str, *, actor: Actor = LOCAL) -> Mapping[str, Any]:
    """Make a new key for a server, and return the public keys; the key before stays beside it until the next time.
    Raises ConfigurationError."""
    if settings.client_key:
        raise ConfigurationError("key_from_environment")
    profile = _with_key(settings, name)
    _note(settings.data_dir, f"profile rotate {name}", actor)
    return public_set(client_keys.rotate(settings.data_dir, profile))


def _with_key(settings: Settings, name: str) -> Profile:
    """The saved profile, with the key of the environment if that names one. Raises ConfigurationError."""
    profile = load_profiles(settings.data_dir).get(name)
    if profile is None:
        raise ConfigurationError("profile_unknown", profile=name)
    return profile.with_key_file(settings.client_key)


def moved(data_dir: Path, name: str) -> Profile:
    """The profile without its address and what belongs to that: client, token address, scope, CA. Raises
    ConfigurationError where there is no such profile."""
    saved = load_profiles(data_dir)
    if name not in saved:
        raise ConfigurationError("profile_unknown", profile=name)
    return replace(saved[name].without_sign_in(), url=None)


def check_keys(data_dir: Path, profile: Profile) -> None:
    """Raise ConfigurationError unless a profile that signs in with a key has one that can be read."""
    if profile.signs_in_by == "key" and not client_keys.load(data_dir, profile):
        raise ConfigurationError("key_missing", profile=profile.name)


def move(data_dir: Path, profile: Profile, secret: str | None, *, new_key: bool = False) -> bool:
    """Keep a server at its new address; the old one's secret and sealed keys are forgotten. What its queue holds stays
    with its name and waits until the server has proved itself. False: there is no keyring."""
    saved, active = load_profiles(data_dir), active_profile(data_dir)
    credentials.forget_secret(profile.name)
    client_keys.forget(data_dir, profile.name)
    if new_key:
        client_keys.create(data_dir, profile)
    save_profiles(data_dir, dict(saved) | {profile.name: profile}, active)
    return credentials.set_secret(profile.name, secret) if secret else True


def known(data_dir: Path) -> tuple[Mapping[str, Profile], str]:
    """The saved profiles by name, and the name of the one in use. Raises ConfigurationError."""
    return load_profiles(data_dir), active_profile(data_dir)


def find_practice_folder(data_dir: Path) -> Path:
    """The data folder of the practice server, apart from the clinic's own data."""
    return data_dir / DEMO_PROFILE


def read_all(data_dir: Path) -> tuple[KnownServer, ...]:
    """The saved servers and what waits for each; the practice server is the last. What was queued before any server was
    set waits for the one without an address. Raises ConfigurationError, StoreError, DataFolderError."""
    from fhirdesk.store.database import opening
    from fhirdesk.store.sqlite import data_folder

    saved, active = load_profiles(data_dir), active_profile(data_dir)
    unsent = opening.count_unsent(data_dir / data_folder.DATABASE)
    unsent[DEMO_PROFILE] = opening.count_unsent(find_practice_folder(data_dir) / data_folder.DATABASE).get(
        DEMO_PROFILE, {}
    )
    names = [name for name in dict.fromkeys([*saved, active, *unsent]) if name != DEMO_PROFILE]
    own = [saved.get(name, Profile(name)) for name in names if name in saved or name == active or unsent[name]]
    practice = Profile(DEMO_PROFILE, demo=True, vendor="hapi")
    return tuple(KnownServer(each, each.name == active, unsent.get(each.name, {})) for each in (*own, practice))


def use(data_dir: Path, name: str, *, actor: Actor = LOCAL) -> None:
    """Make a profile the one in use. Raises ConfigurationError when there is none of that name."""
    saved = load_profiles(data_dir)
    if name not in saved and name not in (DEFAULT_PROFILE, DEMO_PROFILE):
        raise ConfigurationError("profile_unknown", profile=name)
    _note(data_dir, f"profile use {name}", actor)
    save_profiles(data_dir, saved, name)


def remove(data_dir: Path, name: str, *, actor: Actor = LOCAL) -> None:
    """Forget a profile and its secret; what its queue holds stays. Raises ConfigurationError."""
    saved, active = load_profiles(data_dir), active_profile(data_dir)
    if name not in saved:
        raise ConfigurationError("profile_unknown", profile=name)
    _note(data_dir, f"profile remove {name}", actor)
    rest = {n: p for n, p in saved.items() if n != name}
    save_profiles(data_dir, rest, DEFAULT_PROFILE if active == name else active)
    credentials.forget_secret(name)
    client_keys.forget(data_dir, name)


def record_refusal(data_dir: Path, action: Action, actor: Actor) -> None:
    """Keep in the audit that the actor asked for what is not allowed. Raises DataFolderError, StoreError."""
    _note(data_dir, f"refused {action.verb}", actor)


def _note(data_dir: Path, deed: str, actor: Actor) -> None:
    """Write to the audit what is about to be done. Raises DataFolderError, StoreError."""
    from fhirdesk.core.clock import Clock
    from fhirdesk.store.database import opening
    from fhirdesk.store.sqlite import data_folder

    data_folder.prepare(data_dir, share=load_settings(data_dir=data_dir, environ={}).network_share)
    database, active = data_dir / data_folder.DATABASE, active_profile(data_dir)
    opening.record_action(database, deed, Clock().now(), profile=active, actor=actor)
