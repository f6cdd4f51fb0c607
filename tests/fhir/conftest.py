"""The rooms behind a desk on a folder of their own, without a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk.clock import Clock
from fhirdesk.events import Events
from fhirdesk.metrics import Metrics
from fhirdesk.rooms import Rooms
from fhirdesk.settings import load_settings


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    opened = Rooms(load_settings(data_dir=tmp_path / "data", environ={}), Events(), Metrics(), Clock())
    yield opened
    opened.store.close()
