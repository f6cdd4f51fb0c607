"""Progress as it is shown: after the commit, four times a second at most, never above the whole."""

import asyncio
import threading
import time

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from fhirdesk.core.events import Events, QueueChanged, RecordsChanged
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import Counts
from tests.ui.conftest import Run, until
from ui.bridge import Bridge
from ui.tasks import Refresher, Tasks
from ui.widgets.job_strip import JobStrip
from ui.window.status_bar import WAITING, DrainProgress

MANY = 2000
STATES = (*WAITING, Status.COMPLETED, Status.FAILED)


@given(st.lists(st.tuples(*[st.integers(0, 500)] * len(STATES)), max_size=20), st.floats(0.1, 3.0))
def test_what_is_done_is_never_more_than_all(snapshots: list[tuple[int, ...]], step: float) -> None:
    """Also where entries come while others go, and old ones are pruned."""
    sending, now = DrainProgress(), 0.0
    for numbers in snapshots:
        now += step
        found = sending.measure(Counts(dict(zip(STATES, numbers, strict=True))), now)
        assert found is None or 0 <= found[0] <= found[1]


def test_a_strip_is_never_fuller_than_full(qapp: QApplication) -> None:
    strip = JobStrip()
    strip.begin("DrainProgress")
    for done in (0, 5, 10, 12):
        strip.show_progress(done, 10)
        assert strip._bar.value() <= strip._bar.maximum()
    assert "12 / 12" in strip._label.text()
    strip.show_progress(12, share=1.7)
    assert strip._bar.value() == strip._bar.maximum()


def test_a_storm_of_events_is_read_four_times_a_second_at_most(run: Run) -> None:
    async def scene() -> None:
        events, bridge, tasks, reads, signals = Events(), Bridge(), Tasks(), [], []

        async def read() -> None:
            reads.append(time.monotonic())

        refresher = Refresher(tasks, read)
        bridge.listen(events)
        bridge.queue_changed.connect(refresher.read_soon)
        bridge.queue_changed.connect(lambda: signals.append(1))
        other: list[int] = []
        bridge.records_changed.connect(lambda: other.append(1))

        def storm() -> None:
            for _ in range(MANY):
                events.publish(QueueChanged())
            events.publish(RecordsChanged())

        started = time.monotonic()
        publisher = threading.Thread(target=storm)
        publisher.start()
        await asyncio.sleep(1.0)
        await until(lambda: not publisher.is_alive() and other, "the last event")
        passed = time.monotonic() - started
        assert 1 <= len(reads) <= passed / Refresher.SHORTEST + 1
        assert 1 <= len(signals) < MANY  # those that came together went together
        bridge.stop()
        await tasks.end()

    run(scene())
