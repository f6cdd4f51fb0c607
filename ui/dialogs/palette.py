"""The command palette: every command, and a search for patients, by typing (Ctrl+K)."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fhirdesk.i18n.translation import _, fill
from ui.actions.command import Command
from ui.actions.registry import Actions, format_tip, name_command
from ui.actions.search import find_commands
from ui.design import tokens
from ui.language import render


class Palette(QDialog):
    """Lists the commands that match the text; Enter runs one. Those that cannot be done now come last, with the
    reason."""

    patient_search_requested = Signal(str)  # a search for patients

    def __init__(self, actions: Actions, parent: QWidget | None = None):
        super().__init__(parent)
        self._actions, self._selection = actions, actions.select()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Find"))
        self.setMinimumSize(560, 460)
        self.text = QLineEdit()
        self.text.setPlaceholderText(_("Find a patient, number, command"))
        self.text.setAccessibleName(_("Find a patient, number, command"))
        self.text.textChanged.connect(self._list_matches)
        self.text.installEventFilter(self)
        self.offers = QListWidget()
        self.offers.setAccessibleName(_("What fits"))
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
        if text.strip():
            self._add(fill(_("Find patients: {text}"), text=text.strip()), text.strip())
        commands = find_commands(text, self._actions.commands)
        for command in sorted(commands, key=lambda each: each.why_not(self._selection) is not None):
            self._add_command(command)
        self.offers.setCurrentRow(1 if text.strip() and commands else 0)

    def _add_command(self, command: Command[Any]) -> None:
        reason = command.why_not(self._selection)
        behind = render(reason) if reason else self._actions[command.id].shortcut().toString()
        label = name_command(command).replace("&", "")
        item = self._add(f"{label}   ·   {behind}" if behind else label, command)
        item.setToolTip(render(reason) if reason else format_tip(command))
        if reason:
            item.setForeground(tokens.colour("faint"))

    def _add(self, text: str, offer: object) -> QListWidgetItem:
        item = QListWidgetItem(text, self.offers)
        item.setData(Qt.ItemDataRole.UserRole, offer)
        return item

    def _trigger(self, item: QListWidgetItem) -> None:
        chosen = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        if isinstance(chosen, Command):
            self._actions.run(chosen)
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
