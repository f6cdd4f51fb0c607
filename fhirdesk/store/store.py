"""The port to the database: what sync and app ask of a store, whichever engine keeps it."""

from contextlib import AbstractContextManager
from typing import Protocol

from fhirdesk.core.events import Events
from fhirdesk.store.unit_of_work import Snapshot, UnitOfWork


class Store(Protocol):
    """A database as one profile sees it."""

    events: Events

    @property
    def read_only(self) -> bool:
        """True when nothing can be saved here."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read from one state of the database: nothing changes while it is open. Raises StoreError."""

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        """Run one write transaction; its events are published after the commit. Raises ReadOnlyStore, StoreError,
        DataFolderError."""

    def expect_room(self) -> None:
        """Check before a save that there is space for it. Raises DiskFull when the rest belongs to the sender."""

    def check_files(self) -> None:
        """Raise DataFolderError when this is no longer the database that was opened (fault B8)."""

    def announce_commits_elsewhere(self) -> bool:
        """Publish that queue and records have changed, if another process has committed since the last call (or, at
        first, since the store was opened). Returns whether one has."""

    def close(self) -> None:
        """Release the database."""
