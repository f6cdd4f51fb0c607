"""What the user can do with entries and records: each asks the desk and says how it went."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fhirdesk.desk import Desk
from fhirdesk.entry import Status
from fhirdesk.views import Link, QueueQuery
from ui import words
from ui.dialogs.ask import ask
from ui.tasks import Tasks

MANY = 20  # from here on the count is confirmed
BATCH = 500


class Deeds(QObject):
    """Verbs on the open desk; without one they do nothing."""

    told = Signal(str)

    def __init__(self, tasks: Tasks, desk: Callable[[], Desk | None], window: QWidget):
        super().__init__(window)
        self._tasks, self._desk, self._window = tasks, desk, window

    def retry(self, uuids: Sequence[str]) -> None:
        """Send these again, once the count is confirmed when they are many."""
        self._confirmed(len(uuids), self.tr("Retry"), lambda: self._tasks.start(self._retry(uuids)))

    def cancel(self, uuids: Sequence[str]) -> None:
        """Take these back."""
        text = self.tr("{count} changes will not be sent. The records here stay as they are.")
        self._ask(text.format(count=words.count(len(uuids))), self.tr("Take back"), lambda: self._start_cancel(uuids))

    def _start_cancel(self, uuids: Sequence[str]) -> None:
        self._tasks.start(self._cancel(uuids))

    def retry_all(self) -> None:
        """Send every refused entry again; the count is confirmed."""
        self._tasks.start(self._ask_retry_all())

    def send_now(self) -> None:
        """Do not wait for the time of the next try."""
        if desk := self._desk():
            self._tasks.start(desk.send_now())

    def toggle_pause(self) -> None:
        """Pause, or resume whatever the pause was."""
        if desk := self._desk():
            self._tasks.start(self._toggle_pause(desk))

    def sync_patients(self, keys: Sequence[str]) -> None:
        """Queue these patients as they are here."""
        if desk := self._desk():
            self._tasks.start(self._sync(desk, keys))

    # -- behind them

    def _confirmed(self, number: int, verb: str, act: Callable[[], object]) -> None:
        if number < MANY:
            act()
        else:
            self._ask(self.tr("{count} entries. Go on?").format(count=words.count(number)), verb, act)

    def _ask(self, text: str, yes: str, act: Callable[[], object]) -> None:
        ask(self._window, yes, text, yes, lambda: (act(), None)[1])

    async def _retry(self, uuids: Sequence[str]) -> None:
        if desk := self._desk():
            number = await desk.retry(uuids)
            self.told.emit(self.tr("{count} entries are sent again.").format(count=words.count(number)))

    async def _cancel(self, uuids: Sequence[str]) -> None:
        if desk := self._desk():
            number = await desk.cancel(uuids)
            self.told.emit(self.tr("{count} changes were taken back.").format(count=words.count(number)))

    async def _ask_retry_all(self) -> None:
        if not (desk := self._desk()):
            return
        seqs = await desk.queue_ids(QueueQuery(frozenset({Status.FAILED})))
        if seqs:
            text = self.tr("{count} refused entries are sent again.").format(count=words.count(len(seqs)))
            self._ask(text, self.tr("Retry"), lambda: self._tasks.start(self._retry_seqs(desk, list(seqs))))

    async def _retry_seqs(self, desk: Desk, seqs: list[int]) -> None:
        number = 0
        for begin in range(0, len(seqs), BATCH):
            rows = await desk.queue_rows(seqs[begin : begin + BATCH])
            number += await desk.retry([r.uuid for r in rows if r.status is Status.FAILED])
        self.told.emit(self.tr("{count} entries are sent again.").format(count=words.count(number)))

    async def _toggle_pause(self, desk: Desk) -> None:
        if (await desk.server()).link is Link.PAUSED:
            await desk.resume()
        else:
            await desk.pause()

    async def _sync(self, desk: Desk, keys: Sequence[str]) -> None:
        for key in keys:
            await desk.sync("patient", key)
        self.told.emit(self.tr("{count} records are queued.").format(count=words.count(len(keys))))
