"""The main window: three panes as docks, the bars around them, and the connections between them."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from fhirdesk import __version__
from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.permissions import LOCAL
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.records import Record
from fhirdesk.core.views import Counts, ImportLine, ImportProgress, Link, MetricsView, ServerView
from fhirdesk.i18n.translation import _, fill
from ui import assets, words
from ui.actions.command import Command, Place
from ui.actions.registry import Actions
from ui.actions.selection import RowsReadOnce, Selection
from ui.bridge import Bridge
from ui.dialogs.ask import ask, show_notice
from ui.dialogs.report import ImportReport, format_summary
from ui.jobs import Jobs
from ui.language import render
from ui.models.tables import visible
from ui.panes.patients import PatientsPane
from ui.panes.preview import PreviewPane
from ui.panes.queue import QueuePane
from ui.preferences import Preferences
from ui.selection import SharedSelection
from ui.tasks import Tasks
from ui.watch import Watch
from ui.widgets.banner import Banner
from ui.widgets.toast import Toasts
from ui.window.dialog_opener import DialogOpener
from ui.window.layout import Layout, ListPane
from ui.window.menu_key import MenuKey
from ui.window.opening import FirstStart, OpeningProgress
from ui.window.queue_actions import QueueActions
from ui.window.start_page import StartPage
from ui.window.status_bar import StatusBar
from ui.window.top_bar import TopBar

SIZE, LEAST, FRAME = QSize(1440, 900), QSize(900, 560), QSize(16, 48)  # px; the last: of the window manager


class MainWindow(QMainWindow):
    """Shows the desk that it is given; what concerns the whole program it requests by signals."""

    sample_requested = Signal()
    connection_requested = Signal()
    settings_requested = Signal(str)  # the name of a page
    lang_requested = Signal(str)
    theme_requested = Signal(str)

    def __init__(self, preferences: Preferences, commands: "Sequence[Command[MainWindow]]", menus: Mapping[Place, str]):
        super().__init__()
        self.preferences = preferences
        self.desk: Desk | None = None
        self.server = ServerView("", None, Link.UNSET, False)
        self.counts = Counts({})
        self.closing = asyncio.Event()
        self.tasks = Tasks(self)
        self.bridge = Bridge(self)
        self.queue_actions = QueueActions(self.tasks, lambda: self.desk, self)
        self.actions_ = Actions(self, commands, self._select)
        self.dialogs = DialogOpener(self.tasks, lambda: self.desk, self.bridge, self.actions_, self)
        self.setWindowTitle("FHIR Desk")  # never a patient's name
        self.setWindowIcon(QIcon(assets.icon_path("fhirdesk")))
        self.setAcceptDrops(True)
        room = self.screen().availableSize() - FRAME
        self.setMinimumSize(LEAST.boundedTo(room))
        self.resize(SIZE.boundedTo(room))
        self.top = TopBar(self.actions_, self.actions_.build_main_menu(menus))
        self.setMenuWidget(self.top)
        self.banner = Banner(self.actions_.make_buttons(Place.BANNER)["resume"])
        self.patients = PatientsPane(self.tasks, self.actions_)
        self.queue = QueuePane(self.tasks, self.actions_)
        self.preview = PreviewPane(self.tasks, self.actions_)
        self._panes = (self.patients, self.queue, self.preview)
        subjects = {self.patients.table: lambda r: ("patient", r.key), self.queue.table: lambda r: (r.type, r.key)}
        self.selection = SharedSelection(self.preview, subjects, self)
        lists: dict[str, ListPane] = {"patients": self.patients, "queue": self.queue}
        self.start = StartPage()
        self.layout_ = Layout(self, self.banner, self.start, self._panes, lists, preferences, self._open_pane_menu)
        self.status_bar = StatusBar(self)
        self.opening = OpeningProgress(self.top, self.status_bar)
        self.first_start = FirstStart(self.start, self.layout_.area, self.top, self.status_bar)
        self.jobs = Jobs(self.tasks, self.status_bar.job, self)
        self.toast = Toasts(self)
        self._connect()
        self.layout_.restore()
        self._was_shown = False
        self.retranslate()
        self.patients.search.setFocus()

    # -- who tells whom

    def _connect(self) -> None:
        self._connect_panes()
        self._connect_dialogs()
        self.tasks.failed.connect(self._show_error)
        MenuKey(self).pressed.connect(self.top.open_menu)
        self.queue_actions.message_ready.connect(self.toast.show_message)
        self.actions_.message_ready.connect(self.toast.show_message)
        self.jobs.finished.connect(self._show_import)
        self.bridge.records_changed.connect(self.patients.refresh)
        for pane in self._panes:
            self.bridge.queue_changed.connect(pane.refresh)
        self.bridge.server_changed.connect(self.queue.refresh)
        self.watch = watch = Watch(self.tasks, lambda: self.desk, self)
        self.bridge.queue_changed.connect(watch.read_soon)
        self.bridge.server_changed.connect(watch.read_now)
        watch.server_read.connect(self._show_server)
        watch.notices_read.connect(self.banner.show_notices)
        for table in (self.patients.table, self.queue.table):
            watch.ticked.connect(table.viewport().update)

    def _connect_panes(self) -> None:
        self.patients.opened.connect(lambda row: self.dialogs.edit_patient(row.key, row))
        self.queue.opened.connect(self.dialogs.open_entry)
        self.queue.counts_read.connect(self._show_counts)
        self.patients.counted.connect(self.opening.note_patients)
        self.patients.counted.connect(self.first_start.note_patients)
        self.top.attention_requested.connect(self.queue.show_all)
        self.preview.message_ready.connect(self.toast.show_message)
        self.preview.save_requested.connect(self.dialogs.save_text)
        for pane in (self.queue, self.preview):
            pane.changed.connect(self.actions_.refresh)

        self.start.sample_requested.connect(self.sample_requested)
        self.start.connection_requested.connect(self.connection_requested)
        self.start.file_requested.connect(self.dialogs.choose_preview_file)
        self.tasks.failed.connect(self.start.wait_no_more)

    def _connect_dialogs(self) -> None:
        dialogs = self.dialogs
        dialogs.message_ready.connect(self.toast.show_message)
        dialogs.patient_saved.connect(self._show_saved)
        dialogs.preview_requested.connect(self.preview.show_record)
        dialogs.open_given_requested.connect(self._open_given)
        dialogs.import_requested.connect(self.import_files)
        dialogs.patient_queue_requested.connect(self.queue.show_patient)
        dialogs.entry_requested.connect(self.queue.choose)

    # -- what commands act on

    def _select(self) -> Selection:
        """What is chosen in the window now, and what it shows."""
        return Selection(
            RowsReadOnce(self.queue.table),
            RowsReadOnce(self.patients.table),
            self.desk is not None,
            self.desk.actor if self.desk else LOCAL,
            self.server.link,
            self.preview.view,
            self.preview.is_stored,
            self.queue.build_retry_query() is not None and self.counts[Status.FAILED] + self.counts[Status.HELD] > 0,
        )

    def focus(self, widget: QWidget) -> None:
        """Give a widget the keyboard focus, and show its pane where it is hidden."""
        self.layout_.arrangement.reveal(widget)
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_pane_menu(self, pane: QWidget, at: QPoint) -> None:
        self.actions_.open_menu(Place.PREVIEW_MENU if pane is self.preview else Place.PANE_MENU, at)

    def show_about(self) -> None:
        """Show version and licence."""
        show_notice(self, "FHIR Desk", f"FHIR Desk {__version__} · FHIR R4 (4.0.1) · Apache-2.0")

    # -- the desk

    def attach(self, desk: Desk | None) -> None:
        """Show this desk from now on; None: no desk is open."""
        self.desk = desk
        self.first_start.end()
        if desk:
            self.bridge.listen(desk.events)
            self.watch.start(desk)
        else:
            self.bridge.stop()
            self.watch.stop()
            self._show_counts(None)
        for pane in self._panes:
            pane.attach(desk)
        self.opening.begin(has_desk=desk is not None)
        self.actions_.refresh()

    def show_unavailable(self) -> None:
        """Say that the records could not be opened."""
        for pane in (self.patients, self.queue):
            pane.show_unavailable()
        self.opening.fail()

    def _open_given(self, given: str | Path) -> None:
        self.first_start.end()
        self.preview.open_given(given)

    def refresh(self) -> None:
        """Read everything again: the user asked."""
        for pane in self._panes:
            pane.refresh()
        self.watch.read_now()

    def _show_server(self, server: ServerView, metrics: MetricsView) -> None:
        self.server = server
        self.top.show_server(server)
        self.banner.show_server(server)
        self.queue.show_server(server)
        self.preview.show_server(server)
        self.status_bar.show_server(server, metrics)
        self.actions_.refresh()

    def send_now(self) -> None:
        """Send what waits; without a server, open the dialog that sets one."""
        if self.server.link is Link.UNSET:
            self.connection_requested.emit()
        else:
            self.queue_actions.send_now()

    def _show_counts(self, counts: Counts | None) -> None:
        """Show the counts of the queue; None: they were not read yet."""
        self.counts = counts or Counts({})
        if counts:
            self.opening.note_counts()
        self.top.show_counts(counts, self.counts[Status.PENDING])  # the number: what the button can send
        self.status_bar.show_counts(counts)
        self.actions_.refresh()

    def _show_error(self, error: FhirDeskError) -> None:
        self.toast.show_error(render(error))

    def _show_saved(self, text: str, patient: Record) -> None:
        """Say that a patient is saved, who it is, and offer to show them."""
        who = visible(f"{words.format_name(patient)} · {patient.key}")
        self.toast.show_message(
            text, "done", who=who, action=_("Show"), act=lambda: self.preview.show_record("patient", patient.key)
        )

    # -- import

    def import_files(self, paths: list[Path]) -> None:
        """Import records from these files."""
        if self.desk and paths:
            self.jobs.import_files(self.desk, paths)

    def _show_import(self, progress: ImportProgress, reported: list[ImportLine]) -> None:
        if reported or progress.notes:
            ImportReport(progress, reported, self).open()
        else:
            summary = f"{format_summary(progress)} · {words.describe_delivery(self.server.link)}"
            self.toast.show_message(summary, "done")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files."""
        if self.desk and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import the dropped files."""
        self.import_files([Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()])

    # -- looks

    def retranslate(self) -> None:
        self.actions_.retranslate()
        for part in (self.top, self.banner, *self._panes, self.layout_, self.start):
            part.retranslate()
        self.status_bar.retranslate()
        self.watch.read_soon()

    def apply_theme(self) -> None:
        for part in (self.preview, self.top, self.start, self.patients.empty, self.queue.empty):
            part.apply_theme()

    def showEvent(self, event: QShowEvent) -> None:
        """Share the room among the panes when the window is first seen."""
        super().showEvent(event)
        if not event.spontaneous() and not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(0, self, self.layout_.show_first)

    # -- the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before closing with changes that are not sent. The window never closes by itself: the program waits for
        the answers in flight first."""
        event.ignore()
        waiting = self.counts.unsent - self.counts[Status.FAILED] - self.counts[Status.CONFLICT]
        if self.closing.is_set():
            return
        if waiting and not self.server.demo:
            text = _("Not on the server yet: {count}. They are kept and go out at the next start.")
            ask(self, _("Quit"), fill(text, count=words.format_count(waiting)), _("Quit"), self.end)
        else:
            self.end()

    def end(self) -> None:
        """Save the layout and ask the program to end."""
        self.layout_.save()
        self.setEnabled(False)
        self.closing.set()
