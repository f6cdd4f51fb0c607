"""The command palette: every action, and a search for patients, by typing (Ctrl+K)."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget


class Palette(QDialog):
    """Lists the actions that match the text; Enter triggers one."""

    patient_search_requested = Signal(str)  # a search for patients

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None):
        super().__init__(parent)
        self._actions = [a for a in actions if a.isEnabled() and a.text()]
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Find"))
        self.setMinimumSize(560, 460)
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.tr("Find a patient, number, command"))
        self.text.setAccessibleName(self.tr("Find a patient, number, command"))
        self.text.textChanged.connect(self._list_matches)
        self.text.installEventFilter(self)
        self.offers = QListWidget()
        self.offers.setAccessibleName(self.tr("What fits"))
        self.offers.setProperty("roomy", True)
        self.offers.itemActivated.connect(self._trigger)
        self.offers.itemClicked.connect(self._trigger)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.text)
        layout.addWidget(self.offers)
        self._list_matches("")

    def _list_matches(self, text: str) -> None:
        self.offers.clear()
        pattern = text.strip().casefold()
        if pattern:
            item = QListWidgetItem(self.tr("Find patients: {text}").format(text=text.strip()))
            item.setData(Qt.ItemDataRole.UserRole, text.strip())
            self.offers.addItem(item)
        for action in self._actions:
            name = action.text().replace("&", "")
            if pattern in name.casefold():
                keys = action.shortcut().toString()
                item = QListWidgetItem(f"{name}   ·   {keys}" if keys else name)
                item.setData(Qt.ItemDataRole.UserRole, action)
                item.setToolTip(action.toolTip())
                self.offers.addItem(item)
        fits = self.offers.count() > 1 and bool(pattern) and any(pattern in a.text().casefold() for a in self._actions)
        self.offers.setCurrentRow(1 if fits else 0)

    def _trigger(self, item: QListWidgetItem) -> None:
        chosen = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        if isinstance(chosen, QAction):
            chosen.trigger()
        else:
            self.patient_search_requested.emit(str(chosen))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Send Up, Down and Enter to the list while the text has the focus."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.offers.setCurrentRow(max(0, min(self.offers.count() - 1, self.offers.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (item := self.offers.currentItem()):
                self._trigger(item)
                return True
        return super().eventFilter(watched, event)
