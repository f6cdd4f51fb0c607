"""H8 at length: `python -m tests.harness.colleague` in a small run, on the embedded server and (Node) the imitation."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fhirdesk.sandbox.server import Sandbox
from tests.harness.colleague import drained_twice, in_turns
from tests.marks import fault
from tests.servers import real


@contextmanager
def running(kind: str) -> Iterator[str]:
    if kind == "embedded":
        with Sandbox("openemr") as server:
            yield server.base
    else:
        with real("medplum", "--like", "openemr", "--auth", "none") as base:
            yield base


@fault("H8")
@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.parametrize("kind", ["embedded", "imitation"])
def test_edits_of_a_colleague_and_the_program_in_turns_lose_nothing_unseen(tmp_path: Path, kind: str) -> None:
    with running(kind) as base:
        ended = asyncio.run(in_turns(tmp_path, base, rounds=20))
    assert ended["accepted"] > 5 and ended.total() == 20


@fault("H8")
@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.skipif(sys.platform != "linux", reason="kills senders by their process file descriptors")
@pytest.mark.parametrize("kind", ["embedded", "imitation"])
def test_a_clinic_drained_twice_with_kills_and_lost_answers_is_there_once(tmp_path: Path, kind: str) -> None:
    with running(kind) as base:
        counts = drained_twice(tmp_path, base, patients=15, kills=4)
    assert set(counts.values()) == {1}
