"""Files that people write settings into: read as their editors save them, and every value of them checked.

What is wrong is said with file, key and reason (exit 3): nothing is passed over, nothing is put right in silence.
"""

import codecs
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec

from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.private_files import read_private

T = TypeVar("T")
MOST = 1_000_000  # bytes
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PLACE = re.compile(r" - at `\$\.(?P<key>\w+)")


def read_text(path: Path, data: bytes) -> str:
    """What Notepad and PowerShell save, too: UTF-8 with a byte order mark, UTF-16. Raises ConfigurationError."""
    encoding = next((name for bom, name in BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ConfigurationError("settings_encoding", path=path)
    return text


def read_toml(path: Path) -> dict[str, Any]:
    """settings.toml; empty where there is none. Raises ConfigurationError."""
    try:
        return tomllib.loads(read_text(path, read_private(path)))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError("settings_unreadable", path=path) from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError("settings_damaged", path=path, detail=error) from error


def read_json(path: Path) -> dict[str, Any]:
    """profiles.json; empty where there is none. Raises ConfigurationError."""
    try:
        document = msgspec.json.decode(read_text(path, read_private(path)))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError("settings_unreadable", path=path) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ConfigurationError("profiles_damaged", path=path) from error
    if not isinstance(document, dict):
        raise ConfigurationError("profiles_damaged", path=path)
    return document


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=value lines; blank lines and # comments are passed over, quotes taken off. A pipe is fine. Raises
    ConfigurationError."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST)
    except OSError as error:
        raise ConfigurationError("env_file_unreadable", path=path) from error
    if len(data) == MOST:  # /dev/zero, or no file of settings
        raise ConfigurationError("env_file_unreadable", path=path)
    values = {}
    for line in read_text(path, data).split("\n"):
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            values[name.removeprefix("export ").strip()] = value.strip().strip("'\"")
    return values


def checked(raw: Mapping[str, Any], type_: type[T], path: Path, place: str = "") -> T:
    """The dataclass of that type; `place`: what its keys are of. Raises ConfigurationError: file, key, reason."""
    known = [f.name for f in fields(type_)]  # type: ignore[arg-type]
    if unknown := [name for name in raw if name not in known]:
        raise ConfigurationError("setting_unknown", path=path, key=place + unknown[0], known=", ".join(known))
    try:
        return msgspec.convert(raw, type_)
    except msgspec.ValidationError as error:
        match = _PLACE.search(str(error))
        assert match, "every key that is there is known, and all have defaults"
        raise _wrong(raw, type_, path, place, match["key"]) from error


def _wrong(raw: Mapping[str, Any], type_: type, path: Path, place: str, key: str) -> ConfigurationError:
    """What that key must be, in words."""
    code, limits = _wanted(get_type_hints(type_, include_extras=True)[key])
    return ConfigurationError(code, path=path, key=place + key, value=repr(raw.get(key))[:60], **limits)


def _wanted(hint: Any) -> tuple[str, dict[str, object]]:
    """The sentence for a type, and its limits."""
    from msgspec import inspect  # here: only what is wrong needs it

    info = inspect.type_info(hint)
    kind = info.types[0] if isinstance(info, inspect.UnionType) else info
    match kind:
        case inspect.IntType() | inspect.FloatType():
            code = "setting_whole" if isinstance(kind, inspect.IntType) else "setting_number"
            return code, {"least": f"{kind.ge:,}", "most": f"{kind.le:,}"}
        case inspect.LiteralType():
            return "setting_choice", {"known": ", ".join(map(str, kind.values))}
        case inspect.BoolType():
            return "setting_switch", {}
        case inspect.StrType():
            return "setting_address" if kind.pattern else "setting_text", {}
    return "setting_section", {}
