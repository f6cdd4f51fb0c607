"""Every error the program raises on purpose, in one tree.

    FhirDeskError
    ├── ConfigurationError        a setting, the data folder, a secret           exit 3
    │   ├── DataFolderError       not writable, on a network share, from a newer version, damaged
    │   │   └── ReadOnlyStore     it may be read only
    │   └── AlreadyRunning        another process owns what was asked for
    ├── StoreError                the local database said no; nothing was half done   exit 70
    │   ├── DiskFull
    │   └── StoreBusy             locked by another program longer than we wait
    ├── InvalidInput              the data given is wrong                        exit 6
    │   ├── InvalidDocument       not JSON, not CSV, not what was expected
    │   └── InvalidRecord         one field of one record
    ├── OutputFailed              what was printed cannot be written           exit 70
    ├── NotFound                  no such record or entry                        exit 2
    ├── Refused                   the program may not do that in this state      exit 2
    ├── Forbidden                 this user may not do that                      exit 4
    └── ServerError               the FHIR server                                exit 5
        ├── Unavailable           away, busy, or no answer
        └── NotAuthorized         sign-in is needed

An error names what happened by a `code` of the message catalogue (`fhirdesk.i18n`) and its parameters, so that it can
be said in Korean and in English: what happened, is my data safe, what can I do. It never holds patient data beyond a
record's own key.
"""

import traceback
from pathlib import PurePath
from typing import ClassVar


def locate_error(error: BaseException) -> str:
    """The kind of an error and its place, `KeyError search.py:12`; never a value, which may be a patient's."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


class FhirDeskError(Exception):
    """Base of all. `code` and `params` are rendered by `i18n.messages.render`."""

    exit_code: ClassVar[int] = 70
    default_code: ClassVar[str] = "internal"

    def __init__(self, code: str | None = None, **params: object):
        self.code = code or self.default_code
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(f"{self.code} {self.params}" if self.params else self.code)


class ConfigurationError(FhirDeskError):
    """A setting is missing or wrong."""

    exit_code = 3
    default_code = "configuration"


class DataFolderError(ConfigurationError):
    """The data folder cannot be used."""

    default_code = "data_folder"


class ReadOnlyStore(DataFolderError):
    """The data folder may be read only: nothing is saved, nothing is sent."""

    default_code = "store_read_only"


class AlreadyRunning(ConfigurationError):
    """Another process holds the lock that was asked for."""

    default_code = "already_running"


class StoreError(FhirDeskError):
    """The local database refused; the transaction was rolled back."""

    default_code = "store"


class DiskFull(StoreError):
    """No room on the disk; nothing was saved."""

    default_code = "disk_full"


class StoreBusy(StoreError):
    """Another program held the database longer than we wait."""

    default_code = "store_busy"


class InvalidInput(FhirDeskError):
    """The data given is wrong."""

    exit_code = 6
    default_code = "invalid_input"


class InvalidDocument(InvalidInput):
    """Not JSON, not CSV, or not of the expected shape. `line` is 1-based where it is known."""

    default_code = "invalid_input"

    def __init__(self, code: str | None = None, *, line: int | None = None, **params: object):
        super().__init__(code, **params)
        self.line = line


class InvalidRecord(InvalidInput):
    """One field of one record is wrong. `field` is the record's own field name, None for the whole record."""

    default_code = "invalid_input"

    def __init__(self, code: str | None = None, *, field: str | None = None, key: str | None = None, **params: object):
        super().__init__(code, **{n: v for n, v in (("field", field), ("key", key)) if v}, **params)
        self.field = field
        self.key = key


class OutputFailed(FhirDeskError):
    """Standard output cannot be written: the disk that it goes to is full."""

    default_code = "cli_output_failed"


class NotFound(FhirDeskError):
    """There is no such record or entry."""

    exit_code = 2
    default_code = "not_found"


class Refused(FhirDeskError):
    """The program may not do that now (an entry in flight cannot be cancelled)."""

    exit_code = 2
    default_code = "refused_now"


class Forbidden(FhirDeskError):
    """This user may not do that."""

    exit_code = 4
    default_code = "forbidden"


class ServerError(FhirDeskError):
    """The FHIR server did not do what was asked."""

    exit_code = 5
    default_code = "server"


class Unavailable(ServerError):
    """The server is away or busy."""

    default_code = "unavailable"


class NotAuthorized(ServerError):
    """The server wants a sign-in that we could not give."""

    default_code = "not_authorized"
