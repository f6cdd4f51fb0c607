"""The command palette (Ctrl+K): patients and commands, found by typing."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QHideEvent, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from fhirdesk.app.desk import Desk
from fhirdesk.core.views import PatientQuery, PatientRow
from fhirdesk.i18n.translation import _
from ui import words
from ui.actions.command import Command
from ui.actions.registry import Actions, format_tip, name_command
from ui.actions.search import find_commands
from ui.design import fonts, icons, marks, measures, tokens
from ui.design.fonts import Size
from ui.language import render
from ui.models.paged import Index
from ui.models.tables import visible
from ui.tasks import Tasks
from ui.widgets.scrim import Scrim, can_be_translucent

QUIET = 150  # ms of silence before patients are searched
MOST_PATIENTS = 5
WIDTH, HEIGHT, TOP = 560, 460, 64  # px
OFFER_ROLE = Qt.ItemDataRole.UserRole
Offer = Command[Any] | PatientRow | str  # a string: the title of a section


class OfferDelegate(QStyledItemDelegate):
    """Paints a title; a patient: mark, name, number, date of birth; a command: icon, label, key."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The height of a row."""
        return QSize(0, measures.CONTROL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one offer."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, offer = option.rect.adjusted(4, 0, -4, 0), index.data(OFFER_ROLE)
        if isinstance(offer, str):
            self._write(painter, box.adjusted(8, 0, 0, 0), str(index.data()), "muted", Size.SMALL)
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.colour("selection"))
                painter.drawRoundedRect(box, measures.RADIUS_TAG, measures.RADIUS_TAG)
            self._paint_offer(painter, box.adjusted(8, 0, -8, 0), offer, index)
        painter.restore()

    def _paint_offer(self, painter: QPainter, room: QRect, offer: Offer, index: Index) -> None:
        top, is_possible = room.top() + 6, bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        if isinstance(offer, PatientRow):
            marks.paint_mark(painter, room.left(), top, words.get_mark(offer.state))
        elif isinstance(offer, Command) and offer.icon:
            icons.icon(offer.icon, "muted").paint(painter, QRect(room.left(), top, 16, 16))
        room = room.adjusted(measures.ICON + 8, 0, 0, 0)
        right = str(index.data(Qt.ItemDataRole.UserRole + 1) or "")
        ink = "text" if is_possible and not index.data(Qt.ItemDataRole.UserRole + 2) else "faint"
        width = self._measure(right)
        self._write(painter, room.adjusted(room.width() - width, 0, 2, 0), right, "muted")
        self._write(painter, room.adjusted(0, 0, -width - 12, 0), str(index.data()), ink)

    @staticmethod
    def _measure(text: str) -> int:
        return QFontMetrics(fonts.sans(tabular=True)).horizontalAdvance(text) + 1 if text else 0

    @staticmethod
    def _write(painter: QPainter, room: QRect, text: str, token: str, size: Size = Size.BODY) -> None:
        font = fonts.sans(size, QFont.Weight.Medium if size is Size.SMALL else QFont.Weight.Normal, tabular=True)
        painter.setFont(font)
        painter.setPen(tokens.colour(token))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class Palette(QDialog):
    """Lists the patients and commands that match the text; Enter takes one. Commands that cannot be done now come last,
    with the reason."""

    patient_requested = Signal(object)  # PatientRow

    def __init__(self, actions: Actions, desk: Desk | None, tasks: Tasks, parent: QWidget):
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._actions, self._desk, self._tasks, self._selection = actions, desk, tasks, actions.select()
        self._window = parent.window()
        self._scrim: Scrim | None = None
        self._patients: Sequence[PatientRow] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, can_be_translucent())
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(_("Find"))
        self.resize(WIDTH, HEIGHT)
        self._build()
        self._silence = QTimer(self, singleShot=True, interval=QUIET)
        self._silence.timeout.connect(self._search)
        self.text.textChanged.connect(self._start_search)
        self._list_matches()

    def _build(self) -> None:
        self.text, self.offers = QLineEdit(), QListWidget()
        self.text.setObjectName("paletteText")
        self.text.setPlaceholderText(_("Find a patient, number, command"))
        self.text.setAccessibleName(_("Find a patient, number, command"))
        self.text.installEventFilter(self)
        self.offers.setAccessibleName(_("What fits"))
        self.offers.setObjectName("offers")
        self.offers.setItemDelegate(OfferDelegate(self.offers))
        self.offers.itemActivated.connect(self._take)
        self.offers.itemClicked.connect(self._take)
        magnifier = QLabel()
        magnifier.setPixmap(icons.draw_pixmap("search", "muted", scale=2))
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 4)
        head.addWidget(magnifier)
        head.addWidget(self.text)
        line = QFrame()
        line.setObjectName("hairline")
        line.setFixedHeight(1)
        frame = QFrame()
        frame.setObjectName("menuFrame")
        column = QVBoxLayout(frame)
        column.setContentsMargins(1, 1, 1, 4)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line)
        column.addWidget(self.offers)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    # -- what fits

    def _start_search(self) -> None:
        self._patients = ()
        self._list_matches()
        if self._desk and self.text.text().strip():
            self._silence.start()

    def _search(self) -> None:
        if self._desk:
            self._tasks.start(self._find_patients(self._desk, self.text.text().strip()))

    async def _find_patients(self, desk: Desk, text: str) -> None:
        patients = await desk.records.find_first_patients(PatientQuery(text), MOST_PATIENTS)
        if isValid(self) and text == self.text.text().strip():
            self._patients = patients
            self._list_matches()

    def _list_matches(self) -> None:
        text = self.text.text()
        self.offers.clear()
        if self._patients:
            self._add_title(_("Patients"))
        for patient in self._patients:
            item = self._add(f"{visible(patient.name)}  {patient.key}", patient, patient.birth_date or "")
            item.setToolTip(words.explain_patient_state(patient.state))
        commands = find_commands(text, self._actions.commands)
        if commands:
            self._add_title(_("Commands"))
        for command in sorted(commands, key=lambda each: each.why_not(self._selection) is not None):
            self._add_command(command)
        self._choose_first()

    def _add_title(self, title: str) -> None:
        self._add(title, title, "").setFlags(Qt.ItemFlag.NoItemFlags)

    def _add_command(self, command: Command[Any]) -> None:
        reason = command.why_not(self._selection)
        behind = render(reason) if reason else self._actions[command.id].shortcut().toString()
        item = self._add(name_command(command).replace("&", ""), command, behind)
        item.setData(Qt.ItemDataRole.UserRole + 2, reason is not None)
        item.setToolTip(render(reason) if reason else format_tip(command))

    def _add(self, text: str, offer: Offer, right: str) -> QListWidgetItem:
        item = QListWidgetItem(text, self.offers)
        item.setData(OFFER_ROLE, offer)
        item.setData(Qt.ItemDataRole.UserRole + 1, right)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{text}, {right}" if right else text)
        return item

    # -- choosing

    def _is_offer(self, row: int) -> bool:
        item = self.offers.item(row)
        return bool(item) and not isinstance(item.data(OFFER_ROLE), str)

    def _choose_first(self) -> None:
        rows = [row for row in range(self.offers.count()) if self._is_offer(row)]
        self.offers.setCurrentRow(rows[0] if rows else -1)

    def _step(self, step: int) -> None:
        """Go to the next offer in that direction, past titles."""
        row = self.offers.currentRow() + step
        while 0 <= row < self.offers.count() and not self._is_offer(row):
            row += step
        if 0 <= row < self.offers.count():
            self.offers.setCurrentRow(row)

    def _take(self, item: QListWidgetItem) -> None:
        chosen = item.data(OFFER_ROLE)
        if isinstance(chosen, str):
            return
        self.close()
        if isinstance(chosen, Command):
            self._actions.run(chosen)
        else:
            self.patient_requested.emit(chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Send Up, Down and Enter to the list while the text has the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (item := self.offers.currentItem()):
                self._take(item)
                return True
        return super().eventFilter(watched, event)

    # -- over the window

    def showEvent(self, event: QShowEvent) -> None:
        """Darken the window and stand in its upper half."""
        super().showEvent(event)
        self._scrim = self._scrim or Scrim(self._window)
        self.move(self._window.mapToGlobal(QPoint((self._window.width() - self.width()) // 2, TOP)))

    def hideEvent(self, event: QHideEvent) -> None:
        """Light the window up again."""
        super().hideEvent(event)
        if self._scrim:
            self._scrim.deleteLater()
            self._scrim = None
