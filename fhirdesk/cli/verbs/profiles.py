"""Verbs for servers as they are kept: profile list, add, move, use, remove."""

import sys
from argparse import Namespace
from dataclasses import asdict, fields, replace
from pathlib import Path

from fhirdesk.app import profiles
from fhirdesk.app.database import alone
from fhirdesk.cli.output import DONE, USAGE, opened, print_json
from fhirdesk.cli.verbs.server import check_exit, show_steps
from fhirdesk.core.address import check_url
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.settings import Profile, Settings, check_name
from fhirdesk.core.terminal import ask_unseen, print_error, print_lines, read_line
from fhirdesk.i18n.messages import render

SHOWN = ("url", "client_id", "token_url", "vendor")


async def list_(settings: Settings, options: Namespace) -> int:
    """Print each profile; the one in use is marked."""
    saved, active = profiles.known(settings.data_dir)
    for name, profile in saved.items():
        if options.json:
            print_json(asdict(profile) | {"active": name == active})
        else:
            print_lines(f"{'*' if name == active else ' '} {name:<16} {profile.url or '-'}")
    return DONE


async def add(settings: Settings, options: Namespace) -> int:
    """Keep a server, or change it: what the options do not name stays as it was. `--check`: only where the connection
    test succeeds."""
    profile = _profile(settings, options)
    secret = _secret(settings, profile) if profile.client_id else None
    if options.check:
        from asyncio import to_thread

        report = await to_thread(profiles.test, settings, profile, secret)
        show_steps(report.steps, settings, options)
        if code := check_exit(report.steps):
            return code
    in_keyring = profiles.keep(settings.data_dir, profile, None if settings.secret else secret)
    return _print_kept(
        "profile_kept", profile, settings, options, in_keyring if secret and not settings.secret else None
    )


async def move(settings: Settings, options: Namespace) -> int:
    """Give a server another address; its sign-in is asked anew."""
    profile = _changed(profiles.moved(settings.data_dir, options.name), options)
    secret = _secret(settings, profile) if profile.client_id else None
    with alone(settings.data_dir):  # a sender that runs would go on to the old address
        in_keyring = profiles.move(settings.data_dir, profile, None if settings.secret else secret)
    return _print_kept(
        "profile_moved", profile, settings, options, in_keyring if secret and not settings.secret else None
    )


def _print_kept(code: str, profile: Profile, settings: Settings, options: Namespace, in_keyring: bool | None) -> int:
    """Print that a server was kept. `in_keyring`: whether its secret is; None: there was none to keep."""
    shown = {"profile": profile.name, "url": str(profile.url)}
    secret = {"secret_kept": in_keyring is not False}
    print_json(shown | secret) if options.json else print_lines(render(code, shown, settings.lang))
    if in_keyring is not None:
        print_error(render("secret_kept" if in_keyring else "secret_not_kept", {}, settings.lang))
    return DONE


def _profile(settings: Settings, options: Namespace) -> Profile:
    """The profile of that name, changed as the options say. Raises ConfigurationError."""
    saved, _ = profiles.known(settings.data_dir)
    profile = _changed(saved.get(options.name, Profile(name=options.name)), options)
    check_name(saved, profile)
    return profile


def _changed(before: Profile, options: Namespace) -> Profile:
    """A copy of a profile, changed as the options say. Raises ConfigurationError."""
    names = {f.name for f in fields(Profile)} - {"name", "url"}
    changes = {name: value for name in names if (value := getattr(options, name, None)) is not None}
    if changes.get("rate") == 0:
        changes["rate"] = None
    if "ca_file" in changes:
        changes["ca_file"] = str(Path(str(changes["ca_file"])).absolute())
    profile = replace(before, **changes)
    url = check_url(options.url or options.server or before.url, profile.allow_http)
    if not url:
        raise ConfigurationError("profile_no_url")
    return replace(profile, url=url, token_url=check_url(profile.token_url, profile.allow_http))


def _secret(settings: Settings, profile: Profile) -> str:
    """The secret: from the environment, else typed unseen, or the first line of a pipe. Raises ConfigurationError where
    it is empty."""
    if settings.secret:
        return settings.secret
    question = render("ask_secret", {"profile": profile.name}, settings.lang)
    typed = ask_unseen(question) if sys.stdin.isatty() else read_line()
    if not typed:
        raise ConfigurationError("secret_missing")
    return typed


async def use(settings: Settings, options: Namespace) -> int:
    """Make another server the one in use."""
    profiles.use(settings.data_dir, options.name)
    document = {"profile": options.name}
    print_json(document) if options.json else print_lines(render("profile_used", document, settings.lang))
    return DONE


async def remove(settings: Settings, options: Namespace) -> int:
    """Forget a server. Where entries are not on it yet, say so and do nothing unless `--yes` is given."""
    saved, _ = profiles.known(settings.data_dir)
    if options.name in saved and not options.yes:
        async with opened(replace(settings, profile=saved[options.name])) as desk:
            unsent = (await desk.queue.count_by_status()).unsent
        if unsent:
            print_error(render("profile_unsent", {"profile": options.name, "count": str(unsent)}, settings.lang))
            return USAGE
    profiles.remove(settings.data_dir, options.name)
    document = {"profile": options.name}
    print_json(document) if options.json else print_lines(render("profile_removed", document, settings.lang))
    return DONE
