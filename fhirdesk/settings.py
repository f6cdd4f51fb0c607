"""Settings: profiles of servers, the environment, `.env` files, and where the data folder is.

Order: command-line option, environment, `--env-file`, profile file, default. A profile's identity is its name,
not its URL or port: entries, ids and tokens belong to the name.
"""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from fhirdesk.address import check_url, origin
from fhirdesk.errors import ConfigurationError
from fhirdesk.private_files import read_private, replace_private

DEFAULT_PROFILE = "default"
DEMO_PROFILE = "demo"
DEFAULT_BASE = "https://fhir.hospital.com"
VENDORS = ("generic", "hapi", "medplum", "openemr", "epic", "cerner")


@dataclass(frozen=True, slots=True)
class Profile:
    """A FHIR server as this clinic uses it."""

    name: str = DEFAULT_PROFILE
    url: str | None = None
    client_id: str | None = None
    token_url: str | None = None
    scope: str | None = None
    vendor: str = "generic"  # one of VENDORS
    demo: bool = False  # the embedded server; the ribbon is shown
    colour: str = "#0b6e75"
    ca_file: str | None = None
    allow_http: bool = False  # plain http to another host than this one
    settle: float | None = None  # seconds; default max(90, deadline + 60)
    in_flight: int = 8  # single requests at a time, where the server takes no Bundles
    bundles_in_flight: int = 2
    bundle_entries: int = 100
    bundle_bytes: int = 2_000_000
    transactions: bool = False  # many entries go as a transaction where that is faster (HAPI), with the batch behind it
    gzip: bool = False  # bodies go compressed
    rate: float | None = None  # requests a second at most; None: no limit


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is over is kept in the queue, days; the audit keeps its rows."""

    completed_days: float = 30.0
    failed_days: float = 180.0  # what failed at some time, and what was given up


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a Desk needs to open."""

    data_dir: Path
    profile: Profile = field(default_factory=Profile)
    base: str = DEFAULT_BASE  # of identifier systems
    time_zone: str = "Asia/Seoul"  # of date-times without an offset
    deadline: float = 30.0  # whole time for one request, seconds
    bundle_deadline: float = 120.0
    lang: str = "en"
    secret: str | None = field(default=None, repr=False)  # from the environment; None: the profile's, in the keyring
    verbose: bool = False
    retention: Retention = field(default_factory=Retention)
    network_share: bool = False  # settings.toml: the data folder may lie on a network share; one computer at a time


def default_data_dir() -> Path:
    """The platform's own folder for this program's data."""
    from platformdirs import user_data_path  # here: loaded only when no folder is named

    return user_data_path("fhirdesk", appauthor=False)


def profiles_path(data_dir: Path) -> Path:
    """Where the profiles are kept; no secret is ever in it."""
    return data_dir / "profiles.json"


def load_profiles(data_dir: Path) -> dict[str, Profile]:
    """The saved profiles by name. A damaged file is a ConfigurationError, never ignored."""
    path = profiles_path(data_dir)
    if not path.exists():
        return {}
    known = {f.name for f in fields(Profile)}
    try:
        saved = json.loads(read_private(path))["profiles"]
        return {p["name"]: Profile(**{k: v for k, v in p.items() if k in known}) for p in saved}
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError("profiles_damaged", path=path) from error


def save_profiles(data_dir: Path, profiles: Mapping[str, Profile], active: str) -> None:
    """Write all profiles at once, private to the user."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(
        {"active": active, "profiles": [asdict(p) for p in profiles.values()]}, ensure_ascii=False, indent=2
    )
    replace_private(profiles_path(data_dir), text.encode())


def check_name(known: Mapping[str, Profile], wanted: Profile) -> None:
    """A name stays with its server: its sign-in, ids and entries would go to another origin otherwise (H10). Raises
    ConfigurationError."""
    before = known.get(wanted.name)
    if before and before.url and origin(before.url) != origin(wanted.url or ""):
        raise ConfigurationError("profile_elsewhere", profile=wanted.name, url=before.url)


def active_profile(data_dir: Path) -> str:
    """The name of the profile in use."""
    path = profiles_path(data_dir)
    if not path.exists():
        return DEFAULT_PROFILE
    try:
        return str(json.loads(read_private(path)).get("active", DEFAULT_PROFILE))
    except ValueError as error:
        raise ConfigurationError("profiles_damaged", path=path) from error


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=value lines; blank lines and # comments are passed over, quotes taken off."""
    found = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise ConfigurationError("env_file_unreadable", path=path) from error
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            found[name.removeprefix("export ").strip()] = value.strip().strip("'\"")
    return found


def load_settings(
    *,
    data_dir: Path | None = None,
    profile: str | None = None,
    server: str | None = None,
    deadline: float | None = None,
    lang: str | None = None,
    env_file: Path | None = None,
    verbose: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Put the settings together. Raises ConfigurationError when one is wrong."""
    env = (read_env_file(env_file) if env_file else {}) | dict(os.environ if environ is None else environ)
    folder = (
        data_dir or (Path(env["FHIRDESK_DATA_DIR"]) if env.get("FHIRDESK_DATA_DIR") else default_data_dir())
    ).resolve()  # the folder may be a link; what lies in it may not
    saved = load_profiles(folder)
    name = profile or active_profile(folder)
    if profile and profile not in saved and profile not in (DEFAULT_PROFILE, DEMO_PROFILE):
        raise ConfigurationError("profile_unknown", profile=profile)
    chosen = saved.get(name, Profile(name=name, demo=name == DEMO_PROFILE))
    url = check_url(server or env.get("FHIR_SERVER_URL") or chosen.url, chosen.allow_http)
    elsewhere = bool(url and chosen.url and origin(url) != origin(chosen.url))
    if elsewhere:  # what signs in at one server goes to no other
        chosen = replace(chosen, client_id=None, token_url=None)
    chosen = replace(
        chosen,
        url=url,
        client_id=env.get("FHIR_CLIENT_ID") or chosen.client_id,
        token_url=check_url(env.get("FHIR_TOKEN_URL") or chosen.token_url, chosen.allow_http),
    )
    local = _local_settings(folder)
    return Settings(
        data_dir=folder,
        profile=chosen,
        base=str(local.get("base", DEFAULT_BASE)).rstrip("/"),
        time_zone=str(local.get("time_zone", "Asia/Seoul")),
        deadline=deadline or 30.0,
        bundle_deadline=deadline or 120.0,
        lang=language(lang, env),
        secret=env.get("FHIR_CLIENT_SECRET") or ("" if elsewhere else None),
        verbose=verbose,
        retention=_retention(local.get("retention")),
        network_share=local.get("network_share") is True,
    )


def _retention(chosen: object) -> Retention:
    """The section [retention] of settings.toml: completed_days, failed_days; at least a day."""
    days = chosen if isinstance(chosen, dict) else {}
    wanted = {f.name: float(days.get(f.name, f.default)) for f in fields(Retention)}
    return Retention(**{name: max(1.0, number) for name, number in wanted.items()})


def language(chosen: str | None = None, environ: Mapping[str, str] | None = None) -> str:
    """The language of what is said: the one chosen, else the environment's, else English."""
    env = os.environ if environ is None else environ
    named = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return chosen or ("ko" if named.startswith("ko") else "en")


def _local_settings(folder: Path) -> dict[str, object]:
    path = folder / "settings.toml"
    if not path.exists():
        return {}
    try:
        return tomllib.loads(read_private(path).decode())
    except ValueError as error:
        raise ConfigurationError("settings_damaged", path=path) from error
