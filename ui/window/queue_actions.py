"""The actions on queue entries and records: each asks the desk, and says how it went."""

from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from fhirdesk.app.desk import Desk
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, Reason
from fhirdesk.core.views import Link, QueueQuery, SentAgain
from ui import words
from ui.dialogs.ask import ask, ask_reason
from ui.language import render
from ui.tasks import Tasks

MANY = 20  # from here on the count is confirmed
BATCH = 500


class QueueActions(QObject):
    """Actions on the open desk; without a desk they do nothing."""

    message_ready = Signal(str)

    def __init__(self, tasks: Tasks, desk: Callable[[], Desk | None], window: QWidget):
        super().__init__(window)
        self._tasks, self._desk, self._window = tasks, desk, window

    # -- entries

    def on_rows(self, verb: str, seqs: Sequence[int]) -> None:
        """Do an action on rows of the queue; rows whose state does not allow it are left out."""
        if desk := self._desk():
            self._tasks.start(self._on_rows(desk, verb, seqs))

    async def _on_rows(self, desk: Desk, verb: str, seqs: Sequence[int]) -> None:
        uuids: list[str] = []
        for begin in range(0, len(seqs), BATCH):
            rows = await desk.queue_rows(seqs[begin : begin + BATCH])
            uuids += [r.uuid for r in rows if r.status in ALLOWED_ACTIONS[verb]]
        self.on_entries(verb, uuids)

    def on_entries(self, verb: str, uuids: Sequence[str]) -> None:
        """Do an action on entries. Cancel and discard always ask first, the others when the entries are many."""
        desk = self._desk()
        if not desk:
            return
        if not uuids:
            self.message_ready.emit(render(Reason("nothing_changed")))
            return
        if verb == "discard":
            self._ask_discard(desk, uuids)
        elif verb == "cancel" or len(uuids) >= MANY:
            text = self._format_question(verb).format(count=words.format_count(len(uuids)))
            ask(
                self._window,
                self._name_action(verb),
                text,
                self._name_action(verb),
                lambda: self._begin(desk, verb, uuids),
            )
        else:
            self._begin(desk, verb, uuids)

    def _begin(self, desk: Desk, verb: str, uuids: Sequence[str]) -> None:
        if verb == "retry":
            self._tasks.start(self._retry(desk.retry(uuids)))
            return
        acts: dict[str, Callable[[Sequence[str]], Awaitable[int]]] = {
            "cancel": desk.cancel,
            "hold": desk.hold,
            "release": desk.release,
        }
        self._tasks.start(self._run(verb, acts[verb](uuids)))

    async def _retry(self, act: Awaitable[SentAgain]) -> None:
        again = await act
        done = again.describe("done_retry", words.format_count) if again.count else Reason("nothing_changed")
        await self._report(done, goes_out=bool(again.count))

    async def _run(self, verb: str, act: Awaitable[int]) -> None:
        count = await act
        done = Reason(f"done_{verb}", {"count": words.format_count(count)}) if count else Reason("nothing_changed")
        await self._report(done, goes_out=bool(count) and verb == "release")

    async def _report(self, done: Reason, *, goes_out: bool) -> None:
        """Say how it went; where entries wait to be sent, say when they will be."""
        desk = self._desk()
        link = (await desk.server()).link if desk else Link.UNSET
        waits = goes_out and link is not Link.ONLINE
        self.message_ready.emit(f"{render(done)} {words.describe_delivery(link)}" if waits else render(done))

    def _ask_discard(self, desk: Desk, uuids: Sequence[str]) -> None:
        text = self.tr("Given up and never sent: {count}. The records here stay as they are.")
        ask_reason(
            self._window,
            self.tr("Discard"),
            text.format(count=words.format_count(len(uuids))),
            lambda why: self._tasks.start(self._run("discard", desk.discard(uuids, why))),
        )

    def retry_matching(self, query: QueueQuery | None) -> None:
        """Retry every entry that a filter shows, once the user has confirmed their number. None: nothing that it shows
        can be retried."""
        if query is None:
            self.message_ready.emit(self.tr("There is nothing to send again."))
        elif desk := self._desk():
            self._tasks.start(self._ask_matching(desk, query))

    async def _ask_matching(self, desk: Desk, query: QueueQuery) -> None:
        number = len(await desk.queue_ids(query))
        if not number:
            self.message_ready.emit(self.tr("There is nothing to send again."))
            return
        text = self._format_question("retry").format(count=words.format_count(number))
        name = self._name_action("retry")
        ask(self._window, name, text, name, lambda: self._start_matching(desk, query))

    def _start_matching(self, desk: Desk, query: QueueQuery) -> None:
        self._tasks.start(self._retry(desk.retry_matching(query)))

    def _name_action(self, verb: str) -> str:
        names = {
            "retry": self.tr("Retry"),
            "cancel": self.tr("Take back"),
            "hold": self.tr("Hold"),
            "release": self.tr("Release"),
        }
        return names[verb]

    def _format_question(self, verb: str) -> str:
        questions = {
            "retry": self.tr("To be sent again: {count}."),
            "cancel": self.tr("Not to be sent any more: {count}. The records here stay as they are."),
            "hold": self.tr("To be held until released: {count}."),
            "release": self.tr("To be released: {count}."),
        }
        return questions[verb]

    # -- the server and records

    def send_now(self) -> None:
        """Send what waits without waiting for its next try."""
        if desk := self._desk():
            self._tasks.start(self._send_now(desk))

    async def _send_now(self, desk: Desk) -> None:
        self.message_ready.emit(render(await desk.send_now()))

    def toggle_pause(self) -> None:
        """Pause sending, or resume it whatever the reason of the pause."""
        if desk := self._desk():
            self._tasks.start(self._toggle_pause(desk))

    async def _toggle_pause(self, desk: Desk) -> None:
        if (await desk.server()).link is Link.PAUSED:
            await desk.resume()
        else:
            await desk.pause()

    def sync_patients(self, keys: Sequence[str]) -> None:
        """Queue these patients as they are in the local records."""
        if desk := self._desk():
            self._tasks.start(self._sync(desk, keys))

    async def _sync(self, desk: Desk, keys: Sequence[str]) -> None:
        for key in keys:
            await desk.sync("patient", key)
        self.message_ready.emit(self.tr("Queued records: {count}.").format(count=words.format_count(len(keys))))
