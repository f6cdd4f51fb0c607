"""A bench of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.scripted import FakeFhirServer
from tests.sync.bench import Harness


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Harness]]:
    made: list[Harness] = []

    def make(server: FakeFhirServer | Sandbox, **more: Any) -> Harness:
        address = server.base if isinstance(server, Sandbox) else server.url
        made.append(Harness(tmp_path / "data", address, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
