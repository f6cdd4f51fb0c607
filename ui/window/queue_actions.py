"""The actions on queue entries and records: each asks the desk, and says how it went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, Reason
from fhirdesk.core.views import Link, QueueQuery, SentAgain
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.ask import ask, ask_reason
from ui.language import render
from ui.tasks import Tasks

MANY = 20  # from here on the count is confirmed
BATCH = 500


class Asks(Enum):
    """When the user is asked before entries are changed."""

    MANY = auto()  # where the entries are many
    ALWAYS = auto()
    REASON = auto()  # always, and for the reason


@dataclass(frozen=True, slots=True)
class QueueChange:
    """One of BULK_ACTIONS as the window does it. Texts are English, as they are marked for translation."""

    action: str
    label: str
    question: str  # with {count}
    asks: Asks = Asks.MANY
    goes_out: bool = False  # what is changed is sent after that

    def format_question(self, number: int) -> str:
        """The question about that many entries."""
        return fill(_(self.question), count=words.format_count(number))


class QueueActions(QObject):
    """Actions on the open desk; without a desk they do nothing."""

    message_ready = Signal(str)

    def __init__(self, tasks: Tasks, desk: Callable[[], Desk | None], window: QWidget):
        super().__init__(window)
        self._tasks, self._desk, self._window = tasks, desk, window

    # -- entries

    def change(self, change: QueueChange, seqs: Sequence[int]) -> None:
        """Change entries of the queue, once the user has agreed; entries whose state does not allow it are left out."""
        if desk := self._desk():
            self._tasks.start(self._change(desk, change, seqs))

    async def _change(self, desk: Desk, change: QueueChange, seqs: Sequence[int]) -> None:
        uuids: list[str] = []
        for begin in range(0, len(seqs), BATCH):
            rows = await desk.queue.read_rows(seqs[begin : begin + BATCH])
            uuids += [r.uuid for r in rows if r.status in ALLOWED_ACTIONS[change.action]]
        if uuids:
            self._ask(desk, change, uuids)
        else:
            self.message_ready.emit(render(Reason("nothing_changed")))

    def _ask(self, desk: Desk, change: QueueChange, uuids: Sequence[str]) -> None:
        """Change the entries, once the user has agreed where that is asked."""

        def begin(why: str = "") -> None:
            self._tasks.start(self._run(desk, change, uuids, why))

        label = _(change.label).removesuffix("…")
        question = change.format_question(len(uuids))
        if change.asks is Asks.REASON:
            ask_reason(self._window, label, question, begin)
        elif change.asks is Asks.ALWAYS or len(uuids) >= MANY:
            ask(self._window, label, question, label, begin)
        else:
            begin()

    async def _run(self, desk: Desk, change: QueueChange, uuids: Sequence[str], why: str) -> None:
        is_retry = change.action == "retry"  # it also says of how many it is looked first whether they are there
        result = await desk.queue.retry(uuids) if is_retry else await desk.queue.change(change.action, uuids, why)
        await self._report(change.action, result, goes_out=change.goes_out)

    async def _report(self, action: str, result: int | SentAgain, *, goes_out: bool) -> None:
        """Say how it went; where entries wait to be sent, say when they will be."""
        count = result.count if isinstance(result, SentAgain) else result
        if not count:
            self.message_ready.emit(render(Reason("nothing_changed")))
            return
        done = render(_describe(action, result))
        desk = self._desk()
        link = (await desk.server.get_status()).link if desk else Link.UNSET
        waits = goes_out and link is not Link.ONLINE
        self.message_ready.emit(f"{done} {words.describe_delivery(link)}" if waits else done)

    def retry_matching(self, retry: QueueChange, query: QueueQuery | None) -> None:
        """Retry every entry that a filter shows, once the user has confirmed their number. None: nothing that it shows
        can be retried."""
        if query is None:
            self.message_ready.emit(render(Reason("nothing_to_retry")))
        elif desk := self._desk():
            self._tasks.start(self._ask_matching(desk, retry, query))

    async def _ask_matching(self, desk: Desk, retry: QueueChange, query: QueueQuery) -> None:
        number = len(await desk.queue.find_ids(query))
        if not number:
            self.message_ready.emit(render(Reason("nothing_to_retry")))
            return
        label = _(retry.label)
        ask(
            self._window,
            label,
            retry.format_question(number),
            label,
            lambda: self._tasks.start(self._retry_matching(desk, query)),
        )

    async def _retry_matching(self, desk: Desk, query: QueueQuery) -> None:
        await self._report("retry", await desk.queue.retry_matching(query), goes_out=True)

    # -- the server and records

    def send_now(self) -> None:
        """Send what waits without waiting for its next try."""
        if desk := self._desk():
            self._tasks.start(self._send_now(desk))

    async def _send_now(self, desk: Desk) -> None:
        self.message_ready.emit(render(await desk.queue.send_now()))

    def pause(self) -> None:
        """Send nothing until it is resumed."""
        if desk := self._desk():
            self._tasks.start(desk.queue.pause())

    def resume(self) -> None:
        """Resume sending, whatever the reason of the pause."""
        if desk := self._desk():
            self._tasks.start(desk.queue.resume())

    def sync_patients(self, keys: Sequence[str]) -> None:
        """Queue these patients as they are in the local records."""
        if desk := self._desk():
            self._tasks.start(self._sync(desk, keys))

    async def _sync(self, desk: Desk, keys: Sequence[str]) -> None:
        for key in keys:
            await desk.queue.sync("patient", key)
        self.message_ready.emit(fill(_("Queued records: {count}."), count=words.format_count(len(keys))))


def _describe(action: str, result: int | SentAgain) -> Reason:
    """What was done to how many entries."""
    if isinstance(result, SentAgain):
        return result.describe(f"done_{action}", words.format_count)
    return Reason(f"done_{action}", {"count": words.format_count(result)})
