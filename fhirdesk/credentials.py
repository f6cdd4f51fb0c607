"""Secrets live in the system's keyring, or in this process alone; never in a file of ours."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow

SERVICE = "fhirdesk"
PATIENCE = 5.0  # seconds that a locked keyring may take
REAL = (
    "keyring.backends.SecretService",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.kwallet",
)
_session: dict[str, str] = {}


def get_secret(profile: str) -> str | None:
    """The secret of a profile: this session's, else the keyring's."""
    return _session.get(profile) or _ask("get_password", profile)


def set_secret(profile: str, secret: str) -> bool:
    """Keep it; False: there is no safe keyring, it is kept for this session alone."""
    _session[profile] = secret
    return _ask("set_password", profile, secret) is not None


def forget_secret(profile: str) -> None:
    """Nobody needs it any more."""
    _session.pop(profile, None)
    if _ask("get_password", profile) is not None:
        _ask("delete_password", profile)


def _ask(verb: str, *words: str) -> str | None:
    """Call the keyring from a thread with a timeout; "" for a verb that gives nothing back."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(_call, verb, *words).result(PATIENCE)
    except TooSlow:
        return None
    finally:
        pool.shutdown(wait=False)


def _call(verb: str, *words: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    backend = keyring.get_keyring()
    if not type(backend).__module__.startswith(REAL):
        return None  # a backend that stores plain text is no keyring
    try:
        found = getattr(backend, verb)(SERVICE, *words)
    except KeyringError:
        return None
    return found if verb == "get_password" else ""
