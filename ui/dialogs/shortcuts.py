"""The list of all actions that have a shortcut (F1)."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.dialogs.sheet import Sheet, make_button
from ui.widgets.grid import Grid


class Shortcuts(Sheet):
    """Shows shortcut, action, and what it is for."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None):
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        self.resize(760, 600)
        self.add_heading(self.tr("Shortcuts"))
        titles = [self.tr("Keys"), self.tr("Action"), self.tr("What it does")]
        self.rows = Grid(self.tr("Shortcuts"), titles, 2, (130, 190))
        self.rows.setWordWrap(True)
        with_keys = [a for a in actions if not a.shortcut().isEmpty()]
        self.rows.fill(
            [
                (
                    a.shortcut().toString(a.shortcut().SequenceFormat.NativeText),
                    a.text().replace("&", ""),
                    a.statusTip(),
                )
                for a in with_keys
            ]
        )
        self.body.addWidget(self.rows, 1)
        self.add_buttons([], [make_button(self.tr("Close"), self.close, primary=True)])
