"""The main window: three panes as docks, the bars around them, and who tells whom."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import QDockWidget, QFileDialog, QMainWindow, QVBoxLayout, QWidget

from fhirdesk import __version__
from fhirdesk.desk import Desk
from fhirdesk.entry import Status
from fhirdesk.errors import FhirDeskError
from fhirdesk.views import Counts, ImportLine, ImportProgress, Link, MetricsView, PatientRow, QueueRow, ServerView
from ui import assets, words
from ui.actions import Actions
from ui.bridge import Bridge
from ui.deeds import Deeds
from ui.dialogs.ask import ask, tell
from ui.dialogs.entry import EntryDialog
from ui.dialogs.palette import Palette
from ui.dialogs.patient_form import PatientForm
from ui.dialogs.report import ImportReport, summary
from ui.jobs import Jobs
from ui.language import say
from ui.panes.patients import PatientsPane
from ui.panes.preview import PreviewPane
from ui.panes.queue import QueuePane
from ui.remembered import Remembered
from ui.tasks import Refresher, Tasks
from ui.top_bar import TopBar
from ui.widgets.bars import JobStrip, Toast
from ui.widgets.card import Card, plain

TICK = 1000  # ms between looks at the clock: countdowns and "3 min ago" go on


class MainWindow(QMainWindow):
    """Shows the desk it is given; what concerns the program as a whole it asks for by signals."""

    wanted_sample = Signal()
    wanted_connection = Signal()
    wanted_lang = Signal(str)
    wanted_theme = Signal(str)

    def __init__(self, remembered: Remembered):
        super().__init__()
        self._remembered = remembered
        self.desk: Desk | None = None
        self.server = ServerView("", None, Link.UNSET, False)
        self.counts = Counts({})
        self.closing = asyncio.Event()
        self.tasks = Tasks(self)
        self.bridge = Bridge(self)
        self.deeds = Deeds(self.tasks, lambda: self.desk, self)
        self.setWindowTitle("FHIR Desk")  # never a patient's name
        self.setWindowIcon(QIcon(assets.icon("fhirdesk")))
        self.setAcceptDrops(True)
        self.resize(1440, 900)
        self.setMinimumSize(900, 560)
        self.actions_ = Actions(self)
        self.top = TopBar(self)
        self._build_panes()
        self._build_status()
        self.toast = Toast(self)
        self._connect()
        self._restore_layout()
        self.retranslate()
        self.patients.search.setFocus()

    # -- build

    def _build_panes(self) -> None:
        self.patients, self.queue = PatientsPane(self.tasks), QueuePane(self.tasks)
        self.preview = PreviewPane(self.tasks)
        self.setDockNestingEnabled(True)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._docks = [dock(n, p, self) for n, p in enumerate((self.patients, self.queue, self.preview))]
        self.addDockWidget(left, self._docks[0])
        self.addDockWidget(left, self._docks[1])
        self.addDockWidget(right, self._docks[2])
        self._lay_out()

    def _lay_out(self) -> None:
        patients, queue, preview = self._docks
        for each in self._docks:
            each.setFloating(False)
            each.show()
        self.splitDockWidget(patients, preview, Qt.Orientation.Horizontal)
        self.splitDockWidget(patients, queue, Qt.Orientation.Vertical)
        self.resizeDocks([patients, preview], [820, 590], Qt.Orientation.Horizontal)
        self.resizeDocks([patients, queue], [385, 385], Qt.Orientation.Vertical)

    def _build_status(self) -> None:
        self.unsent, self.latency = plain(), plain()
        self.strip = JobStrip()
        self.jobs = Jobs(self.tasks, self.strip, self)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.addWidget(self.unsent, 1)
        bar.addPermanentWidget(self.strip)
        bar.addPermanentWidget(self.latency)

    def _connect(self) -> None:
        self._connect_panes()
        self._connect_actions()
        self.tasks.failed.connect(self._failed)
        self.deeds.told.connect(self.toast.say)
        self.jobs.finished.connect(self._imported)
        self._standing = Refresher(self.tasks, self._read_standing, self)
        self.bridge.records_changed.connect(self.patients.refresh)
        for pane in (self.patients, self.queue, self.preview):
            self.bridge.queue_changed.connect(pane.refresh)
        self.bridge.queue_changed.connect(self._standing.soon)
        self.bridge.server_changed.connect(self._standing.now)
        self._tick = QTimer(self, interval=TICK)
        self._tick.timeout.connect(self._ticked)

    def _connect_panes(self) -> None:
        self.patients.chosen.connect(self._preview_patient)
        self.patients.opened.connect(self.edit_patient)
        self.patients.wanted_new.connect(self.new_patient)
        self.patients.wanted_sync.connect(self.deeds.sync_patients)
        self.queue.chosen.connect(self._preview_entry)
        self.queue.opened.connect(self.open_entry)
        self.queue.wanted_retry.connect(self.deeds.retry)
        self.queue.wanted_retry_all.connect(self.deeds.retry_all)
        self.queue.wanted_cancel.connect(self.deeds.cancel)
        self.queue.counted.connect(self._counted)
        self.preview.told.connect(self.toast.say)

    def _connect_actions(self) -> None:
        self.top.pressed_name.connect(lambda name: self.actions_[name].trigger())
        self.actions_.on(
            new_patient=self.new_patient,
            sample=self.wanted_sample.emit,
            connect=self.wanted_connection.emit,
            quit=self.close,
            send_now=self.deeds.send_now,
            pause=self.deeds.toggle_pause,
            retry=self.queue.retry_selected,
            retry_all=self.deeds.retry_all,
            cancel=self.queue.cancel_selected,
            refresh=self.refresh,
            find=lambda: focus(self.patients.search),
            filter=lambda: focus(self.queue.search),
            find_json=self.preview.resource.open_find,
            palette=self._open_palette,
            light=lambda: self.wanted_theme.emit("light"),
            dark=lambda: self.wanted_theme.emit("dark"),
            system=lambda: self.wanted_theme.emit("system"),
            korean=lambda: self.wanted_lang.emit("ko"),
            english=lambda: self.wanted_lang.emit("en"),
            reset_layout=self._reset_layout,
            pane1=lambda: focus(self.patients.table),
            pane2=lambda: focus(self.queue.table),
            pane3=lambda: focus(self.preview.resource),
            shortcuts=lambda: tell(self, self.tr("Shortcuts"), self.actions_.shortcuts()),
            about=lambda: tell(self, "FHIR Desk", f"FHIR Desk {__version__} · FHIR R4 (4.0.1) · Apache-2.0"),
        )
        self.actions_["import"].triggered.connect(self._choose_files)

    # -- the desk

    def attach(self, desk: Desk | None) -> None:
        """Show this desk from now on."""
        self.desk = desk
        if desk:
            self.bridge.listen(desk.events)
            self._tick.start()
            self._standing.now()
        else:
            self.bridge.stop()
            self._tick.stop()
        for pane in (self.patients, self.queue, self.preview):
            pane.attach(desk)
        for name in ("new_patient", "import", "send_now", "pause", "retry", "retry_all", "cancel", "refresh"):
            self.actions_[name].setEnabled(desk is not None)

    def refresh(self) -> None:
        """Read everything again."""
        for pane in (self.patients, self.queue, self.preview):
            pane.refresh()
        self._standing.now()

    async def _read_standing(self) -> None:
        if (desk := self.desk) is not None:
            server, metrics = await desk.server(), await desk.metrics()
            if desk is self.desk:
                self._show_standing(server, metrics)

    def _ticked(self) -> None:
        self._standing.soon()

    # -- showing

    def _show_standing(self, server: ServerView, metrics: MetricsView) -> None:
        self.server = server
        self.top.show_server(server)
        self._say_unsent()
        if metrics.count:
            avg, p95, p99 = (round(v or 0) for v in (metrics.avg_ms, metrics.p95_ms, metrics.p99_ms))
            self.latency.setText(self.tr("avg {avg} · p95 {p95} · p99 {p99} ms").format(avg=avg, p95=p95, p99=p99))

    def _counted(self, counts: Counts) -> None:
        self.counts = counts
        self.top.show_waiting(counts.unsent)
        self._say_unsent()

    def _say_unsent(self) -> None:
        unsent, server = self.counts.unsent, self.server
        parts = [self.tr("{count} changes not sent").format(count=words.count(unsent))]
        if not unsent:
            parts = [self.tr("Everything is on the server") if self.counts[Status.COMPLETED] else ""]
        if server.link in (Link.PAUSED, Link.OFFLINE) and server.reason:
            parts.append(say(server.reason))
        if server.next_try and server.link is Link.OFFLINE:
            parts.append(self.tr("next try {when}").format(when=words.until(server.next_try)))
        self.unsent.setText(" · ".join(p for p in parts if p))

    def _failed(self, error: FhirDeskError) -> None:
        self.toast.say(say(error))

    def _preview_patient(self, row: PatientRow | None) -> None:
        if row is not None:
            self.preview.show_record("patient", row.key)

    def _preview_entry(self, row: QueueRow | None) -> None:
        if row is not None:
            self.preview.show_record(row.type, row.key)

    # -- dialogs

    def new_patient(self) -> None:
        """Register a patient."""
        if self.desk:
            self._show_form(PatientForm(self.desk, self.tasks, parent=self))

    def edit_patient(self, key: str) -> None:
        """Edit that patient's profile."""
        if self.desk:
            self.tasks.start(self._edit_patient(self.desk, key))

    async def _edit_patient(self, desk: Desk, key: str) -> None:
        record = await desk.record("patient", key)
        if record:
            self._show_form(PatientForm(desk, self.tasks, record, self))

    def _show_form(self, form: PatientForm) -> None:
        form.saved.connect(self.toast.say)
        form.open()

    def open_entry(self, uuid: str) -> None:
        """One entry with its attempts."""
        if not self.desk:
            return
        dialog = EntryDialog(self.desk, self.tasks, uuid, self)
        self.bridge.queue_changed.connect(dialog.refresh)
        dialog.wanted_retry.connect(self.deeds.retry)
        dialog.wanted_cancel.connect(self.deeds.cancel)
        dialog.wanted_preview.connect(self.preview.show_record)
        dialog.open()

    def _open_palette(self) -> None:
        palette = Palette(list(self.actions_.by_name.values()), self)
        palette.wanted_patient.connect(self.patients.search_for)
        palette.open()

    # -- import

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Import"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(self.tr("Records (*.json *.ndjson *.jsonl *.csv *.gz);;All files (*)"))
        dialog.filesSelected.connect(lambda names: self.import_files([Path(n) for n in names]))
        dialog.open()

    def import_files(self, paths: list[Path]) -> None:
        """Read records from these files."""
        if self.desk and paths:
            self.jobs.import_files(self.desk, paths)

    def _imported(self, progress: ImportProgress, refused: list[ImportLine]) -> None:
        if refused:
            ImportReport(progress, refused, self).open()
        else:
            self.toast.say(summary(progress))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if self.desk and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        self.import_files([Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()])

    # -- looks

    def retranslate(self) -> None:
        """Another language."""
        self.actions_.retranslate()
        for part in (self.top, self.patients, self.queue, self.preview):
            part.retranslate()
        for each, pane in zip(self._docks, (self.patients, self.queue, self.preview), strict=True):
            each.setWindowTitle(pane.title.text())
        self._say_unsent()
        self._standing.soon()

    def dress(self) -> None:
        """Another theme."""
        self.preview.dress()
        self.top.chip.dress()

    def _restore_layout(self) -> None:
        self._first_layout = self.saveState()
        self.restoreGeometry(self._remembered.bytes_of("geometry"))
        self.restoreState(self._remembered.bytes_of("docks"))
        for name, pane in (("patients", self.patients), ("queue", self.queue)):
            state = self._remembered.bytes_of(name)
            if not state.isEmpty():
                pane.table.restore_layout(state)
        self.top.show()

    def _reset_layout(self) -> None:
        self._remembered.forget_layout()
        self._lay_out()

    def _keep_layout(self) -> None:
        states: dict[str, QByteArray] = {"geometry": self.saveGeometry(), "docks": self.saveState()}
        states |= {"patients": self.patients.table.layout_state(), "queue": self.queue.table.layout_state()}
        self._remembered.keep(**states)

    # -- the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Never closes by itself: the program lets the answers in flight arrive first."""
        event.ignore()
        waiting = self.counts.unsent - self.counts[Status.FAILED] - self.counts[Status.CONFLICT]
        if self.closing.is_set():
            return
        if waiting and not self.server.demo:
            text = self.tr("{count} changes are not on the server yet. They are kept and go out at the next start.")
            ask(self, self.tr("Quit"), text.format(count=words.count(waiting)), self.tr("Quit"), self.end)
        else:
            self.end()

    def end(self) -> None:
        """Ask the program to end."""
        self._keep_layout()
        self.setEnabled(False)
        self.closing.set()


def dock(number: int, pane: Card, window: QMainWindow) -> QDockWidget:
    """A pane that can be moved by the strip above it."""
    holder = QDockWidget(window)
    holder.setObjectName(f"pane{number}")
    grip = QWidget()
    grip.setFixedHeight(8)
    grip.setCursor(Qt.CursorShape.SizeAllCursor)
    holder.setTitleBarWidget(grip)
    frame = QWidget()
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(5, 0, 5, 4)
    layout.addWidget(pane)
    frame.setMinimumSize(QSize(300, 160))
    holder.setWidget(frame)
    return holder


def focus(widget: QWidget) -> None:
    """Put the keyboard there."""
    widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
