"""100 SIGKILLs over 1,000 changes with 20 % faults, split over three kinds of servers: nothing lost, nothing twice."""

from pathlib import Path

import pytest

from tests.harness.kill_loop import KillLoop
from tests.harness.server import KINDS
from tests.marks import fault, invariant


@fault("A1")
@invariant(1, 3, 7, 8)
@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", KINDS)
def test_killed_again_and_again_nothing_is_lost_twice_or_out_of_order(tmp_path: Path, kind: str) -> None:
    verdict = KillLoop(tmp_path, kind, seed=1, kills=34, changes=334, share=0.2).run()
    assert verdict.faults == {}, str(verdict)
    assert verdict.acknowledged > 200 and verdict.versions > 100
    assert verdict.kills >= 34 and verdict.in_flight >= 5, str(verdict)  # they met work, not only the pauses between
