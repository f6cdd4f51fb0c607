"""A dialog with typed text that is not lost by a slip."""

from PySide6.QtGui import QCloseEvent

from fhirdesk.i18n.translation import _
from ui.dialogs.ask import ask
from ui.dialogs.sheet import Sheet


class TypedSheet(Sheet):
    """Asks before it closes with text that is not saved; stays open while an answer is awaited."""

    _busy = _over = False

    @property
    def has_changes(self) -> bool:
        """Whether something is typed that is not saved."""
        raise NotImplementedError

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close, or ask first; stay open while the answer is awaited, because its outcome must be seen."""
        if self._busy:
            event.ignore()
        elif self.has_changes and not self._over:
            event.ignore()
            text = _("What you typed is not saved.")
            title, yes = _("Close without saving?"), _("Close without saving")
            ask(self, title, text, yes, self.abandon).default_to_no()
        else:
            event.accept()  # QDialog's own way to close is reject(), which is this again

    def abandon(self) -> None:
        """Close, and lose what was typed."""
        self._over = True
        self.close()

    def reject(self) -> None:
        """Escape closes as Close does."""
        self.close()
