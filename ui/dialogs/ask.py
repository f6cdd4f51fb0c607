"""Questions and short texts without a nested event loop: `open()`, never `exec()`."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from fhirdesk.i18n.translation import _, pgettext
from ui.dialogs.sheet import Sheet, make_button
from ui.widgets.button import Kind
from ui.widgets.fields import Field


class Question(Sheet):
    """Asks before an action, and calls `act` on yes. Esc and Cancel do nothing."""

    def __init__(self, parent: QWidget, title: str, text: str, yes: str, act: Callable[[], object]):
        super().__init__(title, parent, 420)
        self.add_heading(title, text)
        self._act = act
        self.yes = make_button(yes, self.agree, primary=True)
        self.no = make_button(pgettext("question", "Cancel"), self.close)
        self.add_buttons([], [self.no, self.yes])

    def default_to_no(self) -> None:
        """Make No the default and Yes red, because what Yes does cannot be undone."""
        self.yes.set_kind(Kind.DANGER)
        self.yes.setAutoDefault(False)
        self.no.setDefault(True)
        self.no.setFocus()

    def agree(self) -> None:
        """Do the action and close."""
        self._act()
        self.close()


class ReasonQuestion(Sheet):
    """Asks for a reason, which the audit keeps, and calls `act` with it."""

    def __init__(self, parent: QWidget, title: str, text: str, act: Callable[[str], object]):
        super().__init__(title, parent, 460)
        self.add_heading(title, text)
        self._act = act
        self.reason = QLineEdit()
        help_text = _("The audit keeps it; no patient's data, please.")
        self.body.addWidget(Field(_("Reason"), self.reason, required=True, help_text=help_text))
        self.yes = make_button(title, self.agree, primary=True)
        self.yes.set_kind(Kind.DANGER)
        self.reason.textChanged.connect(self._enable)
        self._enable("")
        self.add_buttons([], [make_button(pgettext("question", "Cancel"), self.close), self.yes])
        self.reason.setFocus()

    def _enable(self, reason: str) -> None:
        """It is done with a reason only."""
        self.yes.setEnabled(bool(reason.strip()))
        self.yes.setToolTip("" if reason.strip() else _("Type the reason first"))

    def agree(self) -> None:
        """Do the action with the reason that was typed, and close."""
        self._act(self.reason.text().strip())
        self.close()


class Notice(Sheet):
    """A text to be read and closed."""

    def __init__(self, parent: QWidget, title: str, text: str):
        super().__init__(title, parent, 380)
        self.add_heading(title, text)
        self.add_buttons([], [make_button(_("Close"), self.close, primary=True)])


def ask(parent: QWidget, title: str, text: str, yes: str, act: Callable[[], object]) -> Question:
    """Ask before an action on many entries; `act` is called when the answer is yes. Returns the open question."""
    question = Question(parent, title, text, yes, act)
    question.open()
    return question


def ask_reason(parent: QWidget, title: str, text: str, act: Callable[[str], object]) -> ReasonQuestion:
    """Ask for a reason; `act` is called with it. Returns the open question."""
    question = ReasonQuestion(parent, title, text, act)
    question.open()
    return question


def show_notice(parent: QWidget, title: str, text: str) -> Notice:
    """Show a text to be read and closed. Returns the open notice."""
    notice = Notice(parent, title, text)
    notice.open()
    return notice
