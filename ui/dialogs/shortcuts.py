"""The list of all commands that have a shortcut (F1)."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from fhirdesk.i18n.translation import _
from ui.actions.registry import Actions, name_command
from ui.dialogs.sheet import Sheet, make_button
from ui.widgets.grid import Grid


class Shortcuts(Sheet):
    """Shows the shortcut of each command, its label, and what it is for."""

    def __init__(self, actions: Actions, parent: QWidget | None = None):
        super().__init__("", parent)
        self.setWindowTitle(_("Shortcuts"))
        self.resize(760, 600)
        self.add_heading(_("Shortcuts"))
        titles = [_("Keys"), _("Action"), _("What it does")]
        self.rows = Grid(_("Shortcuts"), titles, 2, (130, 190))
        self.rows.setWordWrap(True)
        native = QKeySequence.SequenceFormat.NativeText
        self.rows.fill(
            [
                (actions[c.id].shortcut().toString(native), name_command(c).replace("&", ""), actions[c.id].statusTip())
                for c in actions.commands
                if c.shortcut
            ]
        )
        self.body.addWidget(self.rows, 1)
        self.add_buttons([], [make_button(_("Close"), self.close, primary=True)])
