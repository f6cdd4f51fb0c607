"""One queue entry: how it stands, every attempt, what was sent and what the server said."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from fhirdesk.desk import Desk
from fhirdesk.entry import Attempt, Status
from fhirdesk.views import EntryDetails
from ui import theme, words
from ui.language import say, translate
from ui.tasks import Refresher, Tasks
from ui.widgets.card import plain
from ui.widgets.json_view import JsonView
from ui.words_http import attempt_text, pretty

RETRYABLE = (Status.FAILED, Status.HELD, Status.PENDING, Status.CONFLICT)


class EntryDialog(QDialog):
    """Stays fresh while it is open."""

    wanted_retry = Signal(object)  # list of uuids
    wanted_cancel = Signal(object)
    wanted_preview = Signal(str, str)  # type, key

    def __init__(self, desk: Desk, tasks: Tasks, uuid: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._desk, self._uuid = desk, uuid
        self.details: EntryDetails | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Queue entry"))
        self.resize(760, 620)
        self._build()
        self._refresher = Refresher(tasks, self._read, self)
        self._refresher.now()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        self.state, self.why = plain(name="title"), plain()
        self.why.setWordWrap(True)
        layout.addWidget(self.state)
        layout.addWidget(self.why)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(14)
        layout.addLayout(self._facts)
        self.attempts = QTableWidget(0, 5)
        self.attempts.setAccessibleName(self.tr("Attempts"))
        titles = [self.tr("When"), self.tr("What happened"), self.tr("HTTP"), self.tr("Issue"), self.tr("ms")]
        self.attempts.setHorizontalHeaderLabels(titles)
        self.attempts.verticalHeader().hide()
        self.attempts.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.attempts.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.attempts.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.attempts.setShowGrid(False)
        self.attempts.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.attempts.setColumnWidth(0, 150)
        self.attempts.setColumnWidth(2, 60)
        self.attempts.setColumnWidth(4, 70)
        self.attempts.currentCellChanged.connect(lambda row, *_: self._show_attempt(row))
        layout.addWidget(self.attempts, 1)
        layout.addWidget(self._tabs(), 2)
        layout.addLayout(self._buttons())

    def _tabs(self) -> QTabWidget:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.request = JsonView(self.tr("Request"))
        self.answer = QPlainTextEdit()
        self.answer.setReadOnly(True)
        self.answer.setProperty("json", True)
        self.answer.setFont(theme.mono())
        self.answer.setAccessibleName(self.tr("Answer"))
        self.tabs.addTab(self.request, self.tr("Request"))
        self.tabs.addTab(self.answer, self.tr("Answer"))
        return self.tabs

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.retry = QPushButton(self.tr("Retry"))
        self.cancel = QPushButton(self.tr("Take back"))
        preview = QPushButton(self.tr("Preview"))
        close = QPushButton(self.tr("Close"))
        self.retry.clicked.connect(lambda: self.wanted_retry.emit([self._uuid]))
        self.cancel.clicked.connect(lambda: self.wanted_cancel.emit([self._uuid]))
        preview.clicked.connect(self._preview)
        close.clicked.connect(self.close)
        for button in (self.retry, self.cancel, preview):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def refresh(self) -> None:
        """The queue changed."""
        self._refresher.soon()

    async def _read(self) -> None:
        details = await self._desk.entry(self._uuid)
        if isValid(self) and details != self.details:
            self._show(details)

    def _show(self, details: EntryDetails) -> None:
        self.details = details
        entry = details.entry
        glyph, token, word = words.look(entry.status)
        self.state.setText(f"{glyph}  {word}")
        self.state.setStyleSheet(f"color: {theme.colours()[token]}")
        self.why.setText(say(details.why))
        self.retry.setEnabled(entry.status in RETRYABLE)
        self.cancel.setEnabled(entry.status in RETRYABLE)
        self._show_facts(details)
        self._show_attempts(details.history)

    def _show_facts(self, details: EntryDetails) -> None:
        entry = details.entry
        operation = translate("Operations", words.OPERATIONS[entry.operation])
        facts = {
            self.tr("What"): f"{words.type_word(entry.type)} {operation}",
            self.tr("Record"): entry.key,
            self.tr("Patient"): details.patient_name or entry.patient_key or "—",
            self.tr("Priority"): str(entry.priority),
            self.tr("Queued"): words.moment(entry.created_at),
            self.tr("On the server as"): f"{entry.resource_type}/{entry.logical_id}" if entry.logical_id else "—",
            self.tr("Entry"): entry.uuid,
        }
        while (item := self._facts.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for number, (name, value) in enumerate(facts.items()):
            self._facts.addWidget(plain(name, "muted"), number // 2, 2 * (number % 2))
            label = plain(value)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addWidget(label, number // 2, 2 * (number % 2) + 1)
        self._facts.setColumnStretch(3, 1)

    def _show_attempts(self, history: tuple[Attempt, ...]) -> None:
        self.attempts.setRowCount(len(history))
        for row, attempt in enumerate(history):
            cells = (
                words.moment(attempt.at),
                translate("Phases", words.PHASES[attempt.phase]),
                str(attempt.status or "—"),
                attempt.issue or "—",
                f"{attempt.ms:.0f}" if attempt.ms is not None else "—",
            )
            for column, text in enumerate(cells):
                self.attempts.setItem(row, column, QTableWidgetItem(text))
        if history:
            self.attempts.setCurrentCell(len(history) - 1, 0)
        self._show_attempt(len(history) - 1)

    def _show_attempt(self, row: int) -> None:
        history = self.details.history if self.details else ()
        if 0 <= row < len(history):
            self.request.show_text(attempt_text(history[row]))
            self.answer.setPlainText(pretty(history[row].answer) or self.tr("The server said nothing more."))
        else:
            self.request.show_text("")
            self.answer.setPlainText(self.tr("It was not sent yet."))

    def _preview(self) -> None:
        if self.details:
            self.wanted_preview.emit(self.details.entry.type, self.details.entry.key)
