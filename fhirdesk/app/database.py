"""The database's file as a whole: the locks of its folder, verify, start over, accept."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fhirdesk.core.errors import AlreadyRunning, DataFolderError
from fhirdesk.core.settings import Settings
from fhirdesk.store.sqlite.data_folder import DATABASE, SENDER, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhirdesk.core.queue_entry import Reason
    from fhirdesk.store.sqlite.file_lock import FileLock


def lock_window(data_dir: Path) -> FileLock | None:
    """Take the lock of the one window of a data folder; None: another window is open. Where the folder cannot be
    written the folder itself is locked, so that one may look (fault B9). Raises DataFolderError."""
    from fhirdesk.store.sqlite import data_folder
    from fhirdesk.store.sqlite.file_lock import FileLock

    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = data_folder.is_writable(data_dir)
        lock = FileLock(data_dir / WINDOW) if written else FileLock(data_dir, create=False)
        return lock if lock.try_acquire() else None
    except OSError as error:
        raise DataFolderError(path=data_dir) from error


@contextmanager
def alone(data_dir: Path, *, has_window: bool = False) -> Iterator[None]:
    """Hold the locks of the window (`has_window`: the caller has it) and of the sender, so that no other process uses
    the folder meanwhile. Raises AlreadyRunning, DataFolderError."""
    from fhirdesk.store.sqlite.file_lock import FileLock

    window, sender = None if has_window else lock_window(data_dir), FileLock(data_dir / SENDER)
    try:
        if not (window or has_window) or not sender.try_acquire():
            raise AlreadyRunning
        yield
    except OSError as error:
        raise DataFolderError(path=data_dir) from error
    finally:
        sender.release()
        if window:
            window.release()


def start_over(data_dir: Path, *, has_window: bool = False) -> list[Path]:
    """Move the database aside, so that a new one is made; nothing is deleted. Returns where the files went, the
    database first. Raises AlreadyRunning: a process that has it open would go on saving into the moved files."""
    from fhirdesk.core.clock import Clock
    from fhirdesk.store.database import opening

    with alone(data_dir, has_window=has_window):
        return opening.start_over(data_dir / DATABASE, Clock().now())


def accept_store(settings: Settings) -> None:
    """Go on with the database as it is, though saves are missing in it, because a person decided so. Raises
    AlreadyRunning, DataFolderError, StoreError."""
    from fhirdesk.core.clock import Clock
    from fhirdesk.store.database import opening

    with alone(settings.data_dir):
        opening.accept(settings.data_dir / DATABASE, Clock().now(), profile=settings.profile.name)


def verify_store(settings: Settings) -> list[Reason]:
    """Check every page, row and audit entry of the database. Returns what is not as it was saved. Raises
    DataFolderError, StoreError."""
    from fhirdesk.store.damage.integrity_check import verify

    return verify(settings.data_dir, settings.profile.name, share=settings.network_share)


def find_copies(data_dir: Path) -> tuple[Path, ...]:
    """The copies of the database, the newest first; whether they are whole is not looked at."""
    from fhirdesk.store.sqlite import backups

    return tuple(backups.find_copies(data_dir / DATABASE))


__all__ = ["DATABASE", "accept_store", "alone", "find_copies", "lock_window", "start_over", "verify_store"]
