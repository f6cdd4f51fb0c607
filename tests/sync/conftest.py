"""A bench of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.scripted import Scripted
from tests.sync.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(server: Scripted | Sandbox, **more: Any) -> Bench:
        address = server.base if isinstance(server, Sandbox) else server.url
        made.append(Bench(tmp_path / "data", address, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
