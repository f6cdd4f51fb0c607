"""100 SIGKILLs over 1,000 changes with 20 % faults, split over three kinds of servers: nothing lost, nothing twice."""

from pathlib import Path

import pytest

from tests.harness.kill_loop import KillLoop
from tests.harness.server import KINDS


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", KINDS)
def test_A1_I1_I3_I7_I8_killed_again_and_again_nothing_is_lost_twice_or_out_of_order(tmp_path: Path, kind: str) -> None:
    verdict = KillLoop(tmp_path, kind, seed=1, kills=34, changes=334, share=0.2).run()
    assert verdict.faults == {}, str(verdict)
    assert verdict.acknowledged > 200 and verdict.versions > 100
    assert verdict.kills >= 34 and verdict.in_flight >= 5, str(verdict)  # they met work, not only the pauses between
