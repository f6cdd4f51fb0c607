"""The container behind a desk on a folder of their own, without a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhirdesk.app.container import Container
from fhirdesk.core.clock import Clock
from fhirdesk.core.events import Events
from fhirdesk.core.metrics import Metrics
from fhirdesk.core.permissions import LOCAL
from fhirdesk.core.settings import load_settings


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    opened = Container(load_settings(data_dir=tmp_path / "data", environ={}), LOCAL, Events(), Metrics(), Clock())
    yield opened
    opened.store.close()
