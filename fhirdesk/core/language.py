"""Which language the program speaks with whoever started it."""

import os
import sys
from collections.abc import Mapping


def choose_language(chosen: str | None = None, environ: Mapping[str, str] | None = None) -> str:
    """The language of what is said: the one chosen, else the environment's, else the one that Windows speaks with this
    user, else English."""
    env = os.environ if environ is None else environ
    named = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return chosen or ("ko" if named.startswith("ko") or (not named and _windows_speaks_korean()) else "en")


def _windows_speaks_korean() -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x12)  # its primary language
    return False
