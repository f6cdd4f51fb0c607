"""Verbs for servers as they are kept: profile list, add, move, use, jwks, rotate, remove."""

import sys
from argparse import Namespace
from dataclasses import asdict, fields, replace
from pathlib import Path

from fhirdesk.app import profiles
from fhirdesk.app.database import alone
from fhirdesk.app.servers import Servers
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
    if options.check and options.new_key:
        raise ConfigurationError("key_not_registered", profile=options.name)
    profile = _profile(settings, options)
    secret = _secret(settings, profile) if profile.signs_in_by == "secret" else None
    if options.check:
        from asyncio import to_thread

        report = await to_thread(profiles.test, settings, profile, secret)
        show_steps(report.steps, settings, options)
        if code := check_exit(report.steps):
            return code
    in_keyring = profiles.keep(settings.data_dir, profile, None if settings.secret else secret, new_key=options.new_key)
    return _print_kept(
        "profile_kept", profile, settings, options, in_keyring if secret and not settings.secret else None
    )


async def move(settings: Settings, options: Namespace) -> int:
    """Give a server another address; its sign-in is asked anew."""
    profile = _changed(profiles.moved(settings.data_dir, options.name), options)
    if not options.new_key and not profile.key_file and profile.signs_in_by == "key" and not settings.client_key:
        raise ConfigurationError("key_missing", profile=profile.name)  # that of the old address is not used
    secret = _secret(settings, profile) if profile.signs_in_by == "secret" else None
    with alone(settings.data_dir):  # a sender that runs would go on to the old address
        in_keyring = profiles.move(
            settings.data_dir, profile, None if settings.secret else secret, new_key=options.new_key
        )
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
    if options.new_key:
        print_error(render("key_to_register", shown, settings.lang))
    return DONE


def _profile(settings: Settings, options: Namespace) -> Profile:
    """The profile of that name, changed as the options say. Raises ConfigurationError."""
    saved, _ = profiles.known(settings.data_dir)
    before = saved.get(options.name, Profile(name=options.name))
    profile = _changed(before, options)
    check_name(saved, profile)
    has_other_key = (profile.signs_in_by, profile.key_file) != (before.signs_in_by, before.key_file)
    if has_other_key and not options.new_key and not settings.client_key:
        profiles.check_keys(settings.data_dir, profile)
    return profile


def _changed(before: Profile, options: Namespace) -> Profile:
    """A copy of a profile, changed as the options say. Raises ConfigurationError."""
    names = {f.name for f in fields(Profile)} - {"name", "url"}
    changes = {name: value for name in names if (value := getattr(options, name, None)) is not None}
    if changes.get("rate") == 0:
        changes["rate"] = None
    for name in ("ca_file", "key_file"):
        if name in changes:
            changes[name] = str(Path(str(changes[name])).absolute())
    profile = _choose_sign_in(replace(before, **changes), options)
    url = check_url(options.url or options.server or before.url, profile.allow_http)
    if not url:
        raise ConfigurationError("profile_no_url")
    return replace(profile, url=url, token_url=check_url(profile.token_url, profile.allow_http))


def _choose_sign_in(profile: Profile, options: Namespace) -> Profile:
    """A copy that signs in as the options say: with a key where one is named. Raises ConfigurationError."""
    if options.sign_in is None and (options.new_key or options.key_file):
        profile = replace(profile, sign_in="key")
    if profile.sign_in == "none":
        return replace(profile, client_id=None, key_file=None)
    if profile.sign_in == "secret" and not profile.client_id:
        raise ConfigurationError("token_no_client")
    return profile


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


async def jwks(settings: Settings, options: Namespace) -> int:
    """Print the public keys of a server as the JWK Set that is registered there."""
    print_json(await Servers(settings).read_public_keys(options.name))
    return DONE


async def rotate(settings: Settings, options: Namespace) -> int:
    """Make a new key beside the one before, and say what to do with it."""
    keys = await Servers(settings).rotate_key(options.name)
    named = {"profile": options.name, "kid": str(keys["keys"][0]["kid"])}
    print_json(keys) if options.json else print_lines(render("key_rotated", named, settings.lang))
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
