"""Reads the state of the server and the notices of the queue again and again, and ticks every second for the
countdowns."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from fhirdesk.app.desk import Desk
from fhirdesk.core.views import PatientQuery
from ui.tasks import Refresher, Tasks

NOTICES = 10_000  # ms between looks at what stands in the way of the whole queue
TICK = 1000  # ms between looks at the clock: countdowns and "3 min ago" go on


class Watch(QObject):
    """Watches the open desk, from `start` to `stop`."""

    server_read = Signal(object, object)  # ServerView, MetricsView
    notices_read = Signal(object)  # tuple[Reason, ...]
    ticked = Signal()

    def __init__(self, tasks: Tasks, desk: Callable[[], Desk | None], parent: QObject):
        super().__init__(parent)
        self._tasks, self._desk = tasks, desk
        self._server_refresher = Refresher(tasks, self._read_server, self)
        self._notices_refresher = Refresher(tasks, self._read_notices, self)
        self._tick = QTimer(self, interval=TICK)
        self._tick.timeout.connect(self._server_refresher.read_soon)
        self._tick.timeout.connect(self.ticked)
        self._slow_tick = QTimer(self, interval=NOTICES)
        self._slow_tick.timeout.connect(self._notices_refresher.read_soon)

    def start(self, desk: Desk) -> None:
        """Start to watch this desk. The first page of patients is read before: the modules of the connection take a
        while to load."""
        self._tick.start()
        self._slow_tick.start()
        self._tasks.start(self._start_after_patients(desk))

    async def _start_after_patients(self, desk: Desk) -> None:
        await desk.records.find_first_patients(PatientQuery(), 1)
        if desk is self._desk():
            self.read_now()

    def stop(self) -> None:
        """Stop to watch, and withdraw the notices."""
        for timer in (self._tick, self._slow_tick):
            timer.stop()
        for refresher in (self._server_refresher, self._notices_refresher):
            refresher.stop()
        self.notices_read.emit(())

    def read_now(self) -> None:
        """Read now: the user asked, or the state of the server changed."""
        self._server_refresher.read_now()
        self._notices_refresher.read_now()

    def read_soon(self) -> None:
        """Read the server's state soon: the data changed."""
        self._server_refresher.read_soon()

    async def _read_server(self) -> None:
        if (desk := self._desk()) is not None:
            server, metrics = await desk.server.get_status(), await desk.server.get_metrics()
            if desk is self._desk():
                self.server_read.emit(server, metrics)

    async def _read_notices(self) -> None:
        if (desk := self._desk()) is not None:
            notices = await desk.queue.find_notices()
            if desk is self._desk():
                self.notices_read.emit(notices)
