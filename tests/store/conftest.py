"""A real database in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk.core.events import Events
from fhirdesk.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "data", "default", Events())
    yield opened
    opened.close()
