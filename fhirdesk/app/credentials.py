"""Secrets live in the system's keyring, or in this process alone; never in a file of ours. So do the seals of the keys
that are in a file (`app.client_keys`), but those in the keyring alone."""

import logging
import queue
import threading

log = logging.getLogger(__name__)
SERVICE, SEALS = "fhirdesk", "fhirdesk keys"
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
    return _session.get(profile) or _ask("get_password", SERVICE, profile)


def set_secret(profile: str, secret: str) -> bool:
    """Keep the secret of a profile. Returns False where there is no safe keyring and it is kept for this session
    alone."""
    _session[profile] = secret
    return _ask("set_password", SERVICE, profile, secret) is not None


def forget_secret(profile: str) -> None:
    """Remove the secret of a profile from this session and the keyring."""
    _session.pop(profile, None)
    if _ask("get_password", SERVICE, profile) is not None:
        _ask("delete_password", SERVICE, profile)


def get_seal(profile: str) -> str | None:
    """What opens the key file of a profile; None: the keyring does not give it."""
    return _ask("get_password", SEALS, profile)


def set_seal(profile: str, seal: str) -> bool:
    """Keep what opens the key file of a profile. Returns False where there is no safe keyring."""
    return _ask("set_password", SEALS, profile, seal) is not None


def forget_seal(profile: str) -> None:
    """Remove what opens the key file of a profile."""
    if get_seal(profile) is not None:
        _ask("delete_password", SEALS, profile)


def _ask(verb: str, *words: str) -> str | None:
    """What the keyring answers, called on a thread of its own; None after PATIENCE seconds. A keyring that waits for
    its owner to unlock it must neither block the program nor keep it from ending."""
    answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_call(verb, *words)), name="keyring", daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except queue.Empty:
        return None


def _call(verb: str, *words: str) -> str | None:
    """What the keyring answers; "" for a verb without a result; None where it fails or there is no safe keyring."""
    try:
        import keyring

        backend = keyring.get_keyring()
        if not type(backend).__module__.startswith(REAL):
            return None  # a backend that stores plain text is no keyring
        answer = getattr(backend, verb)(*words)
    except Exception as error:  # noqa: BLE001 - backends are other people's code, and raise whatever theirs raises
        log.warning("keyring: %s", type(error).__name__)
        return None
    return answer if verb == "get_password" else ""
