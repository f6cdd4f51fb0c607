"""The main window: three panes as docks, the bars around them, and the connections between them."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QMainWindow, QWidget

from fhirdesk import __version__
from fhirdesk.app.desk import Desk
from fhirdesk.core.errors import FhirDeskError
from fhirdesk.core.queue_entry import Status
from fhirdesk.core.views import Counts, ImportLine, ImportProgress, Link, MetricsView, ServerView
from ui import assets, words
from ui.bridge import Bridge
from ui.dialogs.ask import ask, show_notice
from ui.dialogs.report import ImportReport, format_summary
from ui.jobs import Jobs
from ui.language import render
from ui.panes.patients import PatientsPane
from ui.panes.preview import PreviewPane
from ui.panes.queue import QueuePane
from ui.preferences import Preferences
from ui.selection import Selection
from ui.tasks import Tasks
from ui.watch import Watch
from ui.widgets.banner import Banner
from ui.widgets.selection_actions import SELECTED
from ui.widgets.toast import Toast
from ui.window.actions import QUEUE, Actions
from ui.window.dialog_opener import DialogOpener
from ui.window.layout import Layout
from ui.window.queue_actions import QueueActions
from ui.window.status_bar import StatusBar
from ui.window.top_bar import TopBar

SIZE, LEAST, FRAME = QSize(1440, 900), QSize(900, 560), QSize(16, 48)  # px; the last: of the window manager
NEEDS_DESK = (
    *("new_patient", "import", "look_file", "look_pasted", "send_now", "pause", "retry", "retry_all", "correct"),
    *("decide", "hold", "release", "cancel", "discard", "chain", "causes", "refresh"),
)


class MainWindow(QMainWindow):
    """Shows the desk that it is given; what concerns the whole program it requests by signals."""

    sample_requested = Signal()
    connection_requested = Signal()
    lang_requested = Signal(str)
    theme_requested = Signal(str)

    def __init__(self, preferences: Preferences):
        super().__init__()
        self.desk: Desk | None = None
        self.server = ServerView("", None, Link.UNSET, False)
        self.counts = Counts({})
        self.closing = asyncio.Event()
        self.tasks = Tasks(self)
        self.bridge = Bridge(self)
        self.queue_actions = QueueActions(self.tasks, lambda: self.desk, self)
        self.dialogs = DialogOpener(self.tasks, lambda: self.desk, self.bridge, self.queue_actions, self)
        self.setWindowTitle("FHIR Desk")  # never a patient's name
        self.setWindowIcon(QIcon(assets.icon_path("fhirdesk")))
        self.setAcceptDrops(True)
        room = self.screen().availableSize() - FRAME
        self.setMinimumSize(LEAST.boundedTo(room))
        self.resize(SIZE.boundedTo(room))
        self.actions_ = Actions(self)
        self.top, self.banner = TopBar(self), Banner(self)
        self.patients, self.queue = PatientsPane(self.tasks), QueuePane(self.tasks)
        self.preview = PreviewPane(self.tasks)
        self._panes = (self.patients, self.queue, self.preview)
        tables = {"patients": self.patients.table, "queue": self.queue.table}
        subjects = {self.patients.table: lambda r: ("patient", r.key), self.queue.table: lambda r: (r.type, r.key)}
        self.selection = Selection(self.preview, subjects, self)
        self.layout_ = Layout(self, self._panes, tables, preferences)
        self.status_bar = StatusBar(self)
        self.jobs = Jobs(self.tasks, self.status_bar.job, self)
        self.toast = Toast(self)
        self._connect()
        self.layout_.restore()
        self.top.show()
        self.retranslate()
        self.patients.search.setFocus()

    # -- who tells whom

    def _connect(self) -> None:
        self._connect_panes()
        self._connect_dialogs()
        self._connect_actions()
        self.tasks.failed.connect(self._show_error)
        self.queue_actions.message_ready.connect(self.toast.show_message)
        self.jobs.finished.connect(self._show_import)
        self.bridge.records_changed.connect(self.patients.refresh)
        for pane in self._panes:
            self.bridge.queue_changed.connect(pane.refresh)
        self.bridge.server_changed.connect(self.queue.refresh)
        self.banner.resume_requested.connect(self.queue_actions.toggle_pause)
        self.watch = watch = Watch(self.tasks, lambda: self.desk, self)
        self.bridge.queue_changed.connect(watch.soon)
        self.bridge.server_changed.connect(watch.now)
        watch.server_read.connect(self._show_server)
        watch.notices_read.connect(self.banner.show_notices)
        for table in (self.patients.table, self.queue.table):
            watch.ticked.connect(table.viewport().update)

    def _connect_panes(self) -> None:
        patients, queue, dialogs, queue_actions = self.patients, self.queue, self.dialogs, self.queue_actions
        selection_actions = queue.selection_actions
        patients.opened.connect(lambda row: dialogs.edit_patient(row.key, row))
        patients.new_patient_requested.connect(lambda: self._press("new_patient"))
        patients.sync_requested.connect(queue_actions.sync_patients)
        patients.chain_requested.connect(dialogs.open_chain)
        queue.opened.connect(dialogs.open_entry)
        selection_actions.action_requested.connect(queue_actions.on_rows)
        queue.retry_all_requested.connect(queue_actions.retry_matching)
        selection_actions.correct_requested.connect(dialogs.correct)
        selection_actions.decide_requested.connect(dialogs.decide)
        selection_actions.chain_requested.connect(dialogs.open_chain)
        selection_actions.message_ready.connect(self.toast.show_message)
        queue.counts_read.connect(self._show_counts)
        self.preview.message_ready.connect(self.toast.show_message)
        self.preview.save_requested.connect(dialogs.save_text)

    def _connect_dialogs(self) -> None:
        dialogs = self.dialogs
        dialogs.message_ready.connect(self.toast.show_message)
        dialogs.preview_requested.connect(self.preview.show_record)
        dialogs.open_given_requested.connect(self.preview.open_given)
        dialogs.import_requested.connect(self.import_files)
        dialogs.patient_queue_requested.connect(self.queue.show_patient)
        dialogs.patient_search_requested.connect(self.patients.search_for)
        dialogs.entry_requested.connect(self.queue.choose)

    def _connect_actions(self) -> None:
        actions, dialogs, queue = self.actions_, self.dialogs, self.queue
        self.top.action_pressed.connect(self._press)
        actions["import"].triggered.connect(lambda _=False: dialogs.choose_import())
        actions.limit_menu(QUEUE, queue.can)
        for verb in SELECTED:
            actions.connect_handlers(**{verb: lambda v=verb: queue.selection_actions.do_selected(v)})
        for name in ("light", "dark", "system"):
            actions.connect_handlers(**{name: lambda n=name: self.theme_requested.emit(n)})
        actions.connect_handlers(
            new_patient=dialogs.new_patient,
            look_file=dialogs.choose_preview_file,
            look_pasted=dialogs.preview_clipboard,
            sample=self.sample_requested.emit,
            connect=self.connection_requested.emit,
            quit=self.close,
            send_now=self._send_now,
            pause=self.queue_actions.toggle_pause,
            retry_all=lambda: self.queue_actions.retry_matching(queue.retry_query()),
            correct=queue.selection_actions.correct_selected,
            decide=queue.selection_actions.decide_selected,
            chain=queue.selection_actions.chain_selected,
            causes=queue.group.toggle,
            refresh=self.refresh,
            find=lambda: focus(self.patients.search),
            filter=lambda: focus(queue.search),
            find_json=self.preview.open_find,
            tree=self.preview.tree_button.toggle,
            palette=lambda: dialogs.open_palette(list(actions.by_name.values())),
            korean=lambda: self.lang_requested.emit("ko"),
            english=lambda: self.lang_requested.emit("en"),
            reset_layout=self.layout_.reset,
            pane1=lambda: focus(self.patients.table),
            pane2=lambda: focus(queue.table),
            pane3=lambda: focus(self.preview.resource),
            shortcuts=lambda: dialogs.open_shortcuts(list(actions.by_name.values())),
            about=lambda: show_notice(self, "FHIR Desk", f"FHIR Desk {__version__} · FHIR R4 (4.0.1) · Apache-2.0"),
        )

    # -- the desk

    def attach(self, desk: Desk | None) -> None:
        """Show this desk from now on; None: no desk is open."""
        self.desk = desk
        if desk:
            self.bridge.listen(desk.events)
            self.watch.start(desk)
        else:
            self.bridge.stop()
            self.watch.stop()
            self._show_counts(None)
        for pane in self._panes:
            pane.attach(desk)
        for name in NEEDS_DESK:
            self.actions_[name].setEnabled(desk is not None)

    def refresh(self) -> None:
        """Read everything again: the user asked."""
        for pane in self._panes:
            pane.refresh()
        self.watch.now()

    def _show_server(self, server: ServerView, metrics: MetricsView) -> None:
        self.server = server
        self.top.show_server(server)
        self.actions_.show_paused(server.link is Link.PAUSED)
        self.banner.show_server(server)
        self.queue.show_server(server)
        self.status_bar.show_server(server, metrics)

    def _press(self, name: str) -> None:
        """Trigger the action of a button, or say why it cannot be done."""
        if self.actions_[name].isEnabled():
            self.actions_[name].trigger()
        else:
            self.toast.show_message(self.tr("The records are not open."))

    def _send_now(self) -> None:
        """Send what waits; without a server, open the dialog that sets one."""
        if self.server.link is Link.UNSET:
            self.connection_requested.emit()
        else:
            self.queue_actions.send_now()

    def _show_counts(self, counts: Counts | None) -> None:
        """Show the counts of the queue; None: they were not read yet."""
        self.counts = counts or Counts({})
        self.top.show_waiting(self.counts[Status.PENDING])  # what the button can send
        self.status_bar.show_counts(counts)

    def _show_error(self, error: FhirDeskError) -> None:
        self.toast.show_message(render(error))

    # -- import

    def import_files(self, paths: list[Path]) -> None:
        """Import records from these files."""
        if self.desk and paths:
            self.jobs.import_files(self.desk, paths)

    def _show_import(self, progress: ImportProgress, reported: list[ImportLine]) -> None:
        if reported or progress.notes:
            ImportReport(progress, reported, self).open()
        else:
            self.toast.show_message(f"{format_summary(progress)} · {words.describe_delivery(self.server.link)}")

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
        for part in (self.top, self.banner, *self._panes, self.layout_):
            part.retranslate()
        self.status_bar.retranslate()
        self.watch.soon()

    def apply_theme(self) -> None:
        self.preview.apply_theme()
        self.top.chip.apply_theme()

    # -- the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before closing with changes that are not sent. The window never closes by itself: the program waits for
        the answers in flight first."""
        event.ignore()
        waiting = self.counts.unsent - self.counts[Status.FAILED] - self.counts[Status.CONFLICT]
        if self.closing.is_set():
            return
        if waiting and not self.server.demo:
            text = self.tr("Not on the server yet: {count}. They are kept and go out at the next start.")
            ask(self, self.tr("Quit"), text.format(count=words.format_count(waiting)), self.tr("Quit"), self.end)
        else:
            self.end()

    def end(self) -> None:
        """Save the layout and ask the program to end."""
        self.layout_.save()
        self.setEnabled(False)
        self.closing.set()


def focus(widget: QWidget) -> None:
    """Give a widget the keyboard focus."""
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
