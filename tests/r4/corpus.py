"""The resources of ../shared/data, byte for byte; a test that needs them skips, saying so, where they are not."""

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def documents(*names: str) -> Iterator[tuple[str, bytes]]:
    """(where, JSON) of each document in files of the data."""
    for name in names:
        path = DATA / name
        if not path.exists():
            pytest.skip(f"../shared/data/{name} is not here")
        if name.endswith(".tar.gz"):
            with tarfile.open(path) as tar:
                for member in tar.getmembers():
                    if member.isfile() and member.name.endswith(".json"):
                        file = tar.extractfile(member)
                        assert file is not None
                        yield f"{name}/{member.name}", file.read()
        else:
            with gzip.open(path) as lines:
                for number, line in enumerate(lines, 1):
                    yield f"{name}:{number}", line
