"""The property machine in CI: 200 runs of 50 steps. By hand: FHIRDESK_RUNS=5000 FHIRDESK_STEPS=100."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.harness.machine import Machine

RUNS, STEPS = int(os.environ.get("FHIRDESK_RUNS", "200")), int(os.environ.get("FHIRDESK_STEPS", "50"))


@pytest.mark.slow
@pytest.mark.timeout(0 if RUNS > 200 else 900)
class TestI1ToI12(Machine.TestCase):  # type: ignore[valid-type,misc]  # hypothesis makes it
    """E1, E2, E6, D19 among others, in any order that anything can happen."""

    settings = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
