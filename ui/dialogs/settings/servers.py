"""The page of the servers: the list at the left, the chosen one at the right."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.app.servers import Servers
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import ConnectionReport, KnownServer, Link, ServerFacts, ServerView
from fhirdesk.i18n.translation import _
from ui.design.fonts import Size
from ui.dialogs.settings.page import BESIDE, HEAD
from ui.dialogs.settings.server_details import ServerDetails, ServerState
from ui.language import render
from ui.tasks import Refresher, Tasks
from ui.widgets.button import Button, Kind
from ui.widgets.fields import text_label
from ui.widgets.server_dot import find_colour
from ui.widgets.server_list import ServerLine, ServerList
from ui.words_servers import describe_server, title_server

WIDE = 240  # px of the list
Reports = dict[str, tuple[ConnectionReport, float]]  # profile → its last test in this session, and when it was


@dataclass(frozen=True, slots=True)
class Open:
    """What the window has open: its desk, and how its server stands. `why_not`: why no other can be used."""

    desk: Callable[[], Desk | None]
    server: Callable[[], ServerView]
    why_not: str = ""
    reports: Reports = field(default_factory=dict)


class ServersPage(QWidget):
    """Reads the servers anew when something changed; what concerns the session it requests by signals."""

    add_requested = Signal()
    use_requested = Signal(str)  # names of profiles
    edit_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, tasks: Tasks, servers: Servers, opened: Open):
        super().__init__()
        self._tasks, self._servers, self._open = tasks, servers, opened
        self._known: dict[str, KnownServer] = {}
        self._facts: ServerFacts | None = None  # of the server that is open
        self.list, self.details = ServerList(_("Servers")), ServerDetails()
        self.add = Button(_("Add"), Kind.QUIET, icon="plus")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._build_side())
        row.addWidget(self.details, 1)
        self._connect()
        self._refresher = Refresher(tasks, self._read, self)
        self._refresher.read_now()

    def _build_side(self) -> QWidget:
        side = QFrame()
        side.setObjectName("serversSide")
        side.setFixedWidth(WIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setFixedHeight(HEAD)
        top = QHBoxLayout(head)
        top.setContentsMargins(BESIDE - 10, 8, 8, 0)
        top.addWidget(text_label(_("Servers"), "text", Size.TITLE, 600), 1)
        top.addWidget(self.add)
        column.addWidget(head)
        column.addWidget(self.list, 1)
        return side

    def _connect(self) -> None:
        details = self.details
        self.add.clicked.connect(lambda _=False: self.add_requested.emit())
        self.list.server_chosen.connect(lambda _: self._show_chosen())
        details.use_requested.connect(lambda: self.use_requested.emit(self.list.chosen))
        details.edit_requested.connect(lambda: self.edit_requested.emit(self.list.chosen))
        details.remove_requested.connect(lambda: self.remove_requested.emit(self.list.chosen))
        details.test_requested.connect(lambda: self._tasks.start(self._test(self.list.chosen)))

    # -- what is known

    def refresh(self) -> None:
        """Read the servers anew soon."""
        self._refresher.read_soon()

    async def _read(self) -> None:
        known = await self._servers.read_all()
        desk = self._open.desk()
        facts = await desk.server.get_facts() if desk else None
        if isValid(self):
            self._known, self._facts = {each.profile.name: each for each in known}, facts
            self._show()

    @property
    def _name_in_use(self) -> str:
        """The profile that the window shows; while none is open, the one that the next start opens."""
        desk = self._open.desk()
        return desk.settings.profile.name if desk else next((n for n, each in self._known.items() if each.in_use), "")

    def _show(self) -> None:
        is_first = not self.list.chosen
        self.list.show_servers([self._build_line(each) for each in self._known.values()])
        if is_first:
            self.list.choose(self._name_in_use)
        self._show_chosen()

    def _build_line(self, known: KnownServer) -> ServerLine:
        profile, view = known.profile, self._open.server()
        is_open = profile.name == self._name_in_use
        state, tone = describe_server(known, view if is_open else None)
        tag = _("In use") if is_open else _("Practice") if profile.demo else ""
        connected = is_open and view.link in (Link.ONLINE, Link.ELSEWHERE)
        title = title_server(profile)
        return ServerLine(
            profile.name, title, state, find_colour(profile), tone, connected, tag, profile.demo and not is_open
        )

    def _show_chosen(self) -> None:
        known = self._known.get(self.list.chosen)
        if known is None:
            return
        profile, (report, at) = known.profile, self._open.reports.get(self.list.chosen, (None, None))
        is_open = profile.name == self._name_in_use
        facts = (self._facts if is_open else None) or (report.facts if report else None)
        title = title_server(profile)
        self.details.show_server(ServerState(known, title, is_open, facts, report, at, self._open.why_not))

    # -- the test

    async def _test(self, name: str) -> None:
        self.details.test.set_busy(True)
        self.details.steps.show_steps(())
        self.details.show_message(_("Asking the server…"))
        try:
            report = await self._servers.test(self._known[name].profile)
            self._open.reports[name] = report, time.time()
            message = None
        except FhirDeskError as error:
            message = Reason(error.code, error.params)
        if isValid(self):
            self.details.test.set_busy(False)
            self._show_chosen()
            if message:
                self.details.show_message(render(message), "bad")
