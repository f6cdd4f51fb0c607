"""Where the keys of a client are: in a file that a person named, else in the data folder, sealed.

The seal is a key of 32 bytes in the system's keyring, which holds little on some systems (G5): the file alone opens to
nobody. Without a safe keyring nothing is sealed, and a file must be named (G6).
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from fhirdesk.app import credentials
from fhirdesk.core.errors import ConfigurationError, DataFolderError, InvalidDocument
from fhirdesk.core.private_files import open_plain, open_private, read_private, replace_private
from fhirdesk.core.settings import Profile
from fhirdesk.remote.auth.keys import MOST_BYTES, ClientKey, make_key, read_keys, write_keys

FOLDER = "keys"
SEAL = {"alg": "dir", "enc": "A256GCM"}


class Place(Protocol):
    """Where the keys of one profile are kept."""

    path: Path

    def read(self) -> bytes:
        """Return what it holds. Raises FileNotFoundError, OSError, DataFolderError, ConfigurationError."""

    def write(self, content: bytes, *, new: bool) -> None:
        """Keep this from now on. Raises FileExistsError (`new`), OSError, DataFolderError, ConfigurationError."""


class NamedFile:
    """A file that a person named; the program makes it private."""

    def __init__(self, path: Path):
        self.path = path

    def read(self) -> bytes:
        """Return the bytes of the file."""
        with os.fdopen(open_plain(self.path), "rb") as file:
            return file.read(MOST_BYTES)

    def write(self, content: bytes, *, new: bool) -> None:
        """Make the file, or replace what it holds; private to the user."""
        _write_private(self.path, content, new=new)


class SealedFile:
    """A file of the data folder that only the keyring's key opens."""

    def __init__(self, data_dir: Path, profile: str):
        self.path = data_dir / FOLDER / f"{hashlib.sha256(profile.encode()).hexdigest()[:32]}.jwe"
        self._profile = profile

    def read(self) -> bytes:
        """Return what was sealed."""
        from joserfc import jwe
        from joserfc.errors import JoseError
        from joserfc.jwk import OctKey

        sealed, seal = read_private(self.path), self._read_seal()
        try:
            opened = jwe.decrypt_compact(sealed, OctKey.import_key(seal), list(SEAL.values()))
        except (JoseError, ValueError) as error:
            raise ConfigurationError("key_sealed", profile=self._profile) from error
        return opened.plaintext or b""

    def write(self, content: bytes, *, new: bool) -> None:
        """Seal it. A new seal goes to the keyring before the file is there; it stays when the keys change."""
        from joserfc import jwe
        from joserfc.jwk import OctKey

        if new and self.path.exists():
            raise FileExistsError(self.path)
        seal = self._make_seal() if new else self._read_seal()
        sealed = jwe.encrypt_compact(SEAL, content, OctKey.import_key(seal), list(SEAL.values()))
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(self.path, sealed.encode(), new=new)

    def _read_seal(self) -> bytes:
        seal = credentials.get_seal(self._profile)
        if seal is None:
            raise ConfigurationError("key_sealed", profile=self._profile)
        return base64.urlsafe_b64decode(seal)

    def _make_seal(self) -> bytes:
        seal = secrets.token_bytes(32)
        if not credentials.set_seal(self._profile, base64.urlsafe_b64encode(seal).decode()):
            raise ConfigurationError("key_no_keyring")
        return seal


def _write_private(path: Path, content: bytes, *, new: bool) -> None:
    if not new:
        replace_private(path, content)
        return
    with os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _find_place(data_dir: Path, profile: Profile) -> Place:
    return NamedFile(Path(profile.key_file)) if profile.key_file else SealedFile(data_dir, profile.name)


def load(data_dir: Path, profile: Profile) -> tuple[ClientKey, ...]:
    """Return the keys of a profile, the newest first; none if it has none or signs in without. Raises
    ConfigurationError."""
    if profile.signs_in_by != "key":
        return ()
    place = _find_place(data_dir, profile)
    try:
        return read_keys(place.read())
    except InvalidDocument as error:
        raise ConfigurationError("key_file_wrong", path=place.path) from error
    except FileNotFoundError:
        if profile.key_file is None:
            return ()
        raise ConfigurationError("key_file_missing", path=place.path) from None
    except (OSError, DataFolderError) as error:
        raise ConfigurationError("key_file_unreadable", path=place.path) from error


def create(data_dir: Path, profile: Profile) -> tuple[ClientKey, ...]:
    """Make the first key of a profile; one that is there is not overwritten. Raises ConfigurationError."""
    return _keep(data_dir, profile, (make_key(profile.alg),), new=True)


def rotate(data_dir: Path, profile: Profile) -> tuple[ClientKey, ...]:
    """Make a new key; the one before stays beside it until the next time, older ones go. Raises ConfigurationError."""
    keys = load(data_dir, profile)
    if not keys:
        raise ConfigurationError("key_missing", profile=profile.name)
    return _keep(data_dir, profile, (make_key(profile.alg), keys[0]), new=False)


def _keep(data_dir: Path, profile: Profile, keys: tuple[ClientKey, ...], *, new: bool) -> tuple[ClientKey, ...]:
    place = _find_place(data_dir, profile)
    try:
        place.write(write_keys(keys), new=new)
    except FileExistsError as error:
        raise ConfigurationError("key_exists", profile=profile.name, path=place.path) from error
    except (OSError, DataFolderError) as error:
        raise ConfigurationError("key_file_unwritable", path=place.path) from error
    return keys


def forget(data_dir: Path, profile: str) -> None:
    """Remove the sealed keys of a profile; a file that a person named is left to them. Raises DataFolderError."""
    SealedFile(data_dir, profile).path.unlink(missing_ok=True)
    credentials.forget_seal(profile)
