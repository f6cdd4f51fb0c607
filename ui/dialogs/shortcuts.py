"""The list of all commands that have a shortcut (F1)."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from ui.actions.registry import Actions, name
from ui.dialogs.sheet import Sheet, make_button
from ui.widgets.grid import Grid


class Shortcuts(Sheet):
    """Shows the shortcut of each command, its label, and what it is for."""

    def __init__(self, actions: Actions, parent: QWidget | None = None):
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        self.resize(760, 600)
        self.add_heading(self.tr("Shortcuts"))
        titles = [self.tr("Keys"), self.tr("Action"), self.tr("What it does")]
        self.rows = Grid(self.tr("Shortcuts"), titles, 2, (130, 190))
        self.rows.setWordWrap(True)
        native = QKeySequence.SequenceFormat.NativeText
        self.rows.fill(
            [
                (actions[c.id].shortcut().toString(native), name(c).replace("&", ""), actions[c.id].statusTip())
                for c in actions.commands
                if c.shortcut
            ]
        )
        self.body.addWidget(self.rows, 1)
        self.add_buttons([], [make_button(self.tr("Close"), self.close, primary=True)])
