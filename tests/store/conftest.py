"""A real database in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk.core.events import Events
from fhirdesk.store.database.sqlite_store import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "data", "default", Events())
    yield opened
    opened.close()
