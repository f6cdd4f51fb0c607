"""Settings: profiles of servers, the environment, `.env` files, and where the data folder is.

Order: command-line option, environment, `--env-file`, profile file, default. A profile's identity is its name,
not its URL or port: entries, ids and tokens belong to the name.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import Meta

from fhirdesk.core.address import check_url, origin
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.language import choose_language
from fhirdesk.core.private_files import Exposure, exposure, folder_exposure, replace_private
from fhirdesk.core.settings_files import checked, read_env_file, read_json, read_toml

DEFAULT_PROFILE = "default"
DEMO_PROFILE = "demo"
COLOURS = ("#0b6e75", "#1b68a8", "#7348ad", "#1b7342", "#b65e0e", "#c2362d")  # of profiles, to tell them apart
DEFAULT_BASE = "https://fhir.hospital.com"
VARIABLES = {  # of the environment: the setting that each one sets
    "FHIRDESK_DATA_DIR": "data_dir",
    "FHIR_SERVER_URL": "url",
    "FHIR_CLIENT_ID": "client_id",
    "FHIR_TOKEN_URL": "token_url",
    "FHIR_CLIENT_SECRET": "secret",
    "FHIR_CLIENT_KEY": "key_file",
}
Vendor = Literal["generic", "hapi", "medplum", "openemr", "epic", "cerner"]
VENDORS: tuple[str, ...] = Vendor.__args__  # type: ignore[attr-defined]
SignIn = Literal["none", "secret", "key"]
SIGN_INS: tuple[str, ...] = SignIn.__args__  # type: ignore[attr-defined]
Alg = Literal["RS384", "ES384"]
ALGS: tuple[str, ...] = Alg.__args__  # type: ignore[attr-defined]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Count = Annotated[int, Meta(ge=1, le=10_000)]
Days = Annotated[float, Meta(ge=1, le=36_500)]


@dataclass(frozen=True, slots=True)
class Profile:
    """A FHIR server as this clinic uses it."""

    name: Name = DEFAULT_PROFILE
    url: str | None = None
    sign_in: SignIn | None = None  # None: by a secret where there is a client id
    client_id: str | None = None
    alg: Alg = "RS384"  # of keys that are made
    key_file: str | None = None  # private keys; None: in the data folder, sealed by the keyring
    token_url: str | None = None
    scope: str | None = None
    vendor: Vendor = "generic"
    demo: bool = False  # the embedded server; the ribbon is shown
    colour: str = COLOURS[0]
    ca_file: str | None = None
    allow_http: bool = False  # plain http to another host than this one
    settle: Annotated[float, Meta(ge=0, le=2_592_000)] | None = None  # seconds; default max(90, deadline + 60)
    in_flight: Count = 8  # single requests at a time, where the server takes no Bundles
    bundles_in_flight: Count = 2
    bundle_entries: Count = 100
    bundle_bytes: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 2_000_000
    transactions: bool = False  # many entries go as a transaction where that is faster (HAPI), with the batch behind it
    gzip: bool = False  # bodies go compressed
    rate: Annotated[float, Meta(ge=0.001, le=100_000)] | None = None  # requests a second at most; None: no limit
    read_again: Annotated[float, Meta(ge=0, le=2_592_000)] = 300.0  # seconds: older, a patient is read before a change

    @property
    def signs_in_by(self) -> SignIn:
        """How the program signs in to the server."""
        return self.sign_in or ("secret" if self.client_id else "none")

    def with_key_file(self, path: Path | None) -> "Profile":
        """A copy that signs in with the key in that file; None: as it is."""
        return replace(self, sign_in="key", key_file=str(path)) if path else self

    def without_sign_in(self) -> "Profile":
        """A copy without what belongs to one address: the sign-in, the authority, the leave to use plain http."""
        return replace(
            self, sign_in=None, client_id=None, key_file=None, token_url=None, scope=None, ca_file=None,
            allow_http=False,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is over is kept in the queue, days; the audit keeps its rows."""

    completed_days: Days = 30.0
    failed_days: Days = 180.0  # what failed at some time, and what was given up


@dataclass(frozen=True, slots=True)
class Local:
    """What settings.toml may say."""

    base: Annotated[str, Meta(min_length=1, pattern=r"^(https?://|urn:)\S+$")] = DEFAULT_BASE
    time_zone: str = "Asia/Seoul"
    network_share: bool = False
    retention: Retention = field(default_factory=Retention)


class Source(StrEnum):
    """Where the value of a setting comes from, the strongest first."""

    OPTION = "option"  # of the command line
    ENVIRONMENT = "environment"
    ENV_FILE = "env_file"
    FILE = "file"  # settings.toml
    PROFILE = "profile"
    DEFAULT = "default"

    @property
    def is_fixed(self) -> bool:
        """True if the program cannot change it: it is set anew at each start."""
        return self in (Source.OPTION, Source.ENVIRONMENT, Source.ENV_FILE)


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
    client_key: Path | None = None  # from the environment: the file of the private key, whatever the profile says
    verbose: bool = False
    retention: Retention = field(default_factory=Retention)
    network_share: bool = False  # settings.toml: the data folder may lie on a network share; one computer at a time
    exposed: tuple[Path, ...] = ()  # files of settings that others may write
    sources: Mapping[str, Source] = field(default_factory=dict)  # of what neither the profile nor a default says

    def source_of(self, name: str) -> Source:
        """Where a value comes from: `data_dir`, `retention`, a field of the profile such as `url`, and the like."""
        default = getattr(Profile(), name, None)
        kept = Source.PROFILE if getattr(self.profile, name, default) != default else Source.DEFAULT
        return self.sources.get(name, kept)


def default_data_dir() -> Path:
    """The platform's own folder for this program's data."""
    from platformdirs import user_data_path  # here: loaded only when no folder is named

    return user_data_path("fhirdesk", appauthor=False)


def profiles_path(data_dir: Path) -> Path:
    """Where the profiles are kept; no secret is ever in it."""
    return data_dir / "profiles.json"


def load_profiles(data_dir: Path) -> dict[str, Profile]:
    """The saved profiles by name. A file that is damaged or says something wrong is a ConfigurationError."""
    return _load_profiles(data_dir)[0]


def active_profile(data_dir: Path) -> str:
    """The name of the profile in use. Raises ConfigurationError."""
    return _load_profiles(data_dir)[1]


@dataclass(frozen=True, slots=True)
class _Profiles:
    active: Name = DEFAULT_PROFILE
    profiles: list[dict[str, Any]] = field(default_factory=list)


def _load_profiles(data_dir: Path) -> tuple[dict[str, Profile], str]:
    path = profiles_path(data_dir)
    saved = checked(read_json(path), _Profiles, path)
    profiles = [
        checked(raw, Profile, path, f"{raw.get('name', number)}.") for number, raw in enumerate(saved.profiles, 1)
    ]
    return {profile.name: profile for profile in profiles}, saved.active


def save_profiles(data_dir: Path, profiles: Mapping[str, Profile], active: str) -> None:
    """Write all profiles at once, private to the user. Raises ConfigurationError for one that could not be read."""
    for profile in profiles.values():
        checked(asdict(profile), Profile, profiles_path(data_dir), f"{profile.name}.")
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(
        {"active": active, "profiles": [asdict(p) for p in profiles.values()]}, ensure_ascii=False, indent=2
    )
    replace_private(profiles_path(data_dir), text.encode())


def check_name(known: Mapping[str, Profile], profile: Profile) -> None:
    """A name stays with its server: its sign-in, ids and entries would go to another origin otherwise (H10). Raises
    ConfigurationError."""
    existing = known.get(profile.name)
    if existing and existing.url and origin(existing.url) != origin(profile.url or ""):
        raise ConfigurationError("profile_elsewhere", profile=profile.name, url=existing.url)


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
    saved, active = _load_profiles(folder)
    name = profile or active
    if profile and profile not in saved and profile not in (DEFAULT_PROFILE, DEMO_PROFILE):
        raise ConfigurationError("profile_unknown", profile=profile)
    chosen = saved.get(name, Profile(name=name, demo=name == DEMO_PROFILE))
    address = server or env.get("FHIR_SERVER_URL") or chosen.url
    elsewhere = bool(address and chosen.url and origin(address) != origin(chosen.url))
    if elsewhere:  # what belongs to one server goes to no other
        chosen = chosen.without_sign_in()
    url = check_url(address, chosen.allow_http)
    client_key = Path(env["FHIR_CLIENT_KEY"]).absolute() if env.get("FHIR_CLIENT_KEY") else None
    local = _local_settings(folder)
    options = {"data_dir": data_dir, "profile": profile, "url": server, "deadline": deadline, "lang": lang}
    return Settings(
        data_dir=folder,
        profile=_apply_environment(replace(chosen, url=url), env).with_key_file(client_key),
        base=local.base.rstrip("/"),
        time_zone=local.time_zone,
        deadline=deadline or 30.0,
        bundle_deadline=deadline or 120.0,
        lang=choose_language(lang, env),
        client_key=client_key,
        secret=env.get("FHIR_CLIENT_SECRET") or ("" if elsewhere else None),
        verbose=verbose,
        retention=local.retention,
        network_share=local.network_share,
        exposed=(env_file,) if env_file and exposure(env_file) is Exposure.WRITABLE else (),
        sources=_find_sources(options, os.environ if environ is None else environ, env, local),
    )


def _apply_environment(profile: Profile, env: Mapping[str, str]) -> Profile:
    """A copy that signs in where and as whom the environment says. Raises ConfigurationError."""
    return replace(
        profile,
        client_id=env.get("FHIR_CLIENT_ID") or profile.client_id,
        token_url=check_url(env.get("FHIR_TOKEN_URL") or profile.token_url, profile.allow_http),
    )


def _find_sources(
    options: Mapping[str, object], environ: Mapping[str, str], env: Mapping[str, str], local: Local
) -> dict[str, Source]:
    """Where each value comes from that neither the profile nor a default says; a stronger source hides a weaker one."""
    written = {f.name for f in fields(Local) if getattr(local, f.name) != getattr(Local(), f.name)}
    outside = {key: name for name, key in VARIABLES.items() if env.get(name)}
    return (
        dict.fromkeys(written, Source.FILE)
        | {key: Source.ENVIRONMENT if name in environ else Source.ENV_FILE for key, name in outside.items()}
        | {key: Source.OPTION for key, value in options.items() if value}
    )


def exposures(settings: Settings) -> list[tuple[str, Path]]:
    """What others may read or write: a code of `fhirdesk.i18n.messages`, and where."""
    folder_exposed = folder_exposure(settings.data_dir)
    folder = [(f"folder_{folder_exposed.value}", settings.data_dir)] if folder_exposed else []
    key = Path(settings.profile.key_file) if settings.profile.key_file else None
    keys = [("key_file_exposed", key)] if key and exposure(key) else []
    return [*(("env_file_exposed", path) for path in settings.exposed), *keys, *folder]


def _local_settings(folder: Path) -> Local:
    path = folder / "settings.toml"
    raw = read_toml(path)
    local = checked(raw | {"retention": {}} if isinstance(raw.get("retention"), dict) else raw, Local, path)
    _check_zone(local.time_zone, path)
    return replace(local, retention=checked(raw.get("retention", {}), Retention, path, "retention."))


def _check_zone(name: str, path: Path) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:  # a name that leads out of the folder of zones, a folder, no zone
        raise ConfigurationError("setting_zone", path=path, key="time_zone", value=name[:60]) from error
