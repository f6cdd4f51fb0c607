"""A bench of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scripted import Scripted
from tests.sync.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(server: Scripted, **more: Any) -> Bench:
        made.append(Bench(tmp_path / "data", server.url, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
