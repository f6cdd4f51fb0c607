"""Verbs for servers as they are kept: profile list, add, move, use, remove."""

import sys
from argparse import Namespace
from dataclasses import asdict, fields, replace
from pathlib import Path

from fhirdesk.app import profiles
from fhirdesk.app.desk import alone
from fhirdesk.cli.output import DONE, USAGE, opened, put
from fhirdesk.cli.verbs.server import check_exit, show_steps
from fhirdesk.core.address import check_url
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.settings import Profile, Settings, check_name
from fhirdesk.core.terminal import ask_unseen, note, print_lines, read_line
from fhirdesk.i18n.messages import render

SHOWN = ("url", "client_id", "token_url", "vendor")


async def list_(settings: Settings, options: Namespace) -> int:
    """Each profile; the one in use is marked."""
    saved, active = profiles.known(settings.data_dir)
    for name, profile in saved.items():
        if options.json:
            put(asdict(profile) | {"active": name == active})
        else:
            print_lines(f"{'*' if name == active else ' '} {name:<16} {profile.url or '-'}")
    return DONE


async def add(settings: Settings, options: Namespace) -> int:
    """Keep a server; what is not named stays as it was."""
    profile = _wanted(settings, options)
    secret = _secret(settings, profile) if profile.client_id else None
    if options.check:
        from asyncio import to_thread

        steps = await to_thread(profiles.test, settings, profile, secret)
        show_steps(steps, settings, options)
        if code := check_exit(steps):
            return code
    kept = profiles.keep(settings.data_dir, profile, None if settings.secret else secret)
    return _told("profile_kept", profile, settings, options, kept if secret and not settings.secret else None)


async def move(settings: Settings, options: Namespace) -> int:
    """A server has another address: its sign-in is asked anew."""
    profile = _said(profiles.moved(settings.data_dir, options.name), options)
    secret = _secret(settings, profile) if profile.client_id else None
    with alone(settings.data_dir):  # a sender that runs would go on to the old address
        kept = profiles.move(settings.data_dir, profile, None if settings.secret else secret)
    return _told("profile_moved", profile, settings, options, kept if secret and not settings.secret else None)


def _told(code: str, profile: Profile, settings: Settings, options: Namespace, kept: bool | None) -> int:
    """That a server was kept; `kept`: whether its secret is in the keyring, None: there was none to keep."""
    said = {"profile": profile.name, "url": str(profile.url)}
    secret = {"secret_kept": kept is not False}
    put(said | secret) if options.json else print_lines(render(code, said, settings.lang))
    if kept is not None:
        note(render("secret_kept" if kept else "secret_not_kept", {}, settings.lang))
    return DONE


def _wanted(settings: Settings, options: Namespace) -> Profile:
    """The profile of that name with what is said of it."""
    saved, _ = profiles.known(settings.data_dir)
    profile = _said(saved.get(options.name, Profile(name=options.name)), options)
    check_name(saved, profile)
    return profile


def _said(before: Profile, options: Namespace) -> Profile:
    """A profile with what the options say. Raises ConfigurationError."""
    names = {f.name for f in fields(Profile)} - {"name", "url"}
    said = {name: value for name in names if (value := getattr(options, name, None)) is not None}
    if said.get("rate") == 0:
        said["rate"] = None
    if "ca_file" in said:
        said["ca_file"] = str(Path(str(said["ca_file"])).absolute())
    profile = replace(before, **said)
    url = check_url(options.url or options.server or before.url, profile.allow_http)
    if not url:
        raise ConfigurationError("profile_no_url")
    return replace(profile, url=url, token_url=check_url(profile.token_url, profile.allow_http))


def _secret(settings: Settings, profile: Profile) -> str:
    """From the environment, else typed unseen; from a pipe its first line."""
    if settings.secret:
        return settings.secret
    asked = render("ask_secret", {"profile": profile.name}, settings.lang)
    typed = ask_unseen(asked) if sys.stdin.isatty() else read_line()
    if not typed:
        raise ConfigurationError("secret_missing")
    return typed


async def use(settings: Settings, options: Namespace) -> int:
    """Another server from now on."""
    profiles.use(settings.data_dir, options.name)
    said = {"profile": options.name}
    put(said) if options.json else print_lines(render("profile_used", said, settings.lang))
    return DONE


async def remove(settings: Settings, options: Namespace) -> int:
    """Forget a server; its unsent entries are said first."""
    saved, _ = profiles.known(settings.data_dir)
    if options.name in saved and not options.yes:
        async with opened(replace(settings, profile=saved[options.name])) as desk:
            unsent = (await desk.counts()).unsent
        if unsent:
            note(render("profile_unsent", {"profile": options.name, "count": str(unsent)}, settings.lang))
            return USAGE
    profiles.remove(settings.data_dir, options.name)
    said = {"profile": options.name}
    put(said) if options.json else print_lines(render("profile_removed", said, settings.lang))
    return DONE
